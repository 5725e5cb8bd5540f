//! The join page, opened from an invitation link.

use studio_users_domain::Language;

messages! {
    join_node(node) { en: "Join {node}", nl: "Deelnemen aan {node}" }
    join { en: "Join", nl: "Deelnemen" }
    invites_you_as(name) { en: "{name} invites you as", nl: "{name} nodigt je uit als" }
    invites_you_to(name) { en: "{name} invites you to:", nl: "{name} nodigt je uit voor:" }
    your_name { en: "Your name", nl: "Je naam" }
    your_name_hint { en: "As your colleagues will see it", nl: "Zoals je collega’s hem zien" }
    your_name_required { en: "Enter your name.", nl: "Vul je naam in." }
    join_note(email, until) {
        en: "This invitation is for {email} and is valid until {until}. Not you? Close this page. Nothing has changed yet.",
        nl: "Deze uitnodiging is voor {email} en is geldig tot {until}. Ben jij dat niet? Sluit deze pagina. Er is nog niets gewijzigd."
    }
    what_you_will_see { en: "What you’ll see", nl: "Wat je te zien krijgt" }
    you_can_get_chat_notifications { en: "You can get chat notifications", nl: "Je kunt chatmeldingen krijgen" }
    you_join_as(name) { en: "You’ll join as {name}.", nl: "Je neemt deel als {name}." }
    join_switches_account(name, email) {
        en: "You’re signed in as {name}, but this invitation is for {email}. If you join, this browser switches to that account.",
        nl: "Je bent ingelogd als {name}, maar deze uitnodiging is voor {email}. Als je deelneemt, schakelt deze browser over naar dat account."
    }
    stay_signed_in_as(name) { en: "Stay signed in as {name}", nl: "Ingelogd blijven als {name}" }
    sign_in_to_join { en: "One more step: sign in", nl: "Nog één stap: inloggen" }
    sign_in_to_join_text(email, node) {
        en: "{email} already has an account. You’ll get a sign-in link at that address. Open it in this browser to join {node}.",
        nl: "{email} heeft al een account. Je krijgt een inloglink op dat adres. Open die in deze browser om deel te nemen aan {node}."
    }
    sign_in_to_join_note {
        en: "The link works once and expires after 15 minutes. You haven’t joined yet.",
        nl: "De link werkt één keer en verloopt na 15 minuten. Je neemt nog niet deel."
    }
    resend_sign_in_link { en: "Resend sign-in link", nl: "Inloglink opnieuw versturen" }
    sign_in_link_resent { en: "You’ll get a new link.", nl: "Je krijgt een nieuwe link." }
    link_not_working { en: "This link no longer works", nl: "Deze link werkt niet meer" }
    link_not_working_text {
        en: "It may have expired, been used, been replaced by a newer link or been revoked.",
        nl: "De link is verlopen, al gebruikt, vervangen door een nieuwere of ingetrokken."
    }
    newer_email { en: "Check for a newer e-mail.", nl: "Kijk of je een nieuwere e-mail hebt." }
    newer_email_text { en: "A newer link may have replaced this one.", nl: "Een nieuwere link kan deze hebben vervangen." }
    ask_inviter { en: "Ask the person who invited you", nl: "Vraag degene die je heeft uitgenodigd" }
    ask_inviter_text { en: "to resend the invitation.", nl: "om de uitnodiging opnieuw te versturen." }
    already_have_account { en: "Already have an account?", nl: "Heb je al een account?" }
    already_have_account_text { en: "with your e-mail address.", nl: "met je e-mailadres." }
}
