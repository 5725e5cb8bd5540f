use serde::{Deserialize, Serialize};
use studio_users_domain::{CapabilitySet, Language, NodeId, NodeKind, Notified, RoleSet, UserId};

use crate::StudioView;

/// `POST /sign-in-links`. Always answered with 202.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInLinkRequest {
    /// The address of the account.
    pub email: String,
}

/// `POST /sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The token of a sign-in link: the fragment of its URL.
    pub token: String,
}

/// Who is signed in, and what they may do where; inside a view, what the viewed user may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The signed-in person.
    pub user: SessionUser,
    /// The nodes that they manage.
    pub managed: Vec<NodeId>,
    /// The nodes at which they have a role, in the order of the tree.
    pub nodes: Vec<SessionNode>,
    /// The view that the request was made inside of; none outside a view.
    pub view: Option<StudioView>,
}

/// The signed-in person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionUser {
    /// Their id.
    pub id: UserId,
    /// Their name; none until they have given one.
    pub name: Option<String>,
    /// Their address.
    pub email: String,
    /// The language they chose; none where they did not.
    pub locale: Option<Language>,
}

/// What the signed-in person has at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionNode {
    /// The node.
    pub node_id: NodeId,
    /// The roles that count there.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
    /// Whether they come from a node above: none are assigned at the node itself.
    pub inherited: bool,
    /// What they allow.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Capability>))]
    pub capabilities: CapabilitySet,
    /// Whether chats there notify the person; none where the node is not an environment.
    pub notified: Option<Notified>,
}

/// One of the people whom a visitor of a demo can be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoPerson {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: String,
    /// Their roles at the node that they are shown by.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
    /// That node's name.
    pub node: String,
    /// What that node is.
    pub kind: NodeKind,
    /// How many environments lie at or below that node.
    pub environments: u32,
}

/// `POST /demo/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DemoSignIn {
    /// Whom to be: one of `GET /demo/people`.
    pub user_id: UserId,
}
