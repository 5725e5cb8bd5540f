use std::borrow::Cow;

use chrono::{DateTime, Utc};

use crate::{
    Access, Change, Denial, Entries, HeldAccess, NodeAccess, NodeId, NodeSet, NodesOverTime, PendingGrant,
    RoleSet, Scope, TargetUser, Tree, UserId, View,
};

mod check;
mod invitations;
mod pauses;
mod removal;
mod sessions;
mod undo;

pub use invitations::Correction;
pub use pauses::{NewPause, Pausing, Resumption};
pub use removal::Removal;
pub use undo::Undo;

/// The user who makes a request, with their access before the request.
///
/// All permission checks use this access. So nobody can promote themselves within a request.
#[derive(Debug, Clone)]
pub struct Actor<'a> {
    tree: &'a Tree,
    id: UserId,
    /// The access in the present.
    access: Cow<'a, Access>,
    /// The access over time. `None` if it does not change by itself.
    held: Option<&'a HeldAccess>,
    managed: NodeSet,
    is_impersonating: bool,
}

impl<'a> Actor<'a> {
    /// Creates an actor with access that never ends. `is_impersonating` is whether the request is made inside a view.
    pub fn new(tree: &'a Tree, id: UserId, access: &'a Access, is_impersonating: bool) -> Self {
        let managed = access.iter().map(NodeAccess::manages).collect();
        Self { tree, id, access: Cow::Borrowed(access), held: None, managed, is_impersonating }
    }

    /// Creates an actor with access that may end. What they give cannot outlast it.
    pub fn holding(tree: &'a Tree, id: UserId, held: &'a HeldAccess, is_impersonating: bool) -> Self {
        let access = held.access(tree);
        let managed = access.iter().map(NodeAccess::manages).collect();
        Self { tree, id, access: Cow::Owned(access), held: Some(held), managed, is_impersonating }
    }

    /// The nodes that the actor manages.
    pub fn managed(&self) -> &NodeSet {
        &self.managed
    }

    /// Checks whether the actor has permission to make this change. There are five rules:
    ///
    /// 1. The actor manages every node at which an assignment changes.
    /// 2. At every node at which the user gains a role, also below the changed ones, the actor manages the node and
    ///    its licence includes the role.
    /// 3. At every node at which the effective roles change and include Administrator, before or after, the actor
    ///    is an Administrator.
    /// 4. Rules 2 and 3 hold at each later moment at which the user gains a role, by the actor's access at that moment.
    /// 5. A user whose e-mail address is not confirmed gains roles and chat notifications only from the manager by
    ///    whose copied link they joined. Nobody else knows who uses the account.
    ///
    /// **(choice)** At a node that the actor does not manage, a change of an Administrator is reported as
    /// [`Denial::ReachesBeyond`], so the error reveals nothing about that node.
    ///
    /// # Errors
    /// The [`Denial`] that comes first in their order, of all that apply at any node.
    pub fn may_change(&self, change: &Change) -> Result<(), Denial> {
        self.may_act()?;
        let mut changed = change.changed_assignments();
        if change.has_unknown_nodes() || changed.any(|position| !self.managed.contains(position)) {
            return Err(Denial::NotManaged);
        }
        if let Some(denial) = self.check_over_time(change) {
            return Err(denial);
        }
        if !self.vouches(change.unconfirmed_by()) && change.gives_access(self.tree) {
            return Err(Denial::AddressUnconfirmed);
        }
        Ok(())
    }

    /// Checks whether the actor may make this change of a user's assignments, including the state afterwards: nobody
    /// gives up their own management, and every managed node keeps a manager ([`Change::keeps_managers`]).
    ///
    /// `managed_by_others` holds the nodes that joined users other than `user` manage after the whole request. It
    /// must be complete for the nodes that `user` stops managing. **(choice)** Giving oneself an end as a manager, or an
    /// earlier one, is giving up management.
    ///
    /// # Errors
    /// The first [`Denial`] of [`Self::may_change`], or else [`Denial::OwnManagement`] or [`Denial::LastManager`].
    pub fn may_assign(
        &self,
        user: UserId,
        change: &Change,
        managed_by_others: impl Into<NodesOverTime>,
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
    pub fn may_grant(&self, before: impl Into<HeldAccess>, grants: impl Into<Entries>) -> Result<(), Denial> {
        let before = before.into();
        let after = before.with_grants(self.tree, &grants.into());
        self.may_change(&Change::new(self.tree, before, after))
    }

    /// Checks whether the actor could issue this grant to a user without any access.
    ///
    /// # Errors
    /// The first [`Denial`] that applies at the node of the grant or below.
    pub fn may_issue(&self, grant: &PendingGrant) -> Result<(), Denial> {
        self.may_give(grant.node, grant.roles, grant.until)
    }

    /// Checks whether the actor could give these roles at this node, until a moment or without an end, to a user without
    /// any access.
    ///
    /// # Errors
    /// The first [`Denial`] that applies at the node or below.
    pub fn may_give(&self, node: NodeId, roles: RoleSet, until: Option<DateTime<Utc>>) -> Result<(), Denial> {
        self.may_act()?;
        let managed = self.tree.position(node).filter(|&position| self.managed.contains(position));
        let position = managed.ok_or(Denial::NotManaged)?;
        self.check_gift(self.tree.subtree(position), roles, until)
    }

    /// Checks whether the target user can accept this grant, given by the actor. The check covers all roles that the
    /// user holds, also at nodes that the actor does not manage.
    ///
    /// # Errors
    /// The first [`Denial`] of [`Self::may_change`].
    pub fn may_fulfil(&self, target: &TargetUser, grant: &PendingGrant) -> Result<(), Denial> {
        let after = target.held.with_grants(self.tree, &[(grant.node, grant.entry())].into_iter().collect());
        self.may_change(&Change::of_user(self.tree, target, after))
    }

    /// Checks whether the e-mail address of a user prevents the actor from giving them roles directly.
    ///
    /// # Errors
    /// [`Denial::InsideView`] or [`Denial::AddressUnconfirmed`].
    pub fn may_give_roles(&self, target: &TargetUser) -> Result<(), Denial> {
        self.may_act()?;
        if self.vouches(target.unconfirmed_by) { Ok(()) } else { Err(Denial::AddressUnconfirmed) }
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
        View::of(self.tree, &self.access, &self.managed, target, now)
    }

    /// Returns the scope of the undelivered mails that the actor may see: the nodes at which they are an Administrator.
    /// Other managers see only whether invitations were delivered, at the invited users.
    ///
    /// # Errors
    /// [`Denial::NeedsAdministrator`] if there is no such node.
    pub fn may_list_undelivered_mail(&self) -> Result<Scope, Denial> {
        let scope = Scope::of_undelivered_mail(self.tree, &self.access);
        if scope.managed().is_empty() { Err(Denial::NeedsAdministrator) } else { Ok(scope) }
    }

    fn may_act(&self) -> Result<(), Denial> {
        if self.is_impersonating { Err(Denial::InsideView) } else { Ok(()) }
    }

    /// Whether the e-mail address is confirmed, or the user joined by a link that the actor copied.
    fn vouches(&self, unconfirmed_by: Option<UserId>) -> bool {
        unconfirmed_by.is_none_or(|creator| creator == self.id)
    }

    fn manages(&self, node: NodeId) -> bool {
        self.tree.position(node).is_some_and(|position| self.managed.contains(position))
    }
}
