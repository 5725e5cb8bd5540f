use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, RoleSet, Section, UserId};
use uuid::Uuid;

/// The header that names the view a request is made inside of.
pub const VIEW_HEADER: &str = "Studio-View";

/// `POST /views`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewView {
    /// As whom to view.
    pub user_id: UserId,
    /// Why: 1 to 200 characters, for the audit log.
    pub reason: String,
}

/// A view that runs: how a user sees the studio.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StudioView {
    /// Its id: what `Studio-View` carries.
    pub id: Uuid,
    /// Whose studio is seen.
    pub user: ViewedUser,
    /// What they see where, in the tree's order.
    pub nodes: Vec<ViewNode>,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
}

/// Why a view ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ViewEnd {
    /// The actor stopped.
    Exited,
    /// Its 30 minutes were over.
    Expired,
    /// The user has nothing more at a node that the actor manages, or became an administrator where the actor is none.
    ConditionsLost,
    /// The session that it was begun in has ended.
    SignedOut,
    /// More were begun in the session than may run at once, and it was the oldest.
    Replaced,
    /// A reason of a newer backend.
    #[serde(other)]
    Unknown,
}

impl ViewEnd {
    /// Every reason that is known.
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

/// Whose studio a view shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewedUser {
    /// Their id.
    pub id: UserId,
    /// Their name, where the actor sees them as joined.
    pub name: Option<String>,
    /// Their address.
    pub email: String,
}

/// What a view shows at one node.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ViewNode {
    /// The node.
    pub node_id: NodeId,
    /// The roles by which it is seen.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
    /// The sections that they show.
    pub sections: Vec<Section>,
    /// Whether the user will see it so only once they accept the invitation.
    pub pending: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn why_a_view_ended_is_written_by_its_name_and_a_newer_reason_is_read() {
        for end in ViewEnd::ALL {
            assert_eq!(serde_json::to_value(end).unwrap(), end.wire_name());
        }
        assert_eq!(serde_json::from_str::<ViewEnd>("\"eclipsed\"").unwrap(), ViewEnd::Unknown);
    }
}
