use super::Actor;
use crate::{Denial, Role, TargetUser};

impl Actor<'_> {
    /// Checks whether the actor may see the sessions of a user and end them: they manage every node at which the user
    /// has access, paused access included.
    ///
    /// # Errors
    /// [`Denial::InsideView`]. [`Denial::NotManaged`] if the user has access at another node, or none at all: the list
    /// of sessions does not exist for the actor then. [`Denial::NeedsAdministrator`] if the user is an Administrator
    /// where the actor is not.
    pub fn may_end_sessions(&self, target: &TargetUser) -> Result<(), Denial> {
        self.may_act()?;
        let held = target.held.resumed().access(self.tree);
        if !held.has_roles() {
            return Err(Denial::NotManaged);
        }
        let check = |position: usize| {
            let is_administrator =
                |access: &crate::Access| access.at(position).effective.contains(Role::Administrator);
            if held.at(position).effective.is_empty() {
                None
            } else if !self.managed.contains(position) {
                Some(Denial::NotManaged)
            } else {
                (is_administrator(&held) && !is_administrator(&self.access))
                    .then_some(Denial::NeedsAdministrator)
            }
        };
        (0..self.tree.len()).filter_map(check).min().map_or(Ok(()), Err)
    }
}
