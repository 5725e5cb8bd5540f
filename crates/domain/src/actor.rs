use chrono::{DateTime, Utc};

use crate::{
    Access, Assignments, Change, Denial, NodeAccess, NodeSet, PendingGrant, Role, RoleSet, Tree, UserId,
    View, granted, licensed_roles, promised, removed,
};

/// Whoever asks for something, with what they have at the moment before the whole request: by that their rights
/// are judged.
#[derive(Debug, Clone)]
pub struct Actor<'a> {
    tree: &'a Tree,
    id: UserId,
    access: &'a Access,
    managed: NodeSet,
    is_viewing: bool,
}

/// Whom it is asked about: everything that they have been given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Subject {
    /// What is assigned to them; only who has joined holds anything.
    pub held: Assignments,
    /// What waits for them to accept it.
    pub pending: Vec<PendingGrant>,
}

/// What a removal does.
#[derive(Debug, Clone)]
pub struct Removal {
    /// The assignments that are left.
    pub left: Assignments,
    /// The pending grants that end, by their places in the subject's list.
    pub ended: Vec<usize>,
    /// The change that it is.
    pub change: Change,
}

impl<'a> Actor<'a> {
    /// Somebody with this access; `is_viewing` where the request is made inside a view.
    pub fn new(tree: &'a Tree, id: UserId, access: &'a Access, is_viewing: bool) -> Self {
        let managed = access.iter().map(NodeAccess::manages).collect();
        Self { tree, id, access, managed, is_viewing }
    }

    /// The nodes that the actor manages.
    pub fn managed(&self) -> &NodeSet {
        &self.managed
    }

    /// Whether the actor has the right to make this change. It has three parts: every assignment that changes lies
    /// at a node that they manage; wherever a role is gained, at that node or below it, they manage the node and
    /// its licence includes the role; and wherever roles change and Administrator is among them, before or after,
    /// they are an administrator there.
    ///
    /// **(choice)** An administrator touched at a node that the actor does not manage is told as
    /// [`Denial::ReachesBeyond`], which names nothing of that node.
    ///
    /// # Errors
    /// The first [`Denial`], in their order, that applies at any node.
    pub fn may_change(&self, change: &Change) -> Result<(), Denial> {
        self.may_act()?;
        if change.leaves_tree() || change.assigned().any(|at| !self.managed.contains(at)) {
            return Err(Denial::NotManaged);
        }
        let effective = change.before().iter().zip(change.after().iter());
        self.judge_all(
            effective.enumerate().map(|(at, (before, after))| (at, before.effective, after.effective)),
        )
    }

    /// Whether the actor may make this change of a user's assignments: their right to, and what must hold
    /// afterwards. `managed_by_others` are the nodes that a joined user other than the subject manages after the
    /// whole request: of those that the subject stops managing, at least.
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_assign(
        &self,
        subject: UserId,
        change: &Change,
        managed_by_others: &NodeSet,
    ) -> Result<(), Denial> {
        self.may_change(change)?;
        if subject == self.id && change.stops_managing().next().is_some() {
            return Err(Denial::OwnManagement);
        }
        if change.keeps_managers(managed_by_others) { Ok(()) } else { Err(Denial::LastManager) }
    }

    /// Whether the actor may give these roles on top of others: of an invitation, those promised already. What the
    /// person holds elsewhere is not asked there, so that the answer tells nothing of it. Once they have joined, or
    /// accept, it is asked: then `before` is what they hold.
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_promise(&self, before: &Assignments, grants: &Assignments) -> Result<(), Denial> {
        self.may_change(&Change::new(self.tree, before, &granted(self.tree, before, grants)))
    }

    /// Whether the actor could give what this grant promises to somebody who has nothing.
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_give(&self, grant: &PendingGrant) -> Result<(), Denial> {
        self.may_act()?;
        let managed = self.tree.position(grant.node).filter(|&at| self.managed.contains(at));
        let at = managed.ok_or(Denial::NotManaged)?;
        self.judge_all(self.tree.subtree(at).map(|below| (below, RoleSet::empty(), grant.roles)))
    }

