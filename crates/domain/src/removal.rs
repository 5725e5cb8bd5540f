use std::collections::BTreeMap;

use crate::{Assignments, HeldAccess, NodeId, RoleSet, Tree};

/// The assignments of one user that differ between two states, so that a change can be undone.
///
/// Maps each changed node to the roles assigned there before and after. `None` means no assignment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssignmentDiff(pub BTreeMap<NodeId, (Option<RoleSet>, Option<RoleSet>)>);

/// Whether a user has no role at any node, now or later, even once resumed. The backend deletes an account without
/// access and without pending grants, unless [`keeps_trace`].
pub fn is_without_access(tree: &Tree, held: impl Into<HeldAccess>) -> bool {
    held.into().nodes_with_roles(tree).is_empty()
}

/// Whether an account stays although it has no access: it is paused, or access ended less than 30 days ago.
pub fn keeps_trace(held: &HeldAccess) -> bool {
    !held.pauses().is_empty() || !held.ended().is_empty()
}

impl AssignmentDiff {
    /// Compares two sets of assignments.
    pub fn between(before: &Assignments, after: &Assignments) -> Self {
        let nodes = before.keys().chain(after.keys());
        let states = nodes.map(|node| (*node, (before.get(node).copied(), after.get(node).copied())));
        Self(states.filter(|(_, (before, after))| before != after).collect())
    }

    /// Undoes this change on the current assignments. Returns `None` if any of the changed assignments has been
    /// changed again since.
    pub fn revert(&self, held: &Assignments) -> Option<Assignments> {
        let mut result = held.clone();
        for (node, &(before, after)) in &self.0 {
            if held.get(node).copied() != after {
                return None;
            }
            match before {
                Some(roles) => result.insert(*node, roles),
                None => result.remove(node),
            };
        }
        Some(result)
    }
}
