use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{NodeId, RoleSet, UserId};

/// The roles assigned to one user, by node. An assignment replaces what would be inherited at its node and
/// goes on downwards; an empty set is an assignment too: no access from here down.
pub type Assignments = BTreeMap<NodeId, RoleSet>;

/// Roles that a user will have at a node once they accept the invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingGrant {
    /// Where.
    pub node: NodeId,
    /// Which roles.
    pub roles: RoleSet,
    /// Who gives them; their right is checked again when the invitation is accepted.
    pub granted_by: UserId,
    /// Until when the invitation can be accepted.
    pub expires_at: DateTime<Utc>,
}
