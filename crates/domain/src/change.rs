use crate::{Access, Assignments, NodeSet, Role, Taken, Tree};

/// What a request makes of one user's access: before all of it and after all of it.
#[derive(Debug, Clone)]
pub struct Change {
    before: Access,
    after: Access,
    leaves_tree: bool,
}

impl Change {
    /// The change from some assignments to others.
    pub fn new(tree: &Tree, before: &Assignments, after: &Assignments) -> Self {
        let leaves_tree = Taken::between(before, after).0.keys().any(|&node| tree.position(node).is_none());
        Self { before: Access::new(tree, before), after: Access::new(tree, after), leaves_tree }
    }

    /// What the user had.
    pub fn before(&self) -> &Access {
        &self.before
    }

    /// What the user will have.
    pub fn after(&self) -> &Access {
        &self.after
    }

    /// Whether an assignment changes at a node that is not in the tree: nobody manages that.
    pub fn leaves_tree(&self) -> bool {
        self.leaves_tree
    }

    /// The positions at which an assignment is made, changed or taken back.
    pub fn assigned(&self) -> impl Iterator<Item = usize> + '_ {
        self.positions().filter(|&at| self.before.at(at).assigned != self.after.at(at).assigned)
    }

    /// The positions that the user managed, and will manage no longer.
    pub fn stops_managing(&self) -> impl Iterator<Item = usize> + '_ {
        self.positions().filter(|&at| self.before.at(at).manages() && !self.after.at(at).manages())
    }

    /// The positions at which the user was a manager by an assignment of the node's own, and will be none.
    pub fn stops_managing_itself(&self) -> impl Iterator<Item = usize> + '_ {
        let manages = |access: &Access, at: usize| {
            access.at(at).assigned.is_some_and(|roles| roles.iter().any(Role::manages))
        };
        self.positions().filter(move |&at| manages(&self.before, at) && !manages(&self.after, at))
    }

    /// Whether every node that the user stops managing has another joined manager. A node that had a joined
    /// manager, inherited ones included, must keep one.
    pub fn keeps_managers(&self, managed_by_others: &NodeSet) -> bool {
        self.stops_managing().all(|at| managed_by_others.contains(at))
    }

    fn positions(&self) -> std::ops::Range<usize> {
        0..self.before.iter().len()
    }
}
