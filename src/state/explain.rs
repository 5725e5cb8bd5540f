use studio_users_contract::{Code, Problem};
use studio_users_domain::Denial;

use crate::api::ApiError;
use crate::i18n::{Language, messages};

/// Above this, a message says "later" instead of a number of minutes.
const MAX_SHOWN_WAIT_SECONDS: u32 = 2 * 60 * 60;

/// Returns the message for an error, including what the user can do about it.
pub fn explain(language: Language, error: &ApiError) -> String {
    match error {
        ApiError::Unreachable => messages::error_network(language).into(),
        ApiError::Aborted | ApiError::Unavailable => messages::error_unavailable(language).into(),
        ApiError::Unreadable => messages::error_response(language).into(),
        ApiError::Refused(Problem { code: Code::RateLimited, retry_after: Some(seconds), .. })
            if *seconds <= MAX_SHOWN_WAIT_SECONDS =>
        {
            messages::rate_limited_for(language, seconds.div_ceil(60))
        }
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
        Code::NotUndoable => Some(messages::error_not_undoable(language)),
        Code::TotalChanged => Some(messages::error_total_changed(language)),
        Code::VersionMismatch => Some(messages::error_version(language)),
        Code::TooLarge => Some(messages::error_too_large(language)),
        Code::CrossSite | Code::MethodNotAllowed | Code::KeyReused => {
            Some(messages::error_page_outdated(language))
        }
        Code::Invalid => Some(messages::error_invalid(language)),
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

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: Code, retry_after: Option<u32>) -> ApiError {
        let title = "In English".to_owned();
        let detail = Some("in English".to_owned());
        let (fields, reason, request_id) = (Vec::new(), None, None);
        ApiError::Refused(Problem {
            status: 429,
            code,
            title,
            detail,
            fields,
            reason,
            retry_after,
            request_id,
        })
    }

    #[test]
    fn says_when_to_try_again() {
        let explained = |seconds| explain(Language::En, &refused(Code::RateLimited, seconds));
        assert_eq!(explained(Some(59)), "Too many requests. Try again in 1 minute.");
        assert_eq!(explained(Some(61)), "Too many requests. Try again in 2 minutes.");
        for later in [None, Some(24 * 60 * 60)] {
            assert_eq!(explained(later), "Too many requests. Try again later.");
        }
    }

    #[test]
    fn explains_invalid_input_in_the_language_of_the_user() {
        let explained = explain(Language::Nl, &refused(Code::Invalid, None));
        assert!(explained.starts_with("De server kan") && !explained.contains("English"), "{explained}");
    }
}
