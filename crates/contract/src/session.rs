use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use studio_users_domain::{CapabilitySet, Language, NodeId, NodeKind, Notified, RoleSet, UserId};
use uuid::Uuid;

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
    /// Whether the answer is to carry the session's token, for `Authorization: Bearer`, in place of a cookie.
    #[serde(default)]
    pub bearer: bool,
}

/// A session that has just begun.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartedSession {
    /// Who is signed in.
    #[serde(flatten)]
    pub session: Session,
    /// The session's token, where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// One of the reader's own sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnSession {
    /// Its id.
    pub id: Uuid,
    /// With what it was begun, such as `Firefox on Linux`.
    pub device: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it was last used, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// `PATCH /session`. What is not there stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// The new name: 1 to 100 characters, without control characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The new language; null forgets the one that was chosen.
    #[serde(default, deserialize_with = "even_null", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Language>))]
    pub locale: Option<Option<Language>>,
}

/// The longest name that somebody can give themselves, in characters.
pub const MAX_NAME_CHARS: usize = 100;

/// Tells a field that is null from one that is not there.
#[expect(clippy::option_option, reason = "not there, null and a language are three things")]
fn even_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Language>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
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
    /// Whether the answer is to carry the session's token, as at `POST /sessions`.
    #[serde(default)]
    pub bearer: bool,
}
