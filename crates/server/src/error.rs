//! The error of every use case. `http::problem` turns it into a response.

use std::fmt;
use std::time::Duration;

use studio_users_contract::{Code, InvalidParameter, ViewEnd};
use studio_users_domain::Denial;

use crate::failure::Failure;
use crate::rate_limit::NoToken;
use crate::store::{self, MailLimit};

/// An error of a request.
#[derive(Debug)]
pub(crate) enum AppError {
    /// The request has no valid session.
    Unauthenticated,
    /// The request came from another site.
    CrossSite,
    /// The request came from another machine to a demo that is only for this one.
    NotLocal,
    /// The resource does not exist, or the user may not know that it does.
    NotFound,
    /// The path does not support this method.
    MethodNotAllowed,
    /// The body is invalid; with the detail.
    Invalid(String),
    /// A field is invalid; with its name and the detail.
    InvalidField(&'static str, String),
    /// A field is unknown; with its name.
    UnknownField(String),
    /// The body did not arrive in time.
    BodyTimeout,
    /// The body exceeds the size limit.
    TooLarge,
    /// The link is unknown, used or expired.
    LinkInvalid,
    /// The domain's rules forbid the operation.
    Denied(Denial),
    /// The domain's rules forbid the operation for one item of a list; with the path of its field.
    DeniedFor(String, Denial),
    /// The header `If-Match` is missing.
    VersionMissing,
    /// The resource has changed since the caller loaded it: `If-Match` does not match.
    VersionMismatch,
    /// The user's access has changed since the removal, so it cannot be restored.
    ChangedSince,
    /// The job is still running, has changed nothing, or was undone already.
    NotUndoable,
    /// The number of matching users differs from the number that the caller saw.
    TotalChanged,
    /// The `Idempotency-Key` was used for a different request.
    KeyReused,
    /// The account exists already, so the user has to sign in first.
    SignInRequired,
    /// Too many requests; with the time to wait.
    RateLimited(Duration),
    /// The request writes during an impersonation.
    ViewIsReadOnly,
    /// The impersonation has ended for this reason. `None` if the session has none with this id.
    ViewEnded(Option<ViewEnd>),
    /// The server cannot answer at the moment; with the cause, for the log.
    Unexpected(Failure),
    /// The request waited too long for others.
    Busy,
    /// The database server cannot be reached, or the connection to it was lost. It may be back in a moment. A change may have
    /// been committed.
    DatabaseUnreachable,
}

impl AppError {
    /// Creates the error of a state that the server never expects.
    pub(crate) fn unexpected(cause: impl Into<Failure>) -> Self {
        Self::Unexpected(cause.into())
    }

    /// Creates the error of something that does not exist although it must.
    pub(crate) fn missing(what: &str) -> Self {
        Self::unexpected(format!("{what} is missing"))
    }

    /// Creates the error of a database without an organisation.
    pub(crate) fn no_organisation() -> Self {
        Self::missing("the organisation")
    }

    /// Returns the error code of the contract.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Unauthenticated => Code::Unauthenticated,
            Self::CrossSite | Self::NotLocal => Code::CrossSite,
            Self::NotFound => Code::NotFound,
            Self::MethodNotAllowed => Code::MethodNotAllowed,
            Self::Invalid(_) | Self::InvalidField(..) | Self::UnknownField(_) | Self::BodyTimeout => {
                Code::Invalid
            }
            Self::TooLarge => Code::TooLarge,
            Self::LinkInvalid => Code::LinkInvalid,
            Self::Denied(denial) | Self::DeniedFor(_, denial) => (*denial).into(),
            Self::VersionMissing | Self::VersionMismatch => Code::VersionMismatch,
            Self::ChangedSince => Code::ChangedSince,
            Self::NotUndoable => Code::NotUndoable,
            Self::TotalChanged => Code::TotalChanged,
            Self::KeyReused => Code::KeyReused,
            Self::SignInRequired => Code::SignInRequired,
            Self::RateLimited(_) => Code::RateLimited,
            Self::ViewIsReadOnly => Code::ViewIsReadOnly,
            Self::ViewEnded(_) => Code::ViewEnded,
            Self::Unexpected(_) | Self::Busy | Self::DatabaseUnreachable => Code::Unavailable,
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unexpected(cause) => cause.fmt(f),
            other => write!(f, "{:?}", other.code()),
        }
    }
}

impl From<Denial> for AppError {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<InvalidParameter> for AppError {
    fn from(error: InvalidParameter) -> Self {
        Self::InvalidField(error.name, error.expected.into())
    }
}

impl From<MailLimit> for AppError {
    fn from(limit: MailLimit) -> Self {
        Self::RateLimited(limit.wait())
    }
}

impl From<NoToken> for AppError {
    fn from(error: NoToken) -> Self {
        match error {
            NoToken::Empty(wait) => Self::RateLimited(wait),
            NoToken::Failed(error) => match error.downcast::<sqlx::Error>() {
                Ok(error) => (*error).into(),
                Err(error) => Self::Unexpected(error),
            },
        }
    }
}

/// Returns the value of `Retry-After`, in seconds, after which the time to wait is over.
pub(crate) fn retry_seconds(wait: Duration) -> u32 {
    u32::try_from(wait.as_secs().saturating_add(1)).unwrap_or(u32::MAX)
}

impl From<store::Error> for AppError {
    fn from(error: store::Error) -> Self {
        match error {
            store::Error::Busy => Self::Busy,
            // The pool logs the reason once, not for each request.
            store::Error::Unreachable(_) => Self::DatabaseUnreachable,
            error => Self::Unexpected(error.into()),
        }
    }
}

impl From<getrandom::Error> for AppError {
    fn from(error: getrandom::Error) -> Self {
        store::Error::from(error).into()
    }
}

impl From<sqlx::Error> for AppError {
    fn from(error: sqlx::Error) -> Self {
        store::Error::from(error).into()
    }
}
