use crate::Status;

/// The status of a user in a reader's scope, with the states of access that ends or is paused.
///
/// The wire has [`Status`] until the backend stores ends and pauses. There, a paused or ended user counts as active:
/// they have joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AccessStatus {
    /// The user has joined, and has access or an assignment.
    Active,
    /// Everything that the user would have is paused.
    Paused,
    /// The user can still accept an invitation.
    Invited,
    /// The user did not accept the invitation in time.
    Expired,
    /// Everything that the user had has ended, less than 30 days ago, and no invitation is pending.
    Ended,
}

impl AccessStatus {
    /// All statuses.
    pub const ALL: [Self; 5] = [Self::Active, Self::Paused, Self::Invited, Self::Expired, Self::Ended];

    /// The name on the wire.
    pub const fn wire_name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Invited => "invited",
            Self::Expired => "expired",
            Self::Ended => "ended",
        }
    }

    /// Whether the user has joined in the scope, so that their name is visible.
    pub const fn has_joined(self) -> bool {
        matches!(self, Self::Active | Self::Paused | Self::Ended)
    }
}

impl From<AccessStatus> for Status {
    fn from(status: AccessStatus) -> Self {
        match status {
            AccessStatus::Active | AccessStatus::Paused | AccessStatus::Ended => Self::Active,
            AccessStatus::Invited => Self::Invited,
            AccessStatus::Expired => Self::Expired,
        }
    }
}
