//! The changes of what a user holds. Each returns the state after the change, which [`Actor`](crate::Actor) then judges.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::entry::{earlier, lasts_as_long};
use crate::{
    Author, Entries, Entry, HeldAccess, NodeId, NodeSet, Pause, Role, RoleSet, Tree, assign_here_roles,
};

impl HeldAccess {
    /// Returns the access after the user receives grants. Each is an entry that is added to its node.
    ///
    /// Applies all grants at once: the roles of one grant are not added to a grant below it. At a node without entries,
    /// the inherited roles are copied, so that a grant takes no access away. A copy ends with its source or with the
    /// grant, whichever is earlier **(choice)**.
    #[must_use]
    pub fn with_grants(&self, tree: &Tree, grants: &Entries) -> Self {
        let mut entries = self.entries().clone();
        for (node, grant) in grants.iter() {
            if self.entries().at(node).is_empty() {
                for source in self.inherited_entries(tree, node).iter().filter(|it| !it.roles.is_empty()) {
                    let until = earlier(source.until, grant.until);
                    add(&mut entries, node, Entry { roles: source.roles, until, ..grant.clone() });
                }
            }
            add(&mut entries, node, grant.clone());
        }
        self.with_entries(entries)
    }

    /// Returns the access after the entries of some nodes are replaced, those that ended recently included. An empty
    /// list removes the assignment, so that the node inherits.
    ///
    /// An entry with the same roles and the same end as an old one is the old one, so its author stays.
    #[must_use]
    pub fn with_replaced(&self, changes: BTreeMap<NodeId, Vec<Entry>>) -> Self {
        let mut entries = self.entries().clone();
        let mut replaced = Vec::new();
        for (node, new) in changes {
            let old = self.entries().at(node);
            let kept = |new: Entry| {
                let same = old.iter().find(|old| (old.roles, old.until) == (new.roles, new.until));
                same.cloned().unwrap_or(new)
            };
            let mut list: Vec<Entry> = Vec::new();
            for entry in new.into_iter().map(kept) {
                if !list.contains(&entry) {
                    list.push(entry);
                }
            }
            // The order of entries has no meaning.
            let is_same = list.len() == old.len() && list.iter().all(|entry| old.contains(entry));
            entries.set(node, if is_same { old.to_vec() } else { list });
            replaced.push(node);
        }
        self.with_entries(entries).without_ended(|node| replaced.contains(&node))
    }

    /// Returns the access after "Assign here" in an environment: its roles are assigned there, and Agent if none of
    /// them brings notifications. `until` is the end of what is added.
    #[must_use]
    pub fn with_assigned_here(
        &self,
        tree: &Tree,
        position: usize,
        until: Option<DateTime<Utc>>,
        by: Author,
        now: DateTime<Utc>,
    ) -> Self {
        let here = *self.resumed().access(tree).at(position);
        let added = assign_here_roles(&here) - here.effective;
        let grant = Entry::new(added, until).given(by, now);
        self.with_grants(tree, &[(tree.nodes()[position].id, grant)].into_iter().collect())
    }

    /// Returns the access after the user's removal from some nodes. Pauses stay.
    ///
    /// Deletes the entries there, those that ended recently included. Writes the empty set where a node would still
    /// inherit roles, now or later, from a node that is not among them. So the user has no role there at any time.
    #[must_use]
    pub fn after_removal(&self, tree: &Tree, nodes: &NodeSet) -> Self {
        let is_removed = |node| tree.position(node).is_some_and(|position| nodes.contains(position));
        let mut entries = self.entries().clone();
        entries.retain(|node, _| !is_removed(node));
        let removed = self.with_entries(entries).without_ended(is_removed);
        let later = removed.moments().into_iter().map(|moment| removed.later(moment).assignments());
        let states: Vec<_> = std::iter::once(removed.assignments()).chain(later).collect();
        // The roles at each position so far, in each of the states: one row of `states.len()` roles for each position.
        let mut effective: Vec<RoleSet> = Vec::with_capacity(tree.len() * states.len());
        let mut entries = removed.entries().clone();
        for (position, node) in tree.nodes().iter().enumerate() {
            let mut still_inherits = false;
            for (index, state) in states.iter().enumerate() {
                let parent = tree.parent(position).map(|parent| effective[parent * states.len() + index]);
                let inherited = parent.unwrap_or_default();
                if nodes.contains(position) {
                    still_inherits |= !inherited.is_empty();
                    effective.push(RoleSet::empty());
                } else {
                    effective.push(state.get(&node.id).copied().unwrap_or(inherited));
                }
            }
            if still_inherits {
                entries.set(node.id, vec![Entry::new(RoleSet::empty(), None)]);
            }
        }
        removed.with_entries(entries)
    }

    /// Returns the access with more pauses. Leaves out those that change nothing, because one in force includes them.
    #[must_use]
    pub fn with_more_pauses(&self, pauses: impl IntoIterator<Item = Pause>) -> Self {
        let mut all = self.pauses().to_vec();
        for pause in pauses {
            if !all.iter().any(|other| other.includes(&pause)) {
                all.push(pause);
            }
        }
        self.with_pauses(all)
    }

    /// Returns the access without the pauses that meet a condition.
    #[must_use]
    pub fn without_pauses(&self, is_ended: impl Fn(&Pause) -> bool) -> Self {
        self.with_pauses(self.pauses().iter().filter(|pause| !is_ended(pause)).cloned().collect())
    }

    /// Returns the entries that a node without entries inherits, as if nothing was paused.
    fn inherited_entries(&self, tree: &Tree, node: NodeId) -> &[Entry] {
        let Some(position) = tree.position(node) else { return &[] };
        let above = tree.ancestors(position).map(|above| self.entries().at(tree.nodes()[above].id));
        above.into_iter().find(|entries| !entries.is_empty()).unwrap_or_default()
    }
}

/// Adds an entry, unless the other entries of the node give all of its roles for as long.
fn add(entries: &mut Entries, node: NodeId, entry: Entry) {
    let is_given = |role: Role| {
        let mut own = entries.at(node).iter();
        own.any(|own| own.roles.contains(role) && lasts_as_long(own.until, entry.until))
    };
    let is_superfluous = !entries.at(node).is_empty() && entry.roles.iter().all(is_given);
    if !is_superfluous {
        entries.add(node, entry);
    }
}
