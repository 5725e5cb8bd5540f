use studio_users_contract::{Code, Problem};

use super::transport::{Response, TransportError};

/// Why a call did not give what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The page itself gave the call up: nothing to tell anyone.
    Aborted,
    /// The backend could not be reached.
    Unreachable,
    /// The backend cannot serve at the moment (a 5xx).
    Unavailable,
    /// The answer was not what the contract says.
    Unreadable,
    /// The backend refused, and said why.
    Refused(Problem),
}

impl ApiError {
    /// The code of the refusal, if it was one.
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(problem) => Some(problem.code),
            _ => None,
        }
    }

    pub(super) fn of(response: &Response) -> Self {
        match serde_json::from_str(&response.body) {
            _ if response.status >= 500 => Self::Unavailable,
            Ok(problem) => Self::Refused(problem),
            Err(_) => Self::Unreadable,
        }
    }
}

impl From<TransportError> for ApiError {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::Aborted => Self::Aborted,
            TransportError::Unreachable => Self::Unreachable,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, body: &str) -> ApiError {
        ApiError::of(&Response { status, body: body.into(), ..Response::default() })
    }

    #[test]
    fn a_problem_is_a_refusal_with_its_code() {
        let refused = error(401, r#"{"status":401,"code":"unauthenticated","title":"Not signed in"}"#);
        assert_eq!(refused.code(), Some(Code::Unauthenticated));
    }

    #[test]
    fn a_code_of_a_newer_backend_is_still_a_refusal() {
        let refused = error(409, r#"{"status":409,"code":"brand_new","title":"?"}"#);
        assert_eq!(refused.code(), Some(Code::Unknown));
    }

    #[test]
    fn a_proxys_page_is_not_taken_for_an_answer() {
        assert_eq!(error(404, "<html>"), ApiError::Unreadable);
        assert_eq!(error(502, "<html>"), ApiError::Unavailable);
    }
}
