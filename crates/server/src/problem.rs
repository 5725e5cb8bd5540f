//! Refusals, as RFC 9457 problems.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use studio_users_contract::{Code, FieldProblem, PROBLEM_TYPE, Problem, ViewEnd};
use studio_users_domain::{Denial, Language};

use crate::store::{self, MailLimit};

/// Why a call is not answered as asked.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// Nobody is signed in.
    Unauthenticated,
    /// The request came from another site.
    CrossSite,
    /// It does not exist, or the reader may not know that it does.
    NotFound,
    /// The path takes other methods.
    MethodNotAllowed,
    /// The body makes no sense.
    Invalid(String),
    /// A field makes no sense.
    InvalidField(&'static str, String),
    /// A field is not known.
    UnknownField(String),
    /// The body is too long.
    TooLarge,
    /// The link is unknown, used or expired.
    LinkInvalid,
    /// The rules forbid it.
    Denied(Denial),
    /// The rules forbid it, for one of many.
    DeniedFor(String, Denial),
    /// It was not said which state is to be changed.
    VersionMissing,
    /// What is to be changed has changed meanwhile.
    VersionMismatch,
    /// What is to be restored was touched since.
    ChangedSince,
    /// There are more or fewer users than the caller saw.
    TotalChanged,
    /// The key came with another request before.
    KeyReused,
    /// The account exists: signing in to it comes first.
    SignInRequired,
    /// Too many of the same; after this while it is fine.
    RateLimited(TimeDelta),
    /// It would change something, inside a view.
    ViewIsReadOnly,
    /// The view has ended, for this reason; for none where there is no such view of this session.
    ViewEnded(Option<ViewEnd>),
    /// Not now.
    Unavailable,
}

impl Refusal {
    /// The stable code.
    pub(crate) fn code(&self) -> Code {
        self.meaning().1
    }

    fn problem(self) -> Problem {
        let (status, code, title) = self.meaning();
        let mut problem = Problem {
            status: status.as_u16(),
            code,
            title: title.into(),
            detail: None,
            fields: Vec::new(),
            reason: None,
        };
        match self {
            Self::Invalid(detail) => problem.detail = Some(detail),
            Self::InvalidField(field, detail) => {
                problem.fields.push(FieldProblem { field: field.into(), detail });
            }
            Self::UnknownField(field) => {
                problem.fields.push(FieldProblem { field, detail: "there is no such field".into() });
            }
            Self::DeniedFor(field, denial) => {
                problem.fields.push(FieldProblem { field, detail: denial.sentence(Language::En).into() });
            }
            Self::ViewEnded(reason) => {
                problem.detail = Some(sentence(reason).into());
                problem.reason = reason;
            }
            _ => {}
        }
        problem
    }

    fn meaning(&self) -> (StatusCode, Code, &'static str) {
        match self {
            Self::Unauthenticated => {
                (StatusCode::UNAUTHORIZED, Code::Unauthenticated, "Nobody is signed in.")
            }
            Self::CrossSite => {
                (StatusCode::FORBIDDEN, Code::CrossSite, "The request came from another site.")
            }
            Self::NotFound => {
                (StatusCode::NOT_FOUND, Code::NotFound, "It does not exist, or you may not see it.")
            }
            Self::MethodNotAllowed => {
                (StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, "This path takes other methods.")
            }
            Self::Invalid(_) | Self::InvalidField(..) | Self::UnknownField(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, Code::Invalid, "The request does not make sense.")
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, Code::TooLarge, "The body is larger than 1 MB.")
            }
            Self::LinkInvalid => {
                (StatusCode::FORBIDDEN, Code::LinkInvalid, "This link does not work, or no longer does.")
            }
            Self::Denied(denial) | Self::DeniedFor(_, denial) => {
                let status = if denial.is_conflict() { StatusCode::CONFLICT } else { StatusCode::FORBIDDEN };
                (status, (*denial).into(), denial.sentence(Language::En))
            }
            Self::VersionMissing => (
                StatusCode::PRECONDITION_REQUIRED,
                Code::VersionMismatch,
                "Say with If-Match which state you change.",
            ),
            Self::VersionMismatch => (
                StatusCode::PRECONDITION_FAILED,
                Code::VersionMismatch,
                "Somebody else has changed this meanwhile.",
            ),
            Self::ChangedSince => {
                (StatusCode::CONFLICT, Code::ChangedSince, "What is to be restored has been touched since.")
            }
            Self::TotalChanged => {
                (StatusCode::CONFLICT, Code::TotalChanged, "There are other users by now than you saw.")
            }
            Self::KeyReused => {
                (StatusCode::CONFLICT, Code::KeyReused, "This Idempotency-Key came with another request.")
            }
            Self::SignInRequired => (
                StatusCode::FORBIDDEN,
                Code::SignInRequired,
                "This account exists. Sign in to it first: a link is on its way to its address.",
            ),
            Self::RateLimited(_) => {
                (StatusCode::TOO_MANY_REQUESTS, Code::RateLimited, "Too many of these. Try again in a while.")
            }
            Self::ViewIsReadOnly => {
                (StatusCode::FORBIDDEN, Code::ViewIsReadOnly, "Inside a view nothing can be changed.")
            }
            Self::ViewEnded(_) => (StatusCode::FORBIDDEN, Code::ViewEnded, "The view has ended."),
            Self::Unavailable => (
                StatusCode::SERVICE_UNAVAILABLE,
                Code::Unavailable,
                "The server cannot answer at the moment. Try again in a while.",
            ),
        }
    }
}

/// Why a view ended, for a person.
fn sentence(reason: Option<ViewEnd>) -> &'static str {
    match reason {
        Some(ViewEnd::Exited) => "You have ended it.",
        Some(ViewEnd::Expired) => "A view lasts 30 minutes.",
        Some(ViewEnd::ConditionsLost) => "There is nothing left that you may see as this user.",
        Some(ViewEnd::SignedOut) => "The session in which it began has ended.",
        Some(ViewEnd::Replaced) => "You have begun as many others as can run at once.",
        Some(ViewEnd::Unknown) | None => "No such view runs in this session.",
    }
}

impl From<Denial> for Refusal {
    fn from(denial: Denial) -> Self {
        Self::Denied(denial)
    }
}

impl From<MailLimit> for Refusal {
    fn from(_: MailLimit) -> Self {
        Self::RateLimited(TimeDelta::hours(1))
    }
}

impl From<store::Error> for Refusal {
    fn from(error: store::Error) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Unavailable
    }
}

impl From<getrandom::Error> for Refusal {
    fn from(error: getrandom::Error) -> Self {
        store::Error::from(error).into()
    }
}

impl From<sqlx::Error> for Refusal {
    fn from(error: sqlx::Error) -> Self {
        store::Error::from(error).into()
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let retry_after = match self {
            Self::RateLimited(wait) => Some(wait.num_seconds() + 1),
            _ => None,
        };
        let problem = self.problem();
        let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(problem)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}
