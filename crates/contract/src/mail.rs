use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{MailDelivery, UserRef};

/// The subject of an e-mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum MailKind {
    /// A sign-in link.
    SignIn,
    /// An invitation.
    Invitation,
    /// A reminder of an invitation.
    Reminder,
    /// A notice about given access.
    AccessGiven,
    /// A digest about the recipient’s invitations.
    Digest,
    /// A kind of a newer backend.
    #[serde(other)]
    Unknown,
}

/// An e-mail that did not arrive, or that the mail server has not taken yet after an attempt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndeliveredMail {
    /// The id of the e-mail.
    pub id: Uuid,
    /// The subject.
    pub kind: MailKind,
    /// The recipient, with the e-mail address as the name until they have joined at a node that the caller manages.
    pub to: UserRef,
    /// The address.
    pub email: String,
    /// The time at which it was queued.
    pub created_at: DateTime<Utc>,
    /// The number of attempts.
    pub attempts: u32,
    /// The delivery.
    pub delivery: MailDelivery,
}

/// The undelivered e-mails.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UndeliveredMails {
    /// The newest e-mails, newest first: at most 200.
    pub items: Vec<UndeliveredMail>,
    /// Whether there are more.
    pub more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accepts_an_unknown_kind() {
        assert_eq!(serde_json::from_str::<MailKind>("\"poem\"").unwrap(), MailKind::Unknown);
    }
}
