use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, RoleSet, Section, UserId};
use uuid::Uuid;

use crate::AuditPerson;

/// The request header with the id of a view, in lower case. It makes the request inside that view.
pub const VIEW_HEADER: &str = "studio-view";

/// The request body of `POST /views`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// The id of the user to view as.
    pub user_id: UserId,
    /// The reason for the audit log: 1 to 200 characters.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 200))]
    pub reason: String,
}

/// An active view (impersonation): the studio as another user sees it, read-only and for at most 30 minutes.
///
/// Send its id in the `Studio-View` header to make a request inside the view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StudioView {
    /// The id of the view, for the `Studio-View` header.
    pub id: Uuid,
    /// The viewed user.
    pub user: ViewedUser,
    /// The visible nodes, in the order of `GET /nodes`.
    pub nodes: Vec<ViewNode>,
    /// The time at which the view was started.
    pub started_at: DateTime<Utc>,
    /// The time at which the view expires.
    pub expires_at: DateTime<Utc>,
}

/// The views in which other people saw the studio as the caller, the latest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnViews {
    /// The views of the page.
    pub items: Vec<OwnView>,
    /// The cursor for the next page, to be sent as `before`. Null on the last page.
    pub next: Option<String>,
}

/// A view in which another person saw the studio as the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OwnView {
    /// The id of the view.
    pub id: Uuid,
    /// The person who viewed, with their name at that time. The name is empty once it was erased.
    pub actor: Option<AuditPerson>,
    /// The reason that the person entered. Null once it was erased.
    pub reason: Option<String>,
    /// The time at which the view was started.
    pub started_at: DateTime<Utc>,
    /// The duration, in seconds. Null while the view can still be active.
    pub seconds: Option<u32>,
    /// The reason why the view ended. Null while the view can still be active.
    pub end: Option<ViewEnd>,
}

/// The reason why a view ended.
///
/// - `exited`: the actor ended the view.
/// - `expired`: the 30-minute limit was reached.
/// - `conditions_lost`: the actor may no longer view as this user at any node.
/// - `signed_out`: the session that started the view has ended.
/// - `replaced`: too many views were active in the session, so the oldest was ended.
///
/// Clients must expect further reasons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ViewEnd {
    /// The actor ended the view.
    Exited,
    /// The 30-minute limit was reached.
    Expired,
    /// The user has no more access at nodes that the actor manages, or became an Administrator where the actor
    /// is not.
    ConditionsLost,
    /// The session that started the view has ended.
    SignedOut,
    /// Too many views were active in the session, so this one, the oldest, was ended.
    Replaced,
    /// A reason of a newer backend.
    #[serde(other)]
    Unknown,
}

impl ViewEnd {
    /// All known reasons, without [`Self::Unknown`].
    pub const ALL: [Self; 5] =
        [Self::Exited, Self::Expired, Self::ConditionsLost, Self::SignedOut, Self::Replaced];

    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Exited => "exited",
            Self::Expired => "expired",
            Self::ConditionsLost => "conditions_lost",
            Self::SignedOut => "signed_out",
            Self::Replaced => "replaced",
            Self::Unknown => "unknown",
        }
    }
}

/// The user of a view.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewedUser {
    /// The id of the user.
    pub id: UserId,
    /// The name. Null until the user has joined at a node that the actor manages.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: String,
}

/// The access of the viewed user at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewNode {
    /// The id of the node.
    pub node_id: NodeId,
    /// The effective roles of the user, or the pending ones.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
    /// The sections of the studio that the roles make visible.
    pub sections: Vec<Section>,
    /// Whether the user gets this access only when they accept the invitation.
    pub pending: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_match_serde_and_unknown_reasons_are_accepted() {
        for end in ViewEnd::ALL {
            assert_eq!(serde_json::to_value(end).unwrap(), end.wire_name());
        }
        assert_eq!(serde_json::from_str::<ViewEnd>("\"eclipsed\"").unwrap(), ViewEnd::Unknown);
    }
}
