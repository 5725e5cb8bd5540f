//! Bulk actions: removing, resending and adding a role for several users.

use studio_users_domain::Language;

messages! {
    remove_many_title[count]() { en: "Remove {count} user?" | "Remove {count} users?", nl: "{count} gebruiker verwijderen?" | "{count} gebruikers verwijderen?" }
    remove_users[count]() { en: "Remove {count} user" | "Remove {count} users", nl: "{count} gebruiker verwijderen" | "{count} gebruikers verwijderen" }
    remove_many_selected {
        en: "The selected users lose access to everything you manage.",
        nl: "De geselecteerde gebruikers verliezen de toegang tot alles wat jij beheert."
    }
    remove_many_matching {
        en: "All users who match your search and filters lose access to everything you manage.",
        nl: "Alle gebruikers die aan je zoekopdracht en filters voldoen, verliezen de toegang tot alles wat jij beheert."
    }
    denied_users_skipped {
        en: "Users you can’t remove are skipped. You’ll see who and why.",
        nl: "Gebruikers die je niet mag verwijderen, worden overgeslagen. Je ziet daarna wie en waarom."
    }
    type_number(number) { en: "Type {number} to confirm", nl: "Typ {number} om te bevestigen" }
    users_removed[count]() { en: "{count} user removed" | "{count} users removed", nl: "{count} gebruiker verwijderd" | "{count} gebruikers verwijderd" }
    invitations_resent[count]() {
        en: "{count} invitation resent" | "{count} invitations resent",
        nl: "{count} uitnodiging opnieuw verstuurd" | "{count} uitnodigingen opnieuw verstuurd"
    }
    role_added_to_users[count]() {
        en: "Role added to {count} user" | "Role added to {count} users",
        nl: "Rol toegevoegd aan {count} gebruiker" | "Rol toegevoegd aan {count} gebruikers"
    }
    role_taken_back[count]() {
        en: "Role taken back from {count} user" | "Role taken back from {count} users",
        nl: "Rol weer afgenomen van {count} gebruiker" | "Rol weer afgenomen van {count} gebruikers"
    }
    had_role_already[count]() { en: "{count} user already had it." | "{count} users already had it.", nl: "{count} gebruiker had die al." | "{count} gebruikers hadden die al." }
    nothing_to_change[count]() {
        en: "Nothing to change for {count} user." | "Nothing to change for {count} users.",
        nl: "Niets te wijzigen voor {count} gebruiker." | "Niets te wijzigen voor {count} gebruikers."
    }
    users_denied[count]() { en: "Not allowed for {count} user." | "Not allowed for {count} users.", nl: "Niet toegestaan voor {count} gebruiker." | "Niet toegestaan voor {count} gebruikers." }
    skipped_users { en: "Skipped users and reasons", nl: "Overgeslagen gebruikers en redenen" }
    show_details { en: "Show details", nl: "Details tonen" }
    and_more[count]() { en: "And {count} more." | "And {count} more.", nl: "En nog {count}." | "En nog {count}." }
    hidden_user { en: "A user you can no longer see", nl: "Een gebruiker die je niet meer kunt zien" }
    add_role_failed { en: "Couldn’t add the role.", nl: "De rol is niet toegevoegd." }
    remove_many_failed { en: "Couldn’t remove the users.", nl: "De gebruikers zijn niet verwijderd." }
    resend_failed { en: "Couldn’t resend the invitations.", nl: "De uitnodigingen zijn niet opnieuw verstuurd." }
    restore_failed { en: "Couldn’t restore the users.", nl: "De gebruikers zijn niet hersteld." }
    removing_users(handled, total) { en: "Removing users: {handled} of {total}", nl: "Gebruikers verwijderen: {handled} van {total}" }
    restoring_users(handled, total) { en: "Restoring users: {handled} of {total}", nl: "Gebruikers herstellen: {handled} van {total}" }
    resending_invitations(handled, total) {
        en: "Resending invitations: {handled} of {total}",
        nl: "Uitnodigingen opnieuw versturen: {handled} van {total}"
    }
    adding_the_role(role, handled, total) { en: "Adding the role {role}: {handled} of {total}", nl: "Rol {role} toevoegen: {handled} van {total}" }
    taking_back_the_role(role, handled, total) {
        en: "Taking back the role {role}: {handled} of {total}",
        nl: "Rol {role} weer afnemen: {handled} van {total}"
    }
    bulk_action_running { en: "Bulk action in progress", nl: "Bulkactie bezig" }
    more_jobs[count]() { en: "and {count} more" | "and {count} more", nl: "en nog {count}" | "en nog {count}" }
    stop_job { en: "Stop", nl: "Stoppen" }
    stopping_job { en: "Stopping…", nl: "Stoppen…" }
    stop_job_failed { en: "Couldn’t stop the bulk action.", nl: "De bulkactie is niet gestopt." }
    job_stopped(handled, total) { en: "Stopped after {handled} of {total} users.", nl: "Gestopt na {handled} van {total} gebruikers." }
    job_lost_rights(handled, total) {
        en: "Stopped after {handled} of {total} users, because your access changed.",
        nl: "Gestopt na {handled} van {total} gebruikers, omdat je toegang is gewijzigd."
    }
    job_failed(handled, total) {
        en: "Failed after {handled} of {total} users. The others weren’t changed.",
        nl: "Mislukt na {handled} van {total} gebruikers. De andere zijn niet gewijzigd."
    }
    undo_job_failed { en: "Couldn’t undo the bulk action.", nl: "De bulkactie is niet ongedaan gemaakt." }
    recent_bulk_actions { en: "Recent bulk actions", nl: "Recente bulkacties" }
    recent_bulk_actions_lead { en: "Your bulk actions of the last 24 hours.", nl: "Je bulkacties van de afgelopen 24 uur." }
    no_bulk_actions { en: "No bulk actions in the last 24 hours", nl: "Geen bulkacties in de afgelopen 24 uur" }
    bulk_actions_failed { en: "Couldn’t load your bulk actions.", nl: "Je bulkacties konden niet worden geladen." }
    details_of(summary) { en: "Show details: {summary}", nl: "Details tonen: {summary}" }
    undo_of(summary) { en: "Undo: {summary}", nl: "Ongedaan maken: {summary}" }
    stop_of(progress) { en: "Stop: {progress}", nl: "Stoppen: {progress}" }
    add_role_to[count]() { en: "Add a role to {count} user" | "Add a role to {count} users", nl: "Rol toevoegen aan {count} gebruiker" | "Rol toevoegen aan {count} gebruikers" }
    add_role_lead {
        en: "The role is added to the roles each user already has there. It also applies below, except where other roles are assigned.",
        nl: "De rol komt bij de rollen die elke gebruiker daar al heeft. De rol geldt ook eronder, behalve waar andere rollen zijn toegewezen."
    }
    adding_role { en: "Adding…", nl: "Toevoegen…" }
    location { en: "Where", nl: "Waar" }
    no_nodes_found { en: "No environments or agencies found", nl: "Geen omgevingen of bureaus gevonden" }
    choose_node_and_role { en: "Choose an environment or agency and a role", nl: "Kies een omgeving of bureau en een rol" }
}
