//! Error responses: problem details as of [RFC 9457](https://www.rfc-editor.org/rfc/rfc9457).

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{FieldProblem, PROBLEM_TYPE, Problem, ViewEnd};
use studio_users_domain::Language;

use crate::error::{AppError, retry_seconds};
use crate::request_id::RequestId;

/// The maximum length of a text that may quote the request, in characters.
const MAX_QUOTED_CHARS: usize = 500;
/// The time after which a change that waited too long can be tried again, in seconds.
const BUSY_RETRY_SECONDS: u32 = 5;
/// The time after which a request can be tried again that did not reach the database, in seconds.
const UNREACHABLE_RETRY_SECONDS: u32 = 1;

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let status = status(&self);
        let failure = LoggedFailure::of(&self);
        let problem = problem(self, status);
        let retry_after = problem.retry_after;
        let mut response = (status, axum::Json(problem)).into_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_TYPE));
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        // The middleware of the log takes it, so that a failure is logged once, with the id of its request.
        if let Some(failure) = failure {
            response.extensions_mut().insert(failure);
        }
        response
    }
}

/// The entry of a response in the log, if the cause is on the server.
#[derive(Debug, Clone)]
pub(super) enum LoggedFailure {
    /// The request waited too long for others.
    Busy,
    /// The request failed; with the cause.
    Unexpected(String),
}

impl LoggedFailure {
    fn of(error: &AppError) -> Option<Self> {
        match error {
            AppError::Busy => Some(Self::Busy),
            AppError::Unexpected(cause) => Some(Self::Unexpected(cause.to_string())),
            _ => None,
        }
    }

    pub(super) fn log(&self, route: &str) {
        match self {
            Self::Busy => tracing::warn!(route, "the request waited too long for the database"),
            Self::Unexpected(cause) => tracing::error!(route, cause, "the request failed"),
        }
    }
}

fn problem(error: AppError, status: StatusCode) -> Problem {
    let mut problem = Problem {
        status: status.as_u16(),
        code: error.code(),
        title: title(&error).into(),
        detail: None,
        fields: Vec::new(),
        reason: None,
        retry_after: None,
        request_id: request_id(&error),
    };
    match error {
        AppError::Invalid(detail) => problem.detail = Some(shorten(detail)),
        AppError::InvalidField(field, detail) => {
            problem.fields.push(FieldProblem { field: field.into(), detail });
        }
        AppError::UnknownField(field) => {
            problem.fields.push(FieldProblem { field: shorten(field), detail: "unknown field".into() });
        }
        AppError::DeniedFor(field, denial) => {
            problem.fields.push(FieldProblem { field, detail: denial.message(Language::En).into() });
        }
        AppError::ViewEnded(reason) => {
            problem.detail = Some(why_view_ended(reason).into());
            problem.reason = reason;
        }
        AppError::RateLimited(wait) => {
            problem.retry_after = Some(retry_seconds(wait));
        }
        AppError::Busy => problem.retry_after = Some(BUSY_RETRY_SECONDS),
        AppError::DatabaseUnreachable => problem.retry_after = Some(UNREACHABLE_RETRY_SECONDS),
        _ => {}
    }
    problem
}

/// Returns the id of the request. Responses that do not reveal their cause have it in the header only, so that their bodies
/// are the same.
fn request_id(error: &AppError) -> Option<String> {
    let is_reticent = matches!(error, AppError::NotFound | AppError::LinkInvalid | AppError::ViewEnded(_));
    RequestId::current().filter(|_| !is_reticent).map(|id| id.to_string())
}

