//! What a user holds, as the reference implementation keeps it: all entries and pauses, also those that have ended.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use studio_users_domain::{Assignments, Entries, Entry, HeldAccess, NodeId, Pause, RoleSet, Tree};

use crate::rules::{Moment, parent};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) entries: Vec<(NodeId, Entry)>,
    pub(crate) pauses: Vec<Pause>,
}

impl Stored {
    /// One entry without an end for each assignment.
    pub(crate) fn for_good(assignments: &Assignments) -> Self {
        let entry = |(&node, &roles)| (node, Entry::new(roles, None));
        Self { entries: assignments.iter().map(entry).collect(), pauses: Vec::new() }
    }

    /// What the rules of the crate take.
    pub(crate) fn held(&self, now: Moment) -> HeldAccess {
        HeldAccess::at(now, Entries::from_iter(self.entries.clone()), self.pauses.clone())
    }

    /// The entries of a node that have not ended.
    pub(crate) fn entries_at(&self, node: NodeId, moment: Moment) -> Vec<Entry> {
        let here = self.entries.iter().filter(|(other, _)| *other == node).map(|(_, entry)| entry);
        here.filter(|entry| !entry.has_ended && entry.until.is_none_or(|end| end > moment)).cloned().collect()
    }

    /// "The node's own roles are the union of the entries that have not ended. With no entry left, the node inherits."
    pub(crate) fn assigned(&self, node: NodeId, moment: Moment) -> Option<RoleSet> {
        let roles = self.entries_at(node, moment).into_iter().map(|entry| entry.roles);
        roles.reduce(|one, other| one | other)
    }

    /// "Ended access stays visible for 30 days. An ended bar (empty set) is no ended access."
    pub(crate) fn has_ended(&self, node: NodeId, now: Moment) -> bool {
        let here = self.entries.iter().filter(|(other, entry)| *other == node && !entry.roles.is_empty());
        here.map(|(_, entry)| entry).any(|entry| {
            let has_ended = entry.has_ended || entry.until.is_some_and(|end| end <= now);
            has_ended && entry.until.is_some_and(|end| now - end < TimeDelta::days(30))
        })
    }

    /// Whether a pause that has not ended covers the node.
    pub(crate) fn is_covered(&self, tree: &Tree, node: NodeId, moment: Moment) -> bool {
        let exists = tree.nodes().iter().any(|other| other.id == node);
        let path: Vec<_> =
            std::iter::successors(exists.then_some(node), |&node| parent(tree, node)).collect();
        self.pauses.iter().any(|pause| {
            let is_in_force = pause.until.is_none_or(|until| until > moment);
            is_in_force && path.contains(&pause.node) && !pause.left_out.contains(&node)
        })
    }

    pub(crate) fn without_pauses(&self) -> Self {
        self.with_pauses(Vec::new())
    }

    pub(crate) fn with_pauses(&self, pauses: Vec<Pause>) -> Self {
        Self { pauses, ..self.clone() }
    }

    /// The entries in force, by node.
    pub(crate) fn in_force(&self, now: Moment) -> Vec<(NodeId, Vec<Entry>)> {
        let nodes: BTreeSet<_> = self.entries.iter().map(|(node, _)| *node).collect();
        let entries = nodes.into_iter().map(|node| (node, self.entries_at(node, now)));
        entries.filter(|(_, entries)| !entries.is_empty()).collect()
    }

    /// The nodes with an entry or a pause in force that only one of two states has.
    pub(crate) fn changed_nodes(&self, other: &Self, now: Moment) -> BTreeSet<NodeId> {
        let (one, two) = (self.in_force(now), other.in_force(now));
        let entries = one.iter().filter(|node| !two.contains(node));
        let entries = entries.chain(two.iter().filter(|node| !one.contains(node))).map(|(node, _)| *node);
        let in_force = |pause: &&Pause| pause.until.is_none_or(|until| until > now);
        let ended = self.pauses.iter().filter(|pause| !other.pauses.contains(pause));
        let begun = other.pauses.iter().filter(|pause| !self.pauses.contains(pause));
        entries.chain(ended.chain(begun).filter(in_force).map(|pause| pause.node)).collect()
    }

    /// Adds an entry, unless those of the node give its roles for as long.
    pub(crate) fn add(&mut self, node: NodeId, entry: Entry, now: Moment) {
        let own = self.entries_at(node, now);
        let lasts =
            |own: &Entry| own.until.is_none() || entry.until.is_some_and(|end| own.until >= Some(end));
        let is_given = |role| own.iter().any(|own| own.roles.contains(role) && lasts(own));
        if own.is_empty() || !entry.roles.iter().all(is_given) {
            self.entries.push((node, entry));
        }
    }
}
