//! Inviting people.

use studio_users_domain::Language;

messages! {
    invite_lead {
        en: "Everyone gets their own link by e-mail, and has access once they join.",
        nl: "Iedereen krijgt een eigen link per e-mail, en heeft toegang na het deelnemen."
    }
    email_addresses { en: "E-mail addresses", nl: "E-mailadressen" }
    addresses_hint { en: "Paste a list, drop a CSV file, or", nl: "Plak een lijst, sleep een CSV-bestand, of" }
    choose_file { en: "choose one", nl: "kies er een" }
    choose_file_name { en: "Choose a CSV file with addresses", nl: "Kies een CSV-bestand met adressen" }
    drop_here { en: "Drop the file here", nl: "Laat het bestand hier los" }
    add_addresses { en: "Add people", nl: "Voeg mensen toe" }
    add_another { en: "Add another", nl: "Nog een" }
    to_invite { en: "To invite", nl: "Uit te nodigen" }
    addresses_keys {
        en: "Backspace or the left arrow key leads into the list.",
        nl: "Met Backspace of pijltje links kom je in de lijst."
    }
    remove_address(email) { en: "Remove {email}", nl: "{email} verwijderen" }
    addresses_added[count]() { en: "{count} address added" | "{count} addresses added", nl: "{count} adres toegevoegd" | "{count} adressen toegevoegd" }
    addresses_doubled[count]() {
        en: "{count} was there already" | "{count} were there already",
        nl: "{count} stond er al" | "{count} stonden er al"
    }
    address_removed(email) { en: "{email} removed", nl: "{email} verwijderd" }
    no_address_in(file) { en: "No e-mail address was found in {file}.", nl: "In {file} staat geen e-mailadres." }
    file_unreadable(file) { en: "{file} could not be read.", nl: "{file} kon niet worden gelezen." }
    address_shape(email) { en: "{email} is no e-mail address, and will not be invited.", nl: "{email} is geen e-mailadres, en wordt niet uitgenodigd." }
    address_blank(email) { en: "{email} has a blank in it, and will not be invited.", nl: "{email} bevat een spatie, en wordt niet uitgenodigd." }
    address_ending(email) {
        en: "{email} lacks an ending such as .com, and will not be invited.",
        nl: "{email} mist een einde zoals .nl, en wordt niet uitgenodigd."
    }
    address_length(email) { en: "{email} is too long, and will not be invited.", nl: "{email} is te lang, en wordt niet uitgenodigd." }
    address_limited(email) {
        en: "{email} was not invited: too many mails for one day. Try again tomorrow.",
        nl: "{email} is niet uitgenodigd: te veel mails voor één dag. Probeer het morgen weer."
    }
    address_refused(email, why) { en: "{email} was not invited. {why}", nl: "{email} is niet uitgenodigd. {why}" }
    addresses_wrong[count]() { en: "{count} more like this" | "{count} more like these", nl: "nog {count} zo" | "nog {count} zulke" }
    addresses_missing { en: "Enter at least one address.", nl: "Vul minstens één adres in." }
    nodes_missing { en: "Choose at least one environment.", nl: "Kies minstens één omgeving." }
    roles_missing { en: "Choose at least one role.", nl: "Kies minstens één rol." }
    choose_environments { en: "Choose where", nl: "Kies waar" }
    environments_chosen(chosen) { en: "Environments: {chosen}", nl: "Omgevingen: {chosen}" }
    no_environment { en: "No environment is called that.", nl: "Geen omgeving heet zo." }
    environments_more[count]() { en: "{count} more: search for it" | "{count} more: search for them", nl: "nog {count}: zoek ernaar" | "nog {count}: zoek ernaar" }
    and_all_below { en: "and all below", nl: "en alles eronder" }
    link_expires { en: "Link expires", nl: "Link verloopt" }
    in_days[count]() { en: "In {count} day" | "In {count} days", nl: "Na {count} dag" | "Na {count} dagen" }
    mail_language { en: "Mail in", nl: "Mailtaal" }
    roles_in_place(node) { en: "Roles in {node}", nl: "Rollen in {node}" }
    roles_in_places[count]() { en: "Roles in {count} place" | "Roles in {count} places", nl: "Rollen op {count} plek" | "Rollen op {count} plekken" }
    invite_message { en: "Message", nl: "Bericht" }
    optional { en: "Optional", nl: "Niet verplicht" }
    message_placeholder { en: "Welcome aboard! Ask me if anything is unclear.", nl: "Welkom! Vraag het me als iets onduidelijk is." }
    letters_left[count]() { en: "{count} character left" | "{count} characters left", nl: "nog {count} teken" | "nog {count} tekens" }
    no_manager_yet(nodes) { en: "{nodes}: no Organisation Manager yet.", nl: "{nodes}: nog geen Organisatiebeheerder." }
    propose_manager {
        en: "Give the first person that role, so that they can invite their colleagues.",
        nl: "Geef de eerste die rol, dan kan die de eigen collega’s uitnodigen."
    }
    propose_manager_to(email) {
        en: "Give {email} that role, so that they can invite their colleagues.",
        nl: "Geef {email} die rol, dan kan die de eigen collega’s uitnodigen."
    }
    will_manage(email, nodes) {
        en: "{email} will be Organisation Manager of {nodes}, and can invite colleagues.",
        nl: "{email} wordt Organisatiebeheerder van {nodes}, en kan collega’s uitnodigen."
    }
    first_will_manage(nodes) {
        en: "The first person will be Organisation Manager of {nodes}, and can invite colleagues.",
        nl: "De eerste wordt Organisatiebeheerder van {nodes}, en kan collega’s uitnodigen."
    }
    leave_out { en: "Leave out", nl: "Weglaten" }
    proposed_for_first { en: "Proposed for the first person", nl: "Voorgesteld voor de eerste" }
    for_first { en: "For the first person", nl: "Voor de eerste" }
    without_manager_title { en: "Send without an Organisation Manager?", nl: "Versturen zonder Organisatiebeheerder?" }
    without_manager_text(nodes) {
        en: "Nobody of their own could invite people to {nodes}, or remove them. Managers above still can.",
        nl: "Bij {nodes} kan dan niemand zelf mensen uitnodigen of verwijderen. Beheerders erboven wel."
    }
    send_without { en: "Send without", nl: "Zonder versturen" }
    add_role_and_send { en: "Add role and send", nl: "Rol toevoegen en versturen" }
    discard_title { en: "Discard this invitation?", nl: "Deze uitnodiging weggooien?" }
    discard_text { en: "What you entered is lost. Nothing was sent for it.", nl: "Wat je hebt ingevuld gaat verloren. Er is niets van verstuurd." }
    discard_rest_text { en: "Those still on the list were not invited.", nl: "Wie nog op de lijst staat is niet uitgenodigd." }
    go_on_editing { en: "Go on editing", nl: "Verder bewerken" }
    discard_invitation { en: "Discard", nl: "Weggooien" }
    preview { en: "Preview", nl: "Voorbeeld" }
    what_they_will_see { en: "What they will see", nl: "Wat zij zullen zien" }
    section_hidden { en: "(hidden)", nl: "(verborgen)" }
    choose_roles_first { en: "Choose where and as what: this shows what they will see.", nl: "Kies waar en als wat: hier staat wat zij dan zien." }
    be_assigned_them { en: "Have conversations assigned to them", nl: "Gesprekken toegewezen krijgen" }
    will_be_notified { en: "Will be notified about chats", nl: "Krijgt meldingen van chats" }
    will_not_be_notified { en: "Will not be notified about chats", nl: "Krijgt geen meldingen van chats" }
    notified_in_itself(roles, node) { en: "{roles} is assigned in {node} itself", nl: "{roles} is in {node} zelf toegewezen" }
    notified_in_some(some, all) { en: "In {some} of {all} environments", nl: "In {some} van {all} omgevingen" }
    notified_inherited_below {
        en: "Inherited roles give the inbox, and no notifications",
        nl: "Geërfde rollen geven de inbox, en geen meldingen"
    }
    notified_needs(roles) { en: "Needs {roles}", nl: "Vraagt {roles}" }
    notified_no_environment { en: "There is no environment below", nl: "Er ligt geen omgeving onder" }
    people_new[count]() {
        en: "{count} person not in your list yet" | "{count} people not in your list yet",
        nl: "{count} persoon nog niet in je lijst" | "{count} mensen nog niet in je lijst"
    }
    people_new_text { en: "They have the roles once they join", nl: "Zij hebben de rollen zodra ze deelnemen" }
    people_joined[count]() {
        en: "{count} person is a user already" | "{count} people are users already",
        nl: "{count} persoon is al gebruiker" | "{count} mensen zijn al gebruiker"
    }
    people_joined_text(names) { en: "{names}: gets the roles at once, and a mail", nl: "{names}: krijgt de rollen meteen, en een mail" }
    people_invited[count]() {
        en: "{count} person is invited already" | "{count} people are invited already",
        nl: "{count} persoon is al uitgenodigd" | "{count} mensen zijn al uitgenodigd"
    }
    people_invited_text { en: "They get a new link, with these roles added", nl: "Zij krijgen een nieuwe link, met deze rollen erbij" }
    and_others[count](names) { en: "{names} and {count} more" | "{names} and {count} more", nl: "{names} en nog {count}" | "{names} en nog {count}" }
    links_work_until(day) { en: "Links work until {day}", nl: "Links werken tot {day}" }
    your_time(time) { en: "{time}, your time", nl: "{time}, jouw tijd" }
    count_people[count]() { en: "{count} person" | "{count} people", nl: "{count} persoon" | "{count} mensen" }
    count_places[count]() { en: "{count} place" | "{count} places", nl: "{count} plek" | "{count} plekken" }
    count_roles[count]() { en: "{count} role" | "{count} roles", nl: "{count} rol" | "{count} rollen" }
    send_invitations[count]() {
        en: "Send {count} invitation" | "Send {count} invitations",
        nl: "{count} uitnodiging versturen" | "{count} uitnodigingen versturen"
    }
    send_none { en: "Send invitations", nl: "Uitnodigingen versturen" }
    sending_of(done, all) { en: "Sending: {done} of {all}", nl: "Bezig met versturen: {done} van {all}" }
    stop_sending { en: "Stop", nl: "Stoppen" }
    invitations_sent[count]() {
        en: "{count} invitation is on its way" | "{count} invitations are on their way",
        nl: "{count} uitnodiging is onderweg" | "{count} uitnodigingen zijn onderweg"
    }
    access_given[count]() {
        en: "{count} user has the roles now" | "{count} users have the roles now",
        nl: "{count} gebruiker heeft de rollen nu" | "{count} gebruikers hebben de rollen nu"
    }
    invitations_left[count]() {
        en: "{count} person was not invited" | "{count} people were not invited",
        nl: "{count} persoon is niet uitgenodigd" | "{count} mensen zijn niet uitgenodigd"
    }
    sending_failed { en: "Not everything was sent.", nl: "Niet alles is verstuurd." }
    sending_in_doubt {
        en: "Trying again sends nothing twice.",
        nl: "Opnieuw proberen verstuurt niets dubbel."
    }
}
