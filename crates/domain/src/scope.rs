use std::ops::Range;

use crate::{Access, NodeId, NodeSet, Role, Tree};

/// A part of a scope. The backend indexes users by part, so managers whose scopes share a part share its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopePart {
    /// A node and all nodes below it.
    Subtree(NodeId),
    /// A single node, without the nodes below it.
    Node(NodeId),
}

/// The visibility scope of a manager: the nodes that they manage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    managed: NodeSet,
    parts: Vec<ScopePart>,
}

impl ScopePart {
    /// The top node of the part.
    pub const fn node(self) -> NodeId {
        match self {
            Self::Subtree(node) | Self::Node(node) => node,
        }
    }

    /// The positions of the part; empty if its node is not in the tree.
    pub fn positions(self, tree: &Tree) -> Range<usize> {
        match self {
            Self::Subtree(node) => tree.position(node).map_or(0..0, |position| tree.subtree(position)),
            Self::Node(node) => tree.position(node).map_or(0..0, |position| position..position + 1),
        }
    }
}

impl Scope {
    /// Computes the scope of a user with this access. A user manages a node if their effective roles there include
    /// Organisation Manager or Administrator.
    pub fn of(tree: &Tree, access: &Access) -> Self {
        Self::new(tree, access.iter().map(crate::NodeAccess::manages).collect())
    }

    /// Computes the nodes whose undelivered mails a user with this access may see.
    pub(crate) fn of_undelivered_mail(tree: &Tree, access: &Access) -> Self {
        let sees = |here: &crate::NodeAccess| here.effective.iter().any(Role::sees_undelivered_mail);
        Self::new(tree, access.iter().map(sees).collect())
    }

    /// Narrows this scope to the nodes at or below any of these nodes.
    #[must_use]
    pub fn below(&self, tree: &Tree, nodes: &[NodeId]) -> Self {
        let mut within = vec![false; tree.len()];
        for position in
            nodes.iter().filter_map(|&node| tree.position(node)).flat_map(|position| tree.subtree(position))
        {
            within[position] = self.managed.contains(position);
        }
        Self::new(tree, within.into_iter().collect())
    }

    /// Whether a node and all nodes below it are in this scope.
    pub fn covers(&self, tree: &Tree, node: NodeId) -> bool {
        tree.position(node)
            .is_some_and(|position| tree.subtree(position).all(|position| self.managed.contains(position)))
    }

    /// The managed nodes.
    pub fn managed(&self) -> &NodeSet {
        &self.managed
    }

    /// The smallest list of disjoint parts that together are exactly this scope.
    pub fn parts(&self) -> &[ScopePart] {
        &self.parts
    }

    fn new(tree: &Tree, managed: NodeSet) -> Self {
        let mut whole: Vec<bool> = (0..tree.len()).map(|position| managed.contains(position)).collect();
        for position in (1..tree.len()).rev() {
            if let Some(parent) = tree.parent(position) {
                whole[parent] &= whole[position];
            }
        }
        let mut parts = Vec::new();
        let mut position = 0;
        while position < tree.len() {
            let node = tree.nodes()[position].id;
            if whole[position] {
                parts.push(ScopePart::Subtree(node));
                position = tree.subtree(position).end;
            } else {
                if managed.contains(position) {
                    parts.push(ScopePart::Node(node));
                }
                position += 1;
            }
        }
        Self { managed, parts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{id, tree};
    use crate::{Assignments, Role, RoleSet};
    use proptest::prelude::*;

    fn scope(tree: &Tree, assignments: &Assignments) -> Scope {
        Scope::of(tree, &Access::new(tree, assignments))
    }

    #[test]
    fn covers_the_subtree_of_a_managed_agency() {
        let tree = tree(&[0, 1, 1, 0]);
        let scope = scope(&tree, &Assignments::from([(id(1), Role::OrganisationManager.into())]));
        assert_eq!(scope.parts(), [ScopePart::Subtree(id(1))]);
        assert_eq!(scope.below(&tree, &[id(2)]).parts(), [ScopePart::Subtree(id(2))]);
        assert!(scope.below(&tree, &[id(4)]).managed().is_empty());
    }

    #[test]
    fn narrows_to_overlapping_nodes_without_duplicates() {
        let tree = tree(&[0, 1, 1, 0]);
        let scope = scope(&tree, &Assignments::from([(id(0), Role::OrganisationManager.into())]));
        let below = |nodes: &[usize]| {
            let nodes: Vec<_> = nodes.iter().map(|&node| id(node)).collect();
            scope.below(&tree, &nodes).parts().to_vec()
        };
        assert_eq!(below(&[4, 2]), [ScopePart::Subtree(id(2)), ScopePart::Subtree(id(4))]);
        assert_eq!(below(&[2, 1, 2]), [ScopePart::Subtree(id(1))]);
        assert_eq!(below(&[0, 3]), [ScopePart::Subtree(id(0))]);
    }

    #[test]
    fn splits_the_agency_at_an_override_below_it() {
        let tree = tree(&[0, 1, 1]);
        let assignments =
            Assignments::from([(id(1), Role::Administrator.into()), (id(2), RoleSet::only(Role::Agent))]);
        let scope = scope(&tree, &assignments);
        assert_eq!(scope.parts(), [ScopePart::Node(id(1)), ScopePart::Subtree(id(3))]);
        let covered = [0, 1, 2, 3, 9].map(|node| scope.covers(&tree, id(node)));
        assert_eq!(covered, [false, false, false, true, false]);
    }

    proptest! {
        #[test]
        fn parts_cover_each_managed_node_exactly_once(
            picks in proptest::collection::vec(any::<prop::sample::Index>(), 0..20),
            managers in proptest::collection::btree_map(0_usize..20, any::<bool>(), 0..8),
        ) {
            let parents: Vec<usize> = picks.iter().enumerate().map(|(n, pick)| pick.index(n + 1)).collect();
            let tree = tree(&parents);
            let assignments: Assignments = managers
                .into_iter()
                .map(|(node, manages)| {
                    let role = if manages { Role::OrganisationManager } else { Role::Agent };
                    (id(node), role.into())
                })
                .collect();
            let scope = scope(&tree, &assignments);
            let mut covered: Vec<usize> =
                scope.parts().iter().flat_map(|part| part.positions(&tree)).collect();
            covered.sort_unstable();
            prop_assert_eq!(covered, scope.managed().iter().collect::<Vec<_>>());
        }
    }
}
