//! Viewing the studio as somebody.

use studio_users_domain::Language;

messages! {
    view_as { en: "View as", nl: "Kijken als" }
    view_as_named(name) { en: "View as {name}", nl: "Kijken als {name}" }
    view_as_this_user { en: "View as this user", nl: "Kijken als deze gebruiker" }
    view_lead(name) {
        en: "See the studio as {name} sees it. You stay signed in as yourself.",
        nl: "Zie de studio zoals {name} die ziet. Je blijft ingelogd als jezelf."
    }
    view_lead_invited(name) {
        en: "See the studio as {name} will see it after joining. You stay signed in as yourself.",
        nl: "Zie de studio zoals {name} die na deelname zal zien. Je blijft ingelogd als jezelf."
    }
    view_shows { en: "What you will see", nl: "Wat je zult zien" }
    will_see { en: "will see", nl: "zal zien" }
    also_in(roles, places) { en: "{roles}, also in {places}", nl: "{roles}, ook in {places}" }
    more_places[number]() { en: "{number} more" | "{number} more", nl: "nog {number}" | "nog {number}" }
    hidden_in_all(sections) { en: "Hidden in all: {sections}", nl: "Overal verborgen: {sections}" }
    view_shows_unknown { en: "What this shows could not be loaded.", nl: "Wat dit toont, kon niet worden geladen." }
    view_read_only { en: "Read-only.", nl: "Alleen kijken." }
    view_read_only_how { en: "Nothing can be sent, assigned or changed.", nl: "Er kan niets worden verstuurd, toegewezen of gewijzigd." }
    view_lasts[number]() {
        en: "Ends after {number} minute," | "Ends after {number} minutes,",
        nl: "Eindigt na {number} minuut," | "Eindigt na {number} minuten,"
    }
    view_lasts_how { en: "or when you exit. It is never extended.", nl: "of als je stopt. Het wordt nooit verlengd." }
    view_recorded { en: "Recorded for both.", nl: "Voor allebei vastgelegd." }
    view_recorded_how(name) {
        en: "Your reason stands in your audit log and in that of {name}.",
        nl: "Je reden staat in je auditlog en in dat van {name}."
    }
    view_drops_unsaved {
        en: "You have changes that are not saved. Starting a view drops them.",
        nl: "Je hebt wijzigingen die niet zijn opgeslagen. Als je begint met kijken, vervallen ze."
    }
    reason_label { en: "Reason", nl: "Reden" }
    reason_placeholder { en: "Such as a ticket’s number", nl: "Bijvoorbeeld het nummer van een ticket" }
    reason_count(length, most) { en: "Required · {length} of {most}", nl: "Verplicht · {length} van {most}" }
    reason_missing { en: "Say why: it stands in the audit log.", nl: "Zeg waarom: het komt in het auditlog." }
    reason_too_long[number]() {
        en: "This is {number} character too long." | "This is {number} characters too long.",
        nl: "Dit is {number} teken te lang." | "Dit is {number} tekens te lang."
    }
    start_view { en: "Start view", nl: "Beginnen met kijken" }
    starting_view { en: "Starting…", nl: "Bezig met beginnen…" }

    viewing_as(name) { en: "Viewing as {name}", nl: "Kijken als {name}" }
    view_title(name, title) { en: "Viewing as {name} · {title}", nl: "Kijken als {name} · {title}" }
    view_is_read_only { en: "Read-only", nl: "Alleen kijken" }

    is_role_in(roles, place) { en: "{roles} in {place}", nl: "{roles} in {place}" }
    will_be_in(roles, place) { en: "Will be {roles} in {place}", nl: "Wordt {roles} in {place}" }
    nothing_at(place) { en: "No access in {place}", nl: "Geen toegang in {place}" }
    roles_at_many[number](roles) {
        en: "{roles} in {number} environment" | "{roles} in {number} environments",
        nl: "{roles} in {number} omgeving" | "{roles} in {number} omgevingen"
    }
    at_many[number]() {
        en: "In {number} environment" | "In {number} environments", nl: "In {number} omgeving" | "In {number} omgevingen"
    }
    time_left(time) { en: "{time} left", nl: "nog {time}" }
    minutes_left[number]() {
        en: "This view ends in {number} minute" | "This view ends in {number} minutes",
        nl: "Dit kijken eindigt over {number} minuut" | "Dit kijken eindigt over {number} minuten"
    }
    exit_view { en: "Exit view", nl: "Stoppen met kijken" }

    view_has_ended(name) { en: "The view as {name} has ended.", nl: "Het kijken als {name} is geëindigd." }
    view_expired { en: "Its 30 minutes were over. This is your own studio again.", nl: "De 30 minuten waren om. Dit is weer je eigen studio." }
    view_conditions_lost {
        en: "You may no longer view as this user: their roles have changed, or yours. This is your own studio again.",
        nl: "Je mag niet meer als deze gebruiker kijken: hun rollen zijn gewijzigd, of die van jou. Dit is weer je eigen studio."
    }
    view_signed_out {
        en: "You were signed out meanwhile. This is your own studio again.",
        nl: "Je werd intussen uitgelogd. Dit is weer je eigen studio."
    }
    view_replaced {
        en: "You began more views than can run at once, and this was the oldest. This is your own studio again.",
        nl: "Je begon vaker te kijken dan tegelijk kan, en dit was de oudste keer. Dit is weer je eigen studio."
    }
    view_exited { en: "It was ended elsewhere. This is your own studio again.", nl: "Er is elders mee gestopt. Dit is weer je eigen studio." }
    view_unknown { en: "The session that it began in is over. This is your own studio again.", nl: "De sessie waarin het begon, is voorbij. Dit is weer je eigen studio." }

    hidden_for_user { en: "Hidden for this user", nl: "Verborgen voor deze gebruiker" }
    section_hidden_needs(roles) { en: "Hidden for this user: needs {roles}", nl: "Verborgen voor deze gebruiker: vraagt {roles}" }
    section_lead_viewed {
        en: "This page runs on its own, without one. The users and their rights are real, and this is what theirs come to.",
        nl: "Deze pagina draait op zichzelf, zonder studio. De gebruikers en hun rechten zijn echt, en dit is wat deze gebruiker kan."
    }
    in_node_they_can(node, name) { en: "In {node}, {name} can", nl: "In {node} kan {name}" }
    in_node_they_will(node, name) { en: "In {node}, {name} will be able to", nl: "In {node} zal {name} kunnen" }
    they_manage_nobody(name) { en: "{name} manages nobody", nl: "{name} beheert niemand" }
    they_manage_nobody_text {
        en: "Users are seen by organisation managers and administrators. That is why this user does not find them here.",
        nl: "Gebruikers worden gezien door organisatiebeheerders en beheerders. Daarom vindt deze gebruiker ze hier niet."
    }
    account_not_viewed { en: "An account is not part of a view", nl: "Een account hoort niet bij het kijken" }
    account_not_viewed_text {
        en: "The account here is your own. Exit the view to see it.",
        nl: "Het account hier is dat van jezelf. Stop met kijken om het te zien."
    }
}
