//! Merging the changes of a series, such as the pieces of a bulk job, in each stream.
//!
//! The transaction that commits a change also publishes it. So a crash, or the end of the process that works on a job,
//! loses no event for the streams of other processes.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use studio_users_domain::UserId;
use tokio::time::Instant;

use super::change::{Change, MAX_USER_EVENTS, Series};

/// The time between the events about a series.
const INTERVAL: Duration = Duration::from_secs(2);

/// The changes of series that a stream has received and not sent yet.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    changes: Vec<Arc<Change>>,
    is_replayed: bool,
    has_ended: bool,
    taken_at: Option<Instant>,
}

impl Collected {
    /// Adds a change. Ignores changes other than [`Change::Series`]. `is_replayed` is
    /// [`Subscription::is_replayed`](super::Subscription::is_replayed).
    pub(crate) fn add(&mut self, change: &Arc<Change>, is_replayed: bool) {
        let Change::Series(series) = &**change else { return };
        if !series.is_empty() {
            self.changes.push(change.clone());
            self.is_replayed |= is_replayed;
        }
        self.has_ended = !self.changes.is_empty() && (self.has_ended || series.is_last);
    }

    /// Whether there is no change.
    pub(crate) fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// Whether one of the changes was published before the stream began.
    pub(crate) fn is_replayed(&self) -> bool {
        self.is_replayed
    }

    /// Returns the time at which to send the changes: two seconds after the last ones, or now if the series has ended.
    pub(crate) fn due_at(&self) -> Option<Instant> {
        if self.is_empty() {
            return None;
        }
        let next = self.taken_at.filter(|_| !self.has_ended).map(|last| last + INTERVAL);
        Some(next.unwrap_or_else(Instant::now))
    }

    /// Removes the changes, and returns them as [`Change::User`] or [`Change::ManyUsers`]. `sees` returns whether the
    /// stream shows one of these scope parts.
    pub(crate) fn take(&mut self, sees: impl Fn(&BTreeSet<i64>) -> bool) -> Vec<Change> {
        let changes = mem::take(&mut self.changes);
        *self = Self { taken_at: Some(Instant::now()), ..Self::default() };
        let series: Vec<&Series> = changes.iter().filter_map(|change| series_of(change)).collect();
        if has_many_users(&series) {
            // Merging the parts of all users would take long in every stream. Those that it shows are enough.
            let mut parts = series.iter().flat_map(|one| one.users.values().chain([&one.others]));
            let parts = parts.find(|&parts| sees(parts)).cloned().unwrap_or_default();
            return vec![Change::ManyUsers { parts }];
        }
        let mut users: BTreeMap<UserId, BTreeSet<i64>> = BTreeMap::new();
        for (&user, parts) in series.iter().flat_map(|one| &one.users) {
            users.entry(user).or_default().extend(parts);
        }
        users.into_iter().map(|(id, parts)| Change::User { id, parts }).collect()
    }

    /// Drops the changes, after the stream has told its client to reload everything.
    pub(crate) fn clear(&mut self) {
        *self = Self { taken_at: self.taken_at, ..Self::default() };
    }
}

fn has_many_users(series: &[&Series]) -> bool {
    let mut ids: BTreeSet<UserId> = BTreeSet::new();
    let mut exceeds = |id: &UserId| {
        ids.insert(*id);
        ids.len() > MAX_USER_EVENTS
    };
    series.iter().any(|one| !one.others.is_empty() || one.users.keys().any(&mut exceeds))
}

fn series_of(change: &Change) -> Option<&Series> {
    match change {
        Change::Series(series) => Some(series),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::change::UserChanges;
    use super::*;

    fn id(number: u32) -> UserId {
        UserId(Uuid::from_u128(u128::from(number)))
    }

    /// Returns a part of a series that changed these users, each in a scope part of the same number.
    fn series(numbers: impl IntoIterator<Item = u32>, is_last: bool) -> Arc<Change> {
        let part = |number| BTreeSet::from([i64::from(number)]);
        let users: UserChanges = numbers.into_iter().map(|number| (id(number), part(number))).collect();
        Arc::new(Change::Series(Series::new(users, is_last)))
    }

    fn is_due(collected: &Collected) -> bool {
        collected.due_at().is_some_and(|at| at <= Instant::now())
    }

    #[tokio::test(start_paused = true)]
    async fn sends_the_first_changes_at_once_and_later_ones_every_two_seconds() {
        let mut collected = Collected::default();
        assert_eq!(collected.due_at(), None);
        collected.add(&series([1], false), false);
        assert!(is_due(&collected));
        assert_eq!(collected.take(|_| true).len(), 1);
        let start = Instant::now();
        for number in [2, 3, 2] {
            collected.add(&series([number], false), false);
            assert_eq!(collected.due_at(), Some(start + INTERVAL));
        }
        tokio::time::advance(INTERVAL).await;
        assert!(is_due(&collected));
        let user = |number| Change::User { id: id(number), parts: BTreeSet::from([i64::from(number)]) };
        assert_eq!(collected.take(|_| true), [user(2), user(3)]);
        assert_eq!(collected.due_at(), None);
    }

    #[tokio::test(start_paused = true)]
    async fn sends_the_changes_at_once_when_the_series_has_ended() {
        let mut collected = Collected::default();
        collected.add(&series([1], true), false);
        collected.take(|_| true);
        collected.add(&series([], true), false);
        assert_eq!(collected.due_at(), None, "there is nothing to send");
        collected.add(&series([2], false), false);
        assert!(!is_due(&collected));
        collected.add(&series([], true), false);
        assert!(is_due(&collected));
        collected.take(|_| true);
        collected.add(&series([3], false), false);
        assert!(!is_due(&collected), "another series has not ended");
    }

    #[tokio::test(start_paused = true)]
    async fn sends_one_event_for_many_users() {
        let parts = |changes: Vec<Change>| match &changes[..] {
            [Change::ManyUsers { parts }] => parts.clone(),
            other => panic!("{} changes", other.len()),
        };
        let sees_three = |parts: &BTreeSet<i64>| parts.contains(&3);
        for pieces in [[0..0, 0..101], [0..50, 50..101], [0..1, 0..101]] {
            let mut collected = Collected::default();
            for piece in pieces {
                collected.add(&series(piece, false), false);
            }
            assert!(parts(collected.take(sees_three)).contains(&3));
        }
        let mut collected = Collected::default();
        for piece in [0..50, 50..101] {
            collected.add(&series(piece, false), false);
        }
        assert_eq!(parts(collected.take(|parts| parts.contains(&500))), BTreeSet::new());
        collected.add(&series(0..100, false), false);
        collected.add(&series(0..100, false), false);
        assert_eq!(collected.take(sees_three).len(), 100);
    }
}
