use enumset::{EnumSet, EnumSetType};
use serde::{Deserialize, Serialize};

use crate::Language;

/// A role that a user can have at a node. The page and the API list roles in this order.
#[derive(Debug, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumSetType)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[enumset(serialize_repr = "list", repr = "u16")]
pub enum Role {
    /// Access to the inbox for live chat.
    Agent,
    /// Full access to the inbox and the CRM.
    Operator,
    /// Access to the CMS.
    ContentManager,
    /// Access to analytics, and read-only access to the CRM.
    Analyst,
    /// Full access to settings, backups, CRM, CMS and analytics.
    Producer,
    /// Manages environments and users. The former name `environment_manager` is accepted in requests.
    #[serde(alias = "environment_manager")]
    OrganisationManager,
    /// Configures planning pages only.
    Planner,
    /// Access to the inbox and the CRM. **(choice)** The manual's "not assignable" means that no conversation can be
    /// assigned to a supervisor, because the manual lists the role among those that can be given to a user.
    Supervisor,
    /// Full access. **(choice)** No conversation can be assigned to an administrator either.
    Administrator,
    /// Builds bots, with access to CMS, settings and backups. **(choice)** The manual's table of roles does not
    /// include this role, so it can be given only where a licence allows it. See [`crate::licensed_roles`].
    Developer,
}

/// A set of roles. Serialized as a list.
pub type RoleSet = EnumSet<Role>;

/// A permission that a role gives.
#[derive(Debug, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumSetType)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[enumset(serialize_repr = "list", repr = "u16")]
pub enum Capability {
    /// Reply to incoming messages.
    Reply,
    /// Start conversations.
    StartConversation,
    /// Find closed conversations.
    FindClosed,
    /// Be assigned conversations.
    BeAssigned,
    /// View contacts in the CRM.
    ReadCrm,
    /// Edit contacts in the CRM. Every role with it also gives `read_crm`.
    EditCrm,
    /// Edit content in the CMS.
    Cms,
    /// View analytics.
    Analytics,
    /// Configure planning pages.
    Planning,
    /// Change settings.
    Settings,
    /// Create and restore backups. **(choice)** The manual names Developer and Producer. Administrator is
    /// included because of its "full access".
    Backups,
    /// Manage environments.
    Environments,
    /// Manage users.
    Users,
}

/// A set of capabilities. Serialized as a list.
pub type CapabilitySet = EnumSet<Capability>;

/// A group of related roles. The page gives each group a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleFamily {
    /// Roles for conversations.
    Inbox,
    /// Roles for content and planning.
    Content,
    /// Roles for analytics.
    Insight,
    /// Roles for building bots.
    Build,
    /// Roles for managing users and environments.
    Govern,
}

impl RoleFamily {
    /// The name of the group in style sheets.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Inbox => "inbox",
            Self::Content => "content",
            Self::Insight => "insight",
            Self::Build => "build",
            Self::Govern => "govern",
        }
    }
}

impl Role {
    /// All roles, in display order.
    pub fn all() -> impl Iterator<Item = Self> {
        RoleSet::all().iter()
    }

    /// The capabilities of the role, as in the table of the manual's "Users" page.
    pub fn capabilities(self) -> CapabilitySet {
        use Capability as C;
        match self {
            Self::Agent => C::Reply | C::BeAssigned,
            Self::Operator => {
                C::Reply | C::StartConversation | C::FindClosed | C::BeAssigned | C::ReadCrm | C::EditCrm
            }
            Self::ContentManager => C::Cms.into(),
            Self::Analyst => C::ReadCrm | C::Analytics,
            Self::Producer => C::ReadCrm | C::EditCrm | C::Cms | C::Analytics | C::Settings | C::Backups,
            Self::OrganisationManager => C::Environments | C::Users,
            Self::Planner => C::Planning.into(),
            Self::Supervisor => C::Reply | C::StartConversation | C::FindClosed | C::ReadCrm | C::EditCrm,
            Self::Administrator => CapabilitySet::all() - C::BeAssigned,
            Self::Developer => C::Cms | C::Settings | C::Backups,
        }
    }

    /// Whether the role shows the mails to users of the node that did not arrive.
    pub const fn sees_undelivered_mail(self) -> bool {
        matches!(self, Self::Administrator)
    }

