//! What each role can do.

use studio_users_domain::Language;

messages! {
    roles_title { en: "What each role can do", nl: "Wat elke rol kan" }
    roles_lead {
        en: "A person can hold several roles, and different ones in each environment.",
        nl: "Iemand kan meer rollen hebben, en in elke omgeving andere."
    }
    breadcrumb { en: "Breadcrumb", nl: "Kruimelpad" }
    roles_table { en: "Roles and what they can do", nl: "Rollen en wat ze kunnen" }
    role_column { en: "Role", nl: "Rol" }
    full_access { en: "Full access", nl: "Volledig" }
    read_only { en: "Read-only", nl: "Alleen lezen" }
    no_rights { en: "No access", nl: "Geen toegang" }
    can_be_notified { en: "Can be notified of chats", nl: "Kan meldingen van chats krijgen" }
    column_reply { en: "Reply", nl: "Antwoorden" }
    column_start { en: "Start", nl: "Starten" }
    column_find_closed { en: "Find closed", nl: "Gesloten vinden" }
    column_be_assigned { en: "Be assigned", nl: "Toegewezen" }
    group_studio { en: "Studio", nl: "Studio" }
    group_organisation { en: "Organisation", nl: "Organisatie" }
    roles_add_up { en: "Several roles add up", nl: "Meer rollen tellen op" }
    roles_add_up_text {
        en: "Whoever is Agent and Analyst can do what either of them allows.",
        nl: "Wie Agent en Analist is, kan wat elk van beide toestaat."
    }
    roles_ripple { en: "Roles ripple down", nl: "Rollen werken door" }
    roles_ripple_text {
        en: "What is assigned at an agency counts in its environments. An environment’s own set replaces it. It does not add to it.",
        nl: "Wat bij een bureau is toegewezen, telt in zijn omgevingen. Een eigen set van een omgeving vervangt die, en komt er niet bij."
    }
    notifications_local { en: "Notifications are local", nl: "Meldingen zijn lokaal" }
    notifications_local_text {
        en: "Chats notify an Agent or Operator only where that role is assigned in the environment itself.",
        nl: "Chats melden zich bij een Agent of Operator alleen waar die rol in de omgeving zelf is toegewezen."
    }
}
