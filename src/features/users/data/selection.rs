//! The selected users: individual users, or all users that match the filters.

use std::collections::HashSet;

use leptos::prelude::*;
use studio_users_contract::{BulkIds, BulkMatching, BulkSelection, MAX_BULK};
use studio_users_domain::UserId;

use super::rows::Rows;

/// The selected users.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Selected {
    /// No users.
    #[default]
    Empty,
    /// Individual users.
    Users(HashSet<UserId>),
    /// All users that match the filters of the list, including rows that were not fetched.
    AllMatching,
}

/// The state of the selection.
#[derive(Clone, Copy)]
pub(crate) struct Selection {
    pub(crate) selected: RwSignal<Selected>,
    /// The user where a range selection with Shift starts, and the index of their row at that time.
    anchor: StoredValue<Option<(usize, UserId)>>,
}

impl Selected {
    pub(crate) fn contains(&self, user: UserId) -> bool {
        match self {
            Self::Empty => false,
            Self::Users(users) => users.contains(&user),
            Self::AllMatching => true,
        }
    }

    /// The number of selected users in a list.
    pub(crate) fn count(&self, rows: Option<&Rows>) -> u32 {
        match self {
            Self::Empty => 0,
            Self::Users(users) => u32::try_from(users.len()).unwrap_or(u32::MAX),
            Self::AllMatching => rows.map_or(0, |rows| rows.total.value),
        }
    }

    /// Returns the selection for a bulk request. Returns `None` if no users are selected, if more than [`MAX_BULK`] are,
    /// or if all are and their number is only a lower bound.
    pub(crate) fn request(&self, rows: Option<&Rows>) -> Option<BulkSelection> {
        match self {
            Self::Empty => None,
            Self::Users(users) if users.len() > MAX_BULK as usize => None,
            Self::Users(users) => {
                let mut ids: Vec<_> = users.iter().copied().collect();
                ids.sort_unstable();
                Some(BulkSelection::Ids(BulkIds { ids }))
            }
            Self::AllMatching => {
                let rows = rows.filter(|rows| rows.total.exact && rows.total.value <= MAX_BULK)?;
                let filters = rows.query.filters.clone();
                let expected_total = rows.total.value;
                Some(BulkSelection::Matching(BulkMatching { filters, expected_total }))
            }
        }
    }
}

impl Selection {
    pub(crate) fn new() -> Self {
        Self { selected: RwSignal::new(Selected::Empty), anchor: StoredValue::new(None) }
    }

    pub(crate) fn clear(self) {
        self.anchor.set_value(None);
        if self.selected.with_untracked(|selected| *selected != Selected::Empty) {
            self.selected.set(Selected::Empty);
        }
    }

    pub(crate) fn select_all(self) {
        self.selected.set(Selected::AllMatching);
    }

    /// Adds or removes the user in this row. If all users are selected, a new selection starts with this user: "all but
    /// one" would need a list of all the others.
    pub(crate) fn toggle(self, row: usize, user: UserId) {
        self.start_range(row, user);
        self.selected.update(|selected| {
            let mut users = match std::mem::take(selected) {
                Selected::Users(users) => users,
                Selected::Empty | Selected::AllMatching => HashSet::new(),
            };
            if !users.remove(&user) {
                users.insert(user);
            }
            *selected = if users.is_empty() { Selected::Empty } else { Selected::Users(users) };
        });
    }

    /// The user that was toggled last, with the index of their row at that time.
    pub(crate) fn range_start(self) -> Option<(usize, UserId)> {
        self.anchor.get_value()
    }

    /// Lets the next range selection start at this user.
    pub(crate) fn start_range(self, row: usize, user: UserId) {
        self.anchor.set_value(Some((row, user)));
    }

    /// Adds users to the selection.
    pub(crate) fn add(self, users: impl IntoIterator<Item = UserId>) {
        self.selected.update(|selected| match selected {
            Selected::Users(selected) => selected.extend(users),
            Selected::Empty => *selected = Selected::Users(users.into_iter().collect()),
            Selected::AllMatching => {}
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn requests_no_more_users_than_the_limit() {
        let users = |count: u32| {
            let ids = (0..count).map(|number| UserId(Uuid::from_u128(number.into())));
            Selected::Users(ids.collect()).request(None)
        };
        assert!(
            matches!(users(MAX_BULK), Some(BulkSelection::Ids(ids)) if ids.ids.len() == MAX_BULK as usize)
        );
        assert!(users(MAX_BULK + 1).is_none());
        assert!(Selected::Empty.request(None).is_none());
    }
}
