use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{NodeId, RoleSet, Status, UserId};
use uuid::Uuid;

use crate::NodeName;

/// The action of an audit log entry.
///
/// Clients must expect further actions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Action {
    /// A user was invited to a node.
    #[serde(rename = "user.invited")]
    UserInvited,
    /// The invitation was sent by e-mail: the mail server took it, also after it was sent again.
    #[serde(rename = "invitation.sent")]
    InvitationSent,
    /// A manager sent the invitation again. The previously sent link stops working when the e-mail is sent.
    #[serde(rename = "invitation.resent")]
    InvitationResent,
    /// An invitation link was copied.
    #[serde(rename = "invitation.link_copied")]
    InvitationLinkCopied,
    /// The invitation was revoked.
    #[serde(rename = "invitation.revoked")]
    InvitationRevoked,
    /// The address of the invitation was corrected: the target’s invitation was revoked, and another address invited.
    #[serde(rename = "invitation.corrected")]
    InvitationCorrected,
    /// The invitation was accepted.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted,
    /// The roles assigned at a node changed.
    #[serde(rename = "roles.changed")]
    RolesChanged,
    /// The user was removed.
    #[serde(rename = "user.removed")]
    UserRemoved,
    /// A user changed their own name. The actor has the old name, and the target the new one.
    #[serde(rename = "user.renamed")]
    UserRenamed,
    /// The removal was undone.
    #[serde(rename = "user.restored")]
    UserRestored,
    /// A view as the target user was started (impersonation).
    #[serde(rename = "view.started")]
    ViewStarted,
    /// The view was ended or expired.
    #[serde(rename = "view.ended")]
    ViewEnded,
    /// A change inside a view was rejected.
    #[serde(rename = "view.refused")]
    ViewRefused,
    /// A user signed in.
    #[serde(rename = "session.started")]
    SessionStarted,
    /// A session ended: the user signed out, or the backend ended the session.
    #[serde(rename = "session.ended")]
    SessionEnded,
    /// A list of users was exported as CSV.
    #[serde(rename = "users.exported")]
    UsersExported,
    /// Audit log entries were exported as CSV.
    #[serde(rename = "audit.exported")]
    AuditExported,
    /// A sign-in link for the target was created on the command line.
    #[serde(rename = "sign_in_link.created")]
    SignInLinkCreated,
    /// The data that are stored about the target were exported on the command line.
    #[serde(rename = "person.exported")]
    PersonExported,
    /// An import added the node. So users inherit access to it. `count` includes the new nodes below it, which have no
    /// entries of their own.
    #[serde(rename = "node.added")]
    NodeAdded,
    /// An import moved the node to another parent. So other users inherit access to it.
    #[serde(rename = "node.moved")]
    NodeMoved,
    /// An import changed the licence of the node. `before` and `after` are the roles that it includes.
    #[serde(rename = "licence.changed")]
    LicenceChanged,
    /// An action of a newer backend.
    #[serde(other, rename = "unknown")]
    Unknown,
}

impl Action {
    /// All known actions, without [`Self::Unknown`].
    pub const ALL: [Self; 23] = [
        Self::UserInvited,
        Self::InvitationSent,
        Self::InvitationResent,
        Self::InvitationLinkCopied,
        Self::InvitationRevoked,
        Self::InvitationCorrected,
        Self::InvitationAccepted,
        Self::RolesChanged,
        Self::UserRemoved,
        Self::UserRenamed,
        Self::UserRestored,
        Self::ViewStarted,
        Self::ViewEnded,
        Self::ViewRefused,
        Self::SessionStarted,
        Self::SessionEnded,
        Self::UsersExported,
        Self::AuditExported,
        Self::SignInLinkCreated,
        Self::PersonExported,
        Self::NodeAdded,
        Self::NodeMoved,
        Self::LicenceChanged,
    ];

