use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeAccess, NodeId, Notified, RoleSet};

/// What a user has at the nodes that the reader manages. Its `ETag` stands for exactly what the reader sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserAccess {
    /// Node by node, in the tree's order.
    pub nodes: Vec<AccessNode>,
    /// After a change: what is worth a second thought about it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<AccessWarning>,
}

/// What a user has at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessNode {
    /// The node.
    pub node_id: NodeId,
    /// The roles assigned at the node itself; none where they are inherited.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<studio_users_domain::Role>>))]
    pub assigned: Option<RoleSet>,
    /// The roles that count.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub effective: RoleSet,
    /// Where they come from.
    pub provenance: Provenance,
    /// For an override: the roles that it adds to those that would be inherited.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub gained: RoleSet,
    /// For an override: the roles that it takes away from them.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub lost: RoleSet,
    /// The roles that the user will have here besides, once they accept the invitation.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub pending: RoleSet,
    /// Whether chats there notify the user; none where the node is not an environment.
    pub notified: Option<Notified>,
}

/// Where the roles at a node come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provenance {
    /// How they come to count here.
    pub kind: ProvenanceKind,
    /// The node above whose assignment is inherited, overridden or repeated.
    pub from: Option<NodeId>,
}

/// How roles come to count at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ProvenanceKind {
    /// Nothing is assigned, here or above.
    None,
    /// Assigned here, with nothing to inherit.
    Direct,
    /// Assigned above.
    Inherited,
    /// Assigned here, in place of what would be inherited.
    Overrides,
    /// Assigned here, the same as would be inherited: later changes above no longer arrive.
    Pinned,
}

/// What is worth a second thought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessWarning {
    /// What it is.
    pub code: WarningCode,
    /// Where.
    pub node_id: NodeId,
}

/// The stable codes of warnings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// The environment has no manager of its own: only managers from above.
    NoOwnManager,
    /// A warning of a newer backend.
    #[serde(other)]
    Unknown,
}

/// `PATCH /users/{id}/access`. All or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessChanges {
    /// What is to be assigned where; each node at most once.
    pub changes: Vec<AccessChange>,
}

/// What is to be assigned at one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessChange {
    /// The node.
    pub node_id: NodeId,
    /// The roles, none of them for no access from here down; or null to go back to inheriting.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<studio_users_domain::Role>>, required))]
    #[serde(deserialize_with = "present")]
    pub roles: Option<RoleSet>,
}

impl From<&NodeAccess> for Provenance {
    fn from(access: &NodeAccess) -> Self {
        use studio_users_domain::Provenance as P;
        let (kind, from) = match access.provenance() {
            P::None => (ProvenanceKind::None, None),
            P::Direct => (ProvenanceKind::Direct, None),
            P::Inherited { from } => (ProvenanceKind::Inherited, Some(from)),
            P::Overrides { from, .. } => (ProvenanceKind::Overrides, Some(from)),
            P::Pinned { from } => (ProvenanceKind::Pinned, Some(from)),
        };
        Self { kind, from }
    }
}

/// A field that may be null and must be there: left out by mistake, it would take access away.
fn present<'de, D: serde::Deserializer<'de>>(field: D) -> Result<Option<RoleSet>, D::Error> {
    Option::deserialize(field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn going_back_to_inheriting_must_be_said() {
        let node = "00000000-0000-4000-8000-000000000001";
        let read = |text: String| serde_json::from_str::<AccessChange>(&text);
        assert_eq!(read(format!(r#"{{"node_id":"{node}","roles":null}}"#)).unwrap().roles, None);
        assert!(read(format!(r#"{{"node_id":"{node}"}}"#)).is_err());
        assert!(read(format!(r#"{{"node_id":"{node}","roles":[],"user_id":1}}"#)).is_err());
    }
}
