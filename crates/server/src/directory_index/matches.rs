//! The users of a list: those in a scope that meet the filters.

use std::sync::Arc;

use studio_users_contract::UserFilters;
use studio_users_domain::Status;

use super::bitmap::Bitmap;
use super::cache::Cached;
use super::orders::OrderEntry as _;
use super::parts::RowFilter;
use super::{IndexQuery, Snapshot, part_number};

/// The number of rows from which the users of a scope are cached.
const MIN_CACHED_ROWS: usize = if cfg!(test) { 8 } else { 20_000 };

/// The parts and the filters of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScopeKey {
    /// The parts, sorted.
    pub(super) parts: Vec<u32>,
    statuses: [bool; 3],
    row: RowFilter,
}

/// The users that match. A user who has joined in one part of the scope counts as active.
#[derive(Debug, Clone, Default)]
pub(super) struct Matches {
    /// The users with each status, in the order of [`Status::ALL`].
    pub(super) by_status: [Bitmap; 3],
}

impl ScopeKey {
    pub(super) fn new(IndexQuery { parts, filters, .. }: IndexQuery<'_>) -> Self {
        // A part that is out of range has no rows.
        let mut parts: Vec<u32> = parts.iter().filter_map(|&part| part_number(part).ok()).collect();
        parts.sort_unstable();
        parts.dedup();
        let UserFilters { statuses, .. } = filters;
        Self {
            parts,
            statuses: Status::ALL.map(|status| statuses.is_empty() || statuses.contains(&status)),
            row: RowFilter::new(filters),
        }
    }

    /// Returns the total if it needs no scan: all users of one part, or those with some statuses.
    fn kept_total(&self, snapshot: &Snapshot) -> Option<usize> {
        let [part] = self.parts[..] else { return self.parts.is_empty().then_some(0) };
        let counts = snapshot.parts.get(part).map_or([0; 3], |part| part.counts);
        let included = counts.into_iter().zip(self.statuses).filter(|(_, is_included)| *is_included);
        self.row.is_empty().then(|| included.map(|(count, _)| count as usize).sum())
    }

    /// Returns the status of a user in the scope, as a position in [`Status::ALL`]. `None` if the user does not match.
    pub(super) fn status_of(&self, snapshot: &Snapshot, user: u32) -> Option<usize> {
        let own = snapshot.parts_of_users.get(user);
        let (few, many) =
            if own.len() < self.parts.len() { (own, &self.parts[..]) } else { (&self.parts[..], own) };
        let common = few.iter().filter(|part| many.binary_search(part).is_ok());
        let rows = common.filter_map(|&part| snapshot.parts.get(part)?.row(user));
        let (mut status, mut joined_matches, mut other_matches) = (None, false, false);
        for row in rows {
            status = Some(status.map_or(row.status(), |status: usize| status.min(row.status())));
            let matches = if row.status() == 0 { &mut joined_matches } else { &mut other_matches };
            *matches |= self.row.matches(row);
        }
        let meets = |&status: &usize| if status == 0 { joined_matches } else { other_matches };
        status.filter(meets).filter(|&status| self.statuses[status])
    }
}

impl Cached for Matches {
    type Key = ScopeKey;

    fn compute(snapshot: &Snapshot, key: &ScopeKey) -> Self {
        let mut by_status = <[Bitmap; 3]>::default();
        // The users with a row that meets the filter: rows of users who have joined there, and others.
        let [mut joined, mut others] = <[Bitmap; 2]>::default();
        for part in key.parts.iter().filter_map(|&part| snapshot.parts.get(part)) {
            for rows in part.rows.slices() {
                for &(user, row) in rows {
                    by_status[row.status()].insert(user);
                    if !key.row.is_empty() && key.row.matches(row) {
                        if row.status() == 0 { joined.insert(user) } else { others.insert(user) }
                    }
                }
            }
        }
        let [active, mut invited, mut expired] = by_status;
        if key.parts.len() > 1 {
            expired = expired.minus(&active).minus(&invited);
            invited = invited.minus(&active);
        }
        let mut by_status = [active, invited, expired];
        if !key.row.is_empty() {
            let [active, invited, expired] = &by_status;
            by_status = [active.and(&joined), invited.and(&others), expired.and(&others)];
        }
        for (users, is_included) in by_status.iter_mut().zip(key.statuses) {
            if !is_included {
                *users = Bitmap::default();
            }
        }
        Self { by_status }
    }

    fn differs(&self, snapshot: &Snapshot, key: &ScopeKey, user: u32) -> bool {
        let status = key.status_of(snapshot, user);
        (0..).zip(&self.by_status).any(|(number, users)| users.contains(user) != (status == Some(number)))
    }

    fn refresh(&mut self, snapshot: &Snapshot, key: &ScopeKey, user: u32) {
        let status = key.status_of(snapshot, user);
        for (number, users) in (0..).zip(&mut self.by_status) {
            users.set(user, status == Some(number));
        }
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.by_status.iter().map(Bitmap::size).sum::<usize>()
    }
}

impl Matches {
    pub(super) fn len(&self) -> usize {
        self.by_status.iter().map(Bitmap::len).sum()
    }

    /// Returns the users with any status.
    pub(super) fn all(&self) -> Bitmap {
        let [active, invited, expired] = &self.by_status;
        active.or(invited).or(expired)
    }
}

impl Snapshot {
    /// Counts the users that match.
    pub(crate) fn total(&self, query: IndexQuery<'_>) -> usize {
        let key = ScopeKey::new(query);
        let is_kept = query.words.is_empty() && query.filters.active_since.is_none();
        let kept = if is_kept { key.kept_total(self) } else { None };
        kept.unwrap_or_else(|| self.matches(&key, query).len())
    }

    pub(super) fn matches(&self, key: &ScopeKey, query: IndexQuery<'_>) -> Arc<Matches> {
        let mut users = if self.row_count(query.parts) < MIN_CACHED_ROWS {
            Arc::new(Matches::compute(self, key))
        } else {
            self.caches.scopes.get(self, key)
        };
        if let Some(since) = query.filters.active_since {
            let active = self.active_since(&users.by_status[0], since.timestamp_millis());
            users = Arc::new(Matches { by_status: [active, Bitmap::default(), Bitmap::default()] });
        }
        if query.words.is_empty() { users } else { Arc::new(users.containing(self, query.words)) }
    }

    /// Keeps the users who were active at this time or later.
    ///
    /// This is not cached, so that activity leaves the caches valid: most requests record some.
    fn active_since(&self, users: &Bitmap, since: i64) -> Bitmap {
        let start = self.by_activity.partition_point(|entry| entry.time() < since);
        let end = self.by_activity.partition_point(|_| true);
        if users.len() < self.by_activity.count_between(start, end, |_| true) {
            return users.filter(|user| self.last_active.get(user).is_some_and(|at| at >= since));
        }
        let mut recent = Bitmap::default();
        self.by_activity.iter_from(start).for_each(|entry| recent.insert(entry.user()));
        users.and(&recent)
    }
}
