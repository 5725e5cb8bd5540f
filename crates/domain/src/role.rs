use enumset::{EnumSet, EnumSetType};
use serde::{Deserialize, Serialize};

use crate::Language;

/// What a user may be at a node. The order is the one in which roles are listed everywhere.
#[derive(Debug, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumSetType)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[enumset(serialize_repr = "list", repr = "u16")]
pub enum Role {
    /// Inbox access for live chat.
    Agent,
    /// Full inbox and CRM access.
    Operator,
    /// Access to the CMS.
    ContentManager,
    /// Access to analytics, and to the CRM for reading.
    Analyst,
    /// Full access to settings, CRM, CMS and analytics.
    Producer,
    /// Manages environments and users. Its older name is read as well.
    #[serde(alias = "environment_manager")]
    OrganisationManager,
    /// Configures planning pages only.
    Planner,
    /// Inbox and CRM access. **(choice)** The manual's "not assignable" is read as: no conversation can be
    /// assigned to a supervisor. It lists the role among those that can be given to a user.
    Supervisor,
    /// Full access. **(choice)** An administrator is not assigned conversations either.
    Administrator,
    /// Builds the bots. **(choice)** It stands outside the manual's table of roles, so it can be given only
    /// where a licence allows it; see [`crate::licensed_roles`].
    Developer,
}

/// A set of roles; on the wire a list.
pub type RoleSet = EnumSet<Role>;

/// One thing that a role allows.
#[derive(Debug, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumSetType)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[enumset(serialize_repr = "list", repr = "u16")]
pub enum Capability {
    /// Answer incoming messages.
    Reply,
    /// Start a conversation.
    StartConversation,
    /// Find closed conversations.
    FindClosed,
    /// A conversation can be assigned to the user.
    BeAssigned,
    /// See contacts in the CRM.
    ReadCrm,
    /// Change contacts in the CRM; whoever may, may see them too.
    EditCrm,
    /// Work on content in the CMS.
    Cms,
    /// See analytics.
    Analytics,
    /// Configure planning pages.
    Planning,
    /// Change settings.
    Settings,
    /// Create and restore backups. **(choice)** The manual names developer and producer; an administrator
    /// has them by "full access".
    Backups,
    /// Manage environments.
    Environments,
    /// Manage users.
    Users,
}

/// A set of capabilities; on the wire a list.
pub type CapabilitySet = EnumSet<Capability>;

/// What a group of roles is about; the page marks each with a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RoleFamily {
    /// Conversations.
    Inbox,
    /// Content and planning.
    Content,
    /// Analytics.
    Insight,
    /// Building the bots.
    Build,
    /// Managing people and environments.
    Govern,
}

impl RoleFamily {
    /// The family's name in style sheets.
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
    /// Every role, in the order in which they are listed.
    pub fn all() -> impl Iterator<Item = Self> {
        RoleSet::all().iter()
    }

    /// What the role allows: the table of the manual's "Users" page.
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

    /// Whether holding the role at a node means managing that node.
    pub const fn manages(self) -> bool {
        matches!(self, Self::OrganisationManager | Self::Administrator)
    }

    /// Whether the role, assigned in an environment itself, brings chat notifications.
    pub const fn notifies(self) -> bool {
        matches!(self, Self::Agent | Self::Operator)
    }

    /// The family that the page colours the role by.
    pub const fn family(self) -> RoleFamily {
        match self {
            Self::Agent | Self::Operator | Self::Supervisor => RoleFamily::Inbox,
            Self::ContentManager | Self::Planner => RoleFamily::Content,
            Self::Analyst => RoleFamily::Insight,
            Self::Producer | Self::Developer => RoleFamily::Build,
            Self::OrganisationManager | Self::Administrator => RoleFamily::Govern,
        }
    }

    /// The name on the wire.
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

