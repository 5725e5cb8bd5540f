use std::collections::BTreeMap;

use crate::{Access, Assignments, NodeId, NodeSet, RoleSet, Tree};

/// The assignments of one user that differ between two states, so that a change can be undone.
///
/// Maps each changed node to the roles assigned there before and after. `None` means no assignment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AssignmentDiff(pub BTreeMap<NodeId, (Option<RoleSet>, Option<RoleSet>)>);

/// Returns the assignments of a user after their removal from the managed nodes.
///
/// Deletes the assignments at managed nodes. Writes the empty set where a managed node would still inherit roles from
/// a node that is not managed. So the user has no effective role at any managed node.
#[must_use]
pub fn assignments_after_removal(tree: &Tree, managed: &NodeSet, held: &Assignments) -> Assignments {
    let mut remaining: Assignments = held
        .iter()
        .filter(|&(&node, _)| tree.position(node).is_none_or(|position| !managed.contains(position)))
        .map(|(&node, &roles)| (node, roles))
        .collect();
    let mut effective: Vec<RoleSet> = Vec::with_capacity(tree.len());
    for (position, node) in tree.nodes().iter().enumerate() {
        let inherited = tree.parent(position).map(|parent| effective[parent]).unwrap_or_default();
        if managed.contains(position) {
            if !inherited.is_empty() {
                remaining.insert(node.id, RoleSet::empty());
            }
            effective.push(RoleSet::empty());
        } else {
            effective.push(remaining.get(&node.id).copied().unwrap_or(inherited));
        }
    }
    remaining
}

/// Whether these assignments give no role at any node. The backend deletes an account without access and without
/// pending grants.
pub fn is_without_access(tree: &Tree, held: &Assignments) -> bool {
    Access::new(tree, held).iter().all(|here| here.effective.is_empty())
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
