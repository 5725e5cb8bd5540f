//! The compare dialog.

use studio_users_domain::Language;

messages! {
    compare { en: "Compare", nl: "Vergelijken" }
    compare_title(name) { en: "Compare what {name} sees", nl: "Vergelijken wat {name} ziet" }
    compare_lead {
        en: "Compare with extra roles or with another user. Nothing is changed.",
        nl: "Vergelijk met extra rollen of met een andere gebruiker. Er verandert niets."
    }
    compare_with { en: "Compare with", nl: "Vergelijken met" }
    extra_roles { en: "Extra roles", nl: "Extra rollen" }
    with_another_user { en: "Another user", nl: "Een andere gebruiker" }
    find_user { en: "Find a user", nl: "Gebruiker zoeken" }
    compare_now { en: "Now", nl: "Nu" }
    compare_after_joining { en: "After joining", nl: "Na deelname" }
    with_added(roles) { en: "With {roles} added", nl: "Met {roles} erbij" }
    choose_roles_to_compare { en: "Choose a role to see what it would add.", nl: "Kies een rol om te zien wat die toevoegt." }
    choose_user_to_compare { en: "Choose a user to compare with.", nl: "Kies een gebruiker om mee te vergelijken." }
    difference { en: "Difference", nl: "Verschil" }
    no_difference { en: "There’s no difference in what they see and can do.", nl: "Er is geen verschil in wat ze zien en kunnen." }
    also_sees(sections) { en: "Also sees: {sections}", nl: "Ziet ook: {sections}" }
    does_not_see(sections) { en: "Doesn’t see: {sections}", nl: "Ziet niet: {sections}" }
    can_also(abilities) { en: "Can also: {abilities}", nl: "Kan ook: {abilities}" }
    cannot(abilities) { en: "Can’t: {abilities}", nl: "Kan niet: {abilities}" }
}
