//! The changes in the event log.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;

use serde::{Deserialize, Serialize};
use studio_users_contract::JobChanged;
use studio_users_domain::{NodeId, UserId};

use crate::keys::UserKey;

/// The maximum number of changed users that get an event each. Above it, one event covers all.
pub(crate) const MAX_USER_EVENTS: usize = 100;

/// The changed users, each with the scope parts whose managers see the change.
pub(crate) type UserChanges = BTreeMap<UserId, BTreeSet<i64>>;

/// A committed change. Processes exchange changes as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Change {
    /// The start of the log, so that even the first stream has a position to name. Concerns nobody.
    Start,
    /// A user changed. Concerns everyone who can see one of these scope parts.
    User { id: UserId, parts: BTreeSet<i64> },
    /// So many users changed that reloading is faster. Concerns everyone who can see one of these scope
    /// parts.
    ManyUsers { parts: BTreeSet<i64> },
    /// One transaction of a series changed users. Streams collect these changes.
    Series(Series),
    /// These nodes changed, or another node was moved away from them. Without nodes, any user may have changed. The
    /// version is that of the organisation.
    Tree { version: i64, nodes: BTreeSet<NodeId> },
    /// A job of this user has made progress or ended.
    Job { owner: UserKey, changed: JobChanged },
    /// A session of this user ended.
    SessionEnded { user: UserKey },
    /// A change of a kind that another version of this program has written. Concerns everyone.
    #[serde(other)]
    Reset,
}

/// The users that one transaction of a series changed, such as a piece of a bulk job. A series commits several times
/// a second, and each event makes pages fetch their users again. So a stream merges the transactions of two seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Series {
    /// The changed users, unless there are many.
    pub(super) users: UserChanges,
    /// The scope parts of many changed users.
    pub(super) others: BTreeSet<i64>,
    /// Whether no further transaction follows, so that streams need not wait.
    pub(super) is_last: bool,
}

impl Change {
    /// Returns the changes of users who changed in one transaction.
    pub(crate) fn of_users(users: UserChanges) -> Vec<Self> {
        if users.len() > MAX_USER_EVENTS {
            return vec![Self::ManyUsers { parts: users.into_values().flatten().collect() }];
        }
        users.into_iter().map(|(id, parts)| Self::User { id, parts }).collect()
    }

    /// Returns the user whose open streams alone receive the change. A client of theirs that connects later learns the
    /// same by its first requests: the end of a session from the 401, the progress of a job from the job.
    pub(super) fn only_live_for(&self) -> Option<UserKey> {
        match self {
            Self::Job { owner: user, .. } | Self::SessionEnded { user } => Some(*user),
            _ => None,
        }
    }
}

impl Series {
    /// Returns the part of a series that one transaction has changed.
    pub(crate) fn new(mut users: UserChanges, is_last: bool) -> Self {
        let mut others = BTreeSet::new();
        if users.len() > MAX_USER_EVENTS {
            others = mem::take(&mut users).into_values().flatten().collect();
        }
        Self { users, others, is_last }
    }

    /// Whether the transaction has changed no users.
    pub(super) fn is_empty(&self) -> bool {
        self.users.is_empty() && self.others.is_empty()
    }

    /// Whether streams need not know of this part.
    pub(crate) fn is_irrelevant(&self) -> bool {
        self.is_empty() && !self.is_last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::{JobProgress, JobState, JobStopReason};
    use uuid::Uuid;

    #[test]
    fn reads_every_change_that_it_writes() {
        let (id, parts) = (UserId(Uuid::from_u128(7)), BTreeSet::from([-1, 4]));
        let users = UserChanges::from([(id, parts.clone())]);
        let many =
            (0..=MAX_USER_EVENTS).map(|number| (UserId(Uuid::from_u128(number as u128)), parts.clone()));
        let progress = JobProgress {
            state: JobState::Stopped,
            stop_reason: Some(JobStopReason::RightsLost),
            total: 9,
            done: 1,
            unchanged: 2,
            refused: 3,
        };
        let changes = [
            (Change::Start, "start"),
            (Change::User { id, parts: parts.clone() }, "user"),
            (Change::ManyUsers { parts: parts.clone() }, "many_users"),
            (Change::Series(Series::new(users, false)), "series"),
            (Change::Series(Series::new(many.collect(), true)), "series"),
            (Change::Tree { version: 3, nodes: BTreeSet::from([NodeId(Uuid::from_u128(1))]) }, "tree"),
            (
                Change::Job { owner: UserKey(5), changed: JobChanged { id: Uuid::from_u128(2), progress } },
                "job",
            ),
            (Change::SessionEnded { user: UserKey(5) }, "session_ended"),
            (Change::Reset, "reset"),
        ];
        for (change, kind) in changes {
            let text = serde_json::to_string(&change).unwrap();
            assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap()["kind"], kind);
            assert_eq!(serde_json::from_str::<Change>(&text).unwrap(), change, "{text}");
        }
    }

    #[test]
    fn reads_an_unknown_kind_as_a_reset() {
        let text = r#"{"kind":"something_new","nodes":[1],"version":{"a":[]}}"#;
        assert_eq!(serde_json::from_str::<Change>(text).unwrap(), Change::Reset);
    }

    #[test]
    fn sends_one_change_for_more_than_a_hundred_users() {
        let users = |count: u32| -> UserChanges {
            let user = |number| {
                (UserId(Uuid::from_u128(u128::from(number))), BTreeSet::from([i64::from(number % 3)]))
            };
            (0..count).map(user).collect()
        };
        assert_eq!(Change::of_users(users(100)).len(), 100);
        let parts = BTreeSet::from([0, 1, 2]);
        assert_eq!(Change::of_users(users(101)), [Change::ManyUsers { parts: parts.clone() }]);
        let series = Series::new(users(101), false);
        assert_eq!((series.users.len(), series.others), (0, parts));
    }
}
