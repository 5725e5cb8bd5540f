//! The audit log of one user.

use studio_users_domain::Language;

messages! {
    audit_log_failed { en: "The audit log could not be loaded", nl: "Het auditlog kon niet worden geladen" }
    all_actions { en: "All actions", nl: "Alle acties" }
    filter_by_action { en: "Filter by action", nl: "Filteren op actie" }
    export_audit_log { en: "Export CSV of the audit log", nl: "CSV exporteren van het auditlog" }
    exporting_audit_log { en: "Exporting…", nl: "Bezig met exporteren…" }
    audit_log_not_exported(cause) { en: "The audit log could not be exported. {cause}", nl: "Het auditlog kon niet worden geëxporteerd. {cause}" }
    load_older { en: "Load older", nl: "Oudere laden" }
    loading_older { en: "Loading older entries", nl: "Oudere items laden" }
    audit_log_deleted(date) { en: "Entries before {date} were deleted.", nl: "Items van vóór {date} zijn verwijderd." }
    audit_log_scope { en: "Actions in the environments you manage.", nl: "Acties in de omgevingen die jij beheert." }
    no_entries { en: "No entries yet", nl: "Nog geen items" }
    no_entries_for_action { en: "No entries for this action", nl: "Geen items voor deze actie" }
    today_date(day) { en: "Today, {day}", nl: "Vandaag, {day}" }
    yesterday_date(day) { en: "Yesterday, {day}", nl: "Gisteren, {day}" }
    reason(text) { en: "Reason: {text}", nl: "Reden: {text}" }
    no_access_lowercase { en: "no access", nl: "geen toegang" }
    inherited_lowercase { en: "inherited", nl: "overgenomen" }
    less_access { en: "less access", nl: "minder toegang" }
    becomes { en: "becomes", nl: "wordt" }
    during_view { en: "while viewing as someone else", nl: "tijdens een weergave als iemand anders" }
    read_only_for(minutes) { en: "read-only, {minutes}", nl: "alleen-lezen, {minutes}" }
    minutes[number]() { en: "{number} min" | "{number} min", nl: "{number} min" | "{number} min" }
    on_device(device) { en: "on {device}", nl: "met {device}" }
    user_count[number]() { en: "{number} user" | "{number} users", nl: "{number} gebruiker" | "{number} gebruikers" }

    // Dutch uses the simple past, whose form is the same after "Je" and after a name.
    actor_you { en: "You", nl: "Je" }
    actor_unknown { en: "Someone", nl: "Iemand" }
    actor_system { en: "The system", nl: "Het systeem" }
    actor_command_line { en: "An operator", nl: "Een systeembeheerder" }
    actor_service_token { en: "A service", nl: "Een koppeling" }
    target_you { en: "you", nl: "jou" }
    target_unknown { en: "someone", nl: "iemand" }
    node_unknown { en: "another environment", nl: "een andere omgeving" }
    did_invite(actor, target, node) { en: "{actor} invited {target} to {node}", nl: "{actor} nodigde {target} uit voor {node}" }
    did_send(actor, target, node) {
        en: "{actor} sent {target} an invitation to {node}",
        nl: "{actor} stuurde {target} een uitnodiging voor {node}"
    }
    did_resend(actor, target, node) {
        en: "{actor} resent {target} the invitation to {node}",
        nl: "{actor} stuurde {target} de uitnodiging voor {node} opnieuw"
    }
    did_copy_link(actor, target, node) {
        en: "{actor} copied an invitation link to {node} for {target}",
        nl: "{actor} kopieerde een uitnodigingslink naar {node} voor {target}"
    }
    did_revoke(actor, target, node) {
        en: "{actor} revoked the invitation for {target} to {node}",
        nl: "{actor} trok de uitnodiging van {target} voor {node} in"
    }
    did_revoke_yours(actor, node) {
        en: "{actor} revoked your invitation to {node}",
        nl: "{actor} trok jouw uitnodiging voor {node} in"
    }
    did_correct(actor, target, node) {
        en: "{actor} corrected the address of the invitation for {target} to {node}",
        nl: "{actor} verbeterde het adres van de uitnodiging van {target} voor {node}"
    }
    did_rename(actor, target) { en: "{actor} changed their name to {target}", nl: "{actor} wijzigde de eigen naam in {target}" }
    you_renamed(actor, target) { en: "{actor} changed your name to {target}", nl: "{actor} wijzigde je naam in {target}" }
    did_export_audit_log(actor) { en: "{actor} exported the audit log", nl: "{actor} exporteerde het auditlog" }
    did_create_sign_in_link(actor, target) {
        en: "{actor} created a sign-in link for {target}",
        nl: "{actor} maakte een inloglink voor {target}"
    }
    did_export_person(actor, target) {
        en: "{actor} exported the data of {target}",
        nl: "{actor} exporteerde de gegevens van {target}"
    }
    did_export_your_data(actor) { en: "{actor} exported your data", nl: "{actor} exporteerde jouw gegevens" }
    did_add_node(actor, node) { en: "{actor} added {node}", nl: "{actor} voegde {node} toe" }
    did_move_node(actor, node) { en: "{actor} moved {node}", nl: "{actor} verplaatste {node}" }
    did_change_licence(actor, node) { en: "{actor} changed the licence of {node}", nl: "{actor} wijzigde de licentie van {node}" }
    moved_from(node) { en: "from {node}", nl: "uit {node}" }
    moved_to(node) { en: "to {node}", nl: "naar {node}" }
    did_accept(actor, node) { en: "{actor} accepted the invitation to {node}", nl: "{actor} accepteerde de uitnodiging voor {node}" }
    did_change_roles(actor, target, node) {
        en: "{actor} changed the roles of {target} in {node}",
        nl: "{actor} wijzigde de rollen van {target} in {node}"
    }
    did_change_your_roles(actor, node) { en: "{actor} changed your roles in {node}", nl: "{actor} wijzigde jouw rollen in {node}" }
    did_change_own_roles(actor, node) { en: "{actor} changed their own roles in {node}", nl: "{actor} wijzigde de eigen rollen in {node}" }
    you_changed_own_roles(actor, node) { en: "{actor} changed your own roles in {node}", nl: "{actor} wijzigde je eigen rollen in {node}" }
    did_remove(actor, target, node) { en: "{actor} removed {target} from {node}", nl: "{actor} verwijderde {target} uit {node}" }
    did_restore(actor, target, node) { en: "{actor} restored {target} in {node}", nl: "{actor} herstelde {target} in {node}" }
    did_start_view(actor, target, node) {
        en: "{actor} started viewing as {target} in {node}",
        nl: "{actor} startte een weergave als {target} in {node}"
    }
    did_end_view(actor, target, node) {
        en: "{actor} stopped viewing as {target} in {node}",
        nl: "{actor} beëindigde de weergave als {target} in {node}"
    }
    did_try_change(actor, target, node) {
        en: "{actor} tried to make a change while viewing as {target} in {node}",
        nl: "{actor} probeerde iets te wijzigen tijdens de weergave als {target} in {node}"
    }
    did_sign_in(actor) { en: "{actor} signed in", nl: "{actor} logde in" }
    did_sign_out(actor) { en: "{actor} signed out", nl: "{actor} logde uit" }
    did_export(actor) { en: "{actor} exported users", nl: "{actor} exporteerde gebruikers" }
    did_unknown(actor) { en: "{actor} performed an unknown action", nl: "{actor} voerde een onbekende actie uit" }
    operation_change_access { en: "changing roles", nl: "rollen wijzigen" }
    operation_remove { en: "removing a user", nl: "een gebruiker verwijderen" }
    operation_restore { en: "restoring a user", nl: "een gebruiker herstellen" }
    operation_bulk { en: "changing several users at once", nl: "meerdere gebruikers tegelijk wijzigen" }
    operation_stop_job { en: "stopping a change of several users", nl: "een wijziging van meerdere gebruikers stoppen" }
    operation_undo_job { en: "undoing a change of several users", nl: "een wijziging van meerdere gebruikers ongedaan maken" }
    operation_invite { en: "inviting someone", nl: "iemand uitnodigen" }
    operation_copy_link { en: "copying an invitation link", nl: "een uitnodigingslink kopiëren" }
    operation_resend { en: "resending an invitation", nl: "een uitnodiging opnieuw versturen" }
    operation_correct { en: "correcting an address", nl: "een adres verbeteren" }
    operation_revoke { en: "revoking an invitation", nl: "een uitnodiging intrekken" }
    operation_accept { en: "accepting an invitation", nl: "een uitnodiging accepteren" }
    operation_view { en: "viewing as someone else", nl: "de studio als iemand anders bekijken" }
    operation_profile { en: "changing the account", nl: "het account wijzigen" }
    operation_sign_out { en: "ending a session", nl: "een sessie beëindigen" }
    operation_sign_in { en: "signing in", nl: "inloggen" }
    grant_not_allowed {
        en: "the person who gave this role is no longer allowed to give it",
        nl: "wie deze rol gaf, mag die niet meer geven"
    }
    address_verified { en: "the owner of the e-mail address signed in", nl: "de eigenaar van het e-mailadres logde in" }
    personal_data_erased { en: "name and address erased", nl: "naam en adres gewist" }
    view_end_exited { en: "exited", nl: "zelf beëindigd" }
    view_end_expired { en: "time limit reached", nl: "tijdslimiet bereikt" }
    view_end_conditions_lost { en: "no longer allowed", nl: "niet langer toegestaan" }
    view_end_signed_out { en: "signed out", nl: "uitgelogd" }
    view_end_replaced { en: "replaced by a newer view", nl: "vervangen door een nieuwere weergave" }
    view_end_unknown { en: "ended", nl: "geëindigd" }

    action_invited { en: "User invited", nl: "Gebruiker uitgenodigd" }
    action_sent { en: "Invitation sent", nl: "Uitnodiging verstuurd" }
    action_resent { en: "Invitation resent", nl: "Uitnodiging opnieuw verstuurd" }
    action_link_copied { en: "Invitation link copied", nl: "Uitnodigingslink gekopieerd" }
    action_revoked { en: "Invitation revoked", nl: "Uitnodiging ingetrokken" }
    action_corrected { en: "Address corrected", nl: "Adres verbeterd" }
    action_renamed { en: "Name changed", nl: "Naam gewijzigd" }
    action_audit_exported { en: "Audit log exported", nl: "Auditlog geëxporteerd" }
    action_sign_in_link { en: "Sign-in link created", nl: "Inloglink gemaakt" }
    action_person_exported { en: "Personal data exported", nl: "Persoonsgegevens geëxporteerd" }
    action_node_added { en: "Environment or agency added", nl: "Omgeving of bureau toegevoegd" }
    action_node_moved { en: "Environment or agency moved", nl: "Omgeving of bureau verplaatst" }
    action_licence { en: "Licence changed", nl: "Licentie gewijzigd" }
    action_accepted { en: "Invitation accepted", nl: "Uitnodiging geaccepteerd" }
    action_roles { en: "Roles changed", nl: "Rollen gewijzigd" }
    action_removed { en: "User removed", nl: "Gebruiker verwijderd" }
    action_restored { en: "User restored", nl: "Gebruiker hersteld" }
    action_view_started { en: "View started", nl: "Weergave gestart" }
    action_view_ended { en: "View ended", nl: "Weergave beëindigd" }
    action_view_refused { en: "Change blocked while viewing", nl: "Wijziging geblokkeerd tijdens weergave" }
    action_signed_in { en: "Signed in", nl: "Ingelogd" }
    action_signed_out { en: "Signed out", nl: "Uitgelogd" }
    action_unknown { en: "Unknown action", nl: "Onbekende actie" }
    action_exported { en: "Users exported", nl: "Gebruikers geëxporteerd" }
}
