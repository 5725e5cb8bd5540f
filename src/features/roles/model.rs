use studio_users_domain::{Capability, Role, Section};

use crate::i18n::{Language, messages};

/// How much of a column's capability a role has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Full,
    /// Looking at it only.
    Read,
    /// Nothing.
    None,
}

/// A column of the table: one capability, with the one that gives a part of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    full: Capability,
    read: Option<Capability>,
}

/// Columns under one heading. A heading over a single column is that column's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Group {
    /// The heading.
    pub(super) name: fn(Language) -> &'static str,
    /// What stands under it.
    pub(super) columns: &'static [Column],
}

const fn column(full: Capability) -> Column {
    Column { full, read: None }
}

/// The columns, in the order of the studio's sections.
pub(super) const GROUPS: [Group; 7] = [
    Group {
        name: |language| Section::Inbox.name(language),
        columns: &[
            column(Capability::Reply),
            column(Capability::StartConversation),
            column(Capability::FindClosed),
            column(Capability::BeAssigned),
        ],
    },
    Group {
        name: |language| Section::Crm.name(language),
        columns: &[Column { full: Capability::EditCrm, read: Some(Capability::ReadCrm) }],
    },
    Group { name: |language| Section::Cms.name(language), columns: &[column(Capability::Cms)] },
    Group { name: |language| Section::Analytics.name(language), columns: &[column(Capability::Analytics)] },
    Group { name: |language| Section::Planning.name(language), columns: &[column(Capability::Planning)] },
    Group {
        name: messages::group_studio,
        columns: &[column(Capability::Settings), column(Capability::Backups)],
    },
    Group {
        name: messages::group_organisation,
        columns: &[column(Capability::Environments), column(Capability::Users)],
    },
];

impl Column {
    /// How much of it a role has.
    pub(super) fn extent(self, role: Role) -> Extent {
        let capabilities = role.capabilities();
        if capabilities.contains(self.full) {
            Extent::Full
        } else if self.read.is_some_and(|read| capabilities.contains(read)) {
            Extent::Read
        } else {
            Extent::None
        }
    }

    /// The column's own heading, below its group's.
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
    fn every_capability_stands_in_one_column() {
        let columns = || GROUPS.iter().flat_map(|group| group.columns);
        for capability in CapabilitySet::all() {
            let found =
                columns().filter(|column| column.full == capability || column.read == Some(capability));
            assert_eq!(found.count(), 1, "{capability:?}");
        }
    }

    #[test]
    fn an_analyst_reads_contacts_and_a_producer_edits_them() {
        let crm = GROUPS[1].columns[0];
        assert_eq!(
            [Role::Analyst, Role::Producer, Role::Planner].map(|role| crm.extent(role)),
            [Extent::Read, Extent::Full, Extent::None]
        );
    }
}
