use chrono::{DateTime, Utc};

use super::Actor;
use crate::{
    Author, Change, Denial, HeldAccess, NodeId, NodeSet, NodesOverTime, Pause, PendingGrant, TargetUser,
    UserId,
};

/// A requested pause of a user's access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPause {
    /// The node to pause with the nodes below. `None` pauses every node that the actor manages.
    pub node: Option<NodeId>,
    /// The start: the moment of the request.
    pub since: DateTime<Utc>,
    /// The moment at which the pause ends by itself. `None` for a pause without an end.
    pub until: Option<DateTime<Utc>>,
    /// The reason, of 1 to 200 characters.
    pub reason: String,
}

/// The result of a pause.
#[derive(Debug, Clone)]
pub struct Pausing {
    /// The new pauses, one for each topmost node. Empty if there is nothing to pause, as for a user who has only been
    /// invited.
    pub pauses: Vec<Pause>,
    /// The user's access with these pauses.
    pub remaining: HeldAccess,
    /// The change of the user's access.
    pub change: Change,
}

/// The result of resuming paused access.
#[derive(Debug, Clone)]
pub struct Resumption {
    /// The pauses that end. Empty if there is nothing to resume.
    pub ended: Vec<Pause>,
    /// The user's access without these pauses.
    pub resumed: HeldAccess,
    /// The change of the user's access.
    pub change: Change,
}

impl Actor<'_> {
    /// Computes a pause of a user's access, at one node or wherever the actor manages.
    ///
    /// It needs the same rights as a removal of the user from the same nodes.
    ///
    /// # Errors
    /// The denials of [`Self::may_remove`], restricted to the paused nodes. Check [`Denial::LastManager`] with
    /// [`Pausing::keeps_managers`].
    pub fn may_pause(&self, user: UserId, target: &TargetUser, new: &NewPause) -> Result<Pausing, Denial> {
        self.may_act()?;
        if user == self.id {
            return Err(Denial::OwnRemoval);
        }
        let tops = self.topmost(new.node)?;
        let pauses = tops.into_iter().map(|top| self.pause_at(top, new));
        let has_roles = target.held.nodes_with_roles(self.tree);
        let is_needed = |pause: &Pause| pause.covered(self.tree).iter().any(|at| has_roles.contains(at));
        let pauses: Vec<_> = pauses.filter(is_needed).collect();
        let nodes: Vec<_> = pauses.iter().map(|pause| pause.covered(self.tree)).collect();
        let covered: NodeSet =
            (0..self.tree.len()).map(|at| nodes.iter().any(|nodes| nodes.contains(at))).collect();

        let removed = target.held.after_removal(self.tree, &covered);
        let is_covered = |grant: &&PendingGrant| {
            self.tree.position(grant.node).is_some_and(|position| covered.contains(position))
        };
        let revoked: Vec<_> = target.pending.iter().filter(is_covered).cloned().collect();
        let denied =
            [self.may_change(&Change::of_user(self.tree, target, removed)), self.may_revoke(&revoked)];
        if let Some(denial) = denied.into_iter().filter_map(Result::err).min() {
            return Err(denial);
        }
        let remaining = target.held.with_more_pauses(pauses);
        let pauses = remaining.pauses()[target.held.pauses().len()..].to_vec();
        let change = Change::of_user(self.tree, target, &remaining);
        Ok(Pausing { pauses, remaining, change })
    }

    /// Computes the end of a user's pauses, at one node or at every node that the actor manages.
    ///
    /// Ending a pause of the actor is the undo of it, so it is checked for the present only. Ending a pause of another
    /// author is checked over time. Neither asks for the licence, because a held role is kept.
    ///
    /// # Errors
    /// [`Denial::NotManaged`] if the access is only paused at a node that the actor does not manage. Otherwise the first
    /// [`Denial`] of [`Self::may_change`].
    pub fn may_resume(&self, target: &TargetUser, node: Option<NodeId>) -> Result<Resumption, Denial> {
        self.may_act()?;
        let held = &target.held;
        let is_ended = |pause: &Pause| self.manages(pause.node) && node.is_none_or(|node| node == pause.node);
        let is_own = |pause: &Pause| pause.by == Author::User(self.id);
        let ended: Vec<_> = held.pauses().iter().filter(|pause| is_ended(pause)).cloned().collect();
        if ended.is_empty() && (node.is_some() || self.is_paused_above(held)) {
            return Err(Denial::NotManaged);
        }
        let undone = held.without_pauses(|pause| is_ended(pause) && is_own(pause));
        let undo = Change::of_user(self.tree, target, &undone).resuming().undoing_own();
        let resumed = held.without_pauses(is_ended);
        let before = TargetUser { held: undone, ..target.clone() };
        let resume = Change::of_user(self.tree, &before, &resumed).resuming();
        let denied = [self.may_change(&undo), self.may_change(&resume)];
        if let Some(denial) = denied.into_iter().filter_map(Result::err).min() {
            return Err(denial);
        }
        let change = Change::of_user(self.tree, target, &resumed);
        Ok(Resumption { ended, resumed, change })
    }

    /// The topmost nodes of a pause, by position.
    fn topmost(&self, node: Option<NodeId>) -> Result<Vec<usize>, Denial> {
        let Some(node) = node else {
            let is_top =
                |&position: &usize| !self.tree.ancestors(position).any(|above| self.managed.contains(above));
            return Ok(self.managed.iter().filter(is_top).collect());
        };
        let managed = self.tree.position(node).filter(|&position| self.managed.contains(position));
        Ok(vec![managed.ok_or(Denial::NotManaged)?])
    }

    fn pause_at(&self, top: usize, new: &NewPause) -> Pause {
        let nodes = self.tree.nodes();
        let left_out = self.tree.subtree(top).filter(|&below| !self.managed.contains(below));
        Pause {
            node: nodes[top].id,
            since: new.since,
            until: new.until,
            reason: new.reason.clone(),
            by: Author::User(self.id),
            left_out: left_out.map(|below| nodes[below].id).collect(),
        }
    }

    /// Whether the user has no roles at a node that the actor manages because of a pause at one that they do not.
    fn is_paused_above(&self, held: &HeldAccess) -> bool {
        let access = held.access(self.tree);
        self.managed.iter().any(|position| access.at(position).is_paused)
    }
}

impl Pausing {
    /// Checks whether every node that the user managed keeps a joined manager ([`Change::keeps_managers`]).
    ///
    /// # Errors
    /// [`Denial::LastManager`] if a node would be left without one.
    pub fn keeps_managers(&self, managed_by_others: impl Into<NodesOverTime>) -> Result<(), Denial> {
        if self.change.keeps_managers(managed_by_others) { Ok(()) } else { Err(Denial::LastManager) }
    }
}
