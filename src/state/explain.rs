use studio_users_contract::Code;
use studio_users_domain::Denial;

use crate::api::ApiError;
use crate::i18n::{Language, messages};

/// What went wrong, in words that tell what to do about it.
pub fn explain(language: Language, error: &ApiError) -> String {
    match error {
        ApiError::Unreachable => messages::error_network(language).into(),
        ApiError::Aborted | ApiError::Unavailable => messages::error_unavailable(language).into(),
        ApiError::Unreadable => messages::error_answer(language).into(),
        ApiError::Refused(problem) => explain_code(language, problem.code).map_or_else(
            || messages::error_refused(language, problem.detail.as_deref().unwrap_or(&problem.title)),
            Into::into,
        ),
    }
}

/// Why something was refused, by the code alone; nothing where the code says nothing to people.
pub fn explain_code(language: Language, code: Code) -> Option<&'static str> {
    match code {
        Code::Unauthenticated => Some(messages::error_signed_out(language)),
        Code::NotFound => Some(messages::error_not_found(language)),
        Code::LinkInvalid => Some(messages::link_invalid(language)),
        Code::ChangedSince => Some(messages::error_changed_since(language)),
        Code::TotalChanged => Some(messages::error_total_changed(language)),
        Code::VersionMismatch => Some(messages::error_version(language)),
        Code::RateLimited => Some(messages::error_rate_limited(language)),
        Code::Unavailable => Some(messages::error_unavailable(language)),
        code => code.denial().map(|denial| denial.sentence(language)),
    }
}

/// What a locked control is described by: the id of the element that says why.
pub fn denial_id(denial: Denial) -> String {
    format!("reason-{}", denial.code())
}

/// What a control is described by that is locked because the backend is out of reach.
pub const OFFLINE_ID: &str = "reason-offline";
