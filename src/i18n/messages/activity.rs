//! The audit log of one user.

use studio_users_domain::Language;

messages! {
    activity_failed { en: "The audit log could not be loaded", nl: "Het auditlog kon niet worden geladen" }
    all_actions { en: "All actions", nl: "Alle acties" }
    filter_by_action { en: "Filter by action", nl: "Filteren op actie" }
    export_audit { en: "CSV", nl: "CSV" }
    export_audit_name { en: "Export the audit log as CSV", nl: "Het auditlog als CSV exporteren" }
    exporting_audit { en: "Exporting…", nl: "Bezig met exporteren…" }
    audit_not_exported(cause) { en: "The audit log could not be exported. {cause}", nl: "Het auditlog kon niet worden geëxporteerd. {cause}" }
    load_older { en: "Load older", nl: "Oudere laden" }
    loading_older { en: "Loading older entries", nl: "Oudere regels laden" }
    no_entries { en: "Nothing is recorded yet", nl: "Er is nog niets vastgelegd" }
    no_entries_of { en: "No entry is of this action", nl: "Geen regel is van deze actie" }
    today_day(day) { en: "Today, {day}", nl: "Vandaag, {day}" }
    yesterday_day(day) { en: "Yesterday, {day}", nl: "Gisteren, {day}" }
    reason(text) { en: "Reason: {text}", nl: "Reden: {text}" }
    nothing_before { en: "no access", nl: "geen toegang" }
    inherits_again { en: "inherits", nl: "erft" }
    less_access { en: "less access", nl: "minder toegang" }
    becomes { en: "becomes", nl: "wordt" }
    during_view { en: "while viewing as somebody", nl: "tijdens kijken als iemand" }
    read_only_for(minutes) { en: "read-only, {minutes}", nl: "alleen kijken, {minutes}" }
    minutes[number]() { en: "{number} min" | "{number} min", nl: "{number} min" | "{number} min" }
    on_device(device) { en: "on {device}", nl: "op {device}" }
    so_many_users[number]() { en: "{number} user" | "{number} users", nl: "{number} gebruiker" | "{number} gebruikers" }

    you_actor { en: "You", nl: "Jij" }
    some_person { en: "Somebody", nl: "Iemand" }
    you_target { en: "you", nl: "jou" }

    did_invite { en: "invited", nl: "nodigde uit:" }
    did_send { en: "sent the invitation", nl: "verstuurde de uitnodiging" }
    did_resend { en: "sent the invitation again", nl: "verstuurde de uitnodiging opnieuw" }
    did_copy_link { en: "copied a link to the invitation", nl: "kopieerde een link naar de uitnodiging" }
    did_revoke { en: "revoked the invitation", nl: "trok de uitnodiging in" }
    did_accept { en: "accepted the invitation", nl: "aanvaardde de uitnodiging" }
    did_change_roles { en: "changed the roles", nl: "wijzigde de rollen" }
    did_remove { en: "removed", nl: "verwijderde" }
    did_restore { en: "restored", nl: "herstelde" }
    did_view { en: "began to view as", nl: "begon te kijken als" }
    did_end_view { en: "stopped viewing as", nl: "stopte met kijken als" }
    did_try { en: "was refused a change while viewing as", nl: "mocht niets wijzigen tijdens het kijken als" }
    op_change_access { en: "changing roles", nl: "rollen wijzigen" }
    op_remove { en: "removing a user", nl: "een gebruiker verwijderen" }
    op_restore { en: "restoring a user", nl: "een gebruiker herstellen" }
    op_bulk { en: "changing several users at once", nl: "meerdere gebruikers tegelijk wijzigen" }
    op_invite { en: "inviting somebody", nl: "iemand uitnodigen" }
    op_copy_link { en: "copying an invitation link", nl: "een uitnodigingslink kopiëren" }
    op_resend { en: "sending an invitation again", nl: "een uitnodiging opnieuw versturen" }
    op_revoke { en: "revoking an invitation", nl: "een uitnodiging intrekken" }
    op_accept { en: "accepting an invitation", nl: "een uitnodiging aanvaarden" }
    op_view { en: "viewing as somebody else", nl: "als iemand anders kijken" }
    op_profile { en: "changing the account", nl: "het account wijzigen" }
    op_sign_out { en: "ending a session", nl: "een sessie beëindigen" }
    op_sign_in { en: "signing in", nl: "inloggen" }
    end_exited { en: "exited", nl: "zelf gestopt" }
    end_expired { en: "its time was over", nl: "de tijd was om" }
    end_conditions_lost { en: "no longer allowed", nl: "niet langer toegestaan" }
    end_signed_out { en: "signed out", nl: "uitgelogd" }
    end_replaced { en: "replaced by a newer view", nl: "vervangen door een nieuwere keer" }
    end_unknown { en: "ended", nl: "geëindigd" }
    did_sign_in { en: "signed in", nl: "logde in" }
    did_sign_out { en: "signed out", nl: "logde uit" }
    did_export { en: "exported users", nl: "exporteerde gebruikers" }
    did_something { en: "did something that this page does not know", nl: "deed iets wat deze pagina niet kent" }
    in_node { en: "in", nl: "in" }
    of_person { en: "of", nl: "van" }

    action_invited { en: "Invited", nl: "Uitgenodigd" }
    action_sent { en: "Invitation sent", nl: "Uitnodiging verstuurd" }
    action_resent { en: "Invitation sent again", nl: "Uitnodiging opnieuw verstuurd" }
    action_link_copied { en: "Link copied", nl: "Link gekopieerd" }
    action_revoked { en: "Invitation revoked", nl: "Uitnodiging ingetrokken" }
    action_accepted { en: "Invitation accepted", nl: "Uitnodiging aanvaard" }
    action_roles { en: "Roles changed", nl: "Rollen gewijzigd" }
    action_removed { en: "Removed", nl: "Verwijderd" }
    action_restored { en: "Restored", nl: "Hersteld" }
    action_view_started { en: "View started", nl: "Kijken begonnen" }
    action_view_ended { en: "View ended", nl: "Kijken geëindigd" }
    action_view_refused { en: "Change refused in a view", nl: "Wijziging geweigerd bij kijken" }
    action_signed_in { en: "Signed in", nl: "Ingelogd" }
    action_signed_out { en: "Signed out", nl: "Uitgelogd" }
    action_exported { en: "Users exported", nl: "Gebruikers geëxporteerd" }
}
