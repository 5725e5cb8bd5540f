use chrono::{DateTime, TimeDelta, Utc};

use crate::{
    Access, Denial, NodeAccess, NodeSet, PendingGrant, Role, RoleSet, Subject, Tree, granted, promised,
};

/// How long a view lasts at most; it is never extended.
pub const VIEW_LASTS: TimeDelta = TimeDelta::minutes(30);
/// The longest reason for a view, in characters.
pub const MAX_VIEW_REASON_CHARS: usize = 200;

/// What an actor sees as another user: the nodes that the actor manages, as far as the user has access there, or
/// will have it once they accept. Where the user is an administrator, only an actor who is one too.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    access: Access,
    nodes: NodeSet,
    promised: NodeSet,
}

impl View {
    /// The view as it is at this moment. It is judged anew with every request: what no longer meets the conditions
    /// leaves it, and with the last node it ends.
    ///
    /// # Errors
    /// [`Denial::NothingToView`], or [`Denial::ViewNeedsAdministrator`] where only that keeps it empty.
    pub(crate) fn of(
        tree: &Tree,
        actor: &Access,
        managed: &NodeSet,
        subject: &Subject,
        now: DateTime<Utc>,
    ) -> Result<Self, Denial> {
        let held = Access::new(tree, &subject.held);
        let can_accept = |grant: &&PendingGrant| grant.expires_at > now;
        let promised = promised(tree, managed, subject.pending.iter().filter(can_accept));
        let will_hold = Access::new(tree, &granted(tree, &subject.held, &promised));

        let mut denied = Denial::NothingToView;
        let mut shown = Vec::with_capacity(tree.len());
        for at in 0..tree.len() {
            let is_held = !held.at(at).effective.is_empty();
            let roles = if is_held { held.at(at).effective } else { will_hold.at(at).effective };
            if !managed.contains(at) || roles.is_empty() {
                shown.push(None);
            } else if !Self::shows(actor.at(at).effective, roles) {
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
        let access = shown.iter().enumerate().map(|(at, &shown)| match shown {
            Some(true) => *held.at(at),
            Some(false) => *will_hold.at(at),
            None => NodeAccess::default(),
        });
        Ok(Self {
            access: access.collect(),
            nodes,
            promised: shown.iter().map(|shown| *shown == Some(false)).collect(),
        })
    }

    /// Whether an actor with these roles at a node that they manage is shown what somebody sees there by those roles:
    /// what an administrator sees, only an administrator is shown.
    pub fn shows(actor: RoleSet, roles: RoleSet) -> bool {
        actor.contains(Role::Administrator) || !roles.contains(Role::Administrator)
    }

    /// What the user has at the nodes of the view; elsewhere nothing.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// The nodes of the view.
    pub fn nodes(&self) -> &NodeSet {
        &self.nodes
    }

    /// Those of them at which the user has nothing yet: what is shown they will have.
    pub fn promised(&self) -> &NodeSet {
        &self.promised
    }

    /// The nodes of the view whose parent is not one of it: naming these names the whole view.
    pub fn tops<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = usize> + 'a {
        self.nodes.iter().filter(|&at| tree.parent(at).is_none_or(|parent| !self.nodes.contains(parent)))
    }
}
