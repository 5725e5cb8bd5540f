use chrono::{DateTime, Utc};

use crate::{
    Access, Assignments, Change, Denial, NodeAccess, NodeId, NodeSet, PendingGrant, Role, RoleSet, Scope,
    TargetUser, Tree, UserId, View, assignments_after_removal, is_joined_within, licensed_roles,
    pending_assignments, with_grants,
};

/// The user who makes a request, with their access before the request.
///
/// All permission checks use this access. So nobody can promote themselves within a request.
#[derive(Debug, Clone)]
pub struct Actor<'a> {
    tree: &'a Tree,
    id: UserId,
    access: &'a Access,
    managed: NodeSet,
    is_impersonating: bool,
}

/// The correction of the address of an invited user: the grants that move to the right address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The indices of the moved grants in [`TargetUser::pending`]. The others stay with the old address.
    pub moved: Vec<usize>,
    /// The roles that the actor grants to the new address.
    pub grants: Assignments,
}

/// The result of a removal.
#[derive(Debug, Clone)]
pub struct Removal {
    /// The assignments that the user keeps.
    pub remaining: Assignments,
    /// The indices of the revoked grants in [`TargetUser::pending`].
    pub revoked: Vec<usize>,
    /// The change of the user's access.
    pub change: Change,
}

impl<'a> Actor<'a> {
    /// Creates an actor with this access. `is_impersonating` is whether the request is made inside a view.
    pub fn new(tree: &'a Tree, id: UserId, access: &'a Access, is_impersonating: bool) -> Self {
        let managed = access.iter().map(NodeAccess::manages).collect();
        Self { tree, id, access, managed, is_impersonating }
    }

    /// The nodes that the actor manages.
    pub fn managed(&self) -> &NodeSet {
        &self.managed
    }

    /// Checks whether the actor has permission to make this change. There are four rules:
    ///
    /// 1. The actor manages every node at which an assignment changes.
    /// 2. At every node at which the user gains a role, also below the changed ones, the actor manages the node and
    ///    its licence includes the role.
    /// 3. At every node at which the effective roles change and include Administrator, before or after, the actor
    ///    is an Administrator.
    /// 4. A user whose e-mail address is not confirmed gains roles and chat notifications only from the manager by
    ///    whose copied link they joined. Nobody else knows who uses the account.
    ///
    /// **(choice)** At a node that the actor does not manage, a change of an Administrator is reported as
    /// [`Denial::ReachesBeyond`], so the error reveals nothing about that node.
    ///
    /// # Errors
    /// The [`Denial`] that comes first in their order, of all that apply at any node.
    pub fn may_change(&self, change: &Change) -> Result<(), Denial> {
        self.may_act()?;
        if change.has_unknown_nodes()
            || change.changed_assignments().any(|position| !self.managed.contains(position))
        {
            return Err(Denial::NotManaged);
        }
        let effective = change.before().iter().zip(change.after().iter());
        self.check_all(
            effective
                .enumerate()
                .map(|(position, (before, after))| (position, before.effective, after.effective)),
        )?;
        if !self.vouches(change.unconfirmed_by()) && change.gives_access(self.tree) {
            return Err(Denial::AddressUnconfirmed);
        }
        Ok(())
    }

    /// Checks whether the actor may make this change of a user's assignments, including the state afterwards: nobody
    /// gives up their own management, and every managed node keeps a manager.
    ///
    /// `managed_by_others` holds the nodes that joined users other than `user` manage after the whole request. It
    /// must be complete for the nodes that `user` stops managing.
    ///
    /// # Errors
    /// The first [`Denial`] of [`Self::may_change`], or else [`Denial::OwnManagement`] or [`Denial::LastManager`].
    pub fn may_assign(
        &self,
        user: UserId,
        change: &Change,
        managed_by_others: &NodeSet,
    ) -> Result<(), Denial> {
        self.may_change(change)?;
        if user == self.id && change.stops_managing().next().is_some() {
            return Err(Denial::OwnManagement);
        }
        if change.keeps_managers(managed_by_others) { Ok(()) } else { Err(Denial::LastManager) }
    }

