use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{Entries, Entry, HeldAccess, NodeId, Pause};

/// The entries and pauses of one user that differ between two states, so that a change can be undone
/// ([`Actor::undo`](crate::Actor::undo)).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AccessDiff {
    /// The entries of each changed node, before and after. Empty without an assignment.
    pub entries: BTreeMap<NodeId, (Vec<Entry>, Vec<Entry>)>,
    /// The pauses that began.
    pub paused: Vec<Pause>,
    /// The pauses that ended.
    pub resumed: Vec<Pause>,
    /// Everything that the user held before the change, also at nodes where nothing changed.
    pub former: HeldAccess,
}

impl AccessDiff {
    /// Compares two states.
    pub fn between(before: &HeldAccess, after: &HeldAccess) -> Self {
        let (old, new) = (before.entries(), after.entries());
        let changed = old.nodes().chain(new.nodes()).filter(|&node| old.at(node) != new.at(node));
        let entries = changed.map(|node| (node, (old.at(node).to_vec(), new.at(node).to_vec())));
        let missing = |pauses: &HeldAccess, other: &HeldAccess| {
            pauses.pauses().iter().filter(|pause| !other.pauses().contains(pause)).cloned().collect()
        };
        Self {
            entries: entries.collect(),
            paused: missing(after, before),
            resumed: missing(before, after),
            former: before.clone(),
        }
    }

    /// Whether the two states are the same.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty() && self.paused.is_empty() && self.resumed.is_empty()
    }

    /// Undoes this change on what the user holds now. Returns `None` if anybody has changed any of it since. An end that
    /// has passed since is no change, and stays: neither ended entries nor ended pauses come back.
    pub fn revert(&self, held: &HeldAccess, now: DateTime<Utc>) -> Option<HeldAccess> {
        let in_force = |entries: &[Entry]| -> Vec<Entry> {
            entries.iter().filter(|entry| entry.is_in_force(now)).cloned().collect()
        };
        let mut entries: Entries = held.entries().clone();
        for (&node, (before, after)) in &self.entries {
            if held.entries().at(node) != in_force(after) {
                return None;
            }
            entries.set(node, in_force(before));
        }
        let is_lost = |pause: &Pause| pause.is_in_force(now) && !held.pauses().contains(pause);
        if self.paused.iter().any(is_lost) {
            return None;
        }
        let again = self.resumed.iter().filter(|pause| pause.is_in_force(now)).cloned();
        let reverted = held.with_entries(entries).without_pauses(|pause| self.paused.contains(pause));
        Some(reverted.with_more_pauses(again))
    }
}
