//! The command palette and the keyboard shortcuts.

use studio_users_domain::Language;

messages! {
    palette { en: "Find a user or an action", nl: "Gebruiker of actie zoeken" }
    results { en: "Results", nl: "Resultaten" }
    result_count[count]() { en: "{count} result" | "{count} results", nl: "{count} resultaat" | "{count} resultaten" }
    no_results_for(query) { en: "No results for “{query}”", nl: "Geen resultaten voor “{query}”" }
    open_details(name) { en: "Open {name}", nl: "{name} openen" }
    change_access(name) { en: "Change access of {name}", nl: "Toegang van {name} wijzigen" }
    audit_log_of(name) { en: "Audit log of {name}", nl: "Auditlog van {name}" }
    show_users_in(node) { en: "Show only users in {node}", nl: "Alleen gebruikers in {node} tonen" }
    sort_by(column) { en: "Sort by {column}", nl: "Sorteren op {column}" }
    environment_count[count]() { en: "{count} environment" | "{count} environments", nl: "{count} omgeving" | "{count} omgevingen" }
    keys_move { en: "move", nl: "bladeren" }
    keys_open { en: "open", nl: "openen" }
    keys_all { en: "all shortcuts", nl: "alle sneltoetsen" }
    keys_outside_fields { en: "Single keys don’t work in text fields", nl: "Losse toetsen werken niet in tekstvelden" }
    keyboard_shortcuts { en: "Keyboard shortcuts", nl: "Sneltoetsen" }
    single_keys { en: "Single-key shortcuts", nl: "Sneltoetsen van één toets" }
    single_keys_hint {
        en: "They don’t work while you type in a field. This setting is saved in this browser.",
        nl: "Ze werken niet terwijl je in een veld typt. Deze instelling wordt in deze browser bewaard."
    }
    switched_off { en: "switched off", nl: "uitgezet" }
}
