//! What several parts of the page say.

use studio_users_domain::Language;

messages! {
    studio { en: "Studio", nl: "Studio" }
    skip_to_content { en: "Skip to the content", nl: "Naar de inhoud" }
    page_title(page) { en: "{page} · Studio", nl: "{page} · Studio" }
    loading { en: "Loading…", nl: "Laden…" }
    retry { en: "Try again", nl: "Opnieuw proberen" }
    menu { en: "Menu", nl: "Menu" }
    close { en: "Close", nl: "Sluiten" }
    cancel { en: "Cancel", nl: "Annuleren" }
    notices { en: "Notices", nl: "Meldingen" }
    seconds(number) { en: "{number} s", nl: "{number} s" }
    copied { en: "Copied", nl: "Gekopieerd" }
}
