//! The user panel: head, details and invitation.

use studio_users_domain::Language;

messages! {
    previous_user { en: "Previous user", nl: "Vorige gebruiker" }
    next_user { en: "Next user", nl: "Volgende gebruiker" }
    close_panel { en: "Close the panel", nl: "Het paneel sluiten" }
    position_of(position, total) { en: "{position} of {total}", nl: "{position} van {total}" }
    copy_user_link { en: "Copy link to this user", nl: "Link naar deze gebruiker kopiëren" }
    copy_email { en: "Copy e-mail address", nl: "E-mailadres kopiëren" }
    copy_refused { en: "Your browser blocked copying.", nl: "Je browser heeft kopiëren geblokkeerd." }
    last_active_ago(when) { en: "Last active {when}", nl: "Laatst actief {when}" }
    just_now { en: "just now", nl: "zojuist" }
    never_active { en: "Never active", nl: "Nooit actief" }
    details { en: "Details", nl: "Details" }
    access { en: "Access", nl: "Toegang" }
    audit_log { en: "Audit log", nl: "Auditlog" }
    user_failed { en: "This user could not be loaded", nl: "Deze gebruiker kon niet worden geladen" }
    user_not_found { en: "User not found", nl: "Gebruiker niet gevonden" }
    user_unavailable { en: "No longer available", nl: "Niet meer beschikbaar" }
    user_not_found_text {
        en: "This user was removed or has no access to anything you manage.",
        nl: "Deze gebruiker is verwijderd of heeft geen toegang tot iets wat jij beheert."
    }
    back_to_list { en: "Back to the list", nl: "Terug naar de lijst" }
    discard_changes_title { en: "Discard your changes?", nl: "Je wijzigingen weggooien?" }
    discard_changes_text(name) {
        en: "You have unsaved changes to the access of {name}.",
        nl: "Je hebt niet-opgeslagen wijzigingen in de toegang van {name}."
    }
    keep_editing { en: "Keep editing", nl: "Verder bewerken" }
    discard_changes { en: "Discard changes", nl: "Wijzigingen weggooien" }

    first_active { en: "First active", nl: "Voor het eerst actief" }
    email { en: "E-mail", nl: "E-mail" }
    invited_by_label { en: "Invited by", nl: "Uitgenodigd door" }
    since(when) { en: "since {when}", nl: "sinds {when}" }
    until(when) { en: "until {when}", nl: "tot {when}" }
    no_access_yet { en: "No access yet", nl: "Nog geen toegang" }
    no_name_yet { en: "Not entered yet", nl: "Nog niet ingevuld" }
    show_all_environments[number]() {
        en: "Show {number} environment" | "Show all {number}", nl: "{number} omgeving tonen" | "Alle {number} tonen"
    }

    invitation_heading { en: "Invitation", nl: "Uitnodiging" }
    invitation_valid_until(when) { en: "Valid until {when}", nl: "Geldig tot {when}" }
    invitation_expired_at(when) { en: "Expired {when}", nl: "Verlopen {when}" }
    invitation_accepted_on(day) { en: "Accepted on {day}", nl: "Geaccepteerd op {day}" }
    invitation_not_arrived { en: "The invitation e-mail didn’t arrive.", nl: "De uitnodigingsmail is niet aangekomen." }
    invitation_not_arrived_text {
        en: "Check the address. If it’s right, copy the link and share it yourself.",
        nl: "Controleer het adres. Klopt het? Kopieer dan de link en deel die zelf."
    }
    invitation_not_sent { en: "The invitation e-mail wasn’t sent.", nl: "De uitnodigingsmail is niet verstuurd." }
    invitation_not_sent_text {
        en: "Its sender could no longer give these roles. Resend the invitation to send it yourself.",
        nl: "De afzender kon deze rollen niet meer geven. Verstuur de uitnodiging opnieuw om dat zelf te doen."
    }
    timeline_queued { en: "E-mail waiting to be sent", nl: "E-mail wacht op verzending" }
    timeline_retried { en: "The mail server hasn’t taken the e-mail yet", nl: "De mailserver heeft de e-mail nog niet aangenomen" }
    timeline_refused { en: "E-mail refused by the mail server", nl: "E-mail geweigerd door de mailserver" }
    timeline_given_up { en: "E-mail couldn’t be sent for a day, given up", nl: "E-mail kon een dag lang niet worden verstuurd, opgegeven" }
    timeline_cancelled { en: "E-mail cancelled before it was sent", nl: "E-mail geannuleerd voordat die werd verstuurd" }
    invitation_email_hint { en: "If it takes too long, copy the link and share it yourself.", nl: "Duurt het te lang? Kopieer de link en deel die zelf." }
    invitation_link_count[number]() {
        en: "{number} link created" | "{number} links created", nl: "{number} link gemaakt" | "{number} links gemaakt"
    }
    invitation_links_text {
        en: "Sent by e-mail or copied. They all stop working when the invitation is accepted or revoked.",
        nl: "Per e-mail verstuurd of gekopieerd. Ze werken niet meer zodra de uitnodiging is geaccepteerd of ingetrokken."
    }
    invitation_message { en: "With a message", nl: "Met een bericht" }
    timeline_by(what, name) { en: "{what} by {name}", nl: "{what} door {name}" }
    timeline_by_you(what) { en: "{what} by you", nl: "{what} door jou" }
    timeline_sent { en: "Sent", nl: "Verstuurd" }
    timeline_resent { en: "Resent", nl: "Opnieuw verstuurd" }
    timeline_link_copied { en: "Link copied", nl: "Link gekopieerd" }
    timeline_invited_to(node) { en: "to {node}", nl: "voor {node}" }
    timeline_revoked { en: "Revoked", nl: "Ingetrokken" }
    timeline_accepted { en: "Accepted", nl: "Geaccepteerd" }
    copy_invitation_link { en: "Copy link", nl: "Link kopiëren" }
    resend { en: "Resend", nl: "Opnieuw versturen" }
    revoke { en: "Revoke", nl: "Intrekken" }
    no_pending_invitation { en: "No pending invitation", nl: "Geen openstaande uitnodiging" }
    invitation_resent_to(name) { en: "Invitation resent to {name}", nl: "Uitnodiging opnieuw verstuurd naar {name}" }
    invitation_not_resent(name, cause) {
        en: "Couldn’t resend the invitation to {name}. {cause}",
        nl: "De uitnodiging voor {name} is niet opnieuw verstuurd. {cause}"
    }
    timeline_corrected { en: "Address corrected", nl: "Adres verbeterd" }
    correct_address { en: "Correct address", nl: "Adres verbeteren" }
    correct_title(name) { en: "Correct the address {name}?", nl: "Het adres {name} verbeteren?" }
    correct_text {
        en: "The invitation is revoked and sent to the right address. The old links stop working. Roles that you can’t give stay with the old address.",
        nl: "De uitnodiging wordt ingetrokken en naar het juiste adres gestuurd. De oude links werken dan niet meer. Rollen die jij niet kunt geven, blijven bij het oude adres."
    }
    correct_label { en: "Right e-mail address", nl: "Juiste e-mailadres" }
    correct_required { en: "Enter another e-mail address.", nl: "Vul een ander e-mailadres in." }
    correct_confirm { en: "Send invitation", nl: "Uitnodiging versturen" }
    address_corrected(email) { en: "Invitation sent to {email}", nl: "Uitnodiging verstuurd naar {email}" }
    invitation_unacceptable { en: "Nobody can accept this invitation", nl: "Niemand kan deze uitnodiging accepteren" }
    invitation_unacceptable_text {
        en: "The person who gave these roles may no longer give them. Resend the invitation or copy a link, if you may give them.",
        nl: "Wie deze rollen gaf, mag dat niet meer. Verstuur de uitnodiging opnieuw of kopieer een link, als jij ze mag geven."
    }
    address_unconfirmed { en: "E-mail address not confirmed", nl: "E-mailadres niet bevestigd" }
    address_unconfirmed_text {
        en: "This user joined with a copied link, so someone else may be using the account. Only the manager who copied the link can give roles.",
        nl: "Deze gebruiker kwam binnen via een gekopieerde link. Misschien gebruikt iemand anders het account. Alleen de beheerder die de link kopieerde, kan rollen geven."
    }
    mail_sign_in_link { en: "E-mail a sign-in link", nl: "Inloglink e-mailen" }
    sign_in_link_hint {
        en: "Signing in with an e-mailed link confirms the address. Inviting the user again does too.",
        nl: "Wie inlogt met een link per e-mail, bevestigt het adres. Opnieuw uitnodigen kan ook."
    }
    sign_in_link_mailed(email) { en: "Sign-in link sent to {email}", nl: "Inloglink verstuurd naar {email}" }
    sign_in_link_not_mailed(cause) { en: "Couldn’t send the sign-in link. {cause}", nl: "De inloglink is niet verstuurd. {cause}" }
    revoke_title(name) { en: "Revoke the invitation for {name}?", nl: "Uitnodiging voor {name} intrekken?" }
    revoke_text {
        en: "All links to this invitation stop working right away.",
        nl: "Alle links naar deze uitnodiging werken meteen niet meer."
    }
    revoke_confirm { en: "Revoke invitation", nl: "Uitnodiging intrekken" }
    invitation_revoked(name) { en: "Invitation for {name} revoked", nl: "Uitnodiging voor {name} ingetrokken" }
}