/// Shortens a text that may quote the request.
fn shorten(text: String) -> String {
    match text.char_indices().nth(MAX_QUOTED_CHARS) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

fn status(error: &AppError) -> StatusCode {
    match error {
        AppError::Unauthenticated => StatusCode::UNAUTHORIZED,
        AppError::CrossSite
        | AppError::LinkInvalid
        | AppError::SignInRequired
        | AppError::ViewIsReadOnly
        | AppError::ViewEnded(_) => StatusCode::FORBIDDEN,
        AppError::NotLocal => StatusCode::MISDIRECTED_REQUEST,
        AppError::NotFound => StatusCode::NOT_FOUND,
        AppError::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        AppError::Invalid(_) | AppError::InvalidField(..) | AppError::UnknownField(_) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        AppError::BodyTimeout => StatusCode::REQUEST_TIMEOUT,
        AppError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        AppError::Denied(denial) | AppError::DeniedFor(_, denial) => {
            if denial.is_conflict() {
                StatusCode::CONFLICT
            } else {
                StatusCode::FORBIDDEN
            }
        }
        AppError::VersionMissing => StatusCode::PRECONDITION_REQUIRED,
        AppError::VersionMismatch => StatusCode::PRECONDITION_FAILED,
        AppError::ChangedSince | AppError::NotUndoable | AppError::TotalChanged | AppError::KeyReused => {
            StatusCode::CONFLICT
        }
        AppError::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
        AppError::Unexpected(_) | AppError::Busy | AppError::DatabaseUnreachable => {
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

fn title(error: &AppError) -> &'static str {
    match error {
        AppError::Unauthenticated => "You are not signed in.",
        AppError::CrossSite => "Cross-site requests are not allowed.",
        AppError::NotLocal => "This demo is only available on its own machine.",
        AppError::NotFound => "Not found, or you do not have access to it.",
        AppError::MethodNotAllowed => "This method is not allowed for this path.",
        AppError::Invalid(_) | AppError::InvalidField(..) | AppError::UnknownField(_) => {
            "The request is not valid."
        }
        AppError::BodyTimeout => "The body did not arrive in time.",
        AppError::TooLarge => "The body is larger than 1 MB.",
        AppError::LinkInvalid => "This link is invalid or has expired.",
        AppError::Denied(denial) | AppError::DeniedFor(_, denial) => denial.message(Language::En),
        AppError::VersionMissing => "The If-Match header is required.",
        AppError::VersionMismatch => "This has changed since you loaded it.",
        AppError::ChangedSince => "The access of this user has changed since, so it cannot be restored.",
        AppError::NotUndoable => "This job cannot be undone.",
        AppError::TotalChanged => "The number of matching users has changed.",
        AppError::KeyReused => "This Idempotency-Key was already used for a different request.",
        AppError::SignInRequired => {
            "This account already exists. Sign in first with the link that was sent to its e-mail address."
        }
        AppError::RateLimited(_) => "Too many requests. Try again later.",
        AppError::ViewIsReadOnly => "You cannot make changes while viewing as another user.",
        AppError::ViewEnded(_) => "The view has ended.",
        AppError::Unexpected(_) | AppError::Busy | AppError::DatabaseUnreachable => {
            "The server is temporarily unavailable. Try again later."
        }
    }
}

fn why_view_ended(reason: Option<ViewEnd>) -> &'static str {
    match reason {
        Some(ViewEnd::Exited) => "The view was ended.",
        Some(ViewEnd::Expired) => "The 30-minute limit was reached.",
        Some(ViewEnd::ConditionsLost) => "You are no longer allowed to view as this user.",
        Some(ViewEnd::SignedOut) => "The session that started the view has ended.",
        Some(ViewEnd::Replaced) => "Too many views were open in this session, so the oldest one was ended.",
        Some(ViewEnd::Unknown) | None => "There is no active view with this id in this session.",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit;
    use crate::store;

    #[test]
    fn responds_when_to_try_again() {
        let lost = || sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        for (error, seconds) in
            [(store::Error::Busy, "5"), (lost().into(), "1"), (audit::Error::from(lost()).into(), "1")]
        {
            let response = AppError::from(error).into_response();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()[header::RETRY_AFTER], seconds);
        }
    }
}
