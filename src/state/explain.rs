use studio_users_contract::Code;
use studio_users_domain::Denial;

use crate::api::ApiError;
use crate::i18n::{Language, messages};

/// Returns the message for an error, including what the user can do about it.
pub fn explain(language: Language, error: &ApiError) -> String {
    match error {
        ApiError::Unreachable => messages::error_network(language).into(),
        ApiError::Aborted | ApiError::Unavailable => messages::error_unavailable(language).into(),
        ApiError::Unreadable => messages::error_response(language).into(),
        ApiError::Refused(problem) => explain_code(language, problem.code).map_or_else(
            || {
                messages::request_rejected_because(
                    language,
                    problem.detail.as_deref().unwrap_or(&problem.title),
                )
            },
            Into::into,
        ),
    }
}

/// Returns the message for an error code. `None` if the code alone means nothing to a user.
pub fn explain_code(language: Language, code: Code) -> Option<&'static str> {
    match code {
        Code::Unauthenticated => Some(messages::error_signed_out(language)),
        Code::NotFound => Some(messages::error_not_found(language)),
        Code::LinkInvalid => Some(messages::sign_in_link_invalid(language)),
        Code::ChangedSince => Some(messages::error_changed_since(language)),
        Code::TotalChanged => Some(messages::error_total_changed(language)),
        Code::VersionMismatch => Some(messages::error_version(language)),
        Code::TooLarge => Some(messages::error_too_large(language)),
        Code::CrossSite | Code::MethodNotAllowed | Code::KeyReused => {
            Some(messages::error_page_outdated(language))
        }
        Code::RateLimited => Some(messages::error_rate_limited(language)),
        Code::Unavailable => Some(messages::error_unavailable(language)),
        code => code.denial().map(|denial| denial.message(language)),
    }
}

/// The id of the element that describes why a control is locked, for `aria-describedby`.
pub fn denial_id(denial: Denial) -> String {
    format!("reason-{}", denial.code())
}

/// The id of the element that describes a control locked because the backend is unreachable.
pub const OFFLINE_ID: &str = "reason-offline";
