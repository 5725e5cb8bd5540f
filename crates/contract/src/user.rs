use std::fmt;
use std::str::FromStr;

use crate::MailDelivery;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use studio_users_domain::{Allowed, Language, NodeId, RowRole, Status, UserId};

/// A sort order of users. Written as the key, with the prefix `-` if descending, on the wire and in the page's URL.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    /// The sort key.
    pub key: SortKey,
    /// Whether the order is descending.
    pub descending: bool,
}

/// The key that users are sorted by.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum SortKey {
    /// The name, or the e-mail address of users without a name.
    #[default]
    Name,
    /// The e-mail address.
    Email,
    /// The status, in the order active, invited, expired.
    Status,
    /// The time of the last activity.
    LastActiveAt,
    /// The time at which the account was created.
    CreatedAt,
}

impl SortKey {
    /// All sort keys.
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
                "sort must be name, email, status, last_active_at or created_at, with the prefix - for descending"
                    .into()
            })
    }
}

/// A page of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserPage {
    /// The total number of matching users.
    pub total: Total,
    /// The users of the page.
    pub items: Vec<UserRow>,
}

/// The position of a user in the list of users.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserPosition {
    /// The index of the user’s row, from 0. `null` if the user does not match the filters, or comes after the rows that a
    /// backend looks through.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub position: Option<u32>,
}

/// A number of users, which may be a lower bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Total {
    /// The exact number, or a lower bound if `exact` is false.
    pub value: u32,
    /// Whether the number is exact. The backend returns a lower bound where counting would be slow.
    pub exact: bool,
}

impl Total {
    /// Combines this total with that of a later page of the same list. Prefers an exact number, and else the larger
    /// lower bound.
    #[must_use]
    pub fn refined(self, other: Self) -> Self {
        match (self.exact, other.exact) {
            (_, true) => other,
            (true, false) => self,
            (false, false) => Self { value: self.value.max(other.value), exact: false },
        }
    }
}

/// A user, as far as they are visible to the caller.
///
/// Until the user has joined at a node that the caller manages, the name and the activity elsewhere are hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserRow {
    /// The id of the user.
    pub id: UserId,
    /// The name. Null until the user has joined at a node that the caller manages.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: String,
    /// The status in the caller's scope.
    pub status: Status,
    /// The time at which the account was created.
    pub created_at: DateTime<Utc>,
    /// The time of the last activity. Null if there was none.
    pub last_active_at: Option<DateTime<Utc>>,
    /// The roles of the user in the caller's scope.
    pub roles: Vec<RowRole>,
    /// The environments of the caller's scope in which the user has a role or a pending one.
    pub environments: RowEnvironments,
    /// Whether the user joined by a copied link, and no mail has confirmed the e-mail address since. Omitted if false.
    ///
    /// Someone else may use the account. So only the manager who copied the link can give the user roles directly.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub address_unconfirmed: bool,
    /// The pending or expired invitation. Omitted if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationSummary>,
    /// The user who sent the pending or expired invitation, or else the first invitation to a node of the
    /// caller's scope. Omitted if the inviter is not visible to the caller.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_by: Option<UserRef>,
    /// The actions that the caller may perform on the user.
    pub allowed: Allowed,
}

impl UserRow {
    /// The name, or the e-mail address if there is no name.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.email)
    }
}

/// The details of a user, as far as they are visible to the caller.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserDetails {
    /// The same fields as in the list of users.
    #[serde(flatten)]
    pub row: UserRow,
    /// The language that the user chose, or that of the invitation. Null if unknown.
    pub locale: Option<Language>,
    /// The time at which the user joined. Null if they have not, or if it is not visible to the caller.
    pub joined_at: Option<DateTime<Utc>>,
    /// The timeline of the pending invitation. Null if there is none.
    pub pending: Option<UserInvitation>,
}

/// The timeline of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserInvitation {
    /// The time at which the first grant was made.
    pub created_at: DateTime<Utc>,
    /// The time at which the invitation was last sent: when the mail server took the e-mail. Null before that.
    pub sent_at: Option<DateTime<Utc>>,
    /// The time at which the invitation expires.
    pub expires_at: DateTime<Utc>,
    /// The delivery of the last e-mail. Omitted if none was sent in the last day, unless it did not arrive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<MailDelivery>,
    /// The number of links that were sent or copied.
    pub links: u32,
    /// The personal message. Null if there is none.
    pub message: Option<String>,
}

/// The first environments of a list, with their total number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RowEnvironments {
    /// The total number of environments.
    pub total: u32,
    /// The first environments: up to three.
    pub first: Vec<NodeName>,
}

impl RowEnvironments {
    /// Whether these are all of the environments that a manager of several manages. Then one label replaces the names.
    #[must_use]
    pub const fn are_all(&self, managed: usize) -> bool {
        self.total > 1 && self.total as usize == managed
    }
}

/// A node with its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NodeName {
    /// The id of the node.
    pub id: NodeId,
    /// The display name. Example: `Velo Bikes`.
    pub name: String,
}

/// A summary of an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationSummary {
    /// The time at which the invitation expires.
    pub expires_at: DateTime<Utc>,
    /// Whether nobody can accept the invitation, because the users who gave the roles may no longer give them. Omitted
    /// if false. A manager who may give the roles can resend the invitation or copy a link.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unacceptable: bool,
    /// Whether the e-mail was refused or given up, so that it did not arrive. Omitted if false. A manager can copy a link.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub undelivered: bool,
}

/// A reference to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserRef {
    /// The id of the user.
    pub id: UserId,
    /// The name, or the e-mail address if there is no name.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_and_parses_every_sort_order() {
        for key in SortKey::ALL {
            for descending in [false, true] {
                let sort = Sort { key, descending };
                assert_eq!(sort.to_string().parse(), Ok(sort));
            }
        }
    }

    #[test]
    fn names_the_valid_keys_for_an_unknown_sort_key() {
        let error = "age".parse::<Sort>().unwrap_err();
        assert!(error.contains("last_active_at"), "{error}");
    }

    #[test]
    fn ignores_unknown_fields_in_responses() {
        let total: Total = serde_json::from_str(r#"{"value":3,"exact":true,"new":1}"#).unwrap();
        assert_eq!(total, Total { value: 3, exact: true });
    }

    #[test]
    fn refines_a_total_to_the_exact_number_or_larger_bound() {
        let (exact, bound) = (|value| Total { value, exact: true }, |value| Total { value, exact: false });
        assert_eq!(exact(90).refined(bound(200)), exact(90));
        assert_eq!(bound(200).refined(exact(90)), exact(90));
        assert_eq!(bound(200).refined(bound(50)), bound(200));
        assert_eq!(bound(200).refined(bound(250)), bound(250));
    }
}
