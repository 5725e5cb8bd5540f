use serde::{Deserialize, Serialize};
use studio_users_domain::UserId;

/// What `GET /events` tells of: the name of an event.
///
/// Who follows the stream first and then reads misses nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A user whom the reader sees, or saw, changed: see [`UserChanged`].
    User,
    /// What the reader sees of the organisation changed, and perhaps what they may do in it.
    Tree,
    /// What is given to the reader changed: everything is to be read anew.
    Session,
    /// What happened meanwhile is not known any more: everything is to be read anew.
    Reset,
}

/// The data of an event of the kind `user`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserChanged {
    /// Who changed.
    pub id: UserId,
}

impl EventKind {
    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Tree => "tree",
            Self::Session => "session",
            Self::Reset => "reset",
        }
    }
}
