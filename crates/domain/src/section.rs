use enumset::EnumSetType;
use serde::{Deserialize, Serialize};

use crate::{Capability, CapabilitySet, Language};

/// A section of the studio. Which of them a user sees follows from capabilities alone.
#[derive(Debug, Hash, PartialOrd, Ord, Serialize, Deserialize, EnumSetType)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
#[enumset(serialize_repr = "list")]
pub enum Section {
    /// Conversations.
    Inbox,
    /// Contacts.
    Crm,
    /// Content.
    Cms,
    /// Figures.
    Analytics,
    /// Planning pages.
    Planning,
    /// Settings.
    Settings,
    /// Backups.
    Backups,
    /// The environments themselves.
    Environments,
    /// The people.
    Users,
}

impl Section {
    /// Every section, in the order of the studio's navigation.
    pub fn all() -> impl Iterator<Item = Self> {
        enumset::EnumSet::<Self>::all().iter()
    }

    /// The capabilities that belong to the section: any one of them shows it.
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

    /// Whether a user with these capabilities sees the section.
    pub fn is_seen_with(self, capabilities: CapabilitySet) -> bool {
        !self.capabilities().is_disjoint(capabilities)
    }

    /// The name that people read.
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
    fn an_agent_sees_the_inbox_only_and_an_administrator_everything() {
        let seen = |role: Role| Section::all().filter(move |s| s.is_seen_with(role.capabilities()));
        assert_eq!(seen(Role::Agent).collect::<Vec<_>>(), [Section::Inbox]);
        assert_eq!(seen(Role::Administrator).count(), Section::all().count());
    }
}
