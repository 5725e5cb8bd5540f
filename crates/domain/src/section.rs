use enumset::EnumSetType;
use serde::{Deserialize, Serialize};

use crate::{Capability, CapabilitySet, Language};

/// A section of the studio. A user sees a section if they have any of its capabilities.
#[derive(Debug, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumSetType)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[enumset(serialize_repr = "list")]
pub enum Section {
    /// The inbox, with conversations.
    Inbox,
    /// Contacts (customer relationship management).
    Crm,
    /// Content (content management system).
    Cms,
    /// Reports on conversations and content.
    Analytics,
    /// Planning pages.
    Planning,
    /// Settings of an environment.
    Settings,
    /// Backups of an environment.
    Backups,
    /// Management of environments.
    Environments,
    /// Management of users: the page of this project.
    Users,
}

impl Section {
    /// All sections, in the order of the studio's navigation.
    pub fn all() -> impl Iterator<Item = Self> {
        enumset::EnumSet::<Self>::all().iter()
    }

    /// The capabilities of the section. Any one of them makes the section visible.
    pub fn capabilities(self) -> CapabilitySet {
        use Capability as C;
        match self {
            Self::Inbox => C::Reply | C::StartConversation | C::FindClosed | C::BeAssigned,
            Self::Crm => C::ReadCrm | C::EditCrm,
            Self::Cms => C::Cms.into(),
            Self::Analytics => C::Analytics.into(),
            Self::Planning => C::Planning.into(),
            Self::Settings => C::Settings.into(),
            Self::Backups => C::Backups.into(),
            Self::Environments => C::Environments.into(),
            Self::Users => C::Users.into(),
        }
    }

    /// Whether the section is visible to a user with these capabilities.
    pub fn is_visible_with(self, capabilities: CapabilitySet) -> bool {
        !self.capabilities().is_disjoint(capabilities)
    }

    /// The display name.
    pub const fn name(self, language: Language) -> &'static str {
        match (self, language) {
            (Self::Inbox, _) => "Inbox",
            (Self::Crm, _) => "CRM",
            (Self::Cms, _) => "CMS",
            (Self::Analytics, _) => "Analytics",
            (Self::Planning, _) => "Planning",
            (Self::Settings, Language::En) => "Settings",
            (Self::Settings, Language::Nl) => "Instellingen",
            (Self::Backups, Language::En) => "Backups",
            (Self::Backups, Language::Nl) => "Back-ups",
            (Self::Environments, Language::En) => "Environments",
            (Self::Environments, Language::Nl) => "Omgevingen",
            (Self::Users, Language::En) => "Users",
            (Self::Users, Language::Nl) => "Gebruikers",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    #[test]
    fn every_capability_belongs_to_exactly_one_section() {
        for capability in CapabilitySet::all() {
            let sections = Section::all().filter(|section| section.capabilities().contains(capability));
            assert_eq!(sections.count(), 1, "{capability:?}");
        }
    }

    #[test]
    fn shows_the_inbox_to_an_agent_and_everything_to_an_administrator() {
        let visible = |role: Role| Section::all().filter(move |s| s.is_visible_with(role.capabilities()));
        assert_eq!(visible(Role::Agent).collect::<Vec<_>>(), [Section::Inbox]);
        assert_eq!(visible(Role::Administrator).count(), Section::all().count());
    }
}