    /// The name that people read.
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Agent, _) => "Agent",
            (Self::Operator, _) => "Operator",
            (Self::ContentManager, Language::En) => "Content Manager",
            (Self::ContentManager, Language::Nl) => "Contentmanager",
            (Self::Analyst, Language::En) => "Analyst",
            (Self::Analyst, Language::Nl) => "Analist",
            (Self::Producer, Language::En) => "Producer",
            (Self::Producer, Language::Nl) => "Producent",
            (Self::OrganisationManager, Language::En) => "Organisation Manager",
            (Self::OrganisationManager, Language::Nl) => "Organisatiebeheerder",
            (Self::Planner, _) => "Planner",
            (Self::Supervisor, _) => "Supervisor",
            (Self::Administrator, Language::En) => "Administrator",
            (Self::Administrator, Language::Nl) => "Beheerder",
            (Self::Developer, Language::En) => "Developer",
            (Self::Developer, Language::Nl) => "Ontwikkelaar",
        }
    }

    /// One sentence on what the role is for, as the manual has it.
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
            (Self::Producer, Language::En) => "Full access to settings, CRM, CMS, analytics",
            (Self::Producer, Language::Nl) => "Volledige toegang tot instellingen, CRM, CMS en analytics",
            (Self::OrganisationManager, Language::En) => {
                "Manage environments and users. Formerly called Environment Manager"
            }
            (Self::OrganisationManager, Language::Nl) => {
                "Beheert omgevingen en gebruikers. Heette voorheen Environment Manager"
            }
            (Self::Planner, Language::En) => "Only configure planning pages",
            (Self::Planner, Language::Nl) => "Stelt alleen planningspagina’s in",
            (Self::Supervisor, Language::En) => {
                "Inbox and CRM access; conversations cannot be assigned to them"
            }
            (Self::Supervisor, Language::Nl) => {
                "Toegang tot inbox en CRM; gesprekken kunnen niet worden toegewezen"
            }
            (Self::Administrator, Language::En) => "Full access",
            (Self::Administrator, Language::Nl) => "Volledige toegang",
            (Self::Developer, Language::En) => "Builds the bots; may create and restore backups",
            (Self::Developer, Language::Nl) => "Bouwt de bots; mag back-ups maken en terugzetten",
        }
    }
}

impl Capability {
    /// What the capability lets a person do, as an entry of a list headed "you can".
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Reply, Language::En) => "Reply to incoming messages",
            (Self::Reply, Language::Nl) => "Inkomende berichten beantwoorden",
            (Self::StartConversation, Language::En) => "Start a conversation",
            (Self::StartConversation, Language::Nl) => "Een gesprek starten",
            (Self::FindClosed, Language::En) => "Find closed conversations",
            (Self::FindClosed, Language::Nl) => "Gesloten gesprekken vinden",
            (Self::BeAssigned, Language::En) => "Have conversations assigned to you",
            (Self::BeAssigned, Language::Nl) => "Gesprekken toegewezen krijgen",
            (Self::ReadCrm, Language::En) => "See contacts in the CRM",
            (Self::ReadCrm, Language::Nl) => "Contacten in het CRM bekijken",
            (Self::EditCrm, Language::En) => "Edit contacts in the CRM",
            (Self::EditCrm, Language::Nl) => "Contacten in het CRM bewerken",
            (Self::Cms, Language::En) => "Work on content in the CMS",
            (Self::Cms, Language::Nl) => "Aan inhoud in het CMS werken",
            (Self::Analytics, Language::En) => "See analytics",
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

    /// The roles that bring the capability.
    pub fn roles(self) -> RoleSet {
        Role::all().filter(|role| role.capabilities().contains(self)).collect()
    }
}

/// What a set of roles allows together.
pub fn capabilities_of(roles: RoleSet) -> CapabilitySet {
    roles.iter().fold(CapabilitySet::empty(), |all, role| all | role.capabilities())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The manual's table, row by row: what stands in it, and nothing else.
    #[test]
    fn roles_allow_what_the_manual_says() {
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
    fn wire_names_are_those_of_serde() {
        for role in Role::all() {
            assert_eq!(serde_json::to_value(role).unwrap(), role.wire_name());
        }
    }

    #[test]
    fn environment_manager_is_read_as_organisation_manager() {
        let role: Role = serde_json::from_str("\"environment_manager\"").unwrap();
        assert_eq!(role, Role::OrganisationManager);
        assert_eq!(serde_json::to_string(&role).unwrap(), "\"organisation_manager\"");
    }

    #[test]
    fn whoever_edits_contacts_reads_them() {
        for role in Role::all() {
            let capabilities = role.capabilities();
            assert!(
                !capabilities.contains(Capability::EditCrm) || capabilities.contains(Capability::ReadCrm)
            );
        }
    }
}
