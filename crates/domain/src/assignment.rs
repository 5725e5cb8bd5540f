use std::collections::BTreeMap;

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

/// The user that a request is about, with everything that was given to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetUser {
    /// The user's assignments. Empty until the user has joined.
    pub held: Assignments,
    /// The grants that the user has not accepted yet.
    pub pending: Vec<PendingGrant>,
}
