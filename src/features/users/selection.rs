//! Which users are selected: some of them, or all that match.

use std::collections::HashSet;

use leptos::prelude::*;
use studio_users_contract::{BulkFilters, BulkIds, BulkMatching, BulkSelection, MAX_BULK};
use studio_users_domain::UserId;

use super::rows::Rows;

/// Who is selected.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) enum Selected {
    /// Nobody is.
    #[default]
    Nobody,
    /// These are.
    These(HashSet<UserId>),
    /// All that match what the list shows, whoever they are.
    All,
}

/// Selects users.
#[derive(Clone, Copy)]
pub(super) struct Selection {
    pub(super) selected: RwSignal<Selected>,
    /// The row from which a range is selected.
    from: StoredValue<Option<usize>>,
}

impl Selected {
    pub(super) fn has(&self, user: UserId) -> bool {
        match self {
            Self::Nobody => false,
            Self::These(users) => users.contains(&user),
            Self::All => true,
        }
    }

    /// How many they are, of a list.
    pub(super) fn count(&self, rows: Option<&Rows>) -> u32 {
        match self {
            Self::Nobody => 0,
            Self::These(users) => u32::try_from(users.len()).unwrap_or(u32::MAX),
            Self::All => rows.map_or(0, |rows| rows.total.value),
        }
    }

    /// What a call about many users names them by; none where it could not name them: nobody, too many, or more than
    /// could be counted.
    pub(super) fn request(&self, rows: Option<&Rows>) -> Option<BulkSelection> {
        match self {
            Self::Nobody => None,
            Self::These(users) => {
                let mut ids: Vec<_> = users.iter().copied().collect();
                ids.sort_unstable();
                Some(BulkSelection::Ids(BulkIds { ids }))
            }
            Self::All => {
                let rows = rows.filter(|rows| rows.total.exact && rows.total.value <= MAX_BULK)?;
                let query = &rows.query;
                let filters = BulkFilters {
                    search: query.search.clone(),
                    nodes: query.nodes.clone(),
                    roles: query.roles,
                    assigned: query.assigned,
                    statuses: query.statuses.clone(),
                    active_since: query.active_since,
                };
                let expected_total = rows.total.value;
                Some(BulkSelection::Matching(BulkMatching { filters, expected_total }))
            }
        }
    }
}

impl Selection {
    pub(super) fn new() -> Self {
        Self { selected: RwSignal::new(Selected::Nobody), from: StoredValue::new(None) }
    }

    pub(super) fn clear(self) {
        self.from.set_value(None);
        if self.selected.with_untracked(|selected| *selected != Selected::Nobody) {
            self.selected.set(Selected::Nobody);
        }
    }

    pub(super) fn all(self) {
        self.selected.set(Selected::All);
    }

    /// Selects the user in this row, or no longer. Out of all, one user less would be a list of all the others:
    /// then it begins anew with this one.
    pub(super) fn toggle(self, row: usize, user: UserId) {
        self.from.set_value(Some(row));
        self.selected.update(|selected| {
            let mut users = match std::mem::take(selected) {
                Selected::These(users) => users,
                Selected::Nobody | Selected::All => HashSet::new(),
            };
            if !users.remove(&user) {
                users.insert(user);
            }
            *selected = if users.is_empty() { Selected::Nobody } else { Selected::These(users) };
        });
    }

    /// The rows from the one that was selected last to this one.
    pub(super) fn range_to(self, row: usize) -> std::ops::RangeInclusive<usize> {
        let from = self.from.get_value().unwrap_or(row);
        from.min(row)..=from.max(row)
    }

    /// Selects these too.
    pub(super) fn add(self, users: impl IntoIterator<Item = UserId>) {
        self.selected.update(|selected| match selected {
            Selected::These(selected) => selected.extend(users),
            Selected::Nobody => *selected = Selected::These(users.into_iter().collect()),
            Selected::All => {}
        });
    }
}
