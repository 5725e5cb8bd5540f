//! The users table.

use studio_users_domain::Language;

messages! {
    users { en: "Users", nl: "Gebruikers" }
    at_least(number) { en: "{number}+", nl: "{number}+" }
    search_users { en: "Search users", nl: "Gebruikers zoeken" }
    search_placeholder { en: "Search name or e-mail", nl: "Zoek op naam of e-mail" }
    name { en: "Name", nl: "Naam" }
    status { en: "Status", nl: "Status" }
    roles { en: "Roles", nl: "Rollen" }
    environments { en: "Environments", nl: "Omgevingen" }
    last_active { en: "Last active", nl: "Laatst actief" }
    created { en: "Created", nl: "Aangemaakt" }
    active { en: "Active", nl: "Actief" }
    invited { en: "Invited", nl: "Uitgenodigd" }
    expired { en: "Expired", nl: "Verlopen" }
    you { en: "You", nl: "Jij" }
    never { en: "Never", nl: "Nooit" }
    now { en: "Now", nl: "Nu" }
    today_at(time) { en: "Today, {time}", nl: "Vandaag, {time}" }
    inherited { en: "(inherited)", nl: "(geërfd)" }
    more(number) { en: "{number} more", nl: "nog {number}" }
    invited_by_you { en: "Invited by you", nl: "Door jou uitgenodigd" }
    invited_by(name) { en: "Invited by {name}", nl: "Uitgenodigd door {name}" }
    invitation { en: "Invited", nl: "Uitgenodigd" }
    invitation_days_left(who, days) { en: "{who}, {days} days left", nl: "{who}, nog {days} dagen" }
    invitation_one_day_left(who) { en: "{who}, one day left", nl: "{who}, nog één dag" }
    invitation_ends_today(who) { en: "{who}, ends today", nl: "{who}, eindigt vandaag" }
    invitation_expired(when) { en: "Invitation expired {when}", nl: "Uitnodiging verlopen: {when}" }
    sorted_by(column, order) { en: "Sorted by {column}, {order}", nl: "Gesorteerd op {column}, {order}" }
    ascending { en: "ascending", nl: "oplopend" }
    descending { en: "descending", nl: "aflopend" }
    rows_of(from, to, total) { en: "{from}–{to} of {total}", nl: "{from}–{to} van {total}" }
    users_found(total) { en: "Users found: {total}", nl: "Gebruikers gevonden: {total}" }
    legend_direct { en: "Assigned in the environment", nl: "Toegewezen in de omgeving" }
    legend_inherited { en: "Inherited from above", nl: "Geërfd van hoger" }
    no_match { en: "No user matches", nl: "Geen gebruiker gevonden" }
    no_match_text(search) {
        en: "Nobody whom you may see has “{search}” in their name or e-mail address.",
        nl: "Niemand die je mag zien heeft “{search}” in de naam of het e-mailadres."
    }
    no_match_here { en: "Nobody has access there.", nl: "Niemand heeft daar toegang." }
    clear_search { en: "Clear the search", nl: "Zoekopdracht wissen" }
    show_all { en: "Show all users", nl: "Alle gebruikers tonen" }
    no_users { en: "Nobody here yet", nl: "Nog niemand hier" }
    no_users_text { en: "No user has access to what you manage.", nl: "Geen gebruiker heeft toegang tot wat je beheert." }
    skip_table { en: "Skip the table", nl: "Tabel overslaan" }
    actions { en: "Actions", nl: "Acties" }
    actions_for(name) { en: "Actions for {name}", nl: "Acties voor {name}" }
    remove { en: "Remove", nl: "Verwijderen" }
    remove_named(name) { en: "Remove {name}", nl: "{name} verwijderen" }
    select_user(name) { en: "Select {name}", nl: "{name} selecteren" }
    select_all { en: "Select all users", nl: "Alle gebruikers selecteren" }
    invite_users { en: "Invite users", nl: "Gebruikers uitnodigen" }
    invite_button { en: "Invite users", nl: "Uitnodigen" }
    export_csv { en: "Export CSV", nl: "CSV exporteren" }
    exported[count]() { en: "{count} user exported" | "{count} users exported", nl: "{count} gebruiker geëxporteerd" | "{count} gebruikers geëxporteerd" }
    exporting(done, total) { en: "Exporting {done} of {total}", nl: "{done} van {total} geëxporteerd" }
    stop_export { en: "Stop the export", nl: "Export stoppen" }
    export_failed { en: "The users could not be exported", nl: "De gebruikers konden niet worden geëxporteerd" }

    // Filters
    role { en: "Role", nl: "Rol" }
    any_time { en: "Any time", nl: "Maakt niet uit" }
    last_days[count]() { en: "Last 24 hours" | "Last {count} days", nl: "Laatste 24 uur" | "Laatste {count} dagen" }
    chosen[count]() { en: "{count} chosen" | "{count} chosen", nl: "{count} gekozen" | "{count} gekozen" }
    nothing_chosen { en: "Everybody", nl: "Iedereen" }
    clear { en: "Clear", nl: "Wissen" }
    clear_filters { en: "Clear filters", nl: "Filters wissen" }
    find_environment { en: "Find an environment", nl: "Omgeving zoeken" }
    no_environment_found { en: "No environment has this in its name.", nl: "Geen omgeving heeft dit in de naam." }
    include_inherited { en: "Include inherited access", nl: "Geërfde toegang meetellen" }
    include_inherited_hint { en: "The agency’s people who reach in", nl: "De mensen van het bureau die ook hier kunnen" }
    without_inherited { en: "without inherited", nl: "zonder geërfd" }
    without(filter) { en: "Without {filter}", nl: "Zonder {filter}" }

    // Columns
    columns { en: "Columns", nl: "Kolommen" }
    density { en: "Density", nl: "Dichtheid" }
    comfortable { en: "Comfortable", nl: "Ruim" }
    compact { en: "Compact", nl: "Compact" }
    always { en: "always", nl: "altijd" }
    in_pages { en: "In pages, without scrolling", nl: "In pagina’s, zonder scrollen" }
    reset { en: "Reset", nl: "Herstellen" }
    move_up(column) { en: "Move {column} up", nl: "{column} naar voren" }
    move_down(column) { en: "Move {column} down", nl: "{column} naar achteren" }

    // Many at once
    selected[count]() { en: "{count} selected" | "{count} selected", nl: "{count} geselecteerd" | "{count} geselecteerd" }
    all_selected[count]() { en: "The one who matches" | "All {count} selected", nl: "De enige die voldoet" | "Alle {count} geselecteerd" }
    selection { en: "Selection", nl: "Selectie" }
    select_all_matching(total) { en: "Select all {total}", nl: "Alle {total} selecteren" }
    select_row { en: "Select the user in focus", nl: "De gebruiker met focus selecteren" }
    select_rows { en: "Select all up to the user in focus", nl: "Alle tot en met de gebruiker met focus selecteren" }
    range_too_long { en: "Up to 1,000 can be selected so. Select all, or filter.", nl: "Zo zijn er hoogstens 1.000 te selecteren. Selecteer alle, of filter." }
    too_many_selected {
        en: "At most 10,000 users at a time. Filter, or select fewer.",
        nl: "Hoogstens 10.000 gebruikers tegelijk. Filter, of selecteer er minder."
    }
    add_role { en: "Add role", nl: "Rol toevoegen" }
    send_again { en: "Send invitation again", nl: "Uitnodiging opnieuw sturen" }
    no_invitation_selected { en: "Nobody selected has an invitation that waits.", nl: "Niemand in de selectie heeft een uitnodiging die wacht." }
    clear_selection { en: "Clear the selection", nl: "Selectie wissen" }

    // Pages
    pages { en: "Pages", nl: "Pagina’s" }
    page_of(page, pages) { en: "Page {page} of {pages}", nl: "Pagina {page} van {pages}" }
    previous_page { en: "Previous", nl: "Vorige" }
    next_page { en: "Next", nl: "Volgende" }

    // Out of reach
    offline_title { en: "You are offline.", nl: "Je bent offline." }
    offline_rows(time) { en: "These rows are from {time}, and can be read.", nl: "Deze rijen zijn van {time}, en zijn te lezen." }
    offline_reason { en: "You are offline: nothing can be changed now.", nl: "Je bent offline: er kan nu niets worden gewijzigd." }
    try_now { en: "Try now", nl: "Nu proberen" }
    loaded_at(time) { en: "Loaded at {time}", nl: "Geladen om {time}" }

    // Nobody
    nobody_but_you { en: "Nobody but you yet", nl: "Nog niemand behalve jij" }
    nobody_but_you_text {
        en: "Invite the first person, to an agency or an environment. An Organisation Manager can invite their own colleagues.",
        nl: "Nodig de eerste persoon uit, voor een bureau of een omgeving. Een Organisation Manager kan eigen collega’s uitnodigen."
    }
    nobody_matches_filters { en: "Nobody matches all of these filters", nl: "Niemand voldoet aan al deze filters" }
    nobody_matches_text { en: "Leave one out, or start again.", nl: "Laat er een weg, of begin opnieuw." }
    clear_all { en: "Clear all filters", nl: "Alle filters wissen" }
    shortcuts { en: "Shortcuts", nl: "Sneltoetsen" }
    removed_users { en: "Removed users", nl: "Verwijderde gebruikers" }
    more_actions { en: "More", nl: "Meer" }
}
