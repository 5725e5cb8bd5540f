//! The sign-in page.

use studio_users_domain::Language;

messages! {
    sign_in { en: "Sign in", nl: "Inloggen" }
    sign_in_lead {
        en: "We mail you a link. There is no password to remember, or to lose.",
        nl: "We mailen je een link. Er is geen wachtwoord om te onthouden, of te verliezen."
    }
    email_address { en: "E-mail address", nl: "E-mailadres" }
    email_placeholder { en: "you@company.example", nl: "jij@bedrijf.example" }
    send_sign_in_link { en: "Send me a sign-in link", nl: "Stuur mij een inloglink" }
    sign_in_fine {
        en: "The link works once, for 15 minutes. If no account has this address, no mail is sent.",
        nl: "De link werkt één keer, 15 minuten lang. Heeft geen account dit adres, dan gaat er geen mail uit."
    }
    email_needed { en: "Enter your e-mail address, such as you@company.example", nl: "Vul je e-mailadres in, zoals jij@bedrijf.example" }
    sign_in_link_sent(email) {
        en: "If {email} has an account, a link is on its way. It works once, for 15 minutes.",
        nl: "Heeft {email} een account, dan is er een link onderweg. Die werkt één keer, 15 minuten lang."
    }
    go_on_as(name) { en: "Go on as {name}", nl: "Verder als {name}" }
    link_invalid {
        en: "This link no longer works: it was used, or it has expired. Ask for a new one here.",
        nl: "Deze link werkt niet meer: hij is gebruikt of verlopen. Vraag hier een nieuwe aan."
    }
    be_one_of_these { en: "Be one of these people", nl: "Kies een van deze mensen" }
    only_in_this_demo { en: "Only in this demo", nl: "Alleen in deze demo" }
    demo_fine {
        en: "Their changes are real here, and shared with whoever tries the demo.",
        nl: "Hun wijzigingen zijn hier echt, en gedeeld met wie de demo ook probeert."
    }
    demo_mail { en: "Read the demo’s mail", nl: "Lees de mail van de demo" }
    demo_provider { en: "The provider: every agency, every role", nl: "De aanbieder: elk bureau, elke rol" }
    demo_agency(environments) {
        en: "An agency: {environments} environments and their users",
        nl: "Een bureau: {environments} omgevingen en hun gebruikers"
    }
    demo_environment { en: "One environment, and nothing of the others", nl: "Eén omgeving, en niets van de andere" }
    demo_nobody { en: "Answers chats; manages nobody", nl: "Beantwoordt chats; beheert niemand" }
    roles_at(roles, node) { en: "{roles}, {node}", nl: "{roles}, {node}" }
    language { en: "Language", nl: "Taal" }
    theme { en: "Theme", nl: "Thema" }
    theme_system { en: "As the system", nl: "Zoals het systeem" }
    theme_light { en: "Light", nl: "Licht" }
    theme_dark { en: "Dark", nl: "Donker" }
    sign_in_again { en: "Sign in again", nl: "Log opnieuw in" }
    sign_in_again_text(name) {
        en: "The session of {name} has ended. Nothing that you entered is lost: sign in again, and go on where you were.",
        nl: "De sessie van {name} is verlopen. Wat je invulde is niet verloren: log opnieuw in en ga verder waar je was."
    }
    sign_in_again_sent(email) {
        en: "A link is on its way to {email}. Open it in another tab of this browser; here it goes on by itself.",
        nl: "Er is een link onderweg naar {email}. Open hem in een ander tabblad van deze browser; hier gaat het vanzelf verder."
    }
    sign_in_again_not_yet { en: "Nobody is signed in yet.", nl: "Er is nog niemand ingelogd." }
    have_signed_in { en: "I have signed in", nl: "Ik ben ingelogd" }
    sign_in_again_leave { en: "Leave", nl: "Weggaan" }
    sign_in_again_leave_hint { en: "Leaving drops what is not saved.", nl: "Wie weggaat, verliest wat niet is opgeslagen." }
}
