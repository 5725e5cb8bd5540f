//! The rows of the directory: each user as the managers of one scope part see them.

use std::sync::Arc;

use studio_users_contract::UserFilters;
use studio_users_domain::{RoleSet, Status};

use super::chunks::Chunks;

/// A row of the directory table, without the values that are the same in all rows of the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexRow {
    /// The key of the part.
    pub(crate) part: i64,
    /// The status of the user in the part.
    pub(crate) status: Status,
    /// The effective roles of the user in the part.
    pub(crate) roles: RoleSet,
    /// Whether the user has an assignment or a grant in the part itself.
    pub(crate) is_assigned: bool,
    /// Whether the mail of an invitation did not arrive.
    pub(crate) is_undelivered: bool,
    /// The creation time, in milliseconds. All rows with the status active have that of the account.
    pub(crate) created_at: i64,
}

const STATUS: u32 = 3;
const ASSIGNED: u32 = 1 << 2;
const UNDELIVERED: u32 = 1 << 3;
const FIRST_ROLE: u32 = 16;

/// The status, the flags and the roles of a row in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RowBits(u32);

/// The condition that a single row must meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct RowFilter {
    /// The bits of the roles. The row has one of them, unless there are none.
    any: u32,
    /// The bits of the flags. The row has all of them.
    all: u32,
}

impl RowBits {
    pub(super) fn new(row: &IndexRow) -> Self {
        let flags =
            if row.is_assigned { ASSIGNED } else { 0 } | if row.is_undelivered { UNDELIVERED } else { 0 };
        let status = match row.status {
            Status::Active => 0,
            Status::Invited => 1,
            Status::Expired => 2,
        };
        Self(status | flags | u32::from(row.roles.as_repr()) << FIRST_ROLE)
    }

    /// The position of the status in [`Status::ALL`].
    #[inline]
    pub(super) fn status(self) -> usize {
        (self.0 & STATUS) as usize
    }
}

impl RowFilter {
    pub(super) fn new(filters: &UserFilters) -> Self {
        let all =
            if filters.assigned { ASSIGNED } else { 0 } | if filters.undelivered { UNDELIVERED } else { 0 };
        Self { any: u32::from(filters.roles.as_repr()) << FIRST_ROLE, all }
    }

    /// Whether every row meets the condition.
    pub(super) fn is_empty(self) -> bool {
        self.any == 0 && self.all == 0
    }

    #[inline]
    pub(super) fn matches(self, row: RowBits) -> bool {
        (self.any == 0 || row.0 & self.any != 0) && row.0 & self.all == self.all
    }
}

/// The rows of a part, by user.
#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub(super) rows: Chunks<(u32, RowBits)>,
    /// The number of rows with each status.
    pub(super) counts: [u32; 3],
}

/// The parts that have rows, by key.
#[derive(Debug, Clone, Default)]
pub(super) struct Parts(pub(super) Chunks<(u32, Arc<Part>)>);

impl Part {
    /// Creates a part. The rows are sorted by user.
    pub(super) fn from_sorted(rows: &[(u32, RowBits)]) -> Self {
        let mut counts = [0; 3];
        for (_, row) in rows {
            counts[row.status()] += 1;
        }
        Self { rows: Chunks::from_sorted(rows), counts }
    }

    pub(super) fn len(&self) -> usize {
        self.counts.iter().map(|&count| count as usize).sum()
    }

    pub(super) fn row(&self, user: u32) -> Option<RowBits> {
        let at = self.rows.partition_point(|&(other, _)| other < user);
        self.rows.get(at).filter(|(other, _)| *other == user).map(|&(_, row)| row)
    }

    fn set(&mut self, user: u32, row: Option<RowBits>) {
        let before = self.row(user);
        let at = self.rows.partition_point(|&(other, _)| other < user);
        match (before, row) {
            (None, Some(row)) => self.rows.insert(at, (user, row)),
            (Some(_), None) => self.rows.remove(at),
            (Some(_), Some(row)) => self.rows.get_mut(at).into_iter().for_each(|found| found.1 = row),
            (None, None) => {}
        }
        if let Some(row) = before {
            self.counts[row.status()] -= 1;
        }
        if let Some(row) = row {
            self.counts[row.status()] += 1;
        }
    }
}

impl Parts {
    pub(super) fn get(&self, key: u32) -> Option<&Part> {
        let at = self.0.partition_point(|(other, _)| *other < key);
        self.0.get(at).filter(|(other, _)| *other == key).map(|(_, part)| &**part)
    }

    /// Returns whether the row has changed.
    pub(super) fn set(&mut self, key: u32, user: u32, row: Option<RowBits>) -> bool {
        let at = self.0.partition_point(|(other, _)| *other < key);
        let part = self.get(key);
        if part.and_then(|part| part.row(user)) == row {
            return false;
        }
        if part.is_none() {
            self.0.insert(at, (key, Arc::default()));
        }
        if let Some((_, part)) = self.0.get_mut(at) {
            let part = Arc::make_mut(part);
            part.set(user, row);
            if part.len() == 0 {
                self.0.remove(at);
            }
        }
        true
    }
}