    /// Checks whether the actor may give these roles in addition to those in `before`.
    ///
    /// For an invitation, `before` holds the pending grants that the actor can see. The user's access elsewhere
    /// is left out, so that the result reveals nothing about it. For a user who has joined, or who accepts,
    /// `before` holds their assignments.
    ///
    /// # Errors
    /// The first [`Denial`] of [`Self::may_change`].
    pub fn may_grant(&self, before: &Assignments, grants: &Assignments) -> Result<(), Denial> {
        self.may_change(&Change::new(self.tree, before, &with_grants(self.tree, before, grants)))
    }

    /// Checks whether the actor could issue this grant to a user without any access.
    ///
    /// # Errors
    /// The first [`Denial`] that applies at the node of the grant or below.
    pub fn may_issue(&self, grant: &PendingGrant) -> Result<(), Denial> {
        self.may_give(grant.node, grant.roles)
    }

    /// Checks whether the actor could give these roles at this node to a user without any access.
    ///
    /// # Errors
    /// The first [`Denial`] that applies at the node or below.
    pub fn may_give(&self, node: NodeId, roles: RoleSet) -> Result<(), Denial> {
        self.may_act()?;
        let managed = self.tree.position(node).filter(|&position| self.managed.contains(position));
        let position = managed.ok_or(Denial::NotManaged)?;
        self.check_all(self.tree.subtree(position).map(|below| (below, RoleSet::empty(), roles)))
    }

    /// Checks whether the target user can accept this grant, given by the actor. The check covers all roles that the
    /// user holds, also at nodes that the actor does not manage.
    ///
    /// # Errors
    /// The first [`Denial`] of [`Self::may_change`].
    pub fn may_fulfil(&self, target: &TargetUser, grant: &PendingGrant) -> Result<(), Denial> {
        let grants = Assignments::from([(grant.node, grant.roles)]);
        let after = with_grants(self.tree, &target.held, &grants);
        self.may_change(&Change::of_user(self.tree, target, &after))
    }

    /// Returns the indices of the pending grants that an invitation link made by the actor covers.
    ///
    /// A link covers only grants at nodes that the actor manages, that the actor could issue themselves **(choice)**,
    /// and that the user could then accept. The actor becomes their granter. So copying a link cannot escalate
    /// privileges, and no link is dead from the start.
    ///
    /// # Errors
    /// [`Denial::NoInvitation`] if there are no pending grants at managed nodes. If the actor could
    /// issue none of them, the first [`Denial`] of [`Self::may_issue`] and [`Self::may_fulfil`].
    pub fn may_send_link(&self, target: &TargetUser) -> Result<Vec<usize>, Denial> {
        self.may_act()?;
        // A mailed link confirms the address, and a copied one has the user sign in by mail first.
        let target = TargetUser { unconfirmed_by: None, ..target.clone() };
        let mut denied = Denial::NoInvitation;
        let mut covered = Vec::new();
        for (index, grant) in target.pending.iter().enumerate().filter(|(_, grant)| self.manages(grant)) {
            match self.may_issue(grant).and_then(|()| self.may_fulfil(&target, grant)) {
                Ok(()) => covered.push(index),
                Err(denial) => denied = denied.min(denial),
            }
        }
        if covered.is_empty() { Err(denied) } else { Ok(covered) }
    }

    /// Whether an invitation link made by the actor accepts this grant: they gave it, or could give it.
    ///
    /// Whether the user can accept it then depends on the user who gave it ([`Self::may_fulfil`]).
    pub fn link_accepts(&self, grant: &PendingGrant) -> bool {
        grant.granted_by == self.id || self.may_issue(grant).is_ok()
    }

