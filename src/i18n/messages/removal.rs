//! Removing and restoring users.

use studio_users_domain::Language;

messages! {
    remove_title(name) { en: "Remove {name}?", nl: "{name} verwijderen?" }
    remove_user { en: "Remove user", nl: "Gebruiker verwijderen" }
    removing { en: "Removing…", nl: "Verwijderen…" }
    loses_access[count]() {
        en: "They lose access to {count} environment." | "They lose access to {count} environments.",
        nl: "De toegang tot {count} omgeving vervalt." | "De toegang tot {count} omgevingen vervalt."
    }
    loses_access_to_everything { en: "They lose access to everything you manage.", nl: "Deze gebruiker verliest de toegang tot alles wat jij beheert." }
    invitation_revoked_for[count]() {
        en: "The invitation to {count} environment will be revoked." | "The invitation to {count} environments will be revoked.",
        nl: "De uitnodiging voor {count} omgeving wordt ingetrokken." | "De uitnodiging voor {count} omgevingen wordt ingetrokken."
    }
    invitation_will_be_revoked { en: "The invitation will be revoked.", nl: "De uitnodiging wordt ingetrokken." }
    access_to_remove { en: "Access to be removed", nl: "Toegang die vervalt" }
    access_to_remove_failed { en: "Couldn’t load the access to be removed.", nl: "De toegang die vervalt, kon niet worden geladen." }
    invited_as { en: "Invited as", nl: "Uitgenodigd als" }
    access_ends { en: "Access ends now.", nl: "De toegang eindigt nu." }
    access_ends_text {
        en: "If they have no other access, they’re signed out everywhere. Access you don’t manage stays.",
        nl: "Wie geen andere toegang heeft, wordt overal uitgelogd. Toegang die jij niet beheert, blijft."
    }
    links_stop_working { en: "Invitation links to what you manage stop working,", nl: "Uitnodigingslinks naar wat jij beheert, werken niet meer," }
    links_stop_working_text { en: "including copied links.", nl: "ook gekopieerde niet." }
    audit_log_keeps { en: "The audit log keeps", nl: "Het auditlog bewaart" }
    audit_log_keeps_actions { en: "a record of what they did.", nl: "wat deze gebruiker heeft gedaan." }
    audit_log_keeps_invitation { en: "a record of the invitation.", nl: "de uitnodiging." }
    can_be_undone { en: "You can undo this for 24 hours", nl: "Je kunt dit 24 uur lang ongedaan maken" }
    undo { en: "Undo", nl: "Ongedaan maken" }
    removed(name) { en: "{name} removed", nl: "{name} verwijderd" }
    restored(name) { en: "{name} restored", nl: "{name} hersteld" }
    not_removed(name, cause) { en: "{name} could not be removed. {cause}", nl: "{name} kon niet worden verwijderd. {cause}" }
    not_restored(name, cause) { en: "{name} could not be restored. {cause}", nl: "{name} kon niet worden hersteld. {cause}" }
    removed_lead {
        en: "Users removed in the last 24 hours. Restoring gives back their access, but not their sessions and invitation links.",
        nl: "Gebruikers die in de afgelopen 24 uur zijn verwijderd. Herstellen geeft de toegang terug, maar niet de sessies en uitnodigingslinks."
    }
    removed_failed { en: "Couldn’t load removed users.", nl: "De verwijderde gebruikers konden niet worden geladen." }
    no_removed_users { en: "No removed users", nl: "Geen verwijderde gebruikers" }
    no_removed_users_text {
        en: "Removed users stay here for 24 hours so you can restore them.",
        nl: "Verwijderde gebruikers blijven hier 24 uur staan, zodat je ze kunt herstellen."
    }
    removed_by(name, when) { en: "{when}, by {name}", nl: "{when}, door {name}" }
    removed_by_you(when) { en: "{when}, by you", nl: "{when}, door jou" }
    restorable_until(day, time) { en: "Can be restored until {day}, {time}", nl: "Te herstellen tot {day}, {time}" }
    restore { en: "Restore", nl: "Herstellen" }
    restore_user(name) { en: "Restore {name}", nl: "{name} herstellen" }
    restore_users[count]() { en: "Restore {count} user" | "Restore {count} users", nl: "{count} gebruiker herstellen" | "{count} gebruikers herstellen" }
    select_all_removed { en: "Select all", nl: "Alles selecteren" }
    users_restored[count]() { en: "{count} user restored" | "{count} users restored", nl: "{count} gebruiker hersteld" | "{count} gebruikers hersteld" }
}
