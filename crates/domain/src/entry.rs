use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use crate::{Assignments, NodeId, RoleSet, UserId};

/// The longest time from now to the end of access: ten years.
pub const MAX_ACCESS_DURATION: TimeDelta = TimeDelta::days(3653);
/// The time after its end in which ended access stays visible to those who manage its node.
pub const ENDED_ACCESS_VISIBLE: TimeDelta = TimeDelta::days(30);

/// The author of a change of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Author {
    /// A signed-in user.
    User(UserId),
    /// A service token, by its id.
    ServiceToken(Uuid),
    /// The backend itself.
    System,
    /// The command line of the backend.
    CommandLine,
}

/// Roles that were assigned to a user at a node in one change, with their end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The assigned roles. An empty set ends access at its node and below.
    pub roles: RoleSet,
    /// The moment at which the entry ends. `None` for an entry without an end.
    pub until: Option<DateTime<Utc>>,
    /// The author of the entry. `None` if it is not known.
    pub given_by: Option<Author>,
    /// The moment of the change. `None` if it is not known.
    pub given_at: Option<DateTime<Utc>>,
    /// Whether the end was recorded in the audit log. A recorded end stays, even if the clock is set back.
    pub has_ended: bool,
}

/// Entries of one user, by node. No list is empty.
///
/// The roles assigned at a node are the union of its entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Entries(BTreeMap<NodeId, Vec<Entry>>);

/// Whether access may end at `until`: later than now, and at most ten years ahead.
pub fn is_valid_until(until: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    until > now && until - now <= MAX_ACCESS_DURATION
}

/// Returns the earlier of two ends. `None` is no end.
pub(crate) fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    [one, other].into_iter().flatten().min()
}

/// Whether the end `one` is at the same time as `other`, or later. `None` is no end.
pub(crate) fn lasts_as_long(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> bool {
    one.is_none_or(|one| other.is_some_and(|other| one >= other))
}

impl Entry {
    /// Creates an entry with this end, without an author.
    pub fn new(roles: RoleSet, until: Option<DateTime<Utc>>) -> Self {
        Self { roles, until, given_by: None, given_at: None, has_ended: false }
    }

    /// Returns the same entry with its author and the moment of the change.
    #[must_use]
    pub fn given(self, by: Author, at: DateTime<Utc>) -> Self {
        Self { given_by: Some(by), given_at: Some(at), ..self }
    }

    /// Whether the entry gives its roles at this moment. It ends exactly at `until`.
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        !self.has_ended && self.until.is_none_or(|until| until > now)
    }

    /// Whether the ended entry is still visible to managers of its node. **(choice)** An ended empty set is not: it gave
    /// no access.
    pub fn is_visible_after_end(&self, now: DateTime<Utc>) -> bool {
        let is_recent = |until: DateTime<Utc>| now < until + ENDED_ACCESS_VISIBLE;
        !self.is_in_force(now) && !self.roles.is_empty() && self.until.is_some_and(is_recent)
    }
}

impl Entries {
    /// Adds an entry.
    pub fn add(&mut self, node: NodeId, entry: Entry) {
        self.0.entry(node).or_default().push(entry);
    }

    /// Replaces the entries of a node. An empty list removes the assignment, so that the node inherits.
    pub fn set(&mut self, node: NodeId, entries: Vec<Entry>) {
        if entries.is_empty() {
            self.0.remove(&node);
        } else {
            self.0.insert(node, entries);
        }
    }

    /// Returns the entries of a node. Empty if it has none.
    pub fn at(&self, node: NodeId) -> &[Entry] {
        self.0.get(&node).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns each entry with its node, by node and in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (NodeId, &Entry)> {
        self.0.iter().flat_map(|(&node, entries)| entries.iter().map(move |entry| (node, entry)))
    }

    /// Returns the nodes with entries.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.0.keys().copied()
    }

    /// Whether there are no entries.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the union of the roles at each node, whatever the ends of the entries.
    pub fn roles(&self) -> Assignments {
        let union =
            |entries: &[Entry]| entries.iter().fold(RoleSet::empty(), |roles, entry| roles | entry.roles);
        self.0.iter().map(|(&node, entries)| (node, union(entries))).collect()
    }

    /// Keeps the entries that meet a condition.
    pub(crate) fn retain(&mut self, mut keeps: impl FnMut(NodeId, &Entry) -> bool) {
        self.0.retain(|&node, entries| {
            entries.retain(|entry| keeps(node, entry));
            !entries.is_empty()
        });
    }
}

impl FromIterator<(NodeId, Entry)> for Entries {
    fn from_iter<I: IntoIterator<Item = (NodeId, Entry)>>(entries: I) -> Self {
        let mut result = Self::default();
        for (node, entry) in entries {
            result.add(node, entry);
        }
        result
    }
}

impl From<&Assignments> for Entries {
    /// Creates one entry without an end for each assignment.
    fn from(assignments: &Assignments) -> Self {
        assignments.iter().map(|(&node, &roles)| (node, Entry::new(roles, None))).collect()
    }
}

impl From<&Self> for Entries {
    fn from(entries: &Self) -> Self {
        entries.clone()
    }
}
