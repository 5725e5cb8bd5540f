use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, RoleSet, Status, UserId};
use uuid::Uuid;

use crate::NodeName;

/// What an entry of the audit log tells of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Action {
    /// Somebody was invited to a node.
    #[serde(rename = "user.invited")]
    UserInvited,
    /// The invitation was mailed.
    #[serde(rename = "invitation.sent")]
    InvitationSent,
    /// It was mailed once more, which ends the link mailed before.
    #[serde(rename = "invitation.resent")]
    InvitationResent,
    /// A link of it was copied.
    #[serde(rename = "invitation.link_copied")]
    InvitationLinkCopied,
    /// It was taken back.
    #[serde(rename = "invitation.revoked")]
    InvitationRevoked,
    /// It was accepted.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted,
    /// The roles assigned at a node were changed.
    #[serde(rename = "roles.changed")]
    RolesChanged,
    /// The user was removed.
    #[serde(rename = "user.removed")]
    UserRemoved,
    /// The removal was undone.
    #[serde(rename = "user.restored")]
    UserRestored,
    /// Somebody began to see the studio as the user sees it.
    #[serde(rename = "view.started")]
    ViewStarted,
    /// They stopped, or the view ended by itself.
    #[serde(rename = "view.ended")]
    ViewEnded,
    /// A change was refused within a view.
    #[serde(rename = "view.refused")]
    ViewRefused,
    /// Somebody signed in.
    #[serde(rename = "session.started")]
    SessionStarted,
    /// Somebody signed out, or was signed out.
    #[serde(rename = "session.ended")]
    SessionEnded,
    /// Users were exported.
    #[serde(rename = "users.exported")]
    UsersExported,
    /// An action of a newer backend.
    #[serde(other, rename = "unknown")]
    Unknown,
}

impl Action {
    /// Every action that is known.
    pub const ALL: [Self; 15] = [
        Self::UserInvited,
        Self::InvitationSent,
        Self::InvitationResent,
        Self::InvitationLinkCopied,
        Self::InvitationRevoked,
        Self::InvitationAccepted,
        Self::RolesChanged,
        Self::UserRemoved,
        Self::UserRestored,
        Self::ViewStarted,
        Self::ViewEnded,
        Self::ViewRefused,
        Self::SessionStarted,
        Self::SessionEnded,
        Self::UsersExported,
    ];

    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::UserInvited => "user.invited",
            Self::InvitationSent => "invitation.sent",
            Self::InvitationResent => "invitation.resent",
            Self::InvitationLinkCopied => "invitation.link_copied",
            Self::InvitationRevoked => "invitation.revoked",
            Self::InvitationAccepted => "invitation.accepted",
            Self::RolesChanged => "roles.changed",
            Self::UserRemoved => "user.removed",
            Self::UserRestored => "user.restored",
            Self::ViewStarted => "view.started",
            Self::ViewEnded => "view.ended",
            Self::ViewRefused => "view.refused",
            Self::SessionStarted => "session.started",
            Self::SessionEnded => "session.ended",
            Self::UsersExported => "users.exported",
            Self::Unknown => "unknown",
        }
    }

    /// The action of this name, if it is known.
    pub fn from_wire_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.wire_name() == name)
    }
}

/// One entry of the audit log. It says what was so at the time: names are those recorded then. Only a node goes
/// by the name that it has now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Its id.
    pub id: Uuid,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// What happened.
    pub action: Action,
    /// Who did it; none where nobody did, or the reader may not see who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<AuditPerson>,
    /// To whom; none where it was done to nobody, or the reader may not see to whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<AuditPerson>,
    /// Where; none for sessions and exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// The view that it happened inside of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<Uuid>,
    /// What else there is to say.
    pub details: AuditDetails,
}

/// Someone as an entry names them. There may be no such account any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPerson {
    /// Their id.
    pub id: UserId,
    /// Their name, or their address, as it was.
    pub name: String,
}

/// What else an entry says; each where it applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditDetails {
    /// The roles assigned before, of a change of roles; absent where there were none assigned and what is above
    /// was inherited. The empty list is an assignment of no role.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<studio_users_domain::Role>>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<RoleSet>,
    /// The roles assigned or granted since; absent where what is above is inherited since.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<studio_users_domain::Role>>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RoleSet>,
    /// Why, in the words of who did it or of the backend.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The method and the path of a change that was refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// Of how many.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// How long it lasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// On what device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// Of an export, what it was made of. It and the number are told to who manages all of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported: Option<Exported>,
}

/// Whom a table of users was made of.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct Exported {
    /// Those at or below these nodes: as they were asked for, or else all that the reader managed.
    pub nodes: Vec<NodeId>,
    /// The search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Those with any of these roles; of none, all.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    #[serde(skip_serializing_if = "RoleSet::is_empty")]
    pub roles: RoleSet,
    /// Those alone to whom something is given at or below the nodes themselves.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assigned: bool,
    /// Those with any of these statuses; of none, all.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<Status>,
    /// Those active at this time or later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_since: Option<DateTime<Utc>>,
}

/// Some entries, the newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// The entries.
    pub items: Vec<AuditEntry>,
    /// What to ask `before` for those that follow; none where no more do.
    pub next: Option<String>,
}

/// The query of `GET /users/{id}/activity`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ActivityQuery {
    /// Only entries older than those of the page whose `next` this is.
    pub before: Option<String>,
    /// How many entries to answer: 1 to 200, by default 50.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only entries of this action.
    pub action: Option<Action>,
}

/// The query of `GET /audit`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// Only entries older than those of the page whose `next` this is.
    pub before: Option<String>,
    /// How many entries to answer: 1 to 200, by default 50.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Only entries of this action.
    pub action: Option<Action>,
    /// Only entries in which this user is actor or target.
    pub user: Option<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::Role;

    #[test]
    fn wire_names_are_those_of_serde() {
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.wire_name());
            assert_eq!(Action::from_wire_name(action.wire_name()), Some(action));
        }
        assert_eq!(Action::from_wire_name("unknown"), None);
    }

    #[test]
    fn an_action_of_a_newer_backend_is_read() {
        assert_eq!(serde_json::from_str::<Action>("\"user.teleported\"").unwrap(), Action::Unknown);
    }

    #[test]
    fn no_assignment_and_an_assignment_of_nothing_differ() {
        let write = |details: &AuditDetails| serde_json::to_string(details).unwrap();
        let none = AuditDetails { after: Some(Role::Agent.into()), ..AuditDetails::default() };
        let empty = AuditDetails { before: Some(RoleSet::empty()), ..none.clone() };
        assert_eq!(write(&none), r#"{"after":["agent"]}"#);
        assert_eq!(write(&empty), r#"{"before":[],"after":["agent"]}"#);
        assert_eq!(serde_json::from_str::<AuditDetails>(&write(&empty)).unwrap(), empty);
    }
}
