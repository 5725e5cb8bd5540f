//! What can go wrong.

use studio_users_domain::Language;

messages! {
    users_failed { en: "The users could not be loaded", nl: "De gebruikers konden niet worden geladen" }
    session_failed { en: "The studio could not be loaded", nl: "De studio kon niet worden geladen" }
    error_network {
        en: "The backend cannot be reached. Check the connection; nothing that you entered is lost.",
        nl: "De server is niet bereikbaar. Controleer de verbinding; wat je invulde is niet verloren."
    }
    error_unavailable {
        en: "The backend cannot answer at the moment. Try again shortly.",
        nl: "De server kan nu niet antwoorden. Probeer het zo nog eens."
    }
    error_answer { en: "The backend’s answer could not be understood.", nl: "Het antwoord van de server was niet te begrijpen." }
    error_signed_out { en: "You are signed out. Sign in again to go on.", nl: "Je bent uitgelogd. Log opnieuw in om verder te gaan." }
    error_not_found { en: "This no longer exists, or you may no longer see it.", nl: "Dit bestaat niet meer, of je mag het niet meer zien." }
    error_refused(detail) { en: "The backend refused this: {detail}", nl: "De server weigerde dit: {detail}" }
    refused { en: "The backend refused this.", nl: "De server weigerde dit." }
    error_changed_since {
        en: "Somebody changed this user since. The removal can no longer be undone as it was.",
        nl: "Iemand heeft deze gebruiker sindsdien gewijzigd. De verwijdering kan niet meer ongedaan worden gemaakt."
    }
    error_total_changed {
        en: "Others match by now than you saw. Nothing was done: look once more, and try again.",
        nl: "Er voldoen nu andere gebruikers dan je zag. Er is niets gedaan: kijk nog eens en probeer het opnieuw."
    }
    error_version { en: "Somebody else changed this meanwhile.", nl: "Iemand anders heeft dit intussen gewijzigd." }
    error_rate_limited { en: "Too many at once. Try again in a while.", nl: "Te veel tegelijk. Probeer het straks opnieuw." }
}
