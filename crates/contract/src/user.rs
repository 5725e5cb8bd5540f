use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{Allowed, Language, NodeId, RoleSet, RowRole, Status, UserId};

/// The most rows of one answer.
pub const MAX_LIMIT: u32 = 200;
/// The longest search, in characters.
pub const MAX_SEARCH_CHARS: usize = 200;
/// The most nodes that a list is narrowed to.
pub const MAX_NODES: usize = 50;

/// The query of `GET /users`. `node`, `role` and `status` may be repeated: then any of them will do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(feature = "openapi", derive(utoipa::IntoParams))]
#[cfg_attr(feature = "openapi", into_params(parameter_in = Query))]
pub struct UsersQuery {
    /// Any part of the name or the e-mail address, letters of any case.
    #[cfg_attr(feature = "openapi", param(max_length = 200))]
    pub search: Option<String>,
    /// Only users with access, or invited to it, at or below any of these nodes, up to 50; of them, what they have
    /// there.
    #[cfg_attr(feature = "openapi", param(rename = "node", required = false, max_items = 50))]
    pub nodes: Vec<NodeId>,
    /// Only users for whom any of these roles counts somewhere in the reader's scope.
    #[cfg_attr(feature = "openapi", param(rename = "role", required = false, value_type = Vec<studio_users_domain::Role>))]
    pub roles: RoleSet,
    /// Only users to whom something is given at or below the nodes themselves, not those alone who inherit it from
    /// above them.
    #[cfg_attr(feature = "openapi", param(required = false))]
    pub assigned: bool,
    /// Only users with any of these statuses.
    #[cfg_attr(feature = "openapi", param(rename = "status", required = false))]
    pub statuses: Vec<Status>,
    /// Only users active at this time or later.
    pub active_since: Option<DateTime<Utc>>,
    /// The order: one of `name email status last_active_at created_at`, with `-` for descending. By default
    /// `name`. Users without the value come last; ties are ordered by id.
    #[cfg_attr(feature = "openapi", param(value_type = Option<String>, example = "-created_at"))]
    pub sort: Option<Sort>,
    /// How many rows to pass over.
    pub offset: Option<u32>,
    /// How many rows to answer: 1 to 200, by default 50.
    #[cfg_attr(feature = "openapi", param(minimum = 1, maximum = 200))]
    pub limit: Option<u32>,
}

/// An order of the users. On the wire and in the page's URL: the key, after `-` where descending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    /// What to order by.
    pub key: SortKey,
    /// Whether the largest comes first.
    pub descending: bool,
}

/// What users can be ordered by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// The name, or the e-mail address of who has no name yet.
    #[default]
    Name,
    /// The e-mail address.
    Email,
    /// Active, invited, expired.
    Status,
    /// The time of the last activity.
    LastActiveAt,
    /// The time of the account's creation.
    CreatedAt,
}

impl SortKey {
    /// Every key.
    pub const ALL: [Self; 5] = [Self::Name, Self::Email, Self::Status, Self::LastActiveAt, Self::CreatedAt];

    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Email => "email",
            Self::Status => "status",
            Self::LastActiveAt => "last_active_at",
            Self::CreatedAt => "created_at",
        }
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.descending { "-" } else { "" }, self.key.wire_name())
    }
}

impl FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (descending, name) = text.strip_prefix('-').map_or((false, text), |name| (true, name));
        SortKey::ALL
            .into_iter()
            .find(|key| key.wire_name() == name)
            .map(|key| Self { key, descending })
            .ok_or_else(|| {
                "sort must be name, email, status, last_active_at or created_at, after - for descending"
                    .into()
            })
    }
}

/// A window of the users, of how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserPage {
    /// How many users match.
    pub total: Total,
    /// The window.
    pub items: Vec<UserRow>,
}

/// A number of users.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Total {
    /// The number; where it is not exact, there are at least as many.
    pub value: u32,
    /// Whether it is exact. Where counting would be slow, it is not.
    pub exact: bool,
}

