use crate::{
    Access, AssignmentDiff, Assignments, NodeKind, NodeSet, Notified, Role, TargetUser, Tree, UserId,
};

/// The effect of one request on one user's access: the state before and after the whole request.
#[derive(Debug, Clone)]
pub struct Change {
    before: Access,
    after: Access,
    has_unknown_nodes: bool,
    unconfirmed_by: Option<UserId>,
}

impl Change {
    /// Compares two sets of assignments. Use it for pending grants, which a user gets only by a link. Use
    /// [`Self::of_user`] for roles that a user holds.
    pub fn new(tree: &Tree, before: &Assignments, after: &Assignments) -> Self {
        let has_unknown_nodes =
            AssignmentDiff::between(before, after).0.keys().any(|&node| tree.position(node).is_none());
        let (before, after) = (Access::new(tree, before), Access::new(tree, after));
        Self { before, after, has_unknown_nodes, unconfirmed_by: None }
    }

    /// Compares the roles that a user holds with those after a request. The change knows whether the user's e-mail
    /// address is confirmed, so that [`Actor::may_change`](crate::Actor::may_change) checks it on every path.
    pub fn of_user(tree: &Tree, target: &TargetUser, after: &Assignments) -> Self {
        Self { unconfirmed_by: target.unconfirmed_by, ..Self::new(tree, &target.held, after) }
    }

    /// The manager by whose copied link the user joined, if their e-mail address is not confirmed.
    pub fn unconfirmed_by(&self) -> Option<UserId> {
        self.unconfirmed_by
    }

    /// Whether the user gains a role or the chat notifications of an environment, at any node.
    pub fn gives_access(&self, tree: &Tree) -> bool {
        self.positions().any(|position| {
            let (before, after) = (self.before.at(position), self.after.at(position));
            let starts_chats = tree.nodes()[position].kind == NodeKind::Environment
                && Notified::evaluate(after, true).value
                && !Notified::evaluate(before, true).value;
            starts_chats || !after.effective.is_subset(before.effective)
        })
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