    /// Returns the indices of the pending grants that a copied link opens: those that a link covers and that have not
    /// expired.
    ///
    /// # Errors
    /// [`Denial::InvitationExpired`] if all covered grants have expired. Otherwise the errors of
    /// [`Self::may_send_link`].
    pub fn may_copy_link(&self, target: &TargetUser, now: DateTime<Utc>) -> Result<Vec<usize>, Denial> {
        let mut covered = self.may_send_link(target)?;
        covered.retain(|&index| target.pending[index].expires_at > now);
        if covered.is_empty() { Err(Denial::InvitationExpired) } else { Ok(covered) }
    }

    /// Checks whether the e-mail address of a user prevents the actor from giving them roles directly.
    ///
    /// # Errors
    /// [`Denial::InsideView`] or [`Denial::AddressUnconfirmed`].
    pub fn may_give_roles(&self, target: &TargetUser) -> Result<(), Denial> {
        self.may_act()?;
        if self.vouches(target.unconfirmed_by) { Ok(()) } else { Err(Denial::AddressUnconfirmed) }
    }

    /// Computes the removal of a user: they lose all roles and all pending grants at the nodes that the actor
    /// manages.
    ///
    /// # Errors
    /// [`Denial::OwnRemoval`], or the first [`Denial`] of [`Self::may_change`] and [`Self::may_revoke`]. Check
    /// [`Denial::LastManager`] with [`Removal::keeps_managers`].
    pub fn may_remove(&self, user: UserId, target: &TargetUser) -> Result<Removal, Denial> {
        self.may_act()?;
        if user == self.id {
            return Err(Denial::OwnRemoval);
        }
        let remaining = assignments_after_removal(self.tree, &self.managed, &target.held);
        let change = Change::of_user(self.tree, target, &remaining);
        let denied = [self.may_change(&change), self.may_revoke(&target.pending)];
        if let Some(denial) = denied.into_iter().filter_map(Result::err).min() {
            return Err(denial);
        }
        let pending = target.pending.iter().enumerate();
        let revoked = pending.filter(|(_, grant)| self.manages(grant)).map(|(index, _)| index).collect();
        Ok(Removal { remaining, revoked, change })
    }

    /// Checks whether the actor may revoke the pending grants at the nodes that they manage.
    ///
    /// Revoking is a change like any other: only an Administrator may revoke a grant of Administrator.
    ///
    /// # Errors
    /// The first [`Denial`] of [`Self::may_change`].
    pub fn may_revoke(&self, pending: &[PendingGrant]) -> Result<(), Denial> {
        let before = pending_assignments(self.tree, &self.managed, pending);
        self.may_change(&Change::new(self.tree, &before, &Assignments::new()))
    }

    /// Computes the correction of the address of an invited user: revoking the grants and inviting the other address.
    ///
    /// A grant at a node that the actor manages moves if the actor may revoke it and may issue it. Other grants stay.
    /// `receiver` holds the pending grants of the other address.
    ///
    /// # Errors
    /// [`Denial::NoInvitation`], or [`Denial::HasJoined`] if the user has joined at a node that the actor manages. If
    /// no grant can move, the first [`Denial`] of [`Self::may_revoke`] and [`Self::may_issue`]. Otherwise those of
    /// revoking and granting all moved grants together.
    pub fn may_correct(&self, target: &TargetUser, receiver: &[PendingGrant]) -> Result<Correction, Denial> {
        self.may_act()?;
        let here: Vec<usize> =
            (0..target.pending.len()).filter(|&index| self.manages(&target.pending[index])).collect();
        if here.is_empty() {
            return Err(Denial::NoInvitation);
        }
        if is_joined_within(self.tree, &self.managed, &target.held) {
            return Err(Denial::HasJoined);
        }
        let mut denied = Vec::new();
        let mut moved = Vec::new();
        for index in here {
            let grant = &target.pending[index];
            let checks = [self.may_revoke(std::slice::from_ref(grant)), self.may_issue(grant)];
            match checks.into_iter().filter_map(Result::err).min() {
                None => moved.push(index),
                Some(denial) => denied.push(denial),
            }
        }
        if let (true, Some(denial)) = (moved.is_empty(), denied.into_iter().min()) {
            return Err(denial);
        }
        let pending = |is_moved: bool| {
            let grants = target.pending.iter().enumerate();
            let grants = grants.filter(|(index, _)| moved.contains(index) == is_moved);
            pending_assignments(self.tree, &self.managed, grants.map(|(_, grant)| grant))
        };
        let (grants, remaining) = (pending(true), pending(false));
        let before = pending_assignments(self.tree, &self.managed, &target.pending);
        self.may_change(&Change::new(self.tree, &before, &remaining))?;
        self.may_grant(&pending_assignments(self.tree, &self.managed, receiver), &grants)?;
        Ok(Correction { moved, grants })
    }

