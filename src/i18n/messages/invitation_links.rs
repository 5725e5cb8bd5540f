//! Copying invitation links.

use studio_users_domain::Language;

messages! {
    copy_link_for(name) { en: "Copy invitation link for {name}", nl: "Uitnodigingslink voor {name} kopiëren" }
    copy_link { en: "Copy invitation link", nl: "Uitnodigingslink kopiëren" }
    link_copied(name) { en: "Invitation link for {name} copied", nl: "Uitnodigingslink voor {name} gekopieerd" }
    link_not_copied(name, cause) {
        en: "The invitation link for {name} could not be copied. {cause}",
        nl: "De uitnodigingslink voor {name} kon niet worden gekopieerd. {cause}"
    }
    invitation_link_for(name) { en: "Invitation link for {name}", nl: "Uitnodigingslink voor {name}" }
    copy_link_manually {
        en: "Your browser blocked copying. Copy the link below now. It won’t be shown again.",
        nl: "Je browser heeft kopiëren geblokkeerd. Kopieer de link hieronder nu. Hij wordt niet opnieuw getoond."
    }
    link { en: "Link", nl: "Link" }
    link_expires_on(when) { en: "Expires on {when}.", nl: "Verloopt op {when}." }
}
