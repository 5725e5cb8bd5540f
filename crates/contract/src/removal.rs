use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, Role, UserId};

use crate::{Code, UserFilters, UserRef};

/// The maximum number of users in one bulk request.
pub const MAX_BULK: u32 = 10_000;
/// The maximum number of refusals that a job lists.
pub const MAX_REFUSALS: usize = 200;
/// The time during which a removal can be undone, in hours.
pub const RESTORABLE_HOURS: i64 = 24;

/// A user who was removed in the last 24 hours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RemovedUser {
    /// The id of the user.
    pub id: UserId,
    /// The name. Null if the user had not joined at a node that the caller manages.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: String,
    /// The time of the removal.
    pub removed_at: DateTime<Utc>,
    /// The user who performed the removal.
    pub removed_by: UserRef,
    /// The time until which the removal can be undone: 24 hours after it.
    pub restorable_until: DateTime<Utc>,
}

/// The request body of `POST /users/bulk`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    /// The selected users.
    pub select: BulkSelection,
    /// The action to perform on each user.
    pub action: BulkAction,
    /// The id of the node. Required for `add_role`, not allowed for other actions.
    #[serde(default)]
    pub node_id: Option<NodeId>,
    /// The role to add. Required for `add_role`, not allowed for other actions.
    #[serde(default)]
    pub role: Option<Role>,
}

/// The users of a bulk request: selected by id, or all that match some filters.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum BulkSelection {
    /// Users selected by id.
    Ids(BulkIds),
    /// All users that match some filters.
    Matching(BulkMatching),
}

/// Users selected by id. Removed users can be selected only this way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkIds {
    /// The ids of up to 10,000 users.
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    pub ids: Vec<UserId>,
}

/// All users that match some filters, up to 10,000.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct BulkMatching {
    /// The filters.
    pub filters: UserFilters,
    /// The number of matching users that the caller expects. If it differs, nothing is done and the response is 409
    /// `total_changed`.
    #[cfg_attr(feature = "openapi", schema(maximum = 10_000))]
    pub expected_total: u32,
}

/// The action of a bulk request.
///
/// - `remove`: removes the users.
/// - `restore`: undoes the removal of the users.
/// - `resend`: sends their invitations again by e-mail.
/// - `add_role`: adds a role to their effective roles at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BulkAction {
    /// Removes the users.
    Remove,
    /// Undoes the removal of the users.
    Restore,
    /// Sends their invitations again by e-mail.
    Resend,
    /// Adds a role to their effective roles at a node.
    AddRole,
}

/// A user that a bulk action was refused for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BulkRefusal {
    /// The id of the user.
    pub id: UserId,
    /// The name, or the e-mail address until the user has joined. Omitted if the user is not visible to the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The reason.
    pub code: Code,
}