    /// Computes the [`View`] of the actor as this user.
    ///
    /// # Errors
    /// [`Denial::InsideView`], [`Denial::OwnView`], [`Denial::NothingToView`] or [`Denial::ViewNeedsAdministrator`].
    pub fn may_impersonate(
        &self,
        user: UserId,
        target: &TargetUser,
        now: DateTime<Utc>,
    ) -> Result<View, Denial> {
        self.may_act()?;
        if user == self.id {
            return Err(Denial::OwnView);
        }
        View::of(self.tree, self.access, &self.managed, target, now)
    }

    /// Returns the scope of the undelivered mails that the actor may see: the nodes at which they are an Administrator.
    /// Other managers see only whether invitations were delivered, at the invited users.
    ///
    /// # Errors
    /// [`Denial::NeedsAdministrator`] if there is no such node.
    pub fn may_list_undelivered_mail(&self) -> Result<Scope, Denial> {
        let scope = Scope::of_undelivered_mail(self.tree, self.access);
        if scope.managed().is_empty() { Err(Denial::NeedsAdministrator) } else { Ok(scope) }
    }

    fn may_act(&self) -> Result<(), Denial> {
        if self.is_impersonating { Err(Denial::InsideView) } else { Ok(()) }
    }

    /// Whether the e-mail address is confirmed, or the user joined by a link that the actor copied.
    fn vouches(&self, unconfirmed_by: Option<UserId>) -> bool {
        unconfirmed_by.is_none_or(|creator| creator == self.id)
    }

    fn manages(&self, grant: &PendingGrant) -> bool {
        self.tree.position(grant.node).is_some_and(|position| self.managed.contains(position))
    }

    /// Checks changes of effective roles, each with its position. Returns the denial that comes first in their order.
    fn check_all(&self, changes: impl Iterator<Item = (usize, RoleSet, RoleSet)>) -> Result<(), Denial> {
        let denied = changes.filter_map(|(position, before, after)| self.check(position, before, after));
        denied.min().map_or(Ok(()), Err)
    }

    /// Checks one change of the effective roles at a node.
    fn check(&self, position: usize, before: RoleSet, after: RoleSet) -> Option<Denial> {
        if before == after {
            return None;
        }
        let gained = after - before;
        let has_administrator = (before | after).contains(Role::Administrator);
        if !self.managed.contains(position) {
            return (has_administrator || !gained.is_empty()).then_some(Denial::ReachesBeyond);
        }
        if has_administrator && !self.access.at(position).effective.contains(Role::Administrator) {
            return Some(Denial::NeedsAdministrator);
        }
        (!gained.is_subset(licensed_roles(self.tree, position))).then_some(Denial::NotLicensed)
    }
}

impl Removal {
    /// Checks whether every node that the user managed keeps a joined manager.
    ///
    /// # Errors
    /// [`Denial::LastManager`] if a node would be left without one.
    pub fn keeps_managers(&self, managed_by_others: &NodeSet) -> Result<(), Denial> {
        if self.change.keeps_managers(managed_by_others) { Ok(()) } else { Err(Denial::LastManager) }
    }
}
