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
    on_device(device) { en: "on {device}", nl: "op {device}" }
    user_count[number]() { en: "{number} user" | "{number} users", nl: "{number} gebruiker" | "{number} gebruikers" }

    you_actor { en: "You", nl: "Jij" }
    someone { en: "Someone", nl: "Iemand" }
    you_target { en: "you", nl: "jou" }

    verb_invited { en: "invited", nl: "maakte een uitnodiging voor" }
    verb_sent_invitation { en: "sent the invitation", nl: "verstuurde de uitnodiging" }
    verb_resent_invitation { en: "resent the invitation", nl: "verstuurde opnieuw de uitnodiging" }
    verb_copied_link { en: "copied an invitation link", nl: "kopieerde een uitnodigingslink" }
    verb_revoked { en: "revoked the invitation", nl: "trok de uitnodiging in" }
    verb_accepted { en: "accepted the invitation", nl: "accepteerde de uitnodiging" }
    verb_changed_roles { en: "changed the roles", nl: "wijzigde de rollen" }
    verb_removed { en: "removed", nl: "verwijderde" }
    verb_restored { en: "restored", nl: "herstelde" }
    verb_started_view { en: "started viewing as", nl: "startte een weergave als" }
    verb_ended_view { en: "stopped viewing as", nl: "beëindigde de weergave als" }
    verb_tried_change { en: "tried to make a change while viewing as", nl: "probeerde iets te wijzigen tijdens de weergave als" }
    operation_change_access { en: "changing roles", nl: "rollen wijzigen" }
    operation_remove { en: "removing a user", nl: "een gebruiker verwijderen" }
    operation_restore { en: "restoring a user", nl: "een gebruiker herstellen" }
    operation_bulk { en: "changing several users at once", nl: "meerdere gebruikers tegelijk wijzigen" }
    operation_invite { en: "inviting someone", nl: "iemand uitnodigen" }
    operation_copy_link { en: "copying an invitation link", nl: "een uitnodigingslink kopiëren" }
    operation_resend { en: "resending an invitation", nl: "een uitnodiging opnieuw versturen" }
    operation_revoke { en: "revoking an invitation", nl: "een uitnodiging intrekken" }
    operation_accept { en: "accepting an invitation", nl: "een uitnodiging accepteren" }
    operation_view { en: "viewing as someone else", nl: "de studio als iemand anders bekijken" }
    operation_profile { en: "changing the account", nl: "het account wijzigen" }
    operation_sign_out { en: "ending a session", nl: "een sessie beëindigen" }
    operation_sign_in { en: "signing in", nl: "inloggen" }
    view_end_exited { en: "exited", nl: "zelf beëindigd" }
    view_end_expired { en: "time limit reached", nl: "tijdslimiet bereikt" }
    view_end_conditions_lost { en: "no longer allowed", nl: "niet langer toegestaan" }
    view_end_signed_out { en: "signed out", nl: "uitgelogd" }
    view_end_replaced { en: "replaced by a newer view", nl: "vervangen door een nieuwere weergave" }
    view_end_unknown { en: "ended", nl: "geëindigd" }
    verb_signed_in { en: "signed in", nl: "logde in" }
    verb_signed_out { en: "signed out", nl: "logde uit" }
    verb_exported { en: "exported users", nl: "exporteerde gebruikers" }
    verb_unknown { en: "performed an unknown action", nl: "voerde een onbekende actie uit" }
    in_node { en: "in", nl: "in" }
    for_person { en: "for", nl: "voor" }

    action_invited { en: "User invited", nl: "Gebruiker uitgenodigd" }
    action_sent { en: "Invitation sent", nl: "Uitnodiging verstuurd" }
    action_resent { en: "Invitation resent", nl: "Uitnodiging opnieuw verstuurd" }
    action_link_copied { en: "Invitation link copied", nl: "Uitnodigingslink gekopieerd" }
    action_revoked { en: "Invitation revoked", nl: "Uitnodiging ingetrokken" }
    action_accepted { en: "Invitation accepted", nl: "Uitnodiging geaccepteerd" }
    action_roles { en: "Roles changed", nl: "Rollen gewijzigd" }
    action_removed { en: "User removed", nl: "Gebruiker verwijderd" }
    action_restored { en: "User restored", nl: "Gebruiker hersteld" }
    action_view_started { en: "View started", nl: "Weergave gestart" }
    action_view_ended { en: "View ended", nl: "Weergave beëindigd" }
    action_view_refused { en: "Change blocked while viewing", nl: "Wijziging geblokkeerd tijdens weergave" }
    action_signed_in { en: "Signed in", nl: "Ingelogd" }
    action_signed_out { en: "Signed out", nl: "Uitgelogd" }
    action_exported { en: "Users exported", nl: "Gebruikers geëxporteerd" }
}
