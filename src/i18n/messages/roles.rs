//! The page that compares roles.

use studio_users_domain::Language;

messages! {
    roles_title { en: "What each role can do", nl: "Wat elke rol kan" }
    roles_lead {
        en: "A user can have several roles, and different roles in each environment.",
        nl: "Een gebruiker kan meerdere rollen hebben, en in elke omgeving andere."
    }
    formerly_environment_manager { en: "Formerly Environment Manager", nl: "Heette voorheen Environment Manager" }
    breadcrumb { en: "Breadcrumb", nl: "Kruimelpad" }
    roles_table { en: "Roles and what they can do", nl: "Rollen en wat ze kunnen" }
    full_access { en: "Full access", nl: "Volledig" }
    read_only { en: "Read-only", nl: "Alleen-lezen" }
    column_reply { en: "Reply", nl: "Antwoorden" }
    column_start { en: "Start", nl: "Starten" }
    column_find_closed { en: "Find closed", nl: "Gesloten vinden" }
    column_be_assigned { en: "Be assigned", nl: "Toegewezen" }
    group_studio { en: "Studio", nl: "Studio" }
    group_organisation { en: "Organisation", nl: "Organisatie" }
    permissions_add_up { en: "Permissions add up", nl: "Rechten tellen op" }
    permissions_add_up_text {
        en: "A user who is both Agent and Analyst can do everything that either role allows.",
        nl: "Een gebruiker die Agent en Analist is, kan alles wat een van beide rollen toestaat."
    }
    roles_inherited { en: "Roles are inherited", nl: "Rollen worden overgenomen" }
    roles_inherited_text {
        en: "Roles assigned at an agency also apply in its environments. Roles assigned in an environment replace the inherited roles there.",
        nl: "Rollen die bij een bureau zijn toegewezen, gelden ook in de omgevingen ervan. Rollen die in een omgeving zijn toegewezen, vervangen daar de overgenomen rollen."
    }
    notifications_not_inherited { en: "Chat notifications aren’t inherited", nl: "Chatmeldingen worden niet overgenomen" }
    notifications_not_inherited_text {
        en: "A user can get chat notifications only where Agent or Operator is assigned in the environment itself. Opening hours, working hours, availability and personal settings also apply. Administrators get no chat notifications and no assigned conversations.",
        nl: "Een gebruiker kan alleen chatmeldingen krijgen waar Agent of Operator in de omgeving zelf is toegewezen. Openingstijden, werktijden, beschikbaarheid en persoonlijke instellingen tellen ook mee. Administrators krijgen geen chatmeldingen en geen toegewezen gesprekken."
    }
}
