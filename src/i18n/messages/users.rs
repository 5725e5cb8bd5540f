//! The users table: toolbar, filters, columns, selection and pagination.

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
    expired_hint { en: "Resend the invitation.", nl: "Verstuur de uitnodiging opnieuw." }
    you { en: "You", nl: "Jij" }
    never { en: "Never", nl: "Nooit" }
    now { en: "Now", nl: "Nu" }
    today_at(time) { en: "Today, {time}", nl: "Vandaag, {time}" }
    inherited { en: "(inherited)", nl: "(overgenomen)" }
    more(number) { en: "{number} more", nl: "nog {number}" }
    invited_by_you { en: "Invited by you", nl: "Door jou uitgenodigd" }
    invited_by(name) { en: "Invited by {name}", nl: "Uitgenodigd door {name}" }
    invitation_days_left(who, days) { en: "{who}, {days} days left", nl: "{who}, nog {days} dagen" }
    invitation_one_day_left(who) { en: "{who}, one day left", nl: "{who}, nog één dag" }
    invitation_expires_today(who) { en: "{who}, expires today", nl: "{who}, verloopt vandaag" }
    invitation_blocked { en: "Invitation can’t be accepted", nl: "Uitnodiging kan niet worden geaccepteerd" }
    invitation_expired(when) { en: "Invitation expired {when}", nl: "Uitnodiging {when} verlopen" }
    sorted_by(column, order) { en: "Sorted by {column}, {order}", nl: "Gesorteerd op {column}, {order}" }
    ascending { en: "ascending", nl: "oplopend" }
    descending { en: "descending", nl: "aflopend" }
    rows_of(from, to, total) { en: "{from}–{to} of {total}", nl: "{from}–{to} van {total}" }
    users_found(total) { en: "Users found: {total}", nl: "Gebruikers gevonden: {total}" }
    legend_assigned { en: "Assigned in the environment", nl: "Toegewezen in de omgeving" }
    legend_inherited { en: "Inherited from a higher level", nl: "Overgenomen van een hoger niveau" }
    no_users_found { en: "No users found", nl: "Geen gebruikers gevonden" }
    no_users_found_text(search) {
        en: "No names or e-mail addresses match “{search}”.",
        nl: "Geen naam of e-mailadres komt overeen met “{search}”."
    }
    clear_search { en: "Clear the search", nl: "Zoekopdracht wissen" }
    no_users { en: "No users yet", nl: "Nog geen gebruikers" }
    no_users_text { en: "Nobody has access to the environments you manage.", nl: "Niemand heeft toegang tot de omgevingen die jij beheert." }
    skip_table { en: "Skip the table", nl: "Tabel overslaan" }
    actions { en: "Actions", nl: "Acties" }
    actions_for(name) { en: "Actions for {name}", nl: "Acties voor {name}" }
    remove { en: "Remove", nl: "Verwijderen" }
    remove_named(name) { en: "Remove {name}", nl: "{name} verwijderen" }
    select_user(name) { en: "Select {name}", nl: "{name} selecteren" }
    select_all { en: "Select all users", nl: "Alle gebruikers selecteren" }
    invite_users { en: "Invite users", nl: "Gebruikers uitnodigen" }
    invite_button { en: "Invite users", nl: "Uitnodigen" }
    export_hint {
        en: "Exports the users that match your search and filters. The file is in English.",
        nl: "Exporteert de gebruikers die aan je zoekopdracht en filters voldoen. Het bestand is in het Engels."
    }
    export_csv { en: "Export CSV", nl: "CSV exporteren" }
    exported[count]() { en: "{count} user exported" | "{count} users exported", nl: "{count} gebruiker geëxporteerd" | "{count} gebruikers geëxporteerd" }
    exporting(done, total) { en: "Exporting {done} of {total}", nl: "{done} van {total} geëxporteerd" }
    stop_export { en: "Stop the export", nl: "Export stoppen" }
    users_not_exported(cause) { en: "The users could not be exported. {cause}", nl: "De gebruikers konden niet worden geëxporteerd. {cause}" }

    // Filters
    role { en: "Role", nl: "Rol" }
    any_time { en: "Any time", nl: "Elk moment" }
    last_days[count]() { en: "Last 24 hours" | "Last {count} days", nl: "Laatste 24 uur" | "Laatste {count} dagen" }
    all_users { en: "All users", nl: "Alle gebruikers" }
    clear { en: "Clear", nl: "Wissen" }
    clear_filters { en: "Clear filters", nl: "Filters wissen" }
    find_environment { en: "Find an environment", nl: "Omgeving zoeken" }
    no_environments_found { en: "No environments found", nl: "Geen omgevingen gevonden" }
    include_inherited { en: "Include inherited access", nl: "Overgenomen toegang meetellen" }
    include_inherited_hint { en: "Users with roles from a higher level, such as an agency", nl: "Gebruikers met rollen van een hoger niveau, zoals een bureau" }
    assigned_only { en: "assigned only", nl: "alleen toegewezen" }
    clear_filter(filter) { en: "Clear filter: {filter}", nl: "Filter wissen: {filter}" }

    // Columns
    columns { en: "Columns", nl: "Kolommen" }
    density { en: "Density", nl: "Dichtheid" }
    comfortable { en: "Comfortable", nl: "Ruim" }
    compact { en: "Compact", nl: "Compact" }
    always { en: "always", nl: "altijd" }
    in_pages { en: "Pages instead of scrolling", nl: "Pagina’s in plaats van scrollen" }
    reset { en: "Reset", nl: "Resetten" }
    move_up(column) { en: "Move {column} up", nl: "{column} omhoog verplaatsen" }
    move_down(column) { en: "Move {column} down", nl: "{column} omlaag verplaatsen" }

    // Bulk actions
    selected[count]() { en: "{count} selected" | "{count} selected", nl: "{count} geselecteerd" | "{count} geselecteerd" }
    all_selected[count]() { en: "{count} selected" | "All {count} selected", nl: "{count} geselecteerd" | "Alle {count} geselecteerd" }
    selection { en: "Selection", nl: "Selectie" }
    select_all_matching(total) { en: "Select all {total}", nl: "Alle {total} selecteren" }
    select_row { en: "Select the focused user", nl: "De gebruiker met focus selecteren" }
    select_rows { en: "Select all users up to the focused one", nl: "Alle tot en met de gebruiker met focus selecteren" }
    range_too_long { en: "You can select up to 1,000 users this way. Select all, or use filters.", nl: "Zo kun je maximaal 1.000 gebruikers selecteren. Selecteer alles of gebruik filters." }
    too_many_selected {
        en: "You can change up to 10,000 users at a time. Use filters or select fewer users.",
        nl: "Je kunt maximaal 10.000 gebruikers tegelijk wijzigen. Gebruik filters of selecteer minder gebruikers."
    }
    add_role { en: "Add role", nl: "Rol toevoegen" }
    resend_invitation { en: "Resend invitation", nl: "Uitnodiging opnieuw versturen" }
    no_invitation_selected { en: "None of the selected users has a pending invitation.", nl: "Geen van de geselecteerde gebruikers heeft een openstaande uitnodiging." }
    clear_selection { en: "Clear the selection", nl: "Selectie wissen" }

    // Pagination
    pages { en: "Pages", nl: "Pagina’s" }
    page_of(page, pages) { en: "Page {page} of {pages}", nl: "Pagina {page} van {pages}" }
    previous_page { en: "Previous", nl: "Vorige" }
    next_page { en: "Next", nl: "Volgende" }

    // Offline
    offline_title { en: "You’re offline.", nl: "Je bent offline." }
    offline_rows(time) { en: "Showing data from {time}. You can’t make changes.", nl: "Dit zijn gegevens van {time}. Je kunt nu niets wijzigen." }
    offline_reason { en: "You’re offline. You can’t make changes now.", nl: "Je bent offline. Je kunt nu niets wijzigen." }
    try_now { en: "Try now", nl: "Nu proberen" }

    // Empty states
    no_other_users { en: "No other users yet", nl: "Nog geen andere gebruikers" }
    no_other_users_text {
        en: "Invite someone to an agency or an environment. An Organisation Manager can invite their own colleagues.",
        nl: "Nodig iemand uit voor een bureau of een omgeving. Een Organisatiebeheerder kan zelf collega’s uitnodigen."
    }
    no_users_match_filters { en: "No users match these filters", nl: "Geen gebruikers voldoen aan deze filters" }
    no_users_match_text { en: "Clear a filter to see more users.", nl: "Wis een filter om meer gebruikers te zien." }
    clear_all_filters { en: "Clear all filters", nl: "Alle filters wissen" }
    shortcuts { en: "Shortcuts", nl: "Sneltoetsen" }
    invitation_undelivered { en: "Invitation not delivered", nl: "Uitnodiging niet bezorgd" }
    undelivered_mail { en: "Undelivered e-mail", nl: "Niet-bezorgde e-mail" }
    removed_users { en: "Removed users", nl: "Verwijderde gebruikers" }
}
