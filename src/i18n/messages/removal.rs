//! Removing and restoring.

use studio_users_domain::Language;

messages! {
    remove_question(name) { en: "Remove {name}?", nl: "{name} verwijderen?" }
    remove_user { en: "Remove user", nl: "Gebruiker verwijderen" }
    removing { en: "Removing…", nl: "Verwijderen…" }
    loses_access[count]() {
        en: "They lose access to {count} environment." | "They lose access to {count} environments.",
        nl: "De toegang tot {count} omgeving vervalt." | "De toegang tot {count} omgevingen vervalt."
    }
    loses_all { en: "They lose what they have where you manage.", nl: "Alles wat deze gebruiker heeft waar jij beheert, vervalt." }
    loses_invitation[count]() {
        en: "The invitation to {count} environment ends." | "The invitation to {count} environments ends.",
        nl: "De uitnodiging voor {count} omgeving vervalt." | "De uitnodiging voor {count} omgevingen vervalt."
    }
    invitation_ends { en: "The invitation ends.", nl: "De uitnodiging vervalt." }
    what_is_lost { en: "What is lost", nl: "Wat vervalt" }
    lost_unknown { en: "What exactly is lost could not be loaded.", nl: "Wat er precies vervalt kon niet worden geladen." }
    invited_as { en: "Invited as", nl: "Uitgenodigd als" }
    access_ends { en: "Access ends now.", nl: "De toegang eindigt nu." }
    access_ends_how {
        en: "With none left elsewhere, they are signed out everywhere; what others gave them stays.",
        nl: "Is er elders geen toegang over, dan wordt overal uitgelogd; wat anderen gaven, blijft."
    }
    links_end { en: "Invitation links stop working,", nl: "Uitnodigingslinks werken niet meer," }
    links_end_how { en: "copied ones too.", nl: "ook gekopieerde niet." }
    audit_stays { en: "The audit log keeps", nl: "Het auditlog bewaart" }
    audit_stays_how { en: "what they did.", nl: "wat deze gebruiker deed." }
    audit_stays_invitation { en: "that they were invited.", nl: "dat er is uitgenodigd." }
    can_be_undone { en: "Can be undone for 24 hours", nl: "24 uur lang terug te draaien" }
    undo { en: "Undo", nl: "Ongedaan maken" }
    removed(name) { en: "{name} removed", nl: "{name} verwijderd" }
    restored(name) { en: "{name} restored", nl: "{name} teruggezet" }
    not_restored(name, cause) { en: "{name} could not be restored. {cause}", nl: "{name} kon niet worden teruggezet. {cause}" }
    removed_lead {
        en: "Of the last 24 hours. What was taken comes back as it was; sessions and links stay ended.",
        nl: "Van de laatste 24 uur. Wat vervallen was komt terug zoals het was; sessies en links blijven beëindigd."
    }
    removed_failed { en: "Those removed could not be loaded.", nl: "De verwijderde gebruikers konden niet worden geladen." }
    nobody_removed { en: "Nobody was removed", nl: "Niemand is verwijderd" }
    nobody_removed_text {
        en: "Whoever is removed stands here for 24 hours, to be restored.",
        nl: "Wie verwijderd wordt staat hier 24 uur, om terug te zetten."
    }
    removed_by(name, when) { en: "{when}, by {name}", nl: "{when}, door {name}" }
    removed_by_you(when) { en: "{when}, by you", nl: "{when}, door jou" }
    restorable_until(day, time) { en: "To be restored until {day}, {time}", nl: "Terug te zetten tot {day}, {time}" }
    restore { en: "Restore", nl: "Terugzetten" }
    restore_user(name) { en: "Restore {name}", nl: "{name} terugzetten" }
    restore_users[count]() { en: "Restore {count} user" | "Restore {count} users", nl: "{count} gebruiker terugzetten" | "{count} gebruikers terugzetten" }
    select_all_removed { en: "Select all", nl: "Alles selecteren" }
    users_restored[count]() { en: "{count} user restored" | "{count} users restored", nl: "{count} gebruiker teruggezet" | "{count} gebruikers teruggezet" }
}