    /// The name on the wire. Example: `user.invited`.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::UserInvited => "user.invited",
            Self::InvitationSent => "invitation.sent",
            Self::InvitationResent => "invitation.resent",
            Self::InvitationLinkCopied => "invitation.link_copied",
            Self::InvitationRevoked => "invitation.revoked",
            Self::InvitationCorrected => "invitation.corrected",
            Self::InvitationAccepted => "invitation.accepted",
            Self::RolesChanged => "roles.changed",
            Self::UserRemoved => "user.removed",
            Self::UserRenamed => "user.renamed",
            Self::UserRestored => "user.restored",
            Self::ViewStarted => "view.started",
            Self::ViewEnded => "view.ended",
            Self::ViewRefused => "view.refused",
            Self::SessionStarted => "session.started",
            Self::SessionEnded => "session.ended",
            Self::UsersExported => "users.exported",
            Self::AuditExported => "audit.exported",
            Self::SignInLinkCreated => "sign_in_link.created",
            Self::PersonExported => "person.exported",
            Self::NodeAdded => "node.added",
            Self::NodeMoved => "node.moved",
            Self::LicenceChanged => "licence.changed",
            Self::Unknown => "unknown",
        }
    }

    /// Whether [`AuditDetails::reason`] is a code of the backend. Otherwise a person entered it.
    pub const fn has_coded_reason(self) -> bool {
        matches!(self, Self::ViewEnded | Self::InvitationRevoked | Self::SessionEnded | Self::UserRemoved)
    }

    /// Parses a name. Returns `None` for an unknown one.
    pub fn from_wire_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|action| action.wire_name() == name)
    }
}

/// One entry of the audit log.
///
/// The names of users are those at the time of the action. The name of the node is the current one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// The id of the entry.
    pub id: Uuid,
    /// The time of the action.
    pub at: DateTime<Utc>,
    /// The action that was performed.
    pub action: Action,
    /// The kind of actor. It tells whether an entry without `actor` was made by a person who is not visible to the caller.
    #[serde(default)]
    pub actor_kind: ActorKind,
    /// The user who performed the action. Omitted if there is none or if they are not visible to the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub actor: Option<AuditPerson>,
    /// The affected user. Omitted if there is none or if they are not visible to the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub target: Option<AuditPerson>,
    /// The node of the action. Omitted for sessions and exports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node: Option<NodeName>,
    /// The id of the view inside which the action happened. Omitted outside of a view.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub view: Option<Uuid>,
    /// Further details, depending on the action.
    pub details: AuditDetails,
}

/// The kind of actor of an audit log entry.
///
/// - `person`: a user.
/// - `service_token`: a service token. Reserved; no backend sends it yet.
/// - `system`: the backend itself.
/// - `command_line`: an operator of the backend, on its command line.
/// - `unknown`: never sent. Clients use it for kinds that they do not know.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A user.
    #[default]
    Person,
    /// A service token. Reserved.
    ServiceToken,
    /// The backend itself.
    System,
    /// An operator of the backend, on its command line.
    CommandLine,
    /// A kind of a newer backend.
    #[serde(other)]
    Unknown,
}

impl ActorKind {
    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::ServiceToken => "service_token",
            Self::System => "system",
            Self::CommandLine => "command_line",
            Self::Unknown => "unknown",
        }
    }
}

/// A user in an audit log entry. The account may no longer exist.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPerson {
    /// The id of the user.
    pub id: UserId,
    /// The name at the time of the action, or the e-mail address if they had no name. Empty once it was erased.
    pub name: String,
}

/// The details of an audit log entry. Each field is omitted where it does not apply.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditDetails {
    /// The roles assigned before a change of roles. Omitted if there was no assignment, so that the roles were
    /// inherited. An empty list is an assignment without roles.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<studio_users_domain::Role>>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<RoleSet>,
    /// The roles assigned or granted by the action. Omitted if the roles are inherited since then.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<studio_users_domain::Role>>))]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<RoleSet>,
    /// The reason, as entered by the actor. A code for these actions:
    ///
    /// - `view.ended`: a `ViewEnd`.
    /// - `invitation.revoked`: `grant_not_allowed` if the person who gave the role was no longer allowed to give it when
    ///   the user accepted.
    /// - `session.ended`: `address_verified` if the owner of the e-mail address signed in.
    /// - `user.removed`: `erased` if the operator of the backend erased the user's personal data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The method and path template of a rejected change. Example: `DELETE /api/v1/users/{id}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The number of exported users, for `users.exported`. Omitted if it is not known exactly.
    ///
    /// For `node.added`: the number of new nodes, at this node and below.
    ///
    /// For `view.refused`: the number of further rejected changes of this operation, which have no entries of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<u32>,
    /// The duration of a view, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seconds: Option<u32>,
    /// The browser and operating system. Example: `Firefox on Linux`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The parents of a moved node, for `node.moved`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub moved: Option<NodeMove>,
    /// The filters of an export. This field and `count` are visible only to users who manage all exported nodes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exported: Option<ExportFilters>,
}

