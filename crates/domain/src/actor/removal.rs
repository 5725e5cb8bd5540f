use super::Actor;
use crate::{Change, Denial, HeldAccess, NodesOverTime, TargetUser, UserId};

/// The result of a removal.
#[derive(Debug, Clone)]
pub struct Removal {
    /// The access that the user keeps.
    pub remaining: HeldAccess,
    /// The indices of the revoked grants in [`TargetUser::pending`].
    pub revoked: Vec<usize>,
    /// The change of the user's access.
    pub change: Change,
}

impl Actor<'_> {
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
        let remaining = target.held.after_removal(self.tree, &self.managed);
        let change = Change::of_user(self.tree, target, &remaining);
        let denied = [self.may_change(&change), self.may_revoke(&target.pending)];
        if let Some(denial) = denied.into_iter().filter_map(Result::err).min() {
            return Err(denial);
        }
        let pending = target.pending.iter().enumerate();
        let revoked = pending.filter(|(_, grant)| self.manages(grant.node)).map(|(index, _)| index).collect();
        Ok(Removal { remaining, revoked, change })
    }
}

impl Removal {
    /// Checks whether every node that the user managed keeps a joined manager ([`Change::keeps_managers`]).
    ///
    /// # Errors
    /// [`Denial::LastManager`] if a node would be left without one.
    pub fn keeps_managers(&self, managed_by_others: impl Into<NodesOverTime>) -> Result<(), Denial> {
        if self.change.keeps_managers(managed_by_others) { Ok(()) } else { Err(Denial::LastManager) }
    }
}
