use crate::{Assignments, NodeId, Pause, RoleSet, Tree, capabilities_of};

/// The access of one user at one node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct NodeAccess {
    /// The roles assigned at the node itself. `None` without an assignment.
    pub assigned: Option<RoleSet>,
    /// The effective roles: the assigned ones, or else the inherited ones. Empty while they are paused.
    pub effective: RoleSet,
    /// The roles that are effective without an assignment at the node, as if nothing was paused.
    pub inherited: RoleSet,
    /// The nearest ancestor with an assignment, the source of the inherited roles.
    pub inherited_from: Option<NodeId>,
    /// Whether the user would have roles at the node, but a pause there or above takes them away.
    pub is_paused: bool,
}

/// The origin of the roles at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// No assignment, neither at the node nor at an ancestor.
    None,
    /// Assigned at the node, with no roles to inherit.
    Direct,
    /// Assigned at an ancestor.
    Inherited {
        /// The ancestor with the assignment.
        from: NodeId,
    },
    /// Assigned at the node, in place of different inherited roles.
    Overrides {
        /// The ancestor whose assignment is overridden.
        from: NodeId,
        /// The assigned roles that would not be inherited.
        gained: RoleSet,
        /// The inherited roles that are not assigned.
        lost: RoleSet,
    },
    /// Assigned at the node with the same roles as inherited. Later changes at the ancestor have no effect here.
    Pinned {
        /// The ancestor with the same roles.
        from: NodeId,
    },
}

/// The access of one user at every node of a tree, by position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Access(Vec<NodeAccess>);

impl Access {
    /// Applies the rule of inheritance: the assignment at the node, else the effective roles of its parent, else no
    /// roles. Assignments at nodes outside the tree have no effect.
    pub fn new(tree: &Tree, assignments: &Assignments) -> Self {
        let mut nodes = vec![NodeAccess::default(); tree.len()];
        for (&node, &roles) in assignments {
            if let Some(position) = tree.position(node) {
                nodes[position].assigned = Some(roles);
            }
        }
        for position in 0..nodes.len() {
            if let Some(parent) = tree.parent(position) {
                let above = nodes[parent];
                let own = above.assigned.map(|_| tree.nodes()[parent].id);
                nodes[position].inherited = above.effective;
                nodes[position].inherited_from = own.or(above.inherited_from);
            }
            let here = &mut nodes[position];
            here.effective = here.assigned.unwrap_or(here.inherited);
        }
        Self(nodes)
    }

    /// Whether the user has a role at any node. Without one, their sessions end.
    pub fn has_roles(&self) -> bool {
        self.0.iter().any(|here| !here.effective.is_empty())
    }

    /// Applies pauses: no roles at a paused node, and none that another node would inherit through a paused one.
    pub(crate) fn paused(mut self, tree: &Tree, pauses: &[Pause]) -> Self {
        let covered: Vec<_> = pauses.iter().map(|pause| pause.covered(tree)).collect();
        for position in 0..self.0.len() {
            let inherited = tree.parent(position).map(|parent| self.0[parent].effective).unwrap_or_default();
            let here = &mut self.0[position];
            let is_covered = covered.iter().any(|nodes| nodes.contains(position));
            let roles = if is_covered { RoleSet::empty() } else { here.assigned.unwrap_or(inherited) };
            here.is_paused = roles != here.effective;
            here.effective = roles;
        }
        self
    }

    /// The access at the node with this position.
    pub fn at(&self, position: usize) -> &NodeAccess {
        &self.0[position]
    }

    /// The access at each node, in preorder.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &NodeAccess> {
        self.0.iter()
    }
}

impl FromIterator<NodeAccess> for Access {
    fn from_iter<I: IntoIterator<Item = NodeAccess>>(nodes: I) -> Self {
        Self(nodes.into_iter().collect())
    }
}

impl NodeAccess {
    /// The origin of the effective roles.
    ///
    /// **(choice)** An empty set at an ancestor is inherited like any other set ("no access, set at X"). It cannot be
    /// overridden or pinned: roles assigned below it are direct.
    pub fn provenance(&self) -> Provenance {
        match (self.assigned, self.inherited_from) {
            (None, None) => Provenance::None,
            (None, Some(from)) => Provenance::Inherited { from },
            (Some(assigned), Some(from)) if !self.inherited.is_empty() => {
                if assigned == self.inherited {
                    Provenance::Pinned { from }
                } else {
                    let (gained, lost) = (assigned - self.inherited, self.inherited - assigned);
                    Provenance::Overrides { from, gained, lost }
                }
            }
            (Some(_), _) => Provenance::Direct,
        }
    }

    /// Whether an assignment at the node removes an inherited capability.
    pub fn reduces(&self) -> bool {
        !capabilities_of(self.resumed()).is_superset(capabilities_of(self.inherited))
    }

    /// The roles that are effective once no pause takes them away.
    pub fn resumed(&self) -> RoleSet {
        self.assigned.unwrap_or(self.inherited)
    }

    /// Whether the user manages the node.
    pub fn manages(&self) -> bool {
        self.effective.iter().any(crate::Role::manages)
    }

