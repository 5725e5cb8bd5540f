use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::{NodeId, RoleSet, UserId};

/// The roles assigned to one user, by node.
///
/// An assignment replaces the inherited roles at its node, and is inherited by the nodes below. An empty set is an
/// assignment too: it ends access at its node and below.
pub type Assignments = BTreeMap<NodeId, RoleSet>;

/// Roles that a user gets at a node when they accept the invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingGrant {
    /// The node at which the roles will be assigned.
    pub node: NodeId,
    /// The granted roles.
    pub roles: RoleSet,
    /// The user who granted the roles. Their permission is checked again when the invitation is accepted.
    pub granted_by: UserId,
    /// The time from which the grant can no longer be accepted.
    pub expires_at: DateTime<Utc>,
}

impl TargetUser {
    /// Returns the grants that the user can accept until they expire.
    pub fn acceptable(&self) -> impl Iterator<Item = &PendingGrant> {
        let pending = self.pending.iter().enumerate();
        pending.filter(|(index, _)| !self.void.contains(index)).map(|(_, grant)| grant)
    }
}

/// The user that a request is about, with everything that was given to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetUser {
    /// The user's assignments. Empty until the user has joined.
    pub held: Assignments,
    /// The grants that the user has not accepted yet.
    pub pending: Vec<PendingGrant>,
    /// The indices in `pending` of the grants that nobody can accept, because the user who granted them may no longer
    /// give them ([`Actor::may_fulfil`](crate::Actor::may_fulfil)).
    pub void: BTreeSet<usize>,
    /// The manager by whose copied link the user joined. `None` once a mailed link has confirmed the e-mail address.
    pub unconfirmed_by: Option<UserId>,
}
