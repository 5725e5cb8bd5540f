//! Links to invitations.

use studio_users_domain::Language;

messages! {
    copy_link_for(name) { en: "Copy invitation link for {name}", nl: "Uitnodigingslink voor {name} kopiëren" }
    copy_link { en: "Copy invitation link", nl: "Uitnodigingslink kopiëren" }
    link_copied(name) { en: "Invitation link for {name} copied", nl: "Uitnodigingslink voor {name} gekopieerd" }
    link_not_copied(name, cause) {
        en: "The invitation link for {name} could not be copied. {cause}",
        nl: "De uitnodigingslink voor {name} kon niet worden gekopieerd. {cause}"
    }
    link_for(name) { en: "Invitation link for {name}", nl: "Uitnodigingslink voor {name}" }
    link_by_hand {
        en: "The browser did not let it be copied. Copy it from the field: it is shown this once.",
        nl: "De browser liet het kopiëren niet toe. Kopieer de link uit het veld: hij wordt maar één keer getoond."
    }
    link { en: "Link", nl: "Link" }
    link_works_until(when) { en: "It works until {when}.", nl: "Hij werkt tot {when}." }
}