    /// Whether a user with this role at a node manages that node.
    pub const fn manages(self) -> bool {
        matches!(self, Self::OrganisationManager | Self::Administrator)
    }

    /// Whether the role brings chat notifications when it is assigned in an environment itself.
    pub const fn notifies(self) -> bool {
        matches!(self, Self::Agent | Self::Operator)
    }

    /// The group that decides the colour of the role.
    pub const fn family(self) -> RoleFamily {
        match self {
            Self::Agent | Self::Operator | Self::Supervisor => RoleFamily::Inbox,
            Self::ContentManager | Self::Planner => RoleFamily::Content,
            Self::Analyst => RoleFamily::Insight,
            Self::Producer | Self::Developer => RoleFamily::Build,
            Self::OrganisationManager | Self::Administrator => RoleFamily::Govern,
        }
    }

    /// Returns the role with this name on the wire. Reads the former name `environment_manager` too.
    pub fn from_wire_name(name: &str) -> Option<Self> {
        let name = if name == "environment_manager" { Self::OrganisationManager.wire_name() } else { name };
        Self::all().find(|role| role.wire_name() == name)
    }

    /// The name on the wire, the same as the serialized one.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Operator => "operator",
            Self::ContentManager => "content_manager",
            Self::Analyst => "analyst",
            Self::Producer => "producer",
            Self::OrganisationManager => "organisation_manager",
            Self::Planner => "planner",
            Self::Supervisor => "supervisor",
            Self::Administrator => "administrator",
            Self::Developer => "developer",
        }
    }

    /// The display name.
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Agent, _) => "Agent",
            (Self::Operator, _) => "Operator",
            (Self::ContentManager, Language::En) => "Content Manager",
            (Self::ContentManager, Language::Nl) => "Contentmanager",
            (Self::Analyst, Language::En) => "Analyst",
            (Self::Analyst, Language::Nl) => "Analist",
            (Self::Producer, _) => "Producer",
            (Self::OrganisationManager, Language::En) => "Organisation Manager",
            (Self::OrganisationManager, Language::Nl) => "Organisatiebeheerder",
            (Self::Planner, _) => "Planner",
            (Self::Supervisor, _) => "Supervisor",
            (Self::Administrator, _) => "Administrator",
            (Self::Developer, Language::En) => "Developer",
            (Self::Developer, Language::Nl) => "Ontwikkelaar",
        }
    }

    /// A one-line description for people, based on the manual.
    pub const fn description(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Agent, Language::En) => "Inbox access for live chat",
            (Self::Agent, Language::Nl) => "Toegang tot de inbox voor livechat",
            (Self::Operator, Language::En) => "Full inbox and CRM access",
            (Self::Operator, Language::Nl) => "Volledige toegang tot inbox en CRM",
            (Self::ContentManager, Language::En) => "Access to the CMS",
            (Self::ContentManager, Language::Nl) => "Toegang tot het CMS",
            (Self::Analyst, Language::En) => "Access to analytics and CRM (read-only)",
            (Self::Analyst, Language::Nl) => "Toegang tot analytics en CRM (alleen lezen)",
            (Self::Producer, Language::En) => "Full access to settings, backups, CRM, CMS and analytics",
            (Self::Producer, Language::Nl) => {
                "Volledige toegang tot instellingen, back-ups, CRM, CMS en analytics"
            }
            (Self::OrganisationManager, Language::En) => "Manages environments and users",
            (Self::OrganisationManager, Language::Nl) => "Beheert omgevingen en gebruikers",
            (Self::Planner, Language::En) => "Configures planning pages only",
            (Self::Planner, Language::Nl) => "Stelt alleen planningspagina’s in",
            (Self::Supervisor, Language::En) => "Inbox and CRM access, without assigned conversations",
            (Self::Supervisor, Language::Nl) => "Toegang tot inbox en CRM, zonder toegewezen gesprekken",
            (Self::Administrator, Language::En) => "Full access",
            (Self::Administrator, Language::Nl) => "Volledige toegang",
            (Self::Developer, Language::En) => "Builds bots; access to CMS, settings and backups",
            (Self::Developer, Language::Nl) => "Bouwt bots; toegang tot CMS, instellingen en back-ups",
        }
    }
}

