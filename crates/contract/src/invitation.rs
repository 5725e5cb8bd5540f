use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{AddressError, Language, NodeId, NodeKind, RoleSet, Section, UserId};

use crate::Code;
use crate::roles::limited_roles;

/// The maximum number of addresses in one invitation.
pub const MAX_ADDRESSES: usize = 200;
/// The maximum number of grants in one invitation.
pub const MAX_GRANTS: usize = 500;
/// The maximum length of the personal message, in characters.
pub const MAX_MESSAGE_CHARS: usize = 1_000;

/// The request body of `POST /invitations`.
///
/// Send an `Idempotency-Key` header so that a repeated request has no further effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// The e-mail addresses to invite: 1 to 200.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 200))]
    pub emails: Vec<String>,
    /// The grants: 1 to 500, and each node at most once. If one is denied, the whole request is rejected.
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 500))]
    pub grants: Vec<Grant>,
    /// A personal message for the e-mail, up to 1,000 characters.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 1_000))]
    pub message: Option<String>,
    /// The language of the e-mail for users who have not chosen one.
    #[serde(default)]
    pub locale: Option<Language>,
    /// The lifetime of the invitation, in days: 1 to 30. The default is 14.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 30))]
    pub expires_in_days: Option<u8>,
}

/// Roles to give at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// The id of the node.
    pub node_id: NodeId,
    /// The roles: 1 to 50 values.
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Vec<studio_users_domain::Role>, min_items = 1, max_items = 50)
    )]
    #[serde(deserialize_with = "limited_roles")]
    pub roles: RoleSet,
}

/// The result of `POST /invitations`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationResult {
    /// The number of invited addresses.
    pub invited: u32,
    /// The number of users who had already joined and got the roles at once.
    pub updated: u32,
    /// The addresses that could not be invited.
    pub failed: Vec<FailedAddress>,
}

/// An address that could not be invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailedAddress {
    /// The address as in the request.
    pub email: String,
    /// The reason.
    pub code: Code,
    /// For `invalid`: what is wrong with the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_error: Option<AddressError>,
    /// For `rate_limited`: the number of seconds after which a retry makes sense.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after: Option<u32>,
}

/// The request body of `POST /invitations/preview`, which changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationDraft {
    /// The e-mail addresses to check: up to 200.
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub emails: Vec<String>,
    /// The grants to check: up to 500.
    #[cfg_attr(feature = "openapi", schema(max_items = 500))]
    pub grants: Vec<Grant>,
}

/// The effect that an invitation would have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationPreview {
    /// One entry for each address, in the order of the request.
    pub addresses: Vec<AddressPreview>,
    /// One entry for each affected node that the caller manages, for a user without any other access.
    pub nodes: Vec<NodePreview>,
    /// The reason why the whole invitation would be rejected. Null if it would be accepted.
    pub denied: Option<Code>,
}

/// The state of one address, as far as it is visible to the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddressPreview {
    /// The address as in the request.
    pub email: String,
    /// The state of the address.
    pub kind: AddressKind,
    /// The reason why the address is invalid. Omitted unless `kind` is `invalid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address_error: Option<AddressError>,
    /// The name of the user. Omitted unless `kind` is `joined`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether nobody can accept the existing invitation of the address, as `invitation.unacceptable` of a row. The new
    /// invitation does not include its roles. Omitted if false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unacceptable: bool,
}

/// The state of an address.
///
/// - `new`: no user with this address is visible to the caller.
/// - `invited`: a user with this address has a pending or expired invitation, or has joined without confirming the
///   address. They get the roles when they accept.
/// - `joined`: a user with this address has joined. They get the roles at once.
/// - `invalid`: not an e-mail address, or none that the mail server can deliver to.
/// - `repeated`: the address occurs earlier in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// No user with this address is visible to the caller.
    New,
    /// A user with this address has been invited, by the caller or another manager, or has not confirmed the address.
    Invited,
    /// A user with this address has joined. They get the roles at once.
    Joined,
    /// Not an e-mail address, or none that the mail server can deliver to.
    Invalid,
    /// The address occurs earlier in the request.
    Repeated,
}

/// The effect of the grants at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodePreview {
    /// The id of the node.
    pub node_id: NodeId,
    /// The sections of the studio that the user would see.
    pub sections: Vec<Section>,
    /// Whether the user would get chat notifications from the environment. Null if the node is not an environment.
    pub notified: Option<bool>,
    /// Whether the node is an environment without a directly assigned manager, and would stay without one.
    pub lacks_manager: bool,
}

/// The response to `POST /users/{id}/invitation/link`. The link cannot be retrieved again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationLink {
    /// The absolute URL of the link, with the token in its fragment.
    pub url: String,
    /// The time at which the link expires.
    pub expires_at: DateTime<Utc>,
}

/// The request body of `POST /users/{id}/invitation/correct`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AddressCorrection {
    /// The right e-mail address.
    pub email: String,
}

/// The response to `POST /users/{id}/invitation/correct`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CorrectedInvitation {
    /// The id of the user with the right address.
    pub user_id: UserId,
}

/// The request body of `POST /invitations/inspect`, which changes nothing: a link can be opened any number of times.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InspectInvitation {
    /// The token of the link: the fragment of its URL.
    pub token: String,
}

/// The details of an invitation, for the invited user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationDetails {
    /// The invited e-mail address.
    pub email: String,
    /// The name of the user who created the link.
    pub invited_by: String,
    /// The name of the organisation, that is of its root node.
    pub organisation: String,
    /// The grants of the invitation.
    pub grants: Vec<GrantDetails>,
    /// The personal message. Null if there is none.
    pub message: Option<String>,
    /// The language of the invitation. Null if none was chosen.
    pub locale: Option<Language>,
    /// The time at which the invitation expires.
    pub expires_at: DateTime<Utc>,
}

/// The roles of an invitation at one node, for a user who cannot see the node yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantDetails {
    /// The display name of the node.
    pub node: String,
    /// The kind of the node.
    pub kind: NodeKind,
    /// The granted roles.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
}

/// The request body of `POST /invitations/accept`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The token of the link: the fragment of its URL.
    pub token: String,
    /// The name of the user, 1 to 100 characters. Required for a new account, ignored for an existing one.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 100))]
    pub name: Option<String>,
    /// Whether to return the session token in the response, for a page on another origin. The default is false.
    #[serde(default)]
    pub bearer: bool,
}
