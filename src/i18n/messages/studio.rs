//! The studio shell around the page: sections, home page, page not found.

use studio_users_domain::Language;

messages! {
    environment { en: "Environment", nl: "Omgeving" }
    all_environments { en: "All environments", nl: "Alle omgevingen" }
    account_of(name) { en: "Account of {name}", nl: "Account van {name}" }
    sign_out { en: "Sign out", nl: "Uitloggen" }
    section_lead {
        en: "This section belongs to your studio and isn’t available here. Below is what your roles allow.",
        nl: "Dit onderdeel hoort bij je studio en is hier niet beschikbaar. Hieronder staat wat je met je rollen kunt."
    }
    in_node_you_can(node) { en: "In {node} you can", nl: "In {node} kun je" }
    by_roles(roles) { en: "through {roles}", nl: "via {roles}" }
    requires_roles(roles) { en: "Requires {roles}", nl: "Vereist {roles}" }
    get_chat_notifications { en: "Get chat notifications", nl: "Chatmeldingen krijgen" }
    roles_assigned_here(roles) { en: "{roles} is assigned here", nl: "{roles} is hier toegewezen" }
    only_inherited_from(node) {
        en: "Only inherited from {node}. Must be assigned here.",
        nl: "Alleen overgenomen van {node}. Moet hier zijn toegewezen."
    }
    requires_roles_here(roles) { en: "Requires {roles}, assigned here", nl: "Vereist {roles}, hier toegewezen" }
    invitation_not_accepted { en: "Invitation not accepted yet", nl: "Uitnodiging nog niet geaccepteerd" }
    ask_manager(node) {
        en: "Need more access? Ask a manager of {node}.",
        nl: "Meer toegang nodig? Vraag een beheerder van {node}."
    }
    yes { en: "Yes", nl: "Ja" }
    no { en: "No", nl: "Nee" }
    no_roles_yet { en: "You have no roles yet", nl: "Je hebt nog geen rollen" }
    no_roles_yet_text {
        en: "You don’t have access to an environment. Ask the person who invited you.",
        nl: "Je hebt geen toegang tot een omgeving. Vraag degene die je heeft uitgenodigd."
    }
    manages_no_users { en: "You don’t manage any users", nl: "Je beheert geen gebruikers" }
    manages_no_users_text {
        en: "Only Organisation Managers and Administrators can see users. You have neither role.",
        nl: "Alleen Organisatiebeheerders en Administrators kunnen gebruikers zien. Jij hebt geen van beide rollen."
    }
    page_not_found { en: "Page not found", nl: "Pagina niet gevonden" }
    page_not_found_text { en: "We can’t find that page. Check the address.", nl: "We kunnen die pagina niet vinden. Controleer het adres." }
    go_to_home { en: "Go to home page", nl: "Naar de startpagina" }
}
