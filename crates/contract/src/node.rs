use serde::{Deserialize, Serialize};
use studio_users_domain::{CapabilitySet, NodeId, NodeKind, Role, RoleSet, Section};

/// A node of the organisation, as far as it is visible to the caller.
///
/// A node above those that the caller manages or has a role at has only `id`, `parent_id`, `kind` and `name`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeView {
    /// The id of the node.
    pub id: NodeId,
    /// The id of the parent node. Null if the caller cannot see it, or for the root.
    pub parent_id: Option<NodeId>,
    /// The kind of the node.
    pub kind: NodeKind,
    /// The display name. Example: `Velo Bikes`.
    pub name: String,
    /// The number of joined managers that are assigned at the node itself. 2 stands for two or more. Omitted if the
    /// caller does not manage it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_managers: Option<u32>,
    /// The roles that the licence disables at this node. Omitted if the caller does not manage it.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<Role>>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled_roles: Option<RoleSet>,
}

/// A role with its capabilities.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RoleView {
    /// The name of the role.
    pub role: Role,
    /// A one-line description in English. Example: `Access to the CMS`.
    pub description: String,
    /// The capabilities that the role gives.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Capability>))]
    pub capabilities: CapabilitySet,
    /// The sections of the studio that the role makes visible.
    pub sections: Vec<Section>,
}
