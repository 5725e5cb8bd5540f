//! What a user has where, and changing it.

use studio_users_domain::Language;

messages! {
    access_failed { en: "The access could not be loaded", nl: "De toegang kon niet worden geladen" }
    access_not_joined(name) {
        en: "{name} has not joined yet: this is what they will have once they do.",
        nl: "{name} heeft nog niet aanvaard: dit is wat diegene dan krijgt."
    }
    find_node { en: "Find an environment or agency", nl: "Een omgeving of bureau zoeken" }
    find_environment_short { en: "Find an environment", nl: "Een omgeving zoeken" }
    shown_nodes { en: "Show", nl: "Tonen" }
    differ(number) { en: "{number} differ", nl: "{number} wijken af" }
    all_of(number) { en: "All {number}", nl: "Alle {number}" }
    no_node_found(search) { en: "Nothing is called “{search}”.", nl: "Niets heet “{search}”." }
    change_roles_in(node) { en: "Change roles in {node}", nl: "Rollen in {node} wijzigen" }
    no_access_here { en: "No access", nl: "Geen toegang" }
    direct { en: "Assigned here", nl: "Hier toegewezen" }
    direct_reaches[number]() {
        en: "Direct, ripples down to {number} environment" | "Direct, ripples down to {number} environments",
        nl: "Direct, werkt door in {number} omgeving" | "Direct, werkt door in {number} omgevingen"
    }
    inherited_from(node) { en: "Inherited from {node}", nl: "Geërfd van {node}" }
    no_access_from(node) { en: "No access, set at {node}", nl: "Geen toegang, ingesteld bij {node}" }
    overrides(node) { en: "Overrides {node}", nl: "Vervangt {node}" }
    shut_out_of(node) { en: "Shut out here: overrides {node}", nl: "Hier buitengesloten: vervangt {node}" }
    pinned(node) {
        en: "Pinned, the same as {node}",
        nl: "Vastgezet, hetzelfde als {node}"
    }
    nothing_assigned { en: "Nothing assigned", nl: "Niets toegewezen" }
    will_be_assigned { en: "Will be assigned here, not saved", nl: "Wordt hier toegewezen, niet opgeslagen" }
    will_override { en: "Will override, not saved", nl: "Gaat vervangen, niet opgeslagen" }
    will_inherit(node) { en: "Will inherit from {node}, not saved", nl: "Gaat erven van {node}, niet opgeslagen" }
    will_end { en: "Will end, not saved", nl: "Vervalt, niet opgeslagen" }
    will_shut_out { en: "Will have no access, not saved", nl: "Krijgt geen toegang, niet opgeslagen" }
    discard { en: "Discard", nl: "Weggooien" }
    discard_in(node) { en: "Discard the change in {node}", nl: "De wijziging in {node} weggooien" }
    reset_to_inherited { en: "Reset to inherited", nl: "Weer laten erven" }
    invited_besides(roles) { en: "Invited to {roles} as well, not accepted yet", nl: "Ook uitgenodigd als {roles}, nog niet aanvaard" }
    less_than_inherited(lost) { en: "Less than inherited: without {lost}", nl: "Minder dan geërfd: zonder {lost}" }
    added_role { en: "(added)", nl: "(toegevoegd)" }
    removed_role { en: "(removed)", nl: "(weggehaald)" }
    inherited_from_node(node) { en: "(inherited from {node})", nl: "(geërfd van {node})" }
    more_the_same[number]() { en: "{number} more, the same" | "{number} more, the same", nl: "nog {number}, hetzelfde" | "nog {number}, hetzelfde" }
    below_the_same[number]() { en: "{number} below, the same" | "{number} below, the same", nl: "{number} eronder, hetzelfde" | "{number} eronder, hetzelfde" }
    show_fewer { en: "Show fewer", nl: "Minder tonen" }
    all_have(roles) { en: "all {roles}", nl: "alle {roles}" }

    roles_in(node) { en: "Roles in {node}", nl: "Rollen in {node}" }
    search_roles { en: "Search roles", nl: "Rollen zoeken" }
    inherit_from(node) { en: "Inherit from {node}", nl: "Erven van {node}" }
    no_roles_here { en: "No roles here", nl: "Hier geen rollen" }
    done { en: "Done", nl: "Klaar" }
    compare_roles { en: "Compare roles", nl: "Rollen vergelijken" }
    nothing_changes { en: "Nothing changes", nl: "Er verandert niets" }

    able_reply { en: "replying", nl: "antwoorden" }
    able_start { en: "starting chats", nl: "chats starten" }
    able_find_closed { en: "finding closed chats", nl: "gesloten chats vinden" }
    able_be_assigned { en: "being assigned chats", nl: "chats toegewezen krijgen" }
    able_read_crm { en: "reading the CRM", nl: "het CRM lezen" }
    able_edit_crm { en: "CRM", nl: "CRM" }
    able_cms { en: "CMS", nl: "CMS" }
    able_analytics { en: "analytics", nl: "analytics" }
    able_planning { en: "planning", nl: "planning" }
    able_settings { en: "settings", nl: "instellingen" }
    able_backups { en: "backups", nl: "back-ups" }
    able_environments { en: "managing environments", nl: "omgevingen beheren" }
    able_users { en: "managing users", nl: "gebruikers beheren" }
    chat_notifications_short { en: "chat notifications", nl: "chatmeldingen" }

    what_changes { en: "What changes", nl: "Wat er verandert" }
    roles_only { en: "Other roles, the same rights", nl: "Andere rollen, dezelfde rechten" }
    gained_words(what) { en: "Gained: {what}", nl: "Erbij: {what}" }
    lost_words(what) { en: "Lost: {what}", nl: "Weg: {what}" }
    shielded_by_override(nodes) {
        en: "{nodes}: not reached, as roles are set there",
        nl: "{nodes}: niet bereikt, want daar zijn rollen ingesteld"
    }
    left_without_manager(nodes) {
        en: "{nodes}: will have no manager of its own, only those from above",
        nl: "{nodes}: krijgt geen eigen beheerder meer, alleen die van hoger"
    }
    names_and_more[number](names) { en: "{names} and {number} more" | "{names} and {number} more", nl: "{names} en nog {number}" | "{names} en nog {number}" }

    chat_notifications { en: "Chat notifications", nl: "Chatmeldingen" }
    notified_in(number, total) { en: "{number} of {total} environments", nl: "{number} van {total} omgevingen" }
    notified_once_saved(number, total) { en: "{number} of {total} once saved", nl: "{number} van {total} na opslaan" }
    wont_notify_in(node) { en: "Won’t be notified about chats in {node}:", nl: "Krijgt geen meldingen van chats in {node}:" }
    wont_notify[number]() { en: "{number} environment won’t notify:" | "{number} environments won’t notify:", nl: "{number} omgeving meldt niets:" | "{number} omgevingen melden niets:" }
    comes_from(roles, node) {
        en: "{roles} comes from {node}. Notifications need Agent or Operator assigned in the environment itself.",
        nl: "{roles} komt van {node}. Meldingen vragen Agent of Operator in de omgeving zelf."
    }
    brings_none(roles) {
        en: "{roles} brings none. Notifications need Agent or Operator assigned in the environment itself.",
        nl: "{roles} brengt er geen. Meldingen vragen Agent of Operator in de omgeving zelf."
    }
    only_inherited_in(nodes, roles) { en: "{nodes}: {roles} is only inherited", nl: "{nodes}: {roles} is alleen geërfd" }
    brings_none_in(nodes, roles) { en: "{nodes}: {roles} brings no notifications", nl: "{nodes}: {roles} brengt geen meldingen" }
    will_be_notified_in(nodes) { en: "{nodes}: will be notified", nl: "{nodes}: krijgt meldingen" }
    will_be_notified_once_saved(nodes) { en: "{nodes}: will be notified once saved", nl: "{nodes}: krijgt meldingen na opslaan" }
    not_before_accepting(nodes) { en: "{nodes}: the invitation is not accepted yet", nl: "{nodes}: de uitnodiging is nog niet aanvaard" }
    no_roles_in(nodes) { en: "{nodes}: no roles there", nl: "{nodes}: daar geen rollen" }
    assign_here { en: "Assign here", nl: "Hier toewijzen" }
    assign_in_both { en: "Assign in both", nl: "In beide toewijzen" }
    assign_in_all(number) { en: "Assign in all {number}", nl: "In alle {number} toewijzen" }
    show_the(number) { en: "Show the {number}", nl: "Toon de {number}" }
    keeps_roles(roles, node) {
        en: "Keeps {roles}. Later changes at {node} no longer arrive.",
        nl: "Behoudt {roles}. Latere wijzigingen bij {node} komen niet meer aan."
    }
    adds_agent(roles, node) {
        en: "Keeps {roles}, adds Agent. Later changes at {node} no longer arrive.",
        nl: "Behoudt {roles}, voegt Agent toe. Latere wijzigingen bij {node} komen niet meer aan."
    }
    adds_agent_direct(roles) { en: "Keeps {roles}, adds Agent", nl: "Behoudt {roles}, voegt Agent toe" }
    assigned_done(name, nodes) { en: "Chats in {nodes} notify {name} from now on", nl: "Chats in {nodes} melden zich vanaf nu bij {name}" }
    undone { en: "Undone", nl: "Ongedaan gemaakt" }

    save_changes { en: "Save changes", nl: "Wijzigingen opslaan" }
    changes_in[number](nodes) { en: "{number} change in {nodes}" | "{number} changes in {nodes}", nl: "{number} wijziging in {nodes}" | "{number} wijzigingen in {nodes}" }
    access_saved(name) { en: "The access of {name} is saved", nl: "De toegang van {name} is opgeslagen" }
    no_own_manager_now(nodes) { en: "{nodes} has no manager of its own now", nl: "{nodes} heeft nu geen eigen beheerder" }

    somebody_changed { en: "Somebody else changed this access meanwhile.", nl: "Iemand anders heeft deze toegang intussen gewijzigd." }
    changed_at(name, time) { en: "{name} changed this access at {time}.", nl: "{name} heeft deze toegang gewijzigd om {time}." }
    you_changed_at(time) { en: "You changed this access elsewhere at {time}.", nl: "Je hebt deze toegang elders gewijzigd om {time}." }
    yours_are_kept[number]() { en: "Your change is kept." | "Your {number} changes are kept.", nl: "Jouw wijziging is bewaard." | "Jouw {number} wijzigingen zijn bewaard." }
    need_a_choice[number]() { en: "One place needs a choice." | "{number} places need a choice.", nl: "Eén plek vraagt een keuze." | "{number} plekken vragen een keuze." }
    none_needs_a_choice { en: "None of them meets theirs.", nl: "Geen ervan raakt die van de ander." }
    keep_all_mine { en: "Keep all mine", nl: "Alles van mij behouden" }
    take_all_theirs { en: "Take all theirs", nl: "Alles van de ander nemen" }
    keep_mine { en: "Keep mine", nl: "Die van mij" }
    take_theirs { en: "Take theirs", nl: "Die van de ander" }
    take_of(name) { en: "Take {name}’s", nl: "Die van {name}" }
    choose_one { en: "Choose one", nl: "Kies er een" }
    was { en: "Was", nl: "Was" }
    no_choice_needed { en: "No choice needed", nl: "Geen keuze nodig" }
    only_you_changed(node) { en: "{node}: only you changed it", nl: "{node}: alleen jij wijzigde het" }
    yours_stays { en: "Yours stays", nl: "Die van jou blijft" }
    only_they_changed(node) { en: "{node}: changed meanwhile", nl: "{node}: intussen gewijzigd" }
    theirs_is_saved { en: "Saved already", nl: "Al opgeslagen" }
    chosen_of(number, total) { en: "{number} of {total} chosen", nl: "{number} van {total} gekozen" }
    is_left(nodes) { en: "{nodes} is left", nl: "{nodes} is nog over" }
    discard_mine { en: "Discard mine", nl: "Die van mij weggooien" }
    changes_nothing_more { en: "Nothing more than is saved", nl: "Niets meer dan wat is opgeslagen" }
    ends_every_right { en: "Ends every right here", nl: "Beëindigt hier elk recht" }
}
