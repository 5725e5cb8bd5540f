//! The users of a list: those in a scope that meet the filters and contain the words.

use std::sync::Arc;

use studio_users_contract::UserFilters;
use studio_users_domain::Status;

use super::bitmap::Bitmap;
use super::cache::Cached;
use super::orders::OrderEntry as _;
use super::parts::RowFilter;
use super::search::{TermMatches, Words};
use super::{IndexQuery, Snapshot, part_number};

/// The number of rows from which the users of a scope are cached.
const MIN_CACHED_ROWS: usize = if cfg!(test) { 8 } else { 20_000 };
/// Below this share of all users, each user of the scope is searched alone.
const SHARE_TO_SEARCH_ALL: usize = if cfg!(test) { 2 } else { 16 };

/// The parts and the filters of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ScopeKey {
    /// The parts, sorted.
    pub(super) parts: Vec<u32>,
    statuses: [bool; 3],
    row: RowFilter,
    active_since: Option<i64>,
}

/// The users that match. A user who has joined in one part of the scope counts as active.
#[derive(Debug, Clone, Default)]
pub(super) struct Matches {
    /// The users with each status, in the order of [`Status::ALL`].
    pub(super) by_status: [Bitmap; 3],
}

impl ScopeKey {
    pub(super) fn new(parts: &[i64], filters: &UserFilters) -> Self {
        // A part that is out of range has no rows.
        let mut parts: Vec<u32> = parts.iter().filter_map(|&part| part_number(part).ok()).collect();
        parts.sort_unstable();
        parts.dedup();
        let UserFilters { statuses, active_since, .. } = filters;
        Self {
            parts,
            statuses: Status::ALL.map(|status| statuses.is_empty() || statuses.contains(&status)),
            row: RowFilter::new(filters),
            active_since: active_since.map(|since| since.timestamp_millis()),
        }
    }

    /// Returns the total if it needs no scan: all users of one part, or those with some statuses.
    fn kept_total(&self, snapshot: &Snapshot) -> Option<usize> {
        let [part] = self.parts[..] else { return self.parts.is_empty().then_some(0) };
        let counts = snapshot.parts.get(part).map_or([0; 3], |part| part.counts);
        let included = counts.into_iter().zip(self.statuses).filter(|(_, is_included)| *is_included);
        let is_kept = self.row.is_empty() && self.active_since.is_none();
        is_kept.then(|| included.map(|(count, _)| count as usize).sum())
    }

    /// Whether a user with this status and activity is included.
    fn includes(&self, snapshot: &Snapshot, user: u32, status: usize) -> bool {
        let is_active_since =
            |since| status == 0 && snapshot.last_active.get(user).is_some_and(|at| at >= since);
        self.statuses[status] && self.active_since.is_none_or(is_active_since)
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
        status.filter(meets).filter(|&status| self.includes(snapshot, user, status))
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
        if let Some(since) = key.active_since {
            let start = snapshot.by_activity.partition_point(|entry| entry.time() < since);
            let mut recent = Bitmap::default();
            snapshot.by_activity.iter_from(start).for_each(|entry| recent.insert(entry.user()));
            by_status = [by_status[0].and(&recent), Bitmap::default(), Bitmap::default()];
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

    /// Returns the users who have not joined in the scope.
    pub(super) fn not_joined(&self) -> Bitmap {
        self.by_status[1].or(&self.by_status[2])
    }

    /// Keeps the users whose texts contain the words. The names of users who have not joined do not count.
    fn containing(&self, snapshot: &Snapshot, words: &[String]) -> Self {
        let [active, invited, expired] = &self.by_status;
        let key = words.to_vec();
        let is_small = self.len() * SHARE_TO_SEARCH_ALL < snapshot.by_text.len() / 2;
        let cached = if is_small { snapshot.caches.terms.peek(snapshot, &key) } else { None };
        if is_small && cached.is_none() {
            let words = Words::new(words);
            let search = |users: &Bitmap, with_names: bool| {
                let mut found = Bitmap::default();
                let matching = users.iter().filter(|&user| words.matches(snapshot, user, with_names));
                matching.for_each(|user| found.insert(user));
                found
            };
            return Self {
                by_status: [search(active, true), search(invited, false), search(expired, false)],
            };
        }
        let found: Arc<TermMatches> = cached.unwrap_or_else(|| snapshot.caches.terms.get(snapshot, &key));
        let by_status =
            [active.and(&found.in_any), invited.and(&found.in_email), expired.and(&found.in_email)];
        Self { by_status }
    }
}

impl Snapshot {
    /// Counts the users that match.
    pub(crate) fn total(&self, query: IndexQuery<'_>) -> usize {
        let key = ScopeKey::new(query.parts, query.filters);
        let kept = if query.words.is_empty() { key.kept_total(self) } else { None };
        kept.unwrap_or_else(|| self.matches(&key, query.words).len())
    }

    pub(super) fn matches(&self, key: &ScopeKey, words: &[String]) -> Arc<Matches> {
        let rows: usize =
            key.parts.iter().filter_map(|&part| self.parts.get(part)).map(|part| part.len()).sum();
        let users = if rows < MIN_CACHED_ROWS {
            Arc::new(Matches::compute(self, key))
        } else {
            self.caches.scopes.get(self, key)
        };
        if words.is_empty() { users } else { Arc::new(users.containing(self, words)) }
    }
}
