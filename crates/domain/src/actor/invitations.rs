use chrono::{DateTime, Utc};

use super::Actor;
use crate::{
    Assignments, Change, Denial, HeldAccess, PendingGrant, TargetUser, is_joined_within, pending_entries,
};

/// The correction of the address of an invited user: the grants that move to the right address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// The indices of the moved grants in [`TargetUser::pending`]. The others stay with the old address.
    pub moved: Vec<usize>,
    /// The roles that the actor grants to the new address. Their ends are those of the moved grants.
    pub grants: Assignments,
}

impl Actor<'_> {
    /// Returns the indices of the pending grants that an invitation link made by the actor covers.
    ///
    /// A link covers only grants at nodes that the actor manages, whose access has not ended, that the actor could issue
    /// themselves **(choice)**, and that the user could then accept. The actor becomes their granter. So copying a link cannot escalate
    /// privileges, and no link is dead from the start.
    ///
    /// # Errors
    /// [`Denial::NoInvitation`] if there are no pending grants at managed nodes. If the actor could
    /// issue none of them, the first [`Denial`] of [`Self::may_issue`] and [`Self::may_fulfil`].
    pub fn may_send_link(&self, target: &TargetUser, now: DateTime<Utc>) -> Result<Vec<usize>, Denial> {
        self.may_act()?;
        // A mailed link confirms the address, and a copied one has the user sign in by mail first.
        let target = TargetUser { unconfirmed_by: None, ..target.clone() };
        let mut denied = Denial::NoInvitation;
        let mut covered = Vec::new();
        let is_open = |grant: &PendingGrant| self.manages(grant.node) && !grant.has_ended(now);
        for (index, grant) in target.pending.iter().enumerate().filter(|(_, grant)| is_open(grant)) {
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
        let mut covered = self.may_send_link(target, now)?;
        covered.retain(|&index| target.pending[index].is_open(now));
        if covered.is_empty() { Err(Denial::InvitationExpired) } else { Ok(covered) }
    }

    /// Checks whether the actor may revoke the pending grants at the nodes that they manage.
    ///
    /// Revoking is a change like any other: only an Administrator may revoke a grant of Administrator.
    ///
    /// # Errors
    /// The first [`Denial`] of [`Self::may_change`].
    pub fn may_revoke(&self, pending: &[PendingGrant]) -> Result<(), Denial> {
        let before = pending_entries(self.tree, &self.managed, pending);
        self.may_change(&Change::new(self.tree, before, HeldAccess::default()))
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
            (0..target.pending.len()).filter(|&index| self.manages(target.pending[index].node)).collect();
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
            pending_entries(self.tree, &self.managed, grants.map(|(_, grant)| grant))
        };
        let (grants, remaining) = (pending(true), pending(false));
        let before = pending_entries(self.tree, &self.managed, &target.pending);
        self.may_change(&Change::new(self.tree, before, remaining))?;
        self.may_grant(pending_entries(self.tree, &self.managed, receiver), &grants)?;
        Ok(Correction { moved, grants: grants.roles() })
    }
}
