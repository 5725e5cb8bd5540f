use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use studio_users_domain::{CapabilitySet, Language, NodeId, NodeKind, Notified, RoleSet, UserId};
use uuid::Uuid;

use crate::StudioView;

/// The request body of `POST /sign-in-links`.
///
/// The response is 202 whether or not the account exists, so that it reveals nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignInLinkRequest {
    /// The e-mail address of the account.
    pub email: String,
}

/// The request body of `POST /sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The token of a sign-in link: the fragment of its URL.
    pub token: String,
    /// Whether to return the session token instead of setting a cookie, for `Authorization: Bearer`
    /// ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)). The default is false.
    #[serde(default)]
    pub bearer: bool,
}

/// A new session.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StartedSession {
    /// The signed-in user with their access.
    #[serde(flatten)]
    pub session: Session,
    /// The session token. Omitted unless `bearer` was true in the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// One of the caller's sessions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnSession {
    /// The id of the session.
    pub id: Uuid,
    /// The browser and operating system that started the session. Example: `Firefox on Linux`.
    pub device: String,
    /// The time of the sign-in.
    pub started_at: DateTime<Utc>,
    /// The time of the last request, to the minute.
    pub last_seen_at: DateTime<Utc>,
    /// Whether this request was made in the session.
    pub current: bool,
}

/// The request body of `PATCH /session`. Omitted fields stay unchanged.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    /// The new name: 1 to 100 characters, without control characters. Null keeps the name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// The new language. Null removes the chosen language.
    #[serde(default, deserialize_with = "double_option", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Language>))]
    pub locale: Option<Option<Language>>,
    /// Whether to send digests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digests: Option<bool>,
}

/// Distinguishes a null field (`Some(None)`) from a missing one (`None`).
#[expect(clippy::option_option, reason = "missing, null and a language have different meanings")]
fn double_option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Language>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The signed-in user with their access. Inside a view, the access is that of the viewed user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The signed-in user.
    pub user: SessionUser,
    /// The ids of the nodes that the user manages.
    pub managed: Vec<NodeId>,
    /// The nodes at which the user has a role, in the order of `GET /nodes`.
    pub nodes: Vec<SessionNode>,
    /// The view of the request. Null outside of a view.
    pub view: Option<StudioView>,
}

/// The signed-in user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionUser {
    /// The id of the user.
    pub id: UserId,
    /// The name. Null until the user has entered one.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: String,
    /// The chosen language. Null if none was chosen.
    pub locale: Option<Language>,
    /// Whether the user gets digests: e-mails that bundle notifications, such as that invited people have joined.
    #[serde(default = "default_digests")]
    pub digests: bool,
}

const fn default_digests() -> bool {
    true
}

/// The access of the signed-in user at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionNode {
    /// The id of the node.
    pub node_id: NodeId,
    /// The effective roles.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
    /// Whether the roles are inherited from an ancestor: none are assigned at the node itself.
    pub inherited: bool,
    /// The capabilities that the roles give.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Capability>))]
    pub capabilities: CapabilitySet,
    /// Whether the user gets chat notifications from the environment. Null if the node is not an environment.
    pub notified: Option<Notified>,
}

/// A user that a visitor can try the demo as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DemoPerson {
    /// The id of the user.
    pub id: UserId,
    /// The name of the user.
    pub name: String,
    /// The roles of the user at `node`.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
    /// The display name of the node that represents the user in the list.
    pub node: String,
    /// The kind of that node.
    pub kind: NodeKind,
    /// The number of environments at or below that node.
    pub environments: u32,
}

/// The request body of `POST /demo/sessions`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DemoSignIn {
    /// The id of a user of `GET /demo/people`.
    pub user_id: UserId,
    /// Whether to return the session token, as in `POST /sessions`. The default is false.
    #[serde(default)]
    pub bearer: bool,
}
