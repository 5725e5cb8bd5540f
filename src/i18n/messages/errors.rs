//! Error messages.

use studio_users_domain::Language;

messages! {
    users_failed { en: "The users could not be loaded", nl: "De gebruikers konden niet worden geladen" }
    session_failed { en: "The studio could not be loaded", nl: "De studio kon niet worden geladen" }
    error_network {
        en: "Can’t reach the server. Check your connection and try again. Nothing you entered is lost.",
        nl: "De server is niet bereikbaar. Controleer je verbinding en probeer het opnieuw. Wat je hebt ingevuld, blijft staan."
    }
    error_unavailable {
        en: "The server is temporarily unavailable. Try again in a moment.",
        nl: "De server is tijdelijk niet beschikbaar. Probeer het zo opnieuw."
    }
    error_response { en: "The server sent an unexpected response. Try again, or reload the page.", nl: "De server gaf een onverwacht antwoord. Probeer het opnieuw of laad de pagina opnieuw." }
    error_signed_out { en: "You’re signed out. Sign in again to continue.", nl: "Je bent uitgelogd. Log opnieuw in om verder te gaan." }
    error_not_found { en: "This no longer exists, or you no longer have access to it.", nl: "Dit bestaat niet meer, of je hebt er geen toegang meer toe." }
    request_rejected_because(detail) { en: "The server rejected this request: {detail}", nl: "De server heeft dit verzoek geweigerd: {detail}" }
    request_rejected { en: "The server rejected this request.", nl: "De server heeft dit verzoek geweigerd." }
    error_changed_since {
        en: "This user’s access has changed since, so this can’t be undone.",
        nl: "De toegang van deze gebruiker is sindsdien gewijzigd. Dit kan daarom niet meer ongedaan worden gemaakt."
    }
    error_not_undoable {
        en: "This action was undone already, or there is nothing to undo.",
        nl: "Deze actie is al ongedaan gemaakt, of er is niets om ongedaan te maken."
    }
    error_total_changed {
        en: "The list has changed, so nothing was done. Check your selection and try again.",
        nl: "De lijst is gewijzigd, dus er is niets gedaan. Controleer je selectie en probeer het opnieuw."
    }
    error_version { en: "Someone else changed this in the meantime. Reload the page and try again.", nl: "Iemand anders heeft dit intussen gewijzigd. Laad de pagina opnieuw en probeer het nog eens." }
    file_not_saved { en: "Your browser didn’t save the file.", nl: "Je browser heeft het bestand niet opgeslagen." }
    error_too_large { en: "This is too large to send. Shorten it and try again.", nl: "Dit is te groot om te versturen. Maak het korter en probeer het opnieuw." }
    error_page_outdated {
        en: "The server can’t process this request. Reload the page and try again.",
        nl: "De server kan dit verzoek niet verwerken. Laad de pagina opnieuw en probeer het nog eens."
    }
    error_invalid {
        en: "The server can’t accept part of what you entered, so nothing was changed. Check it and try again.",
        nl: "De server kan een deel van je invoer niet accepteren. Er is niets gewijzigd. Controleer je invoer en probeer het opnieuw."
    }
    rate_limited_for[minutes]() {
        en: "Too many requests. Try again in {minutes} minute." | "Too many requests. Try again in {minutes} minutes.",
        nl: "Te veel verzoeken. Probeer het over {minutes} minuut opnieuw." | "Te veel verzoeken. Probeer het over {minutes} minuten opnieuw."
    }
    error_rate_limited { en: "Too many requests. Try again later.", nl: "Te veel verzoeken. Probeer het later opnieuw." }
}
