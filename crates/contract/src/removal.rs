use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, Role, RoleSet, Status, UserId};

use crate::{Code, InvitedBy};

/// The most users of one bulk call.
pub const MAX_BULK: u32 = 10_000;
/// The most refusals that a bulk call names.
pub const MAX_REFUSALS: usize = 200;
/// For how many hours a removal can be undone.
pub const RESTORABLE_HOURS: i64 = 24;

/// Somebody who was removed within the last 24 hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RemovedUser {
    /// Their id.
    pub id: UserId,
    /// Their name, where the reader saw them as joined.
    pub name: Option<String>,
    /// Their address.
    pub email: String,
    /// When they were removed.
    pub removed_at: DateTime<Utc>,
    /// By whom.
    pub removed_by: InvitedBy,
    /// Until when it can be undone.
    pub restorable_until: DateTime<Utc>,
}

/// `POST /users/bulk`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// Whom.
    pub select: BulkSelection,
    /// What is to be done with each.
    pub action: BulkAction,
    /// For `add_role`: where.
    #[serde(default)]
    pub node_id: Option<NodeId>,
    /// For `add_role`: which.
    #[serde(default)]
    pub role: Option<Role>,
}

/// Whom a bulk call is about: some users by id, or all that match, of whom the caller says how many they saw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum BulkSelection {
    /// These.
    Ids(BulkIds),
    /// All that match.
    Matching(BulkMatching),
}

/// Users by id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkIds {
    /// Up to 10,000.
    pub ids: Vec<UserId>,
}

/// All users that match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkMatching {
    /// What they match.
    pub filters: BulkFilters,
    /// How many the caller saw. Where there are others by now, nothing is done (409 `total_changed`).
    pub expected_total: u32,
}

/// The filters of the list, as `GET /users` takes them; a list that is empty narrows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct BulkFilters {
    /// Any part of the name or the address.
    pub search: Option<String>,
    /// Access at or below any of these nodes, up to 50.
    #[cfg_attr(feature = "openapi", schema(max_items = 50))]
    pub nodes: Vec<NodeId>,
    /// Any of these roles counts somewhere.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<Role>))]
    pub roles: RoleSet,
    /// Something is given at or below the nodes themselves, not only above them.
    pub assigned: bool,
    /// How far they have come: any of these.
    pub statuses: Vec<Status>,
    /// Active at this time or later.
    pub active_since: Option<DateTime<Utc>>,
}

/// What a bulk call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Removes them.
    Remove,
    /// Undoes their removal.
    Restore,
    /// Mails their invitations again.
    Resend,
    /// Adds a role to what counts for them at a node.
    AddRole,
}

/// What became of a bulk call.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkResult {
    /// For how many it was done.
    pub done: u32,
    /// For how many there was nothing to do.
    pub unchanged: u32,
    /// For how many it was refused.
    pub refused: u32,
    /// The first 200 of those, and why.
    pub refusals: Vec<BulkRefusal>,
    /// For `remove`: whom it was done for. Naming them in a `restore` undoes this call, and nothing else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<UserId>,
}

/// One refusal of a bulk call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkRefusal {
    /// Whom it was refused for.
    pub id: UserId,
    /// Their name, or their address until they have joined; none where the reader sees no such user.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Why.
    pub code: Code,
}
