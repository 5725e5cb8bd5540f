//! The list of e-mails that did not arrive.

use studio_users_domain::Language;

messages! {
    undelivered_lead {
        en: "E-mails that the mail server refused, or that couldn’t be sent.",
        nl: "E-mails die de mailserver heeft geweigerd of die niet konden worden verstuurd."
    }
    undelivered_failed { en: "Couldn’t load the list.", nl: "De lijst kon niet worden geladen." }
    no_undelivered_mail { en: "No undelivered e-mail", nl: "Geen niet-bezorgde e-mail" }
    undelivered_more { en: "Only the newest 200 are shown.", nl: "Alleen de nieuwste 200 worden getoond." }
    mail_sign_in { en: "Sign-in link", nl: "Inloglink" }
    mail_invitation { en: "Invitation", nl: "Uitnodiging" }
    mail_reminder { en: "Reminder of an invitation", nl: "Herinnering aan een uitnodiging" }
    mail_access { en: "New access", nl: "Nieuwe toegang" }
    mail_digest { en: "News about invitations", nl: "Nieuws over uitnodigingen" }
    mail_refused(when) { en: "Refused {when}", nl: "Geweigerd {when}" }
    mail_given_up(when) { en: "Given up {when}", nl: "Opgegeven {when}" }
    mail_cancelled(when) { en: "Cancelled {when}", nl: "Geannuleerd {when}" }
    mail_waiting(when) { en: "Queued {when}, will be tried again", nl: "In de wachtrij sinds {when}, wordt opnieuw geprobeerd" }
}
