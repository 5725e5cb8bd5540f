use studio_users_contract::{Code, Problem};

use super::transport::{Response, TransportError};

/// The error of a failed request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApiError {
    /// The page aborted the request. Not reported to the user.
    Aborted,
    /// The backend is unreachable.
    Unreachable,
    /// The backend is temporarily unavailable (5xx).
    Unavailable,
    /// The response does not match the API contract.
    Unreadable,
    /// The backend refused the request, with a problem document ([RFC 9457](https://www.rfc-editor.org/rfc/rfc9457)).
    Refused(Problem),
}

impl ApiError {
    /// The error code of a refusal.
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
    fn parses_a_problem_with_its_code() {
        let refused = error(401, r#"{"status":401,"code":"unauthenticated","title":"Not signed in"}"#);
        assert_eq!(refused.code(), Some(Code::Unauthenticated));
    }

    #[test]
    fn accepts_unknown_codes_of_a_newer_backend() {
        let refused = error(409, r#"{"status":409,"code":"brand_new","title":"?"}"#);
        assert_eq!(refused.code(), Some(Code::Unknown));
    }

    #[test]
    fn rejects_the_error_page_of_a_proxy() {
        assert_eq!(error(404, "<html>"), ApiError::Unreadable);
        assert_eq!(error(502, "<html>"), ApiError::Unavailable);
    }
}
