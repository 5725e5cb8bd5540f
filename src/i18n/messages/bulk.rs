//! The same for many users at once.

use studio_users_domain::Language;

messages! {
    remove_many_question[count]() { en: "Remove {count} user?" | "Remove {count} users?", nl: "{count} gebruiker verwijderen?" | "{count} gebruikers verwijderen?" }
    remove_users[count]() { en: "Remove {count} user" | "Remove {count} users", nl: "{count} gebruiker verwijderen" | "{count} gebruikers verwijderen" }
    remove_many_selected {
        en: "Those selected lose everything where you manage.",
        nl: "Wie geselecteerd is, verliest alles waar jij beheert."
    }
    remove_many_matching {
        en: "All who match the search and filters lose everything where you manage.",
        nl: "Iedereen die aan de zoekopdracht en filters voldoet, verliest alles waar jij beheert."
    }
    refused_stay {
        en: "Whom you may not remove stays, and you are told who and why.",
        nl: "Wie je niet mag verwijderen, blijft; je hoort wie en waarom."
    }
    type_number(number) { en: "Type {number} to confirm", nl: "Typ {number} om te bevestigen" }
    users_removed[count]() { en: "{count} user removed" | "{count} users removed", nl: "{count} gebruiker verwijderd" | "{count} gebruikers verwijderd" }
    invitations_resent[count]() {
        en: "{count} invitation sent again" | "{count} invitations sent again",
        nl: "{count} uitnodiging opnieuw gestuurd" | "{count} uitnodigingen opnieuw gestuurd"
    }
    resending[count]() {
        en: "Sending {count} invitation again…" | "Sending {count} invitations again…",
        nl: "{count} uitnodiging wordt opnieuw gestuurd…" | "{count} uitnodigingen worden opnieuw gestuurd…"
    }
    users_given_role[count]() {
        en: "Role added to {count} user" | "Role added to {count} users",
        nl: "Rol toegevoegd aan {count} gebruiker" | "Rol toegevoegd aan {count} gebruikers"
    }
    had_role_already[count]() { en: "{count} had it already." | "{count} had it already.", nl: "{count} had die al." | "{count} hadden die al." }
    nothing_to_do[count]() {
        en: "For {count} there was nothing to do." | "For {count} there was nothing to do.",
        nl: "Voor {count} was er niets te doen." | "Voor {count} was er niets te doen."
    }
    users_refused[count]() { en: "{count} was refused." | "{count} were refused.", nl: "{count} is geweigerd." | "{count} zijn geweigerd." }
    refused_list { en: "Who was refused, and why", nl: "Wie geweigerd is, en waarom" }
    show_refused { en: "Who and why", nl: "Wie en waarom" }
    and_more[count]() { en: "And {count} more." | "And {count} more.", nl: "En nog {count}." | "En nog {count}." }
    somebody { en: "A user whom you no longer see", nl: "Een gebruiker die je niet meer ziet" }
    resend_failed { en: "The invitations were not sent again.", nl: "De uitnodigingen zijn niet opnieuw gestuurd." }
    restore_failed { en: "Nobody was restored.", nl: "Niemand is teruggezet." }
    add_role_to[count]() { en: "Add a role to {count} user" | "Add a role to {count} users", nl: "Rol toevoegen aan {count} gebruiker" | "Rol toevoegen aan {count} gebruikers" }
    add_role_lead {
        en: "It comes on top of what each has there, and counts below as well.",
        nl: "De rol komt bij wat ieder daar al heeft, en geldt ook eronder."
    }
    adding_role { en: "Adding…", nl: "Toevoegen…" }
    where_ { en: "Where", nl: "Waar" }
    find_place { en: "Find an agency or environment", nl: "Bureau of omgeving zoeken" }
    no_place_found { en: "No place that you manage has this in its name.", nl: "Geen plek die je beheert heeft dit in de naam." }
    choose_place_and_role { en: "Choose where, and a role", nl: "Kies waar, en een rol" }
}