/// The [`AuditDetails::reason`] of a role of an invitation that was not given, because the person who gave it is no
/// longer allowed to.
pub const GRANT_NOT_ALLOWED: &str = "grant_not_allowed";

/// The [`AuditDetails::reason`] of a session that ended because the owner of the e-mail address signed in. Someone else
/// may have started it, with a copied link.
pub const ADDRESS_VERIFIED: &str = "address_verified";

/// The [`AuditDetails::reason`] of a user whose personal data the operator of the backend erased.
pub const ERASED: &str = "erased";

/// The parents of a moved node. Each is omitted if the caller does not manage it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct NodeMove {
    /// The former parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<NodeId>,
    /// The new parent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<NodeId>,
}

/// The filters of an export of users.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default)]
pub struct ExportFilters {
    /// Users at or below these nodes: the requested ones, or else all nodes that the actor managed.
    pub nodes: Vec<NodeId>,
    /// The search text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// Users with any of these roles. Omitted if not filtered by role.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<studio_users_domain::Role>))]
    #[serde(skip_serializing_if = "RoleSet::is_empty")]
    pub roles: RoleSet,
    /// Only users with an assignment or a grant at or below the nodes themselves. Omitted if false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub assigned: bool,
    /// Users with any of these statuses. Omitted if not filtered by status.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<Status>,
    /// Only users whose invitation e-mail did not arrive. Omitted if false.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub undelivered: bool,
    /// Users who were active at this time or later. Omitted if not filtered by activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active_since: Option<DateTime<Utc>>,
}

/// A page of audit log entries, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// The entries of the page.
    pub items: Vec<AuditEntry>,
    /// The cursor for the next page, to be sent as `before`. Null on the last page.
    pub next: Option<String>,
    /// The time before which all entries were deleted, on the last page. Omitted if none were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_before: Option<DateTime<Utc>>,
}

/// The query parameters of `GET /users/{id}/activity`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct ActivityQuery {
    /// The cursor: `next` of the previous page. Without it, the newest entries are returned.
    #[cfg_attr(feature = "openapi", param(min_length = 1))]
    pub before: Option<String>,
    /// The maximum number of entries: 1 to 200. The default is 50.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Returns only entries with this action.
    pub action: Option<Action>,
}

/// The query parameters of `GET /audit`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct AuditQuery {
    /// The cursor: `next` of the previous page. Without it, the newest entries are returned.
    #[cfg_attr(feature = "openapi", param(min_length = 1))]
    pub before: Option<String>,
    /// The maximum number of entries: 1 to 200. The default is 50.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
    /// Returns only entries with this action.
    pub action: Option<Action>,
    /// Returns only entries with this user as actor or target.
    pub user: Option<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::Role;

    #[test]
    fn wire_names_match_serde() {
        for action in Action::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.wire_name());
            assert_eq!(Action::from_wire_name(action.wire_name()), Some(action));
        }
        assert_eq!(Action::from_wire_name("unknown"), None);
    }

    #[test]
    fn actor_kinds_match_serde() {
        use ActorKind as K;
        for kind in [K::Person, K::ServiceToken, K::System, K::CommandLine] {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.wire_name());
        }
        assert_eq!(serde_json::from_str::<ActorKind>("\"robot\"").unwrap(), ActorKind::Unknown);
    }

    #[test]
    fn accepts_an_unknown_action() {
        assert_eq!(serde_json::from_str::<Action>("\"user.teleported\"").unwrap(), Action::Unknown);
    }

    #[test]
    fn distinguishes_no_assignment_from_an_empty_one() {
        let write = |details: &AuditDetails| serde_json::to_string(details).unwrap();
        let none = AuditDetails { after: Some(Role::Agent.into()), ..AuditDetails::default() };
        let empty = AuditDetails { before: Some(RoleSet::empty()), ..none.clone() };
        assert_eq!(write(&none), r#"{"after":["agent"]}"#);
        assert_eq!(write(&empty), r#"{"before":[],"after":["agent"]}"#);
        assert_eq!(serde_json::from_str::<AuditDetails>(&write(&empty)).unwrap(), empty);
    }
}
