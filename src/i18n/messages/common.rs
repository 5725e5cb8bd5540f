//! Texts used by several parts of the page.

use studio_users_domain::Language;

messages! {
    studio { en: "Studio", nl: "Studio" }
    skip_to_content { en: "Skip to content", nl: "Naar de inhoud" }
    page_title(page) { en: "{page} · Studio", nl: "{page} · Studio" }
    loading { en: "Loading…", nl: "Laden…" }
    retry { en: "Try again", nl: "Opnieuw proberen" }
    not_loaded { en: "This part of the page could not be loaded", nl: "Dit deel van de pagina kon niet worden geladen" }
    not_loaded_text {
        en: "Check your connection and try again. If that doesn’t help, reload the page.",
        nl: "Controleer je verbinding en probeer het opnieuw. Helpt dat niet, laad de pagina dan opnieuw."
    }
    menu { en: "Menu", nl: "Menu" }
    close { en: "Close", nl: "Sluiten" }
    cancel { en: "Cancel", nl: "Annuleren" }
    notices { en: "Notices", nl: "Meldingen" }
    seconds(number) { en: "{number} s", nl: "{number} s" }
    copied { en: "Copied", nl: "Gekopieerd" }
}
