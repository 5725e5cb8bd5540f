//! The panel of one user.

use studio_users_domain::Language;

messages! {
    previous_user { en: "Previous user", nl: "Vorige gebruiker" }
    next_user { en: "Next user", nl: "Volgende gebruiker" }
    close_panel { en: "Close the panel", nl: "Het paneel sluiten" }
    place_of(place, total) { en: "{place} of {total}", nl: "{place} van {total}" }
    copy_user_link { en: "Copy link to this user", nl: "Link naar deze gebruiker kopiëren" }
    copy_email { en: "Copy e-mail address", nl: "E-mailadres kopiëren" }
    copy_refused { en: "The browser did not let it be copied.", nl: "De browser liet het kopiëren niet toe." }
    last_active_ago(when) { en: "Last active {when}", nl: "Laatst actief {when}" }
    just_now { en: "just now", nl: "zojuist" }
    never_active { en: "Never active", nl: "Nooit actief" }
    details { en: "Details", nl: "Details" }
    access { en: "Access", nl: "Toegang" }
    audit_log { en: "Audit log", nl: "Auditlog" }
    user_failed { en: "This user could not be loaded", nl: "Deze gebruiker kon niet worden geladen" }
    no_such_user { en: "There is no such user", nl: "Deze gebruiker is er niet" }
    no_such_user_text {
        en: "They were removed, or have no access to anything that you manage.",
        nl: "De gebruiker is verwijderd, of heeft nergens toegang waar jij beheert."
    }
    back_to_list { en: "Back to the list", nl: "Terug naar de lijst" }
    unsaved { en: "Discard your changes?", nl: "Je wijzigingen weggooien?" }
    unsaved_text(name) {
        en: "The access of {name} has changes that are not saved.",
        nl: "De toegang van {name} heeft wijzigingen die niet zijn opgeslagen."
    }
    keep_editing { en: "Keep editing", nl: "Verder bewerken" }
    discard_changes { en: "Discard changes", nl: "Wijzigingen weggooien" }

    first_seen { en: "First seen", nl: "Eerst gezien" }
    last_seen { en: "Last seen", nl: "Laatst gezien" }
    email { en: "E-mail", nl: "E-mail" }
    invited_by_label { en: "Invited by", nl: "Uitgenodigd door" }
    since(when) { en: "since {when}", nl: "sinds {when}" }
    until(when) { en: "until {when}", nl: "tot {when}" }
    nowhere { en: "Nowhere yet", nl: "Nog nergens" }
    no_name_yet { en: "Not given yet", nl: "Nog niet gegeven" }
    show_all_environments[number]() {
        en: "Show {number} environment" | "Show all {number}", nl: "{number} omgeving tonen" | "Alle {number} tonen"
    }

    invitation_heading { en: "Invitation", nl: "Uitnodiging" }
    invitation_open_until(when) { en: "Open until {when}", nl: "Open tot {when}" }
    invitation_expired_at(when) { en: "Expired {when}", nl: "Verlopen {when}" }
    invitation_accepted_on(day) { en: "Accepted on {day}", nl: "Aanvaard op {day}" }
    invitation_not_mailed { en: "The mail waits to be sent", nl: "De mail wacht op verzending" }
    invitation_mail_waits { en: "It goes out within moments.", nl: "Hij gaat zo de deur uit." }
    invitation_links[number]() {
        en: "{number} link was made" | "{number} links were made", nl: "Er is {number} link gemaakt" | "Er zijn {number} links gemaakt"
    }
    invitation_links_text {
        en: "By mailing and copying. Accepting or revoking ends them all.",
        nl: "Door te mailen en te kopiëren. Aanvaarden of intrekken beëindigt ze allemaal."
    }
    invitation_message { en: "With a message", nl: "Met een bericht" }
    invitation_life_by(what, name) { en: "{what} by {name}", nl: "{what} door {name}" }
    invitation_life_by_you(what) { en: "{what} by you", nl: "{what} door jou" }
    life_sent { en: "Mailed", nl: "Gemaild" }
    life_resent { en: "Mailed again", nl: "Opnieuw gemaild" }
    life_link_copied { en: "Link copied", nl: "Link gekopieerd" }
    life_invited { en: "Invited", nl: "Uitgenodigd" }
    life_invited_to(node) { en: "to {node}", nl: "voor {node}" }
    life_revoked { en: "Revoked", nl: "Ingetrokken" }
    life_accepted { en: "Accepted", nl: "Aanvaard" }
    copy_invitation_link { en: "Copy link", nl: "Link kopiëren" }
    send_invitation_again { en: "Send again", nl: "Opnieuw sturen" }
    revoke { en: "Revoke", nl: "Intrekken" }
    joined_no_link { en: "Joined: no link is open", nl: "Heeft aanvaard: er staat geen link open" }
    sent_again(name) { en: "The invitation of {name} was mailed again", nl: "De uitnodiging van {name} is opnieuw gemaild" }
    not_sent_again(name, cause) {
        en: "The invitation of {name} was not mailed again. {cause}",
        nl: "De uitnodiging van {name} is niet opnieuw gemaild. {cause}"
    }
    revoke_title(name) { en: "Revoke the invitation of {name}?", nl: "De uitnodiging van {name} intrekken?" }
    revoke_text {
        en: "Every link to it ends at once. Whoever has one can no longer join by it.",
        nl: "Elke link eindigt meteen. Wie er een heeft, kan er niet meer mee aanvaarden."
    }
    revoke_confirm { en: "Revoke invitation", nl: "Uitnodiging intrekken" }
    revoked_done(name) { en: "The invitation of {name} is revoked", nl: "De uitnodiging van {name} is ingetrokken" }
}
