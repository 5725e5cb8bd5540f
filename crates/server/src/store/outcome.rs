//! The outcomes of mails, as the outbox stores them.

use studio_users_contract::{DeliveryState, MailDelivery};

use super::{Error, time_from_millis};
use crate::sql::Row;

/// The delivery of a mail has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The mail server took it, or it was written to the mail folder.
    Sent,
    /// The mail server refused it for good.
    Refused,
    /// It could not be sent for a day.
    GivenUp,
    /// Its sender could no longer give what it announces when it was about to be sent.
    Cancelled,
}

impl Outcome {
    /// Returns the name in the database.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
            Self::Cancelled => "cancelled",
        }
    }
}

/// Parses a name of the database. `None` is a mail without an outcome.
pub(super) fn state_of(outcome: Option<&str>) -> DeliveryState {
    match outcome {
        None => DeliveryState::Queued,
        Some("sent") => DeliveryState::Sent,
        Some("refused") => DeliveryState::Refused,
        Some("given_up") => DeliveryState::GivenUp,
        Some("cancelled") => DeliveryState::Cancelled,
        Some(_) => DeliveryState::Unknown,
    }
}

/// Parses the columns `outcome`, `reply` and `at`.
pub(super) fn delivery_of(row: &Row) -> Result<MailDelivery, Error> {
    Ok(MailDelivery {
        state: state_of(row.try_get("outcome")?),
        at: time_from_millis(row.try_get("at")?)?,
        reply: row.try_get("reply")?,
    })
}
