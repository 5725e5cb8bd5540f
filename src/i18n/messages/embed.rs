//! The element in a host page: signed out, and after a crash of the module.

use studio_users_domain::Language;

messages! {
    signed_out { en: "You’re not signed in", nl: "Je bent niet ingelogd" }
    signed_out_text {
        en: "Sign in to your studio to see users here.",
        nl: "Log in bij je studio om hier gebruikers te zien."
    }
    session_ended_text(name) {
        en: "{name}’s session has ended. Sign in to your studio again, for example in another tab, and then continue here. Nothing you entered is lost.",
        nl: "De sessie van {name} is verlopen. Log opnieuw in bij je studio, bijvoorbeeld in een ander tabblad, en ga daarna hier verder. Wat je hebt ingevuld, blijft staan."
    }
    crashed { en: "Something went wrong here", nl: "Hier ging iets mis" }
    crashed_text {
        en: "This part of the page stopped working. Reload the page to continue. Unsaved changes are lost.",
        nl: "Dit deel van de pagina werkt niet meer. Laad de pagina opnieuw om verder te gaan. Niet-opgeslagen wijzigingen gaan verloren."
    }
    reload { en: "Reload", nl: "Opnieuw laden" }
}
