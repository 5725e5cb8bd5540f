use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, RoleSet, Section, UserId};
use uuid::Uuid;

/// The header that names the view a request is made inside of.
pub const VIEW_HEADER: &str = "Studio-View";

/// `POST /views`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// As whom to view.
    pub user_id: UserId,
    /// Why: 1 to 200 characters, for the audit log.
    pub reason: String,
}

/// A view that runs: how a user sees the studio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StudioView {
    /// Its id: what `Studio-View` carries.
    pub id: Uuid,
    /// Whose studio is seen.
    pub user: ViewedUser,
    /// What they see where, in the tree's order.
    pub nodes: Vec<ViewNode>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// Whose studio a view shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewedUser {
    /// Their id.
    pub id: UserId,
    /// Their name, where the actor sees them as joined.
    pub name: Option<String>,
    /// Their address.
    pub email: String,
}

/// What a view shows at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewNode {
    /// The node.
    pub node_id: NodeId,
    /// The roles by which it is seen.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
    /// The sections that they show.
    pub sections: Vec<Section>,
    /// Whether the user will see it so only once they accept the invitation.
    pub pending: bool,
}
