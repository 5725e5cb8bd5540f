use serde::{Deserialize, Serialize};

/// The status of a user in the caller's scope.
///
/// - `active`: the user has joined and has access or an assignment at a node of the scope.
/// - `invited`: the user has an invitation that they can still accept.
/// - `expired`: the user did not accept the invitation in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// The user has joined.
    Active,
    /// The user can still accept an invitation.
    Invited,
    /// The user did not accept the invitation in time.
    Expired,
}

impl Status {
    /// All statuses.
    pub const ALL: [Self; 3] = [Self::Active, Self::Invited, Self::Expired];

    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Expired => "expired",
        }
    }
}
