//! Impersonation ("View as"): start dialog, banner and end of a view.

use studio_users_domain::Language;

messages! {
    view_as { en: "View as", nl: "Bekijken als" }
    view_as_named(name) { en: "View as {name}", nl: "Bekijken als {name}" }
    view_as_this_user { en: "View as this user", nl: "Bekijken als deze gebruiker" }
    view_lead(name) {
        en: "See the studio as {name} sees it. You stay signed in as yourself.",
        nl: "Zie de studio zoals {name} die ziet. Je blijft ingelogd als jezelf."
    }
    view_lead_invited(name) {
        en: "See the studio as {name} will see it after joining. You stay signed in as yourself.",
        nl: "Zie de studio zoals {name} die na deelname zal zien. Je blijft ingelogd als jezelf."
    }
    after_joining { en: "after joining", nl: "na deelname" }
    also_in(roles, nodes) { en: "{roles}, also in {nodes}", nl: "{roles}, ook in {nodes}" }
    more_nodes[number]() { en: "{number} more" | "{number} more", nl: "nog {number}" | "nog {number}" }
    hidden_everywhere(sections) { en: "Hidden everywhere: {sections}", nl: "Overal verborgen: {sections}" }
    preview_failed { en: "Couldn’t load the preview.", nl: "Het voorbeeld kon niet worden geladen." }
    view_read_only { en: "Read-only.", nl: "Alleen-lezen." }
    view_read_only_text { en: "You can’t send, assign or change anything.", nl: "Je kunt niets versturen, toewijzen of wijzigen." }
    view_duration[number]() {
        en: "Ends after {number} minute," | "Ends after {number} minutes,",
        nl: "Eindigt na {number} minuut," | "Eindigt na {number} minuten,"
    }
    view_duration_text { en: "or when you exit. You can’t extend it.", nl: "of als je stopt. Verlengen kan niet." }
    view_recorded { en: "Recorded.", nl: "Wordt vastgelegd." }
    view_recorded_text(name) {
        en: "{name} can read your reason in their account, and managers can read it in the audit log. {name} gets no e-mail about it.",
        nl: "{name} kan je reden in het eigen account lezen, en beheerders in het auditlog. {name} krijgt hierover geen e-mail."
    }
    view_discards_unsaved {
        en: "You have unsaved changes. They’ll be lost when you start the view.",
        nl: "Je hebt niet-opgeslagen wijzigingen. Die gaan verloren als je de weergave start."
    }
    reason_label { en: "Reason", nl: "Reden" }
    reason_placeholder { en: "For example, a ticket number", nl: "Bijvoorbeeld een ticketnummer" }
    reason_length(length, most) { en: "Required · {length} of {most}", nl: "Verplicht · {length} van {most}" }
    reason_required { en: "Enter a reason. It’s recorded in the audit log.", nl: "Vul een reden in. Die komt in het auditlog." }
    reason_too_long[number]() {
        en: "Shorten the reason by {number} character." | "Shorten the reason by {number} characters.",
        nl: "Maak de reden {number} teken korter." | "Maak de reden {number} tekens korter."
    }
    start_view { en: "Start view", nl: "Weergave starten" }
    starting_view { en: "Starting…", nl: "Starten…" }

    viewing_as(name) { en: "Viewing as {name}", nl: "Weergave als {name}" }
    view_title(name, title) { en: "Viewing as {name} · {title}", nl: "Weergave als {name} · {title}" }

    roles_in_node(roles, node) { en: "{roles} in {node}", nl: "{roles} in {node}" }
    will_have_roles_in(roles, node) { en: "Will be {roles} in {node}", nl: "Wordt {roles} in {node}" }
    no_access_in(node) { en: "No access in {node}", nl: "Geen toegang in {node}" }
    roles_in_environments[number](roles) {
        en: "{roles} in {number} environment" | "{roles} in {number} environments",
        nl: "{roles} in {number} omgeving" | "{roles} in {number} omgevingen"
    }
    in_environments[number]() {
        en: "In {number} environment" | "In {number} environments", nl: "In {number} omgeving" | "In {number} omgevingen"
    }
    time_left(time) { en: "{time} left", nl: "nog {time}" }
    minutes_left[number]() {
        en: "This view ends in {number} minute" | "This view ends in {number} minutes",
        nl: "Deze weergave eindigt over {number} minuut" | "Deze weergave eindigt over {number} minuten"
    }
    exit_view { en: "Exit view", nl: "Weergave beëindigen" }

    view_has_ended(name) { en: "You’re no longer viewing as {name}.", nl: "Je bekijkt de studio niet meer als {name}." }
    view_expired(minutes) {
        en: "The {minutes}-minute limit was reached. You’re back in your own studio.",
        nl: "De limiet van {minutes} minuten is bereikt. Je bent terug in je eigen studio."
    }
    view_conditions_lost {
        en: "You may no longer view as this user, because their access or yours has changed. You’re back in your own studio.",
        nl: "Je mag de studio niet meer als deze gebruiker bekijken, omdat diens toegang of die van jou is gewijzigd. Je bent terug in je eigen studio."
    }
    view_signed_out {
        en: "You were signed out in the meantime. You’re back in your own studio.",
        nl: "Je bent intussen uitgelogd. Je bent terug in je eigen studio."
    }
    view_replaced {
        en: "You had too many views open, so the oldest one was ended. You’re back in your own studio.",
        nl: "Je had te veel weergaven open. De oudste is beëindigd. Je bent terug in je eigen studio."
    }
    view_exited { en: "The view was ended elsewhere. You’re back in your own studio.", nl: "De weergave is elders beëindigd. Je bent terug in je eigen studio." }
    view_unknown { en: "The view is no longer available. You’re back in your own studio.", nl: "De weergave is niet meer beschikbaar. Je bent terug in je eigen studio." }

    hidden_for_user { en: "Hidden for this user", nl: "Verborgen voor deze gebruiker" }
    section_hidden_requires(roles) { en: "Hidden for this user. Requires {roles}.", nl: "Verborgen voor deze gebruiker. Vereist {roles}." }
    section_lead_viewed {
        en: "This section belongs to your studio and isn’t available here. Below is what this user’s roles allow.",
        nl: "Dit onderdeel hoort bij je studio en is hier niet beschikbaar. Hieronder staat wat deze gebruiker met de eigen rollen kan."
    }
    in_node_they_can(node, name) { en: "In {node}, {name} can", nl: "In {node} kan {name}" }
    in_node_they_will(node, name) { en: "In {node}, {name} will be able to", nl: "In {node} zal {name} kunnen" }
    they_manage_no_users(name) { en: "{name} doesn’t manage any users", nl: "{name} beheert geen gebruikers" }
    they_manage_no_users_text {
        en: "Only Organisation Managers and Administrators can see users. This user has neither role.",
        nl: "Alleen Organisatiebeheerders en Administrators kunnen gebruikers zien. Deze gebruiker heeft geen van beide rollen."
    }
    account_unavailable { en: "Account pages aren’t available while viewing as someone else", nl: "Accountpagina’s zijn niet beschikbaar tijdens een weergave" }
    account_unavailable_text {
        en: "To see your own account, exit the view.",
        nl: "Beëindig de weergave om je eigen account te zien."
    }
}
