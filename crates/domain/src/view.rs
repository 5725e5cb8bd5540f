use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Access, Denial, NodeAccess, NodeSet, PendingGrant, Role, RoleSet, TargetUser, Tree, pending_entries,
};

/// The maximum duration of a view. A view is never extended.
pub const MAX_VIEW_DURATION: TimeDelta = TimeDelta::minutes(30);
/// The maximum length of the reason for a view, in characters.
pub const MAX_VIEW_REASON_CHARS: usize = 200;

/// A view (impersonation): the part of another user's studio that an actor may see.
///
/// It has the nodes that the actor manages and at which the user has access, or will have it after they accept. Paused
/// access is shown as it will be once resumed.
/// A node at which the user is an Administrator is included only if the actor is an Administrator there too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    access: Access,
    nodes: NodeSet,
    pending: NodeSet,
    paused: NodeSet,
}

impl View {
    /// Evaluates the view at this moment.
    ///
    /// Call this for every request. A node that no longer meets the conditions leaves the view. A view without
    /// nodes ends.
    ///
    /// # Errors
    /// [`Denial::ViewNeedsAdministrator`] if the view is empty only because the actor is not an
    /// Administrator. Otherwise [`Denial::NothingToView`] if the view is empty.
    pub(crate) fn of(
        tree: &Tree,
        actor: &Access,
        managed: &NodeSet,
        target: &TargetUser,
        now: DateTime<Utc>,
    ) -> Result<Self, Denial> {
        let (at_once, resumed) = (target.held.access(tree), target.held.resumed());
        let can_accept = |grant: &&PendingGrant| grant.is_open(now);
        let pending = pending_entries(tree, managed, target.acceptable().filter(can_accept));
        let will_hold = resumed.with_grants(tree, &pending).access(tree);
        let held = resumed.access(tree);

        let mut denied = Denial::NothingToView;
        let mut shown = Vec::with_capacity(tree.len());
        for position in 0..tree.len() {
            let is_held = !held.at(position).effective.is_empty();
            let roles = if is_held { held.at(position).effective } else { will_hold.at(position).effective };
            if !managed.contains(position) || roles.is_empty() {
                shown.push(None);
            } else if !Self::allows(actor.at(position).effective, roles) {
                denied = Denial::ViewNeedsAdministrator;
                shown.push(None);
            } else {
                shown.push(Some(is_held));
            }
        }
        let nodes: NodeSet = shown.iter().map(Option::is_some).collect();
        if nodes.is_empty() {
            return Err(denied);
        }
        let access = shown.iter().enumerate().map(|(position, &shown)| match shown {
            Some(true) => *held.at(position),
            Some(false) => *will_hold.at(position),
            None => NodeAccess::default(),
        });
        Ok(Self {
            access: access.collect(),
            nodes,
            pending: shown.iter().map(|shown| *shown == Some(false)).collect(),
            paused: (0..tree.len()).map(|at| shown[at] == Some(true) && at_once.at(at).is_paused).collect(),
        })
    }

    /// Whether an actor with the roles `actor` at a managed node may view it as a user with these roles. Only an
    /// Administrator may view as an Administrator.
    pub fn allows(actor: RoleSet, roles: RoleSet) -> bool {
        actor.contains(Role::Administrator) || !roles.contains(Role::Administrator)
    }

    /// The user's access at the nodes of the view. Empty at all other nodes.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The nodes of the view.
    pub fn nodes(&self) -> &NodeSet {
        &self.nodes
    }

    /// The nodes of the view at which the user has no access yet, but will have it after they accept.
    pub fn pending(&self) -> &NodeSet {
        &self.pending
    }

    /// The nodes of the view at which the user's access is paused.
    pub fn paused(&self) -> &NodeSet {
        &self.paused
    }

    /// The nodes of the view whose parent is not in the view. The audit log records the view at these nodes.
    pub fn roots<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = usize> + 'a {
        self.nodes
            .iter()
            .filter(|&position| tree.parent(position).is_none_or(|parent| !self.nodes.contains(parent)))
    }
}
