//! One's own page.

use studio_users_domain::Language;

messages! {
    your_account { en: "Your account", nl: "Je account" }
    profile { en: "Profile", nl: "Profiel" }
    profile_text { en: "How colleagues see you, and how the studio speaks to you.", nl: "Hoe collega’s je zien, en hoe de studio tegen je spreekt." }
    account_language_hint { en: "For this page and for mails to you", nl: "Voor deze pagina en voor mails aan jou" }
    account_email { en: "E-mail", nl: "E-mail" }
    email_fixed { en: "You sign in with it", nl: "Hiermee log je in" }
    save { en: "Save", nl: "Opslaan" }
    saved { en: "Saved", nl: "Opgeslagen" }
    name_needed { en: "A name has 1 to 100 characters.", nl: "Een naam heeft 1 tot 100 tekens." }
    sessions { en: "Sessions", nl: "Sessies" }
    sessions_text { en: "Where you are signed in. End what you do not know.", nl: "Waar je bent ingelogd. Beëindig wat je niet kent." }
    sessions_failed { en: "Your sessions could not be loaded", nl: "Je sessies konden niet worden geladen" }
    this_session { en: "This one", nl: "Deze" }
    session_times(started, seen) { en: "Started: {started} · Last seen: {seen}", nl: "Begonnen: {started} · Laatst gezien: {seen}" }
    end_session { en: "End", nl: "Beëindigen" }
    end_session_of(device, started) { en: "End the session of {device}, started: {started}", nl: "De sessie van {device} beëindigen, begonnen: {started}" }
    session_ended(device) { en: "The session of {device} has ended.", nl: "De sessie van {device} is beëindigd." }
    sign_out_elsewhere { en: "Sign out everywhere else", nl: "Overal elders uitloggen" }
    signed_out_elsewhere { en: "You are signed out everywhere else.", nl: "Je bent overal elders uitgelogd." }
    studio_menu { en: "Studio menu", nl: "Studiomenu" }
    members { en: "Members", nl: "Leden" }
    invite_user { en: "Invite user", nl: "Gebruiker uitnodigen" }
}