    /// Whether the user manages the node by an assignment at the node itself.
    pub fn manages_directly(&self) -> bool {
        self.assigned.is_some() && self.manages()
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::Role;
    use crate::tree::tests::{id, tree};
    use proptest::prelude::*;

    /// The rule as in the manual, without the shortcuts of the crate.
    fn naive_effective(tree: &Tree, assignments: &Assignments, node: NodeId) -> RoleSet {
        match (assignments.get(&node), tree.node(node).unwrap().parent) {
            (Some(&roles), _) => roles,
            (None, Some(parent)) => naive_effective(tree, assignments, parent),
            (None, None) => RoleSet::empty(),
        }
    }

    fn naive_source(tree: &Tree, assignments: &Assignments, node: NodeId) -> Option<NodeId> {
        let parent = tree.node(node).unwrap().parent?;
        if assignments.contains_key(&parent) { Some(parent) } else { naive_source(tree, assignments, parent) }
    }

    pub(crate) fn any_tree() -> impl Strategy<Value = Tree> {
        proptest::collection::vec(any::<prop::sample::Index>(), 0..24).prop_map(|picks| {
            let parents: Vec<usize> = picks.iter().enumerate().map(|(n, pick)| pick.index(n + 1)).collect();
            tree(&parents)
        })
    }

    pub(crate) fn any_roles() -> impl Strategy<Value = RoleSet> {
        any::<u16>().prop_map(RoleSet::from_repr_truncated)
    }

    fn any_case() -> impl Strategy<Value = (Tree, Assignments)> {
        any_tree().prop_flat_map(|tree| {
            let assignments =
                proptest::collection::btree_map((0..tree.len()).prop_map(id), any_roles(), 0..8);
            (Just(tree), assignments)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn inheritance_matches_the_naive_implementation((tree, assignments) in any_case()) {
            let access = Access::new(&tree, &assignments);
            for (position, node) in tree.nodes().iter().enumerate() {
                let here = access.at(position);
                prop_assert_eq!(here.effective, naive_effective(&tree, &assignments, node.id));
                prop_assert_eq!(here.inherited_from, naive_source(&tree, &assignments, node.id));

                let mut without = assignments.clone();
                without.remove(&node.id);
                prop_assert_eq!(here.inherited, naive_effective(&tree, &without, node.id));
            }
        }

        #[test]
        fn provenance_accounts_for_every_role((tree, assignments) in any_case()) {
            for here in Access::new(&tree, &assignments).iter() {
                match here.provenance() {
                    Provenance::None => {
                        prop_assert!(here.effective.is_empty() && here.assigned.is_none());
                    }
                    Provenance::Direct => {
                        prop_assert!(here.assigned.is_some() && here.inherited.is_empty());
                    }
                    Provenance::Inherited { .. } => prop_assert_eq!(here.effective, here.inherited),
                    Provenance::Pinned { .. } => {
                        prop_assert_eq!(here.assigned, Some(here.inherited));
                    }
                    Provenance::Overrides { gained, lost, .. } => {
                        prop_assert!(!(gained.is_empty() && lost.is_empty()));
                        prop_assert_eq!(here.effective, (here.inherited - lost) | gained);
                        prop_assert!(gained.is_disjoint(here.inherited));
                    }
                }
            }
        }

        #[test]
        fn only_a_direct_assignment_reduces_access((tree, assignments) in any_case()) {
            for here in Access::new(&tree, &assignments).iter() {
                prop_assert!(!here.reduces() || here.assigned.is_some());
            }
        }
    }

    #[test]
    fn detects_an_override_that_removes_a_capability() {
        let tree = tree(&[0, 1]);
        let assignments =
            Assignments::from([(id(1), Role::Operator.into()), (id(2), Role::Agent | Role::Planner)]);
        let access = Access::new(&tree, &assignments);
        let here = access.at(2);
        assert_eq!(
            here.provenance(),
            Provenance::Overrides {
                from: id(1),
                gained: Role::Agent | Role::Planner,
                lost: RoleSet::only(Role::Operator)
            }
        );
        assert!(here.reduces());
    }

    #[test]
    fn does_not_reduce_access_with_a_broader_role() {
        let tree = tree(&[0]);
        let assignments = Assignments::from([(id(0), Role::Analyst.into()), (id(1), Role::Producer.into())]);
        assert!(!Access::new(&tree, &assignments).at(1).reduces());
    }

    #[test]
    fn the_empty_set_ends_access_at_its_node_and_below() {
        let tree = tree(&[0, 1]);
        let assignments = Assignments::from([(id(0), Role::Agent.into()), (id(1), RoleSet::empty())]);
        let access = Access::new(&tree, &assignments);
        assert!(access.at(2).effective.is_empty());
        assert_eq!(access.at(2).provenance(), Provenance::Inherited { from: id(1) });
    }

    #[test]
    fn pins_the_same_roles_assigned_again() {
        let tree = tree(&[0]);
        let assignments = Assignments::from([(id(0), Role::Agent.into()), (id(1), Role::Agent.into())]);
        assert_eq!(Access::new(&tree, &assignments).at(1).provenance(), Provenance::Pinned { from: id(0) });
    }
}
