//! The account page and the logo menu.

use studio_users_domain::Language;

messages! {
    your_account { en: "Your account", nl: "Je account" }
    profile { en: "Profile", nl: "Profiel" }
    profile_text { en: "Your name as colleagues see it, and the language you use.", nl: "Je naam zoals collega’s die zien, en de taal die je gebruikt." }
    account_language_hint { en: "Used on this page and in e-mails to you", nl: "Voor deze pagina en voor e-mails aan jou" }
    digests { en: "E-mails about your invitations", nl: "E-mails over je uitnodigingen" }
    digests_text { en: "Get an e-mail when invitations are accepted, expire or aren’t delivered", nl: "Ontvang een e-mail als uitnodigingen zijn geaccepteerd, verlopen of niet bezorgd" }
    email_read_only { en: "Used to sign in; can’t be changed here", nl: "Hiermee log je in; hier niet te wijzigen" }
    save { en: "Save", nl: "Opslaan" }
    saved { en: "Saved", nl: "Opgeslagen" }
    name_invalid { en: "Enter a name of 1 to 100 characters.", nl: "Vul een naam van 1 tot 100 tekens in." }
    sessions { en: "Sessions", nl: "Sessies" }
    sessions_text { en: "Devices where you’re signed in. End any session you don’t recognise.", nl: "Apparaten waarop je bent ingelogd. Beëindig sessies die je niet herkent." }
    sessions_failed { en: "Your sessions could not be loaded", nl: "Je sessies konden niet worden geladen" }
    this_session { en: "This session", nl: "Deze sessie" }
    session_times(started, active) {
        en: "Signed in: {started} · Last active: {active}",
        nl: "Ingelogd: {started} · Laatst actief: {active}"
    }
    end_session { en: "End", nl: "Beëindigen" }
    end_session_of(device, started) { en: "End session on {device}, signed in: {started}", nl: "Sessie met {device} beëindigen, ingelogd: {started}" }
    browser_on_system(browser, system) { en: "{browser} on {system}", nl: "{browser} op {system}" }
    session_ended(device) { en: "The session on {device} has ended.", nl: "De sessie met {device} is beëindigd." }
    sign_out_elsewhere { en: "Sign out of all other sessions", nl: "Bij alle andere sessies uitloggen" }
    signed_out_elsewhere { en: "You’re signed out of all other sessions.", nl: "Je bent bij alle andere sessies uitgelogd." }
    own_views { en: "Viewed as you", nl: "Bekeken als jij" }
    own_views_text {
        en: "Managers can see the studio as you see it, to help you. They can’t change anything. Each time is listed here with the reason.",
        nl: "Beheerders kunnen de studio zien zoals jij die ziet, om je te helpen. Ze kunnen niets wijzigen. Elke keer staat hier met de reden."
    }
    own_views_none { en: "Nobody has viewed the studio as you.", nl: "Niemand heeft de studio als jou bekeken." }
    own_views_failed { en: "The list could not be loaded", nl: "De lijst kon niet worden geladen" }
    own_views_more { en: "Show older", nl: "Oudere tonen" }
    own_view_minutes[number](when) {
        en: "{when} · {number} minute" | "{when} · {number} minutes",
        nl: "{when} · {number} minuut" | "{when} · {number} minuten"
    }
    own_view_active(when) { en: "{when} · may still be viewing", nl: "{when} · kijkt mogelijk nog" }
    own_view_reason(text) { en: "Reason: {text}", nl: "Reden: {text}" }
    own_view_by_unknown { en: "A former manager", nl: "Een voormalige beheerder" }
    studio_menu { en: "Studio menu", nl: "Studiomenu" }
    members { en: "Members", nl: "Leden" }
    invite_user { en: "Invite user", nl: "Gebruiker uitnodigen" }
}
