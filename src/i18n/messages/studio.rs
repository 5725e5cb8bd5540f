//! The studio around the page.

use studio_users_domain::Language;

messages! {
    environment { en: "Environment", nl: "Omgeving" }
    all_environments { en: "All environments", nl: "Alle omgevingen" }
    account_of(name) { en: "Account of {name}", nl: "Account van {name}" }
    sign_out { en: "Sign out", nl: "Uitloggen" }
    section_heading(section) { en: "Your studio shows its {section} here", nl: "Je studio toont hier {section}" }
    section_lead {
        en: "This page runs on its own, without one. The users and their rights are real, and this is what yours come to.",
        nl: "Deze pagina draait op zichzelf, zonder studio. De gebruikers en hun rechten zijn echt, en dit is wat jij kunt."
    }
    in_node_you_can(node) { en: "In {node} you can", nl: "In {node} kun je" }
    by_roles(roles) { en: "by {roles}", nl: "door {roles}" }
    needs_roles(roles) { en: "Needs {roles}", nl: "Vraagt {roles}" }
    be_notified { en: "Be notified of new chats", nl: "Meldingen van nieuwe chats krijgen" }
    notified_ok(roles) { en: "{roles} is assigned here itself", nl: "{roles} is hier zelf toegewezen" }
    notified_only_inherited(node) {
        en: "Only inherited from {node}: needs the role here itself",
        nl: "Alleen geërfd van {node}: vraagt de rol hier zelf"
    }
    notified_roles_bring_none(roles) { en: "Needs {roles} here itself", nl: "Vraagt hier zelf {roles}" }
    notified_not_accepted { en: "The invitation is not accepted yet", nl: "De uitnodiging is nog niet aanvaard" }
    ask_manager(node) {
        en: "Something missing? Whoever manages {node} can give it to you.",
        nl: "Mis je iets? Wie {node} beheert, kan het je geven."
    }
    yes { en: "Yes", nl: "Ja" }
    no { en: "No", nl: "Nee" }
    no_access { en: "You have no roles yet", nl: "Je hebt nog geen rollen" }
    no_access_text {
        en: "Nobody has given you access to an environment. Ask whoever invited you.",
        nl: "Niemand heeft je toegang tot een omgeving gegeven. Vraag het aan wie je heeft uitgenodigd."
    }
    manages_nobody { en: "You manage nobody", nl: "Je beheert niemand" }
    manages_nobody_text {
        en: "Users are seen by organisation managers and administrators. None of your roles is one of these.",
        nl: "Gebruikers worden gezien door organisatiebeheerders en beheerders. Geen van je rollen is er zo een."
    }
    page_not_found { en: "Page not found", nl: "Pagina niet gevonden" }
    page_not_found_text { en: "Nothing stands at this address.", nl: "Er staat niets op dit adres." }
    to_start { en: "To the start", nl: "Naar het begin" }
}
