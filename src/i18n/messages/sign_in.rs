//! The sign-in page and the dialog that asks to sign in again.

use studio_users_domain::Language;

messages! {
    privacy { en: "Privacy", nl: "Privacy" }
    sign_in { en: "Sign in", nl: "Inloggen" }
    sign_in_lead {
        en: "We’ll e-mail you a sign-in link. You don’t need a password.",
        nl: "We mailen je een inloglink. Je hebt geen wachtwoord nodig."
    }
    email_address { en: "E-mail address", nl: "E-mailadres" }
    email_placeholder { en: "you@company.example", nl: "jij@bedrijf.example" }
    send_sign_in_link { en: "Send sign-in link", nl: "Inloglink versturen" }
    sign_in_note {
        en: "The link works once and expires after 15 minutes. We only send it if this address has an account.",
        nl: "De link werkt één keer en verloopt na 15 minuten. We versturen hem alleen als dit adres een account heeft."
    }
    email_invalid { en: "Enter an e-mail address like you@company.example", nl: "Vul een e-mailadres in zoals jij@bedrijf.example" }
    sign_in_link_sent(email) {
        en: "Check your e-mail. If {email} has an account, you’ll get a sign-in link. It works once and expires after 15 minutes. No e-mail? Check your spam folder, or ask a manager whether you have access.",
        nl: "Controleer je e-mail. Als {email} een account heeft, krijg je een inloglink. Die werkt één keer en verloopt na 15 minuten. Geen e-mail? Kijk in je spammap, of vraag een beheerder of je toegang hebt."
    }
    continue_as(name) { en: "Continue as {name}", nl: "Doorgaan als {name}" }
    sign_in_link_invalid {
        en: "This sign-in link has expired or was already used. Request a new one.",
        nl: "Deze inloglink is verlopen of al gebruikt. Vraag een nieuwe aan."
    }
    cookies_blocked {
        en: "You’re not signed in, because your browser blocks cookies. Allow cookies for this site and try again.",
        nl: "Je bent niet ingelogd, omdat je browser cookies blokkeert. Sta cookies voor deze site toe en probeer het opnieuw."
    }
    try_demo_as { en: "Try the demo as", nl: "Probeer de demo als" }
    only_in_this_demo { en: "Only in this demo", nl: "Alleen in deze demo" }
    demo_note {
        en: "Changes you make are saved in this demo.",
        nl: "Wijzigingen die je maakt, worden in deze demo opgeslagen."
    }
    view_demo_emails { en: "View demo e-mails", nl: "E-mails van de demo bekijken" }
    demo_provider { en: "Manages all agencies and environments", nl: "Beheert alle bureaus en omgevingen" }
    demo_agency(environments) {
        en: "Manages an agency with {environments} environments",
        nl: "Beheert een bureau met {environments} omgevingen"
    }
    demo_environment { en: "Manages one environment", nl: "Beheert één omgeving" }
    demo_agent { en: "Answers chats, can’t manage users", nl: "Beantwoordt chats, beheert geen gebruikers" }
    roles_and_node(roles, node) { en: "{roles}, {node}", nl: "{roles}, {node}" }
    language { en: "Language", nl: "Taal" }
    theme { en: "Theme", nl: "Thema" }
    theme_system { en: "System", nl: "Systeem" }
    theme_light { en: "Light", nl: "Licht" }
    theme_dark { en: "Dark", nl: "Donker" }
    sign_in_again { en: "Sign in again", nl: "Opnieuw inloggen" }
    sign_in_again_text(name) {
        en: "{name}’s session has ended. Sign in again to continue where you left off. Nothing you entered is lost.",
        nl: "De sessie van {name} is verlopen. Log opnieuw in om verder te gaan waar je was. Wat je hebt ingevuld, blijft staan."
    }
    sign_in_again_sent(email) {
        en: "You’ll get a sign-in link at {email}. Open it in this browser. This tab then continues automatically.",
        nl: "Je krijgt een inloglink op {email}. Open die in deze browser. Dit tabblad gaat daarna vanzelf verder."
    }
    sign_in_again_not_yet { en: "You’re not signed in yet.", nl: "Je bent nog niet ingelogd." }
    have_signed_in { en: "I’ve signed in", nl: "Ik ben ingelogd" }
    leave_page { en: "Leave page", nl: "Pagina verlaten" }
    unsaved_changes_lost { en: "Unsaved changes will be lost.", nl: "Niet-opgeslagen wijzigingen gaan verloren." }
}
