//! Joining by an invitation's link.

use studio_users_domain::Language;

messages! {
    join_page { en: "Join", nl: "Deelnemen" }
    join_node(node) { en: "Join {node}", nl: "Deelnemen aan {node}" }
    join { en: "Join", nl: "Deelnemen" }
    invites_you_as(name) { en: "{name} invites you as", nl: "{name} nodigt je uit als" }
    invites_you_to(name) { en: "{name} invites you to:", nl: "{name} nodigt je uit voor:" }
    your_name { en: "Your name", nl: "Je naam" }
    your_name_hint { en: "As your colleagues will see it", nl: "Zoals je collega’s hem zien" }
    your_name_needed { en: "Enter your name.", nl: "Vul je naam in." }
    join_fine(email, until) {
        en: "For {email}, until {until}. Not you? Close this page: nothing has happened yet.",
        nl: "Voor {email}, tot {until}. Ben jij dat niet? Sluit deze pagina: er is nog niets gebeurd."
    }
    what_you_will_see { en: "What you will see", nl: "Wat je zult zien" }
    chats_will_notify { en: "New chats will notify you", nl: "Nieuwe chats geven je een melding" }
    chats_will_not_notify { en: "New chats will not notify you", nl: "Nieuwe chats geven je geen melding" }
    join_signed_in_as(name) { en: "You join as {name}.", nl: "Je neemt deel als {name}." }
    join_other(name, email) {
        en: "You are signed in as {name}. This invitation is for {email}: joining signs you in as them in this browser.",
        nl: "Je bent ingelogd als {name}. Deze uitnodiging is voor {email}: deelnemen logt je in deze browser in als die persoon."
    }
    to_own_studio(name) { en: "Stay {name}", nl: "{name} blijven" }
    sign_in_to_join { en: "One more step: sign in", nl: "Nog één stap: inloggen" }
    sign_in_to_join_text(email, node) {
        en: "{email} has an account already. We mailed it a link that signs you in: open it in this browser, and you are led on to join {node}.",
        nl: "{email} heeft al een account. We hebben daarheen een inloglink gemaild: open die in deze browser, dan kun je deelnemen aan {node}."
    }
    sign_in_to_join_fine {
        en: "The link works once, for 15 minutes. Nothing has happened yet.",
        nl: "De link werkt één keer, 15 minuten lang. Er is nog niets gebeurd."
    }
    mail_again { en: "Mail it again", nl: "Opnieuw mailen" }
    mailed_again { en: "Another link is on its way.", nl: "Er is een nieuwe link onderweg." }
    link_dead { en: "This link no longer works", nl: "Deze link werkt niet meer" }
    link_dead_text {
        en: "It was used, replaced by a newer one, taken back, or it expired. This page cannot tell which.",
        nl: "Hij is gebruikt, vervangen door een nieuwere, ingetrokken of verlopen. Wat precies kan deze pagina niet zeggen."
    }
    dead_newer { en: "Look for a newer mail.", nl: "Kijk of er een nieuwere mail is." }
    dead_newer_text { en: "Sending again ends the earlier link.", nl: "Opnieuw versturen beëindigt de vorige link." }
    dead_ask { en: "Ask whoever invited you", nl: "Vraag wie je uitnodigde" }
    dead_ask_text { en: "to send it again. It takes them one click.", nl: "hem opnieuw te sturen. Dat is één klik." }
    dead_joined { en: "Joined before?", nl: "Al eerder deelgenomen?" }
    dead_joined_text { en: "with your e-mail address.", nl: "met je e-mailadres." }
}
