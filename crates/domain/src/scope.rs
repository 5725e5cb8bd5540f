use std::ops::Range;

use crate::{Access, NodeId, Tree};

/// A set of nodes of one tree, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSet(Vec<bool>);

/// A part of a scope: what is indexed for one of these serves every reader whose scope has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScopePart {
    /// A node and everything below it.
    Subtree(NodeId),
    /// A node without what is below it.
    Alone(NodeId),
}

/// What a reader may see: the nodes that they manage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    managed: NodeSet,
    parts: Vec<ScopePart>,
}

impl NodeSet {
    /// The nodes at these positions of a tree.
    pub fn range(tree: &Tree, positions: Range<usize>) -> Self {
        let mut set = vec![false; tree.len()];
        set[positions].fill(true);
        Self(set)
    }

    /// Whether the node at this position is in the set.
    pub fn contains(&self, position: usize) -> bool {
        self.0[position]
    }

    /// The positions in the set, in order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().filter_map(|(position, &is_in)| is_in.then_some(position))
    }

    /// Whether there is nothing in the set.
    pub fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }
}

impl FromIterator<bool> for NodeSet {
    /// The positions for which the answer, given in their order, is yes.
    fn from_iter<I: IntoIterator<Item = bool>>(are_in: I) -> Self {
        Self(are_in.into_iter().collect())
    }
}

impl ScopePart {
    /// The node that the part is named by.
    pub const fn node(self) -> NodeId {
        match self {
            Self::Subtree(node) | Self::Alone(node) => node,
        }
    }

    /// The positions that the part covers; none where its node is not in the tree.
    pub fn positions(self, tree: &Tree) -> Range<usize> {
        match self {
            Self::Subtree(node) => tree.position(node).map_or(0..0, |at| tree.subtree(at)),
            Self::Alone(node) => tree.position(node).map_or(0..0, |at| at..at + 1),
        }
    }
}

impl Scope {
    /// The scope of someone with this access: an actor manages a node when their effective roles there hold
    /// organisation manager or administrator.
    pub fn of(tree: &Tree, access: &Access) -> Self {
        Self::new(tree, NodeSet(access.iter().map(crate::NodeAccess::manages).collect()))
    }

    /// The part of this scope that lies at or below any of these nodes.
    #[must_use]
    pub fn below(&self, tree: &Tree, nodes: &[NodeId]) -> Self {
        let mut within = vec![false; tree.len()];
        for at in nodes.iter().filter_map(|&node| tree.position(node)).flat_map(|at| tree.subtree(at)) {
            within[at] = self.managed.contains(at);
        }
        Self::new(tree, NodeSet(within))
    }

    /// Whether a node and everything below it is in this scope.
    pub fn covers(&self, tree: &Tree, node: NodeId) -> bool {
        tree.position(node).is_some_and(|at| tree.subtree(at).all(|at| self.managed.contains(at)))
    }

    /// The nodes managed.
    pub fn managed(&self) -> &NodeSet {
        &self.managed
    }

    /// Disjoint parts that cover the scope exactly; the fewest there can be.
    pub fn parts(&self) -> &[ScopePart] {
        &self.parts
    }

    fn new(tree: &Tree, managed: NodeSet) -> Self {
        let mut whole = managed.0.clone();
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
                    parts.push(ScopePart::Alone(node));
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
    fn a_manager_of_an_agency_has_its_whole_subtree() {
        let tree = tree(&[0, 1, 1, 0]);
        let scope = scope(&tree, &Assignments::from([(id(1), Role::OrganisationManager.into())]));
        assert_eq!(scope.parts(), [ScopePart::Subtree(id(1))]);
        assert_eq!(scope.below(&tree, &[id(2)]).parts(), [ScopePart::Subtree(id(2))]);
        assert!(scope.below(&tree, &[id(4)]).managed().is_empty());
    }

    #[test]
    fn what_lies_below_several_nodes_counts_once() {
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
    fn an_override_below_leaves_the_agency_alone_and_its_other_environments() {
        let tree = tree(&[0, 1, 1]);
        let assignments =
            Assignments::from([(id(1), Role::Administrator.into()), (id(2), RoleSet::only(Role::Agent))]);
        let scope = scope(&tree, &assignments);
        assert_eq!(scope.parts(), [ScopePart::Alone(id(1)), ScopePart::Subtree(id(3))]);
        let covered = [0, 1, 2, 3, 9].map(|node| scope.covers(&tree, id(node)));
        assert_eq!(covered, [false, false, false, true, false]);
    }

    proptest! {
        #[test]
        fn parts_cover_what_is_managed_exactly_and_once(
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
