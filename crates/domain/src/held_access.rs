use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{Access, Assignments, Entries, Entry, NodeAccess, NodeId, NodeSet, Pause, Tree};

/// Everything that one user holds at a moment: the entries and the pauses that have not ended.
///
/// The rules compare such states. They need no clock, because a state has nothing that ended before its moment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HeldAccess {
    entries: Entries,
    ended: Entries,
    pauses: Vec<Pause>,
}

impl HeldAccess {
    /// Evaluates stored entries and pauses at a moment.
    pub fn at(now: DateTime<Utc>, stored: Entries, pauses: Vec<Pause>) -> Self {
        let mut ended = stored.clone();
        ended.retain(|_, entry| entry.is_visible_after_end(now));
        let mut entries = stored;
        entries.retain(|_, entry| entry.is_in_force(now));
        let pauses = pauses.into_iter().filter(|pause| pause.is_in_force(now)).collect();
        Self { entries, ended, pauses }
    }

    /// Returns what the user will hold at a later moment if nobody changes it.
    #[must_use]
    pub fn later(&self, moment: DateTime<Utc>) -> Self {
        let stored = self.entries.iter().chain(self.ended.iter());
        let stored = stored.map(|(node, entry)| (node, entry.clone())).collect();
        let mut later = Self::at(moment, stored, self.pauses.clone());
        // What has ended stays ended, even if `moment` is earlier than its end.
        later.entries.retain(|node, entry| self.entries.at(node).contains(entry));
        later
    }

    /// The entries in force, paused ones included.
    pub fn entries(&self) -> &Entries {
        &self.entries
    }

    /// The entries that ended less than 30 days ago. They give no roles.
    pub fn ended(&self) -> &Entries {
        &self.ended
    }

    /// The pauses in force.
    pub fn pauses(&self) -> &[Pause] {
        &self.pauses
    }

    /// Returns the pauses whose reason, author and dates a manager of these nodes may see. Where another pause takes roles
    /// away, they only see that the access is paused above.
    pub fn visible_pauses(&self, tree: &Tree, managed: &NodeSet) -> impl Iterator<Item = &Pause> {
        let is_managed = |node| tree.position(node).is_some_and(|position| managed.contains(position));
        self.pauses.iter().filter(move |pause| is_managed(pause.node))
    }

    /// Returns the roles of the entries in force, without their ends and as if nothing was paused.
    pub fn assignments(&self) -> Assignments {
        self.entries.roles()
    }

    /// Returns the roles at each node, with the pauses in force.
    pub fn access(&self, tree: &Tree) -> Access {
        let access = Access::new(tree, &self.assignments());
        if self.pauses.is_empty() { access } else { access.paused(tree, &self.pauses) }
    }

    /// Returns the same entries without any pause: what the user will have once resumed.
    #[must_use]
    pub fn resumed(&self) -> Self {
        self.with_pauses(Vec::new())
    }

    /// Returns the moments at which an entry or a pause ends.
    pub fn moments(&self) -> BTreeSet<DateTime<Utc>> {
        let entries = self.entries.iter().filter_map(|(_, entry)| entry.until);
        entries.chain(self.pauses.iter().filter_map(|pause| pause.until)).collect()
    }

    /// Returns the next moment at which the access changes by itself. Until then, a host may rely on it.
    pub fn next_change(&self) -> Option<DateTime<Utc>> {
        self.moments().into_iter().next()
    }

    /// Returns the later changes of the roles at a node, each with its moment: what remains when entries and pauses end.
    pub fn later_access(&self, tree: &Tree, position: usize) -> Vec<(DateTime<Utc>, NodeAccess)> {
        let mut last = *self.access(tree).at(position);
        let mut changes = Vec::new();
        for moment in self.moments() {
            let here = *self.later(moment).access(tree).at(position);
            if here != last {
                changes.push((moment, here));
                last = here;
            }
        }
        changes
    }

    /// Returns the nodes at which the user has a role, now or later, once resumed.
    pub(crate) fn nodes_with_roles(&self, tree: &Tree) -> NodeSet {
        let resumed = self.resumed();
        let later = resumed.moments().into_iter().map(|moment| resumed.later(moment).access(tree));
        let states: Vec<_> = std::iter::once(resumed.access(tree)).chain(later).collect();
        (0..tree.len()).map(|at| states.iter().any(|access| !access.at(at).effective.is_empty())).collect()
    }

    pub(crate) fn with_pauses(&self, pauses: Vec<Pause>) -> Self {
        Self { pauses, ..self.clone() }
    }

    pub(crate) fn with_entries(&self, entries: Entries) -> Self {
        Self { entries, ..self.clone() }
    }

    /// Returns the same access without the ended entries at some nodes.
    pub(crate) fn without_ended(mut self, is_dropped: impl Fn(NodeId) -> bool) -> Self {
        self.ended.retain(|node, _: &Entry| !is_dropped(node));
        self
    }
}

impl From<Entries> for HeldAccess {
    /// Creates access with entries that are all in force.
    fn from(entries: Entries) -> Self {
        Self { entries, ..Self::default() }
    }
}

impl From<&Assignments> for HeldAccess {
    /// Creates access with one entry without an end for each assignment.
    fn from(assignments: &Assignments) -> Self {
        Entries::from(assignments).into()
    }
}

impl From<Assignments> for HeldAccess {
    fn from(assignments: Assignments) -> Self {
        Self::from(&assignments)
    }
}

impl From<&Self> for HeldAccess {
    fn from(held: &Self) -> Self {
        held.clone()
    }
}
