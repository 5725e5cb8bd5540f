//! The invite dialog.

use studio_users_domain::Language;

messages! {
    invite_lead {
        en: "We’ll e-mail each person a link to join. Existing users get the roles right away.",
        nl: "Iedereen krijgt per e-mail een link om deel te nemen. Bestaande gebruikers krijgen de rollen meteen."
    }
    email_addresses { en: "E-mail addresses", nl: "E-mailadressen" }
    addresses_hint { en: "Paste a list, drop a CSV file or", nl: "Plak een lijst, sleep een CSV-bestand of" }
    choose_file { en: "choose a file", nl: "kies een bestand" }
    choose_file_name { en: "choose a file (CSV with e-mail addresses)", nl: "kies een bestand (CSV met e-mailadressen)" }
    add_addresses { en: "Enter e-mail addresses", nl: "Vul e-mailadressen in" }
    add_another { en: "Add another", nl: "Nog een toevoegen" }
    to_invite { en: "To invite", nl: "Uit te nodigen" }
    address_keys_hint {
        en: "Press Backspace or Left arrow to select an address.",
        nl: "Druk op Backspace of Pijl-links om een adres te selecteren."
    }
    remove_address(email) { en: "Remove {email}", nl: "{email} verwijderen" }
    addresses_added[count]() { en: "{count} address added" | "{count} addresses added", nl: "{count} adres toegevoegd" | "{count} adressen toegevoegd" }
    duplicates_skipped[count]() {
        en: "{count} duplicate skipped" | "{count} duplicates skipped",
        nl: "{count} dubbel adres overgeslagen" | "{count} dubbele adressen overgeslagen"
    }
    address_removed(email) { en: "{email} removed", nl: "{email} verwijderd" }
    no_address_in(file) { en: "No e-mail address was found in {file}.", nl: "In {file} staat geen e-mailadres." }
    file_unreadable(file) { en: "{file} could not be read.", nl: "{file} kon niet worden gelezen." }
    address_invalid(email) { en: "{email} isn’t a valid e-mail address and won’t be invited.", nl: "{email} is geen geldig e-mailadres en wordt niet uitgenodigd." }
    address_has_space(email) { en: "{email} contains a space and won’t be invited.", nl: "{email} bevat een spatie en wordt niet uitgenodigd." }
    address_has_invisible(email) {
        en: "{email} contains an invisible character and won’t be invited. Type the address again.",
        nl: "{email} bevat een onzichtbaar teken en wordt niet uitgenodigd. Typ het adres opnieuw."
    }
    address_has_look_alike(email) {
        en: "{email} contains a character that looks like another one and won’t be invited. Type the address again.",
        nl: "{email} bevat een teken dat op een ander teken lijkt en wordt niet uitgenodigd. Typ het adres opnieuw."
    }
    address_local_part_invalid(email) {
        en: "The part before the @ in {email} isn’t valid. This address won’t be invited.",
        nl: "Het deel voor de @ in {email} is niet geldig. Dit adres wordt niet uitgenodigd."
    }
    address_domain_invalid(email) {
        en: "The part after the @ in {email} isn’t valid. This address won’t be invited.",
        nl: "Het deel na de @ in {email} is niet geldig. Dit adres wordt niet uitgenodigd."
    }
    address_not_deliverable(email) {
        en: "{email} won’t be invited. The mail server only accepts letters without accents before the @.",
        nl: "{email} wordt niet uitgenodigd. De mailserver accepteert voor de @ alleen letters zonder accenten."
    }
    address_without_ending(email) {
        en: "{email} is missing an ending such as .com and won’t be invited.",
        nl: "In {email} ontbreekt een extensie zoals .nl. Dit adres wordt niet uitgenodigd."
    }
    address_too_long(email) { en: "{email} is too long and won’t be invited.", nl: "{email} is te lang en wordt niet uitgenodigd." }
    address_daily_limit(email) {
        en: "{email} wasn’t invited because the daily e-mail limit was reached. Try again tomorrow.",
        nl: "{email} is niet uitgenodigd, want de daglimiet voor e-mails is bereikt. Probeer het morgen opnieuw."
    }
    address_not_invited(email, why) { en: "{email} wasn’t invited. {why}", nl: "{email} is niet uitgenodigd. {why}" }
    more_address_problems[count]() { en: "{count} more address with a problem" | "{count} more addresses with a problem", nl: "nog {count} adres met een probleem" | "nog {count} adressen met een probleem" }
    address_required { en: "Enter at least one address.", nl: "Vul minstens één adres in." }
    environment_required { en: "Choose at least one environment.", nl: "Kies minstens één omgeving." }
    role_required { en: "Choose at least one role.", nl: "Kies minstens één rol." }
    choose_environments { en: "Choose environments", nl: "Kies omgevingen" }
    environments_selected(chosen) { en: "Environments: {chosen}", nl: "Omgevingen: {chosen}" }
    and_all_below { en: "and all below", nl: "en alles eronder" }
    link_expires { en: "Link expires", nl: "Link verloopt" }
    in_days[count]() { en: "In {count} day" | "In {count} days", nl: "Na {count} dag" | "Na {count} dagen" }
    mail_language { en: "E-mail language", nl: "Taal van e-mail" }
    roles_in_nodes[count]() { en: "Roles in {count} environment or agency" | "Roles in {count} environments and agencies", nl: "Rollen in {count} omgeving of bureau" | "Rollen in {count} omgevingen en bureaus" }
    invite_message { en: "Message", nl: "Bericht" }
    optional { en: "Optional", nl: "Niet verplicht" }
    message_placeholder { en: "Welcome aboard! Ask me if anything is unclear.", nl: "Welkom! Vraag het me als iets onduidelijk is." }
    characters_left[count]() { en: "{count} character left" | "{count} characters left", nl: "nog {count} teken" | "nog {count} tekens" }
    no_manager_yet(nodes) { en: "No Organisation Manager yet in {nodes}.", nl: "Nog geen Organisatiebeheerder in {nodes}." }
    propose_manager {
        en: "Give the first person this role so they can invite colleagues.",
        nl: "Geef de eerste persoon deze rol, zodat die collega’s kan uitnodigen."
    }
    propose_manager_to(email) {
        en: "Give {email} this role so they can invite colleagues.",
        nl: "Geef {email} deze rol, zodat die collega’s kan uitnodigen."
    }
    will_manage(email, nodes) {
        en: "{email} will be Organisation Manager of {nodes} and can invite colleagues.",
        nl: "{email} wordt Organisatiebeheerder van {nodes} en kan collega’s uitnodigen."
    }
    first_person_will_manage(nodes) {
        en: "The first person will be Organisation Manager of {nodes} and can invite colleagues.",
        nl: "De eerste persoon wordt Organisatiebeheerder van {nodes} en kan collega’s uitnodigen."
    }
    remove_role { en: "Remove role", nl: "Rol verwijderen" }
    proposed_for_first_person { en: "Proposed for the first person", nl: "Voorgesteld voor de eerste persoon" }
    for_first_person { en: "For the first person", nl: "Voor de eerste persoon" }
    without_manager_title { en: "Send without an Organisation Manager?", nl: "Versturen zonder Organisatiebeheerder?" }
    without_manager_text(nodes) {
        en: "In {nodes}, only managers at a higher level will be able to invite or remove users.",
        nl: "In {nodes} kunnen dan alleen beheerders van een hoger niveau gebruikers uitnodigen of verwijderen."
    }
    send_anyway { en: "Send anyway", nl: "Toch versturen" }
    add_role_and_send { en: "Add role and send", nl: "Rol toevoegen en versturen" }
    discard_invitation_title { en: "Discard this invitation?", nl: "Deze uitnodiging weggooien?" }
    discard_invitation_text { en: "No invitations were sent. What you entered will be lost.", nl: "Er zijn geen uitnodigingen verstuurd. Wat je hebt ingevuld, gaat verloren." }
    discard_remaining_text { en: "The people still on the list haven’t been invited.", nl: "De mensen die nog op de lijst staan, zijn niet uitgenodigd." }
    preview { en: "Preview", nl: "Voorbeeld" }
    section_hidden { en: "(hidden)", nl: "(verborgen)" }
    preview_empty { en: "Choose environments and roles to see a preview.", nl: "Kies omgevingen en rollen om een voorbeeld te zien." }
    be_assigned_conversations { en: "Be assigned conversations", nl: "Gesprekken toegewezen krijgen" }
    can_get_chat_notifications { en: "Can get chat notifications", nl: "Kan chatmeldingen krijgen" }
    no_chat_notifications { en: "No chat notifications", nl: "Geen chatmeldingen" }
    assigned_in_node_itself(roles, node) { en: "{roles} is assigned in {node} itself", nl: "{roles} is in {node} zelf toegewezen" }
    in_some_environments(some, all) { en: "In {some} of {all} environments", nl: "In {some} van {all} omgevingen" }
    inherited_without_notifications {
        en: "Inherited roles give access to the inbox, but no notifications",
        nl: "Overgenomen rollen geven toegang tot de inbox, maar geen meldingen"
    }
    no_environments_in_selection { en: "Your selection contains no environments", nl: "Je selectie bevat geen omgevingen" }
    new_people[count]() {
        en: "{count} person not in your list yet" | "{count} people not in your list yet",
        nl: "{count} persoon nog niet in je lijst" | "{count} mensen nog niet in je lijst"
    }
    new_people_text { en: "They get the roles after joining", nl: "Zij krijgen de rollen na deelname" }
    existing_users[count]() {
        en: "{count} existing user" | "{count} existing users",
        nl: "{count} bestaande gebruiker" | "{count} bestaande gebruikers"
    }
    existing_users_text(names) { en: "{names}: roles added right away, with an e-mail", nl: "{names}: rollen meteen toegevoegd, met een e-mail" }
    already_invited[count]() {
        en: "{count} person already invited" | "{count} people already invited",
        nl: "{count} persoon al uitgenodigd" | "{count} mensen al uitgenodigd"
    }
    already_invited_text { en: "They get a new link that includes these roles", nl: "Zij krijgen een nieuwe link met ook deze rollen" }
    invited_in_vain[count]() {
        en: "{count} person with an invitation that can’t be accepted" | "{count} people with an invitation that can’t be accepted",
        nl: "{count} persoon met een uitnodiging die niet kan worden geaccepteerd" | "{count} mensen met een uitnodiging die niet kan worden geaccepteerd"
    }
    invited_in_vain_text { en: "They get a new link that only includes these roles", nl: "Zij krijgen een nieuwe link met alleen deze rollen" }
    links_expire_on(day) { en: "Links expire on {day}", nl: "Links verlopen op {day}" }
    expiry_details[days](time) {
        en: "{time}, your time. Resending extends them to at least {days} day." | "{time}, your time. Resending extends them to at least {days} days.",
        nl: "{time}, jouw tijd. Opnieuw versturen verlengt ze tot minstens {days} dag." | "{time}, jouw tijd. Opnieuw versturen verlengt ze tot minstens {days} dagen."
    }
    people_count[count]() { en: "{count} person" | "{count} people", nl: "{count} persoon" | "{count} mensen" }
    node_count[count]() { en: "{count} environment or agency" | "{count} environments or agencies", nl: "{count} omgeving of bureau" | "{count} omgevingen of bureaus" }
    role_count[count]() { en: "{count} role" | "{count} roles", nl: "{count} rol" | "{count} rollen" }
    send_invitations[count]() {
        en: "Send {count} invitation" | "Send {count} invitations",
        nl: "{count} uitnodiging versturen" | "{count} uitnodigingen versturen"
    }
    send_invitations_empty { en: "Send invitations", nl: "Uitnodigingen versturen" }
    sending_progress(done, all) { en: "Sending: {done} of {all}", nl: "Bezig met versturen: {done} van {all}" }
    stop_sending { en: "Stop", nl: "Stoppen" }
    invitations_sent[count]() {
        en: "{count} invitation sent" | "{count} invitations sent",
        nl: "{count} uitnodiging verstuurd" | "{count} uitnodigingen verstuurd"
    }
    roles_added_for_users[count]() {
        en: "Roles added for {count} user" | "Roles added for {count} users",
        nl: "Rollen toegevoegd voor {count} gebruiker" | "Rollen toegevoegd voor {count} gebruikers"
    }
    sending_failed { en: "Not all invitations were sent.", nl: "Niet alle uitnodigingen zijn verstuurd." }
    sending_safe_to_retry {
        en: "You can safely try again. Nobody is invited twice.",
        nl: "Je kunt het veilig opnieuw proberen. Niemand wordt twee keer uitgenodigd."
    }
}
