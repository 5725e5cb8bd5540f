use std::collections::BTreeMap;

use crate::{Access, Assignments, NodeId, NodeSet, RoleSet, Tree};

/// What a change did to single assignments, so that it can be undone: what stood at each node before it, and what
/// it left there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Taken(pub BTreeMap<NodeId, (Option<RoleSet>, Option<RoleSet>)>);

/// The assignments that are left to a removed user: at every managed node nothing counts any more. Assignments
/// there are deleted, and the empty set is written where something would be inherited from a node that is not
/// managed.
#[must_use]
pub fn removed(tree: &Tree, managed: &NodeSet, held: &Assignments) -> Assignments {
    let mut left: Assignments = held
        .iter()
        .filter(|&(&node, _)| tree.position(node).is_none_or(|at| !managed.contains(at)))
        .map(|(&node, &roles)| (node, roles))
        .collect();
    let mut effective: Vec<RoleSet> = Vec::with_capacity(tree.len());
    for (at, node) in tree.nodes().iter().enumerate() {
        let inherited = tree.parent(at).map(|parent| effective[parent]).unwrap_or_default();
        if managed.contains(at) {
            if !inherited.is_empty() {
                left.insert(node.id, RoleSet::empty());
            }
            effective.push(RoleSet::empty());
        } else {
            effective.push(left.get(&node.id).copied().unwrap_or(inherited));
        }
    }
    left
}

/// Whether these assignments give nothing anywhere. An account is removed where, besides, nothing is pending.
pub fn is_without_access(tree: &Tree, held: &Assignments) -> bool {
    Access::new(tree, held).iter().all(|here| here.effective.is_empty())
}

impl Taken {
    /// What changed between two states.
    pub fn between(before: &Assignments, after: &Assignments) -> Self {
        let nodes = before.keys().chain(after.keys());
        let states = nodes.map(|node| (*node, (before.get(node).copied(), after.get(node).copied())));
        Self(states.filter(|(_, (before, after))| before != after).collect())
    }

    /// The assignments with exactly that undone; nothing where somebody has touched any of it since.
    pub fn give_back(&self, held: &Assignments) -> Option<Assignments> {
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