    /// The pending grants that a link made by the actor covers, by their places: those at nodes that they manage
    /// and that they could give themselves. Otherwise whoever can copy a link could take for themselves what only
    /// others may give **(choice)**.
    ///
    /// # Errors
    /// [`Denial::NoInvitation`], or the first of what forbids those there are.
    pub fn may_send_link(&self, pending: &[PendingGrant]) -> Result<Vec<usize>, Denial> {
        self.may_act()?;
        let mut denied = Denial::NoInvitation;
        let mut covered = Vec::new();
        for (place, grant) in pending.iter().enumerate().filter(|(_, grant)| self.manages(grant)) {
            match self.may_give(grant) {
                Ok(()) => covered.push(place),
                Err(denial) => denied = denied.min(denial),
            }
        }
        if covered.is_empty() { Err(denied) } else { Ok(covered) }
    }

    /// The pending grants that a copied link would open, by their places: of those that a link covers, the ones that
    /// can still be accepted.
    ///
    /// # Errors
    /// [`Denial::InvitationExpired`] where there are none of the latter; else as for any link.
    pub fn may_copy_link(&self, pending: &[PendingGrant], now: DateTime<Utc>) -> Result<Vec<usize>, Denial> {
        let mut covered = self.may_send_link(pending)?;
        covered.retain(|&place| pending[place].expires_at > now);
        if covered.is_empty() { Err(Denial::InvitationExpired) } else { Ok(covered) }
    }

    /// What removing a user would do: afterwards nothing counts for them at any node that the actor manages, and
    /// their pending grants there have ended.
    ///
    /// # Errors
    /// What forbids it, but for [`Denial::LastManager`]: see [`Removal::keeps_managers`].
    pub fn may_remove(&self, user: UserId, subject: &Subject) -> Result<Removal, Denial> {
        self.may_act()?;
        if user == self.id {
            return Err(Denial::OwnRemoval);
        }
        let left = removed(self.tree, &self.managed, &subject.held);
        let change = Change::new(self.tree, &subject.held, &left);
        let denied = [self.may_change(&change), self.may_revoke(&subject.pending)];
        if let Some(denial) = denied.into_iter().filter_map(Result::err).min() {
            return Err(denial);
        }
        let pending = subject.pending.iter().enumerate();
        let ended = pending.filter(|(_, grant)| self.manages(grant)).map(|(place, _)| place).collect();
        Ok(Removal { left, ended, change })
    }

    /// Whether the actor may end the pending grants at the nodes that they manage. Ending a promise is a change
    /// like any other: only an administrator takes back that somebody will be one.
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_revoke(&self, pending: &[PendingGrant]) -> Result<(), Denial> {
        let before = promised(self.tree, &self.managed, pending);
        self.may_change(&Change::new(self.tree, &before, &Assignments::new()))
    }

    /// What the actor would see as this user: see [`View`].
    ///
    /// # Errors
    /// What forbids it.
    pub fn may_view(&self, user: UserId, subject: &Subject, now: DateTime<Utc>) -> Result<View, Denial> {
        self.may_act()?;
        if user == self.id {
            return Err(Denial::OwnView);
        }
        View::of(self.tree, self.access, &self.managed, subject, now)
    }

    fn may_act(&self) -> Result<(), Denial> {
        if self.is_viewing { Err(Denial::InsideView) } else { Ok(()) }
    }

    fn manages(&self, grant: &PendingGrant) -> bool {
        self.tree.position(grant.node).is_some_and(|at| self.managed.contains(at))
    }

    /// The first denial, in their order, of what forbids that the roles at some nodes change so.
    fn judge_all(&self, changes: impl Iterator<Item = (usize, RoleSet, RoleSet)>) -> Result<(), Denial> {
        let denied = changes.filter_map(|(at, before, after)| self.judge(at, before, after));
        denied.min().map_or(Ok(()), Err)
    }

    /// What forbids that the roles that count at a node change so.
    fn judge(&self, at: usize, before: RoleSet, after: RoleSet) -> Option<Denial> {
        if before == after {
            return None;
        }
        let gained = after - before;
        let has_administrator = (before | after).contains(Role::Administrator);
        if !self.managed.contains(at) {
            return (has_administrator || !gained.is_empty()).then_some(Denial::ReachesBeyond);
        }
        if has_administrator && !self.access.at(at).effective.contains(Role::Administrator) {
            return Some(Denial::NeedsAdministrator);
        }
        (!gained.is_subset(licensed_roles(self.tree, at))).then_some(Denial::NotLicensed)
    }
}

impl Removal {
    /// Whether every node that the user managed keeps a joined manager.
    ///
    /// # Errors
    /// [`Denial::LastManager`].
    pub fn keeps_managers(&self, managed_by_others: &NodeSet) -> Result<(), Denial> {
        if self.change.keeps_managers(managed_by_others) { Ok(()) } else { Err(Denial::LastManager) }
    }
}
