use studio_users_domain::{Capability, Role, Section};

use crate::i18n::{Language, messages};

/// The access that a role gives to a column's capability.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum AccessLevel {
    Full,
    /// Read-only.
    Read,
    None,
}

/// A column of the matrix: a capability, and the capability that gives read-only access to the same section.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    full: Capability,
    read: Option<Capability>,
}

/// Columns under one heading. A group with one column has no column headings of its own.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColumnGroup {
    /// Returns the heading.
    pub(super) name: fn(Language) -> &'static str,
    pub(super) columns: &'static [Column],
}

const fn column(full: Capability) -> Column {
    Column { full, read: None }
}

/// The columns, in the order of the studio's sections.
pub(super) const GROUPS: [ColumnGroup; 7] = [
    ColumnGroup {
        name: |language| Section::Inbox.name(language),
        columns: &[
            column(Capability::Reply),
            column(Capability::StartConversation),
            column(Capability::FindClosed),
            column(Capability::BeAssigned),
        ],
    },
    ColumnGroup {
        name: |language| Section::Crm.name(language),
        columns: &[Column { full: Capability::EditCrm, read: Some(Capability::ReadCrm) }],
    },
    ColumnGroup { name: |language| Section::Cms.name(language), columns: &[column(Capability::Cms)] },
    ColumnGroup {
        name: |language| Section::Analytics.name(language),
        columns: &[column(Capability::Analytics)],
    },
    ColumnGroup {
        name: |language| Section::Planning.name(language),
        columns: &[column(Capability::Planning)],
    },
    ColumnGroup {
        name: messages::group_studio,
        columns: &[column(Capability::Settings), column(Capability::Backups)],
    },
    ColumnGroup {
        name: messages::group_organisation,
        columns: &[column(Capability::Environments), column(Capability::Users)],
    },
];

impl Column {
    /// The access that a role gives.
    pub(super) fn access_level(self, role: Role) -> AccessLevel {
        let capabilities = role.capabilities();
        if capabilities.contains(self.full) {
            AccessLevel::Full
        } else if self.read.is_some_and(|read| capabilities.contains(read)) {
            AccessLevel::Read
        } else {
            AccessLevel::None
        }
    }

    /// The column's heading, below the heading of its group.
    pub(super) fn name(self, language: Language) -> &'static str {
        match self.full {
            Capability::Reply => messages::column_reply(language),
            Capability::StartConversation => messages::column_start(language),
            Capability::FindClosed => messages::column_find_closed(language),
            Capability::BeAssigned => messages::column_be_assigned(language),
            Capability::ReadCrm | Capability::EditCrm => Section::Crm.name(language),
            Capability::Cms => Section::Cms.name(language),
            Capability::Analytics => Section::Analytics.name(language),
            Capability::Planning => Section::Planning.name(language),
            Capability::Settings => Section::Settings.name(language),
            Capability::Backups => Section::Backups.name(language),
            Capability::Environments => Section::Environments.name(language),
            Capability::Users => Section::Users.name(language),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::CapabilitySet;

    #[test]
    fn every_capability_is_in_exactly_one_column() {
        let columns = || GROUPS.iter().flat_map(|group| group.columns);
        for capability in CapabilitySet::all() {
            let found =
                columns().filter(|column| column.full == capability || column.read == Some(capability));
            assert_eq!(found.count(), 1, "{capability:?}");
        }
    }

    #[test]
    fn distinguishes_read_only_from_full_access() {
        let crm = GROUPS[1].columns[0];
        assert_eq!(
            [Role::Analyst, Role::Producer, Role::Planner].map(|role| crm.access_level(role)),
            [AccessLevel::Read, AccessLevel::Full, AccessLevel::None]
        );
    }
}
