use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeAccess, NodeId, Notified, RoleSet};

use crate::roles::LimitedRoles;

/// The maximum number of changes in one request.
pub const MAX_CHANGES: usize = 10_000;

/// The access of a user at the nodes that the caller manages.
///
/// The `ETag` header of the response identifies this state. Send it as `If-Match` with `PATCH
/// /users/{id}/access`, or as `If-None-Match` to get 304 if nothing changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserAccess {
    /// One entry for each node, in the order of `GET /nodes`.
    pub nodes: Vec<AccessNode>,
    /// Warnings about the change. Only in the response to `PATCH`; omitted if there are none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<AccessWarning>,
}

/// The access of a user at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessNode {
    /// The id of the node.
    pub node_id: NodeId,
    /// The roles assigned at the node itself. Null if the roles are inherited. An empty list ends access at
    /// this node and below.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<studio_users_domain::Role>>))]
    pub assigned: Option<RoleSet>,
    /// The effective roles: `assigned`, or else the inherited ones.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub effective: RoleSet,
    /// The origin of the effective roles.
    pub provenance: Provenance,
    /// The assigned roles that would not be inherited. Empty unless `provenance.kind` is `overrides`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub gained: RoleSet,
    /// The inherited roles that are not assigned. Empty unless `provenance.kind` is `overrides`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub lost: RoleSet,
    /// The additional roles that the user gets here when they accept the invitation.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub pending: RoleSet,
    /// Whether the user gets chat notifications from the environment. Null if the node is not an environment.
    pub notified: Option<Notified>,
}

/// The origin of the roles at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provenance {
    /// The way in which the roles were obtained.
    pub kind: ProvenanceKind,
    /// The ancestor node whose assignment is inherited, overridden or repeated. Null for `none` and `direct`.
    pub from: Option<NodeId>,
}

/// The way in which the roles at a node were obtained.
///
/// - `none`: no assignment, neither at the node nor at an ancestor.
/// - `direct`: assigned at the node, with nothing to inherit.
/// - `inherited`: assigned at an ancestor.
/// - `overrides`: assigned at the node, in place of different inherited roles.
/// - `pinned`: assigned at the node with the same roles as inherited. Later changes at the ancestor have no
///   effect here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum ProvenanceKind {
    /// No assignment, neither at the node nor at an ancestor.
    None,
    /// Assigned at the node, with nothing to inherit.
    Direct,
    /// Assigned at an ancestor.
    Inherited,
    /// Assigned at the node, in place of different inherited roles.
    Overrides,
    /// Assigned at the node with the same roles as inherited. Later changes at the ancestor have no effect here.
    Pinned,
}

/// A warning about a change that was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccessWarning {
    /// The stable code of the warning.
    pub code: WarningCode,
    /// The id of the node that the warning is about.
    pub node_id: NodeId,
}

/// The stable code of a warning.
///
/// - `no_own_manager`: the environment has no directly assigned manager any more, only inherited ones.
///
/// Clients must expect further codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum WarningCode {
    /// The environment has no directly assigned manager any more, only inherited ones.
    NoOwnManager,
    /// A code of a newer backend.
    #[serde(other)]
    Unknown,
}

/// The request body of `PATCH /users/{id}/access`. Either all changes are made or none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessChanges {
    /// The changes: up to 10,000, and each node at most once.
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    pub changes: Vec<AccessChange>,
}

/// The change of the assignment at one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AccessChange {
    /// The id of the node.
    pub node_id: NodeId,
    /// The roles to assign: up to 50 values. An empty list ends access at this node and below. Null removes the
    /// assignment, so that roles are inherited again. The field is required.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<Vec<studio_users_domain::Role>>, required, max_items = 50)
    )]
    #[serde(deserialize_with = "required_nullable")]
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

/// Requires a field that may be null. Serde would accept a missing `Option` as null, which would remove access
/// by mistake.
fn required_nullable<'de, D: serde::Deserializer<'de>>(field: D) -> Result<Option<RoleSet>, D::Error> {
    Ok(Option::<LimitedRoles>::deserialize(field)?.map(|roles| roles.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requires_an_explicit_null_to_inherit_again() {
        let node = "00000000-0000-4000-8000-000000000001";
        let parse = |text: String| serde_json::from_str::<AccessChange>(&text);
        assert_eq!(parse(format!(r#"{{"node_id":"{node}","roles":null}}"#)).unwrap().roles, None);
        assert!(parse(format!(r#"{{"node_id":"{node}"}}"#)).is_err());
        assert!(parse(format!(r#"{{"node_id":"{node}","roles":[],"user_id":1}}"#)).is_err());
    }
}
