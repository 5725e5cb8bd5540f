use crate::{Access, AssignmentDiff, Assignments, NodeSet, Role, Tree};

/// The effect of one request on one user's access: the state before and after the whole request.
#[derive(Debug, Clone)]
pub struct Change {
    before: Access,
    after: Access,
    has_unknown_nodes: bool,
}

impl Change {
    /// Compares two sets of assignments of one user.
    pub fn new(tree: &Tree, before: &Assignments, after: &Assignments) -> Self {
        let has_unknown_nodes =
            AssignmentDiff::between(before, after).0.keys().any(|&node| tree.position(node).is_none());
        Self { before: Access::new(tree, before), after: Access::new(tree, after), has_unknown_nodes }
    }

    /// The user's access before the request.
    pub fn before(&self) -> &Access {
        &self.before
    }

    /// The user's access after the request.
    pub fn after(&self) -> &Access {
        &self.after
    }

    /// Whether an assignment changes at a node that is not in the tree. Nobody manages such a node.
    pub fn has_unknown_nodes(&self) -> bool {
        self.has_unknown_nodes
    }

    /// The positions at which an assignment is added, changed or removed.
    pub fn changed_assignments(&self) -> impl Iterator<Item = usize> + '_ {
        self.positions()
            .filter(|&position| self.before.at(position).assigned != self.after.at(position).assigned)
    }

    /// The positions that the user manages before the request but not after it.
    pub fn stops_managing(&self) -> impl Iterator<Item = usize> + '_ {
        self.positions()
            .filter(|&position| self.before.at(position).manages() && !self.after.at(position).manages())
    }

    /// The positions at which the user is a manager by direct assignment before the request but not after it.
    pub fn stops_managing_directly(&self) -> impl Iterator<Item = usize> + '_ {
        let manages = |access: &Access, position: usize| {
            access.at(position).assigned.is_some_and(|roles| roles.iter().any(Role::manages))
        };
        self.positions()
            .filter(move |&position| manages(&self.before, position) && !manages(&self.after, position))
    }

    /// Whether every node that the user stops managing has another joined manager.
    ///
    /// A node that has a joined manager must keep one. Inherited managers count.
    pub fn keeps_managers(&self, managed_by_others: &NodeSet) -> bool {
        self.stops_managing().all(|position| managed_by_others.contains(position))
    }

    fn positions(&self) -> std::ops::Range<usize> {
        0..self.before.iter().len()
    }
}