impl Total {
    /// What is known once another window of the same list said so too: an exact number stays, and a lower bound
    /// only grows.
    #[must_use]
    pub fn refined(self, other: Self) -> Self {
        match (self.exact, other.exact) {
            (_, true) => other,
            (true, false) => self,
            (false, false) => Self { value: self.value.max(other.value), exact: false },
        }
    }
}

/// One user, as far as the reader may see. Until the person has joined at a node of the reader's, the name is
/// absent and so is what they did elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserRow {
    /// Their id.
    pub id: UserId,
    /// Their name.
    pub name: Option<String>,
    /// Their address.
    pub email: String,
    /// How far they have come.
    pub status: Status,
    /// Since when there is this account.
    pub created_at: DateTime<Utc>,
    /// When they last did something; none if never.
    pub last_active_at: Option<DateTime<Utc>>,
    /// The roles that they have in the reader's scope.
    pub roles: Vec<RowRole>,
    /// The environments of the reader's scope in which they have them.
    pub environments: RowEnvironments,
    /// The invitation that waits for an answer, or that got none in time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationSummary>,
    /// Who invited them, if the reader may see that person: by the invitation that waits or expired, or else by the
    /// first to a node of the reader's scope.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<InvitedBy>,
    /// What the reader may do with them.
    #[serde(default)]
    pub allowed: Allowed,
}

impl UserRow {
    /// What the user is called: by name, or by address while there is none.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

/// Everything about one user, as far as the reader may see: what a row says, and more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserDetails {
    /// What the row says.
    #[serde(flatten)]
    pub row: UserRow,
    /// The language they chose, or were invited in.
    pub locale: Option<Language>,
    /// When they joined, as far as the reader may know.
    pub joined_at: Option<DateTime<Utc>>,
    /// The life of the invitation; none where none waits for an answer.
    pub pending: Option<UserInvitation>,
}

/// The life of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserInvitation {
    /// When the first of it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last mailed; none while the mail waits to be sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
    /// How many links were made by mailing and copying.
    pub links: u32,
    /// The inviter's own words.
    pub message: Option<String>,
}

/// Some environments, of how many.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowEnvironments {
    /// How many there are.
    pub total: u32,
    /// The first of them: up to three.
    pub first: Vec<NodeName>,
}

/// A node by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeName {
    /// Its id.
    pub id: NodeId,
    /// What it is called.
    pub name: String,
}

/// An invitation at a glance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationSummary {
    /// Until when it can be accepted.
    pub expires_at: DateTime<Utc>,
}

/// Who sent an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitedBy {
    /// Their id.
    pub id: UserId,
    /// Their name, or their e-mail address.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sort_prints_as_it_is_parsed() {
        for key in SortKey::ALL {
            for descending in [false, true] {
                let sort = Sort { key, descending };
                assert_eq!(sort.to_string().parse(), Ok(sort));
            }
        }
    }

    #[test]
    fn an_unknown_sort_says_what_there_is() {
        let error = "age".parse::<Sort>().unwrap_err();
        assert!(error.contains("last_active_at"), "{error}");
    }

    #[test]
    fn an_answer_may_gain_fields() {
        let total: Total = serde_json::from_str(r#"{"value":3,"exact":true,"new":1}"#).unwrap();
        assert_eq!(total, Total { value: 3, exact: true });
    }

    #[test]
    fn an_exact_total_stays_and_a_bound_only_grows() {
        let (exact, bound) = (|value| Total { value, exact: true }, |value| Total { value, exact: false });
        assert_eq!(exact(90).refined(bound(200)), exact(90));
        assert_eq!(bound(200).refined(exact(90)), exact(90));
        assert_eq!(bound(200).refined(bound(50)), bound(200));
        assert_eq!(bound(200).refined(bound(250)), bound(250));
    }
}
