use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{Language, NodeId, NodeKind, RoleSet, Section};

use crate::Code;

/// The most addresses of one invitation.
pub const MAX_ADDRESSES: usize = 200;
/// The longest personal message, in characters.
pub const MAX_MESSAGE_CHARS: usize = 1_000;

/// `POST /invitations`, with an `Idempotency-Key`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// Whom to invite: up to 200 addresses.
    pub emails: Vec<String>,
    /// To what. One grant that is denied refuses the whole call.
    pub grants: Vec<Grant>,
    /// A few words of one's own for the mail, up to 1,000 characters.
    #[serde(default)]
    pub message: Option<String>,
    /// The language of the mail, for who has not chosen one.
    #[serde(default)]
    pub locale: Option<Language>,
    /// For how many days it can be accepted: 1 to 30, 14 where it is not said.
    #[serde(default)]
    pub expires_in_days: Option<u8>,
}

/// Roles at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Grant {
    /// Where.
    pub node_id: NodeId,
    /// Which; at least one.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
}

/// What became of an invitation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationResult {
    /// How many are invited now.
    pub invited: u32,
    /// How many had joined already, and have the roles now.
    pub updated: u32,
    /// The addresses for which nothing was done, and why.
    pub failed: Vec<FailedAddress>,
}

/// An address for which nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FailedAddress {
    /// The address, as it was given.
    pub email: String,
    /// Why.
    pub code: Code,
}

/// `POST /invitations/preview`. Changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationDraft {
    /// Whom one would invite.
    pub emails: Vec<String>,
    /// To what.
    pub grants: Vec<Grant>,
}

/// What an invitation would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationPreview {
    /// Address by address, in the order given.
    pub addresses: Vec<AddressPreview>,
    /// What somebody who has nothing yet would see there.
    pub nodes: Vec<NodePreview>,
    /// Why the whole would be refused; none where it would not.
    pub denied: Option<Code>,
}

/// What is known of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AddressPreview {
    /// The address, as it was given.
    pub email: String,
    /// What it is.
    pub kind: AddressKind,
    /// The name, of somebody the reader sees as joined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// What an address is to the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AddressKind {
    /// Nobody the reader sees.
    New,
    /// Somebody the reader has invited, or another manager has.
    Invited,
    /// Somebody the reader sees as joined: they get the roles at once.
    Joined,
    /// No address at all.
    Invalid,
    /// The same as one before it.
    Repeated,
}

/// What the grants would show at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodePreview {
    /// The node.
    pub node_id: NodeId,
    /// The sections of the studio.
    pub sections: Vec<Section>,
    /// Whether chats there would notify the person; none where the node is not an environment.
    pub notified: Option<bool>,
    /// Whether it is an environment without a manager of its own, and would stay one.
    pub lacks_manager: bool,
}

/// `POST /users/{id}/invitation/link`: the link, shown this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationLink {
    /// The link.
    pub url: String,
    /// Until when it works.
    pub expires_at: DateTime<Utc>,
}

/// `POST /invitations/inspect`. Changes nothing: opening a link uses nothing up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InspectInvitation {
    /// The token of the link: the fragment of its URL.
    pub token: String,
}

/// Who invites, to what, as what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenInvitation {
    /// The address that is invited.
    pub email: String,
    /// Who made the link.
    pub invited_by: String,
    /// The organisation: the name of its root.
    pub organisation: String,
    /// To what.
    pub grants: Vec<OpenGrant>,
    /// A few words of the inviter's own.
    pub message: Option<String>,
    /// The language of the invitation.
    pub locale: Option<Language>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
}

/// Roles at a node, for somebody who does not know the node yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OpenGrant {
    /// Its name.
    pub node: String,
    /// What it is.
    pub kind: NodeKind,
    /// The roles.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
}

/// `POST /invitations/accept`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    /// The token of the link.
    pub token: String,
    /// The name of who joins; needed for a new account, and not taken for one that exists.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether the session's token is to be in the answer, for a page of another origin.
    #[serde(default)]
    pub bearer: bool,
}
