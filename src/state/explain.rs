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
        ApiError::Refused(problem) => match problem.code {
            Code::Unauthenticated => messages::error_signed_out(language).into(),
            Code::NotFound => messages::error_not_found(language).into(),
            Code::LinkInvalid => messages::link_invalid(language).into(),
            Code::ChangedSince => messages::error_changed_since(language).into(),
            Code::TotalChanged => messages::error_total_changed(language).into(),
            Code::VersionMismatch => messages::error_version(language).into(),
            Code::RateLimited => messages::error_rate_limited(language).into(),
            Code::Unavailable => messages::error_unavailable(language).into(),
            code => match code.denial() {
                Some(denial) => denial.sentence(language).into(),
                None => {
                    messages::error_refused(language, problem.detail.as_deref().unwrap_or(&problem.title))
                }
            },
        },
    }
}

/// What a locked control is described by: the id of the element that says why.
pub fn denial_id(denial: Denial) -> String {
    format!("reason-{}", denial.code())
}

/// What a control is described by that is locked because the backend is out of reach.
pub const OFFLINE_ID: &str = "reason-offline";
