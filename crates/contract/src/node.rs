use serde::{Deserialize, Serialize};
use studio_users_domain::{CapabilitySet, NodeId, NodeKind, Role, RoleSet, Section};

/// A node of the organisation, as the reader may see it. Of a node above those that the reader manages or has
/// a role at, only the id, the kind and the name are told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeView {
    /// Its id.
    pub id: NodeId,
    /// The node above, if the reader may see it.
    pub parent_id: Option<NodeId>,
    /// What it is.
    pub kind: NodeKind,
    /// What it is called.
    pub name: String,
    /// How many joined managers are assigned at the node itself; none where the reader does not manage it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_managers: Option<u32>,
    /// The roles that its licence disables; none where the reader does not manage it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<Role>>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_roles: Option<RoleSet>,
}

/// A role and what it allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleView {
    /// The role.
    pub role: Role,
    /// What it is for, in English.
    pub description: String,
    /// What it allows.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Capability>))]
    pub capabilities: CapabilitySet,
    /// The sections of the studio that it shows.
    pub sections: Vec<Section>,
}
