//! The feature in somebody else's page, and where the module has crashed.

use studio_users_domain::Language;

messages! {
    signed_out { en: "You are not signed in", nl: "Je bent niet ingelogd" }
    signed_out_text {
        en: "Sign in to your studio. Users are then shown here.",
        nl: "Log in bij je studio. Daarna zie je hier de gebruikers."
    }
    session_over_text(name) {
        en: "The session of {name} has ended. Sign in to your studio again, in another tab if you like: nothing that you entered is lost, and it goes on here.",
        nl: "De sessie van {name} is verlopen. Log opnieuw in bij je studio, eventueel in een ander tabblad: wat je invulde is niet verloren, en het gaat hier verder."
    }
    crashed { en: "Something went wrong here", nl: "Hier ging iets mis" }
    crashed_text {
        en: "This part of the page has stopped. What was saved is safe; reload the page to go on.",
        nl: "Dit deel van de pagina is gestopt. Wat was opgeslagen is veilig; laad de pagina opnieuw om verder te gaan."
    }
    reload { en: "Reload", nl: "Opnieuw laden" }
}