impl Capability {
    /// The display name, as an item of a list with the heading "You can".
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Reply, Language::En) => "Reply to incoming messages",
            (Self::Reply, Language::Nl) => "Inkomende berichten beantwoorden",
            (Self::StartConversation, Language::En) => "Start conversations",
            (Self::StartConversation, Language::Nl) => "Gesprekken starten",
            (Self::FindClosed, Language::En) => "Find closed conversations",
            (Self::FindClosed, Language::Nl) => "Gesloten gesprekken vinden",
            (Self::BeAssigned, Language::En) => "Be assigned conversations",
            (Self::BeAssigned, Language::Nl) => "Gesprekken toegewezen krijgen",
            (Self::ReadCrm, Language::En) => "View contacts in the CRM",
            (Self::ReadCrm, Language::Nl) => "Contacten in het CRM bekijken",
            (Self::EditCrm, Language::En) => "Edit contacts in the CRM",
            (Self::EditCrm, Language::Nl) => "Contacten in het CRM bewerken",
            (Self::Cms, Language::En) => "Edit content in the CMS",
            (Self::Cms, Language::Nl) => "Content in het CMS bewerken",
            (Self::Analytics, Language::En) => "View analytics",
            (Self::Analytics, Language::Nl) => "Analytics bekijken",
            (Self::Planning, Language::En) => "Configure planning pages",
            (Self::Planning, Language::Nl) => "Planningspagina’s instellen",
            (Self::Settings, Language::En) => "Change settings",
            (Self::Settings, Language::Nl) => "Instellingen wijzigen",
            (Self::Backups, Language::En) => "Create and restore backups",
            (Self::Backups, Language::Nl) => "Back-ups maken en terugzetten",
            (Self::Environments, Language::En) => "Manage environments",
            (Self::Environments, Language::Nl) => "Omgevingen beheren",
            (Self::Users, Language::En) => "Manage users",
            (Self::Users, Language::Nl) => "Gebruikers beheren",
        }
    }

    /// The roles that give the capability.
    pub fn roles(self) -> RoleSet {
        Role::all().filter(|role| role.capabilities().contains(self)).collect()
    }
}

/// The union of the capabilities of some roles.
pub fn capabilities_of(roles: RoleSet) -> CapabilitySet {
    roles.iter().fold(CapabilitySet::empty(), |all, role| all | role.capabilities())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Repeats the manual's table row by row, so that a capability cannot be missing or too many.
    #[test]
    fn capabilities_match_the_manual() {
        let table = [
            (Role::Agent, "reply be_assigned"),
            (Role::Operator, "reply start_conversation find_closed be_assigned read_crm edit_crm"),
            (Role::ContentManager, "cms"),
            (Role::Analyst, "read_crm analytics"),
            (Role::Producer, "read_crm edit_crm cms analytics settings backups"),
            (Role::OrganisationManager, "environments users"),
            (Role::Planner, "planning"),
            (Role::Supervisor, "reply start_conversation find_closed read_crm edit_crm"),
            (
                Role::Administrator,
                "reply start_conversation find_closed read_crm edit_crm cms analytics planning settings \
                 backups environments users",
            ),
            (Role::Developer, "cms settings backups"),
        ];
        assert_eq!(table.len(), Role::all().count());
        for (role, expected) in table {
            let names = serde_json::to_value(role.capabilities()).unwrap();
            let names: Vec<&str> =
                names.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
            assert_eq!(names.join(" "), expected, "{role:?}");
        }
    }

    #[test]
    fn wire_names_match_serde() {
        for role in Role::all() {
            assert_eq!(serde_json::to_value(role).unwrap(), role.wire_name());
        }
    }

    #[test]
    fn accepts_the_former_name_of_organisation_manager() {
        assert_eq!(Role::from_wire_name("environment_manager"), Some(Role::OrganisationManager));
        let role: Role = serde_json::from_str("\"environment_manager\"").unwrap();
        assert_eq!(role, Role::OrganisationManager);
        assert_eq!(serde_json::to_string(&role).unwrap(), "\"organisation_manager\"");
    }

    #[test]
    fn edit_crm_implies_read_crm() {
        for role in Role::all() {
            let capabilities = role.capabilities();
            assert!(
                !capabilities.contains(Capability::EditCrm) || capabilities.contains(Capability::ReadCrm)
            );
        }
    }
}
