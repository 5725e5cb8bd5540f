//! The palette, and the keyboard's shortcuts.

use studio_users_domain::Language;

messages! {
    palette { en: "Find a user or an action", nl: "Gebruiker of actie zoeken" }
    results { en: "Results", nl: "Resultaten" }
    results_number[count]() { en: "{count} result" | "{count} results", nl: "{count} resultaat" | "{count} resultaten" }
    nothing_found(query) { en: "Nothing found for “{query}”", nl: "Niets gevonden voor “{query}”" }
    open_details(name) { en: "Open {name}", nl: "{name} openen" }
    change_access(name) { en: "Change access of {name}", nl: "Toegang van {name} wijzigen" }
    audit_log_of(name) { en: "Audit log of {name}", nl: "Auditlog van {name}" }
    only_users_in(node) { en: "Only users in {node}", nl: "Alleen gebruikers in {node}" }
    sort_by(column) { en: "Sort by {column}", nl: "Sorteren op {column}" }
    what_roles_do { en: "What each role can do", nl: "Wat elke rol kan" }
    environments_number[count]() { en: "{count} environment" | "{count} environments", nl: "{count} omgeving" | "{count} omgevingen" }
    to_access { en: "Access and roles", nl: "Toegang en rollen" }
    to_audit_log { en: "Audit log", nl: "Auditlog" }
    keys_move { en: "move", nl: "bladeren" }
    keys_open { en: "open", nl: "openen" }
    keys_all { en: "all shortcuts", nl: "alle sneltoetsen" }
    keys_outside_fields { en: "Single keys work outside fields", nl: "Losse toetsen werken buiten velden" }
    keyboard_shortcuts { en: "Keyboard shortcuts", nl: "Sneltoetsen" }
    single_keys { en: "Single-key shortcuts", nl: "Sneltoetsen van één toets" }
    single_keys_hint {
        en: "They never act while you type in a field. This browser remembers your choice.",
        nl: "Ze doen niets terwijl je in een veld typt. Deze browser onthoudt je keuze."
    }
    shortcut_off { en: "switched off", nl: "uitgezet" }
    key { en: "Key", nl: "Toets" }
    key_does { en: "What it does", nl: "Wat die doet" }
}
