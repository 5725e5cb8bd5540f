use serde::{Deserialize, Serialize};
use studio_users_domain::UserId;

/// The event name of a [server-sent event](https://html.spec.whatwg.org/multipage/server-sent-events.html) of
/// `GET /events`.
///
/// Open the stream first and fetch the data after that, so that no change is missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    /// A user who is or was visible to the caller changed. The data is a [`UserChanged`].
    User,
    /// The visible part of the organisation changed. The caller's permissions may have changed too.
    Tree,
    /// The caller's own access changed. Fetch everything again.
    Session,
    /// A job of the caller has made progress or ended. The data is a [`JobChanged`](crate::JobChanged).
    Job,
    /// The backend no longer has the events since `Last-Event-ID`. Fetch everything again.
    Reset,
}

/// The data of a `user` event, as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UserChanged {
    /// The id of the changed user.
    pub id: UserId,
}

impl EventKind {
    /// The event name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Tree => "tree",
            Self::Session => "session",
            Self::Job => "job",
            Self::Reset => "reset",
        }
    }
}
