//! The access tab: the tree, the role picker, saving and conflicts.

use studio_users_domain::Language;

messages! {
    access_failed { en: "Couldn’t load access", nl: "De toegang kon niet worden geladen" }
    access_not_joined(name) {
        en: "{name} hasn’t joined yet. This is the access they’ll have after joining.",
        nl: "{name} heeft de uitnodiging nog niet geaccepteerd. Dit is de toegang na deelname."
    }
    find_node { en: "Find an environment or agency", nl: "Omgeving of bureau zoeken" }
    shown_nodes { en: "Show", nl: "Tonen" }
    assigned_count(number) { en: "{number} assigned", nl: "{number} toegewezen" }
    all_count(number) { en: "All {number}", nl: "Alle {number}" }
    change_roles_in(node) { en: "Change roles in {node}", nl: "Rollen in {node} wijzigen" }
    no_access { en: "No access", nl: "Geen toegang" }
    assigned_here { en: "Assigned here", nl: "Hier toegewezen" }
    assigned_here_inherited_by[number]() {
        en: "Assigned here, inherited by {number} environment" | "Assigned here, inherited by {number} environments",
        nl: "Hier toegewezen, overgenomen door {number} omgeving" | "Hier toegewezen, overgenomen door {number} omgevingen"
    }
    inherited_from(node) { en: "Inherited from {node}", nl: "Overgenomen van {node}" }
    no_access_from(node) { en: "No access (set in {node})", nl: "Geen toegang (ingesteld in {node})" }
    overrides(node) { en: "Overrides {node}", nl: "Overschrijft {node}" }
    no_access_overrides(node) { en: "No access here, overrides {node}", nl: "Hier geen toegang, overschrijft {node}" }
    same_roles_as(node) {
        en: "Set here, same roles as {node}",
        nl: "Hier ingesteld, zelfde rollen als {node}"
    }
    no_roles_assigned { en: "No roles assigned", nl: "Geen rollen toegewezen" }
    unsaved_assigned { en: "Assigned here (not saved)", nl: "Hier toegewezen (niet opgeslagen)" }
    unsaved_override { en: "Overrides inherited roles (not saved)", nl: "Overschrijft overgenomen rollen (niet opgeslagen)" }
    unsaved_inherited(node) { en: "Inherited from {node} (not saved)", nl: "Overgenomen van {node} (niet opgeslagen)" }
    unsaved_removed { en: "Removed (not saved)", nl: "Verwijderd (niet opgeslagen)" }
    unsaved_no_access { en: "No access (not saved)", nl: "Geen toegang (niet opgeslagen)" }
    discard { en: "Discard", nl: "Weggooien" }
    discard_in(node) { en: "Discard the change in {node}", nl: "De wijziging in {node} weggooien" }
    reset_to_inherited { en: "Reset to inherited", nl: "Weer overnemen" }
    also_invited_as(roles) { en: "Also invited as {roles} (not accepted yet)", nl: "Ook uitgenodigd als {roles} (nog niet geaccepteerd)" }
    less_than_inherited(lost) { en: "Less than inherited. Missing: {lost}", nl: "Minder dan overgenomen. Ontbreekt: {lost}" }
    added_role { en: "(added)", nl: "(toegevoegd)" }
    removed_role { en: "(removed)", nl: "(verwijderd)" }
    inherited_from_node(node) { en: "(inherited from {node})", nl: "(overgenomen van {node})" }
    more_with_same_access[number]() { en: "{number} more with the same access" | "{number} more with the same access", nl: "nog {number} met dezelfde toegang" | "nog {number} met dezelfde toegang" }
    below_with_same_access[number]() { en: "{number} below with the same access" | "{number} below with the same access", nl: "{number} eronder met dezelfde toegang" | "{number} eronder met dezelfde toegang" }
    show_fewer { en: "Show fewer", nl: "Minder tonen" }

    roles_in(node) { en: "Roles in {node}", nl: "Rollen in {node}" }
    search_roles { en: "Search roles", nl: "Rollen zoeken" }
    inherit_from(node) { en: "Inherit from {node}", nl: "Overnemen van {node}" }
    no_roles { en: "No roles", nl: "Geen rollen" }
    done { en: "Done", nl: "Klaar" }
    compare_roles { en: "Compare roles", nl: "Rollen vergelijken" }
    no_changes { en: "No changes", nl: "Geen wijzigingen" }

    ability_reply { en: "replying", nl: "antwoorden" }
    ability_start { en: "starting conversations", nl: "gesprekken starten" }
    ability_find_closed { en: "finding closed conversations", nl: "gesloten gesprekken vinden" }
    ability_be_assigned { en: "assigned conversations", nl: "toegewezen gesprekken" }
    ability_read_crm { en: "viewing CRM contacts", nl: "CRM-contacten bekijken" }
    ability_edit_crm { en: "editing CRM contacts", nl: "CRM-contacten bewerken" }
    ability_cms { en: "CMS", nl: "CMS" }
    ability_analytics { en: "analytics", nl: "analytics" }
    ability_planning { en: "planning", nl: "planning" }
    ability_settings { en: "settings", nl: "instellingen" }
    ability_backups { en: "backups", nl: "back-ups" }
    ability_environments { en: "managing environments", nl: "omgevingen beheren" }
    ability_users { en: "managing users", nl: "gebruikers beheren" }
    ability_chat_notifications { en: "chat notifications", nl: "chatmeldingen" }

    assigned_replace_inherited {
        en: "Roles assigned here replace inherited roles.",
        nl: "Rollen die hier zijn toegewezen, vervangen overgenomen rollen."
    }
    what_changes { en: "What changes", nl: "Wat er verandert" }
    same_permissions { en: "Different roles, same permissions", nl: "Andere rollen, dezelfde rechten" }
    gained(what) { en: "Gained: {what}", nl: "Erbij: {what}" }
    lost(what) { en: "Lost: {what}", nl: "Vervalt: {what}" }
    unchanged_by_override(nodes) {
        en: "{nodes}: unchanged, because roles are assigned there",
        nl: "{nodes}: ongewijzigd, want daar zijn rollen toegewezen"
    }
    no_direct_manager_left(nodes) {
        en: "{nodes}: no direct manager left, only managers at a higher level",
        nl: "{nodes}: geen eigen beheerder meer, alleen beheerders van een hoger niveau"
    }
    names_and_more[number](names) { en: "{names} and {number} more" | "{names} and {number} more", nl: "{names} en nog {number}" | "{names} en nog {number}" }

    chat_notifications { en: "Chat notifications", nl: "Chatmeldingen" }
    notified_count(number, total) { en: "{number} of {total} environments", nl: "{number} van {total} omgevingen" }
    notified_count_after_saving(number, total) { en: "{number} of {total} after saving", nl: "{number} van {total} na opslaan" }
    no_notifications_in(node) { en: "No chat notifications in {node}:", nl: "Geen chatmeldingen in {node}:" }
    no_notifications_in_count[number]() { en: "No chat notifications in {number} environment:" | "No chat notifications in {number} environments:", nl: "Geen chatmeldingen in {number} omgeving:" | "Geen chatmeldingen in {number} omgevingen:" }
    notifications_not_inherited_hint(roles, node) {
        en: "{roles} (inherited from {node}) isn’t enough. Agent or Operator must be assigned in the environment itself.",
        nl: "{roles} (overgenomen van {node}) is niet genoeg. Agent of Operator moet in de omgeving zelf zijn toegewezen."
    }
    notifications_not_included_hint(roles) {
        en: "Chat notifications aren’t included in {roles}. Agent or Operator must be assigned in the environment itself.",
        nl: "Chatmeldingen horen niet bij {roles}. Agent of Operator moet in de omgeving zelf zijn toegewezen."
    }
    roles_only_inherited_in(nodes, roles) { en: "{nodes}: {roles} only inherited", nl: "{nodes}: {roles} alleen overgenomen" }
    not_included_in_roles(nodes, roles) { en: "{nodes}: not included in {roles}", nl: "{nodes}: niet inbegrepen bij {roles}" }
    can_get_notifications_in(nodes) { en: "{nodes}: can get notifications", nl: "{nodes}: kan meldingen krijgen" }
    can_get_notifications_after_saving(nodes) { en: "{nodes}: can get notifications after saving", nl: "{nodes}: kan meldingen krijgen na opslaan" }
    invitation_not_accepted_in(nodes) { en: "{nodes}: invitation not accepted yet", nl: "{nodes}: uitnodiging nog niet geaccepteerd" }
    no_roles_in(nodes) { en: "{nodes}: no roles", nl: "{nodes}: geen rollen" }
    assign_here { en: "Assign here", nl: "Hier toewijzen" }
    assign_in_both { en: "Assign in both", nl: "In beide toewijzen" }
    assign_in_all(number) { en: "Assign in all {number}", nl: "In alle {number} toewijzen" }
    show_all_count(number) { en: "Show all {number}", nl: "Alle {number} tonen" }
    keeps_roles_from(roles, node) {
        en: "Keeps {roles}. Later changes in {node} won’t apply here.",
        nl: "Behoudt {roles}. Latere wijzigingen in {node} gelden hier niet meer."
    }
    keeps_roles_from_adds_agent(roles, node) {
        en: "Keeps {roles} and adds Agent. Later changes in {node} won’t apply here.",
        nl: "Behoudt {roles} en voegt Agent toe. Latere wijzigingen in {node} gelden hier niet meer."
    }
    keeps_roles_adds_agent(roles) { en: "Keeps {roles} and adds Agent", nl: "Behoudt {roles} en voegt Agent toe" }
    notifications_assigned(name, nodes) { en: "{name} can now get chat notifications in {nodes}", nl: "{name} kan nu chatmeldingen krijgen in {nodes}" }
    undo_outdated {
        en: "This access has changed in the meantime, so this can’t be undone.",
        nl: "Deze toegang is intussen gewijzigd. Dit kan daarom niet meer ongedaan worden gemaakt."
    }
    undone { en: "Undone", nl: "Ongedaan gemaakt" }

    save_changes { en: "Save changes", nl: "Wijzigingen opslaan" }
    changes_in[number](nodes) { en: "{number} change in {nodes}" | "{number} changes in {nodes}", nl: "{number} wijziging in {nodes}" | "{number} wijzigingen in {nodes}" }
    access_saved(name) { en: "Access saved for {name}", nl: "Toegang van {name} opgeslagen" }
    no_own_manager_left(nodes) { en: "{nodes} no longer has its own manager", nl: "{nodes} heeft geen eigen beheerder meer" }

    changed_by_someone { en: "Someone else saved changes to this access in the meantime.", nl: "Iemand anders heeft intussen wijzigingen in deze toegang opgeslagen." }
    changed_at(name, time) { en: "{name} saved changes to this access at {time}.", nl: "{name} heeft om {time} wijzigingen in deze toegang opgeslagen." }
    you_changed_at(time) { en: "You saved changes to this access in another window at {time}.", nl: "Je hebt om {time} in een ander venster wijzigingen in deze toegang opgeslagen." }
    unsaved_changes_kept[number]() { en: "Your unsaved change is still here." | "Your {number} unsaved changes are still here.", nl: "Je niet-opgeslagen wijziging staat er nog." | "Je {number} niet-opgeslagen wijzigingen staan er nog." }
    resolve_conflicts[number]() { en: "Resolve {number} conflict." | "Resolve {number} conflicts.", nl: "Los {number} conflict op." | "Los {number} conflicten op." }
    no_conflicts { en: "There are no conflicts.", nl: "Er zijn geen conflicten." }
    keep_all_mine { en: "Keep all mine", nl: "Alles van mij behouden" }
    use_all_theirs { en: "Use all theirs", nl: "Alles van de ander gebruiken" }
    keep_mine { en: "Keep mine", nl: "Mijn versie behouden" }
    use_theirs { en: "Use theirs", nl: "Versie van de ander gebruiken" }
    use_version_of(name) { en: "Use {name}’s", nl: "Versie van {name} gebruiken" }
    choose_one { en: "Choose one", nl: "Kies er een" }
    before { en: "Before", nl: "Voorheen" }
    no_conflict { en: "No conflict", nl: "Geen conflict" }
    changed_only_by_you(node) { en: "{node}: changed only by you", nl: "{node}: alleen door jou gewijzigd" }
    your_change_kept { en: "Your change is kept", nl: "Jouw wijziging blijft" }
    changed_meanwhile(node) { en: "{node}: changed in the meantime", nl: "{node}: intussen gewijzigd" }
    already_saved { en: "Already saved", nl: "Al opgeslagen" }
    resolved_count(number, total) { en: "{number} of {total} resolved", nl: "{number} van {total} opgelost" }
    still_to_resolve(nodes) { en: "Still to resolve: {nodes}", nl: "Nog op te lossen: {nodes}" }
    discard_my_changes { en: "Discard my changes", nl: "Mijn versie weggooien" }
    no_unsaved_changes_left { en: "No unsaved changes left", nl: "Geen niet-opgeslagen wijzigingen meer" }
    removes_all_access { en: "Removes all access here", nl: "Verwijdert hier alle toegang" }
}
