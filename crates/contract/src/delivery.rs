use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// The delivery of an e-mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MailDelivery {
    /// The state.
    pub state: DeliveryState,
    /// The time at which the state began: queued, sent, refused, given up or cancelled.
    pub at: DateTime<Utc>,
    /// The last answer of the mail server to this e-mail, up to 300 bytes on one line, as untrusted text. Null if it has
    /// not answered, or has taken the e-mail.
    pub reply: Option<String>,
}

/// The state of an e-mail.
///
/// - `queued`: it waits to be sent, or to be tried again.
/// - `sent`: the mail server has taken it. Whether it reaches the mailbox is not known.
/// - `refused`: the mail server has refused the recipient or the e-mail for good. It is not tried again.
/// - `given_up`: it could not be sent for a day. It is not tried again.
/// - `cancelled`: its sender could no longer give what it announces when it was about to be sent.
/// - `unknown`: not on the wire. Clients use it for states that they do not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeliveryState {
    /// It waits to be sent.
    Queued,
    /// The mail server has taken it.
    Sent,
    /// The mail server has refused it for good.
    Refused,
    /// It could not be sent for a day.
    GivenUp,
    /// Its sender could no longer give what it announces.
    Cancelled,
    /// A state of a newer backend.
    #[serde(other)]
    Unknown,
}

impl DeliveryState {
    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::GivenUp => "given_up",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    /// Whether the e-mail did not arrive.
    pub const fn has_failed(self) -> bool {
        matches!(self, Self::Refused | Self::GivenUp | Self::Cancelled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_match_serde() {
        use DeliveryState as S;
        for state in [S::Queued, S::Sent, S::Refused, S::GivenUp, S::Cancelled, S::Unknown] {
            assert_eq!(serde_json::to_value(state).unwrap(), state.wire_name());
        }
        assert_eq!(serde_json::from_str::<S>("\"delayed\"").unwrap(), S::Unknown);
    }
}
