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
    you { en: "You", nl: "U" }
    never { en: "Never", nl: "Nooit" }
    now { en: "Now", nl: "Nu" }
    today_at(time) { en: "Today, {time}", nl: "Vandaag, {time}" }
    inherited { en: "(inherited)", nl: "(geërfd)" }
    more(number) { en: "{number} more", nl: "nog {number}" }
    invited_by_you { en: "Invited by you", nl: "Door u uitgenodigd" }
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
        nl: "Niemand die u mag zien heeft “{search}” in de naam of het e-mailadres."
    }
    no_match_here { en: "Nobody has access there.", nl: "Niemand heeft daar toegang." }
    clear_search { en: "Clear the search", nl: "Zoekopdracht wissen" }
    show_all { en: "Show all users", nl: "Alle gebruikers tonen" }
    no_users { en: "Nobody here yet", nl: "Nog niemand hier" }
    no_users_text { en: "No user has access to what you manage.", nl: "Geen gebruiker heeft toegang tot wat u beheert." }
}
