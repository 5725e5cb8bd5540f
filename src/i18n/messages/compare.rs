//! Comparing what somebody sees.

use studio_users_domain::Language;

messages! {
    compare { en: "Compare", nl: "Vergelijken" }
    compare_title(name) { en: "Compare what {name} sees", nl: "Vergelijken wat {name} ziet" }
    compare_lead {
        en: "Beside more roles, or beside somebody else. Nothing is changed.",
        nl: "Naast meer rollen, of naast iemand anders. Er verandert niets."
    }
    compare_at { en: "In", nl: "In" }
    compare_with { en: "Beside", nl: "Naast" }
    with_more_roles { en: "More roles", nl: "Meer rollen" }
    with_another_user { en: "Another user", nl: "Een andere gebruiker" }
    roles_besides { en: "Roles besides", nl: "Rollen erbij" }
    find_somebody { en: "Find a user", nl: "Gebruiker zoeken" }
    nobody_found { en: "Nobody here is called so.", nl: "Hier heet niemand zo." }
    as_they_are { en: "As they are", nl: "Zoals nu" }
    as_they_will_be { en: "Once they have joined", nl: "Na deelname" }
    with_added(roles) { en: "With {roles} added", nl: "Met {roles} erbij" }
    choose_roles_to_compare { en: "Choose a role to see what it would add.", nl: "Kies een rol om te zien wat die toevoegt." }
    choose_somebody_to_compare { en: "Choose somebody to see what they see.", nl: "Kies iemand om te zien wat die ziet." }
    difference { en: "Difference", nl: "Verschil" }
    sees_the_same { en: "Both see and can do the same.", nl: "Beide zien en kunnen hetzelfde." }
    sections_shown(sections) { en: "Shown: {sections}", nl: "Getoond: {sections}" }
    sections_gone(sections) { en: "Hidden: {sections}", nl: "Verborgen: {sections}" }
    can_besides(abilities) { en: "Can also: {abilities}", nl: "Kan ook: {abilities}" }
    cannot(abilities) { en: "Cannot: {abilities}", nl: "Kan niet: {abilities}" }
    is_notified_of_chats { en: "Chats notify them", nl: "Krijgt meldingen van chats" }
    is_not_notified_of_chats { en: "Chats do not notify them", nl: "Krijgt geen meldingen van chats" }
}
