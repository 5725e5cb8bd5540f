//! The id of the request that the current task works on. It connects log entries, responses and error messages.

use std::fmt;

use uuid::Uuid;

use crate::token::random_id;

tokio::task_local! {
    static CURRENT: RequestId;
}

/// The maximum length of an id that a proxy has given, in bytes.
const MAX_LENGTH: usize = 64;

/// The id of a request: random, or given by a trusted proxy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RequestId(String);

impl RequestId {
    /// Returns a random id. It is the nil UUID if the operating system has no random numbers, because a request must not
    /// fail for it.
    pub(crate) fn random() -> Self {
        Self(random_id().unwrap_or(Uuid::nil()).simple().to_string())
    }

    /// Parses the id of a proxy: up to 64 letters, digits, and `-`, `_` or `.`. So it cannot forge a log entry.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let is_valid = (1..=MAX_LENGTH).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        is_valid.then(|| Self(text.to_owned()))
    }

    /// Returns the id of the request that the current task works on. `None` outside of requests.
    pub(crate) fn current() -> Option<Self> {
        CURRENT.try_with(Self::clone).ok()
    }

    /// Runs the work on the request with this id.
    pub(crate) async fn scope<F: Future>(self, work: F) -> F::Output {
        CURRENT.scope(self, work).await
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_ids_of_proxies() {
        for id in ["7f3a", "01HQ-AB_c.9", &"a".repeat(64)] {
            assert_eq!(RequestId::parse(id).map(|id| id.0), Some(id.to_owned()));
        }
        for other in ["", " a", "a b", "a\nb", "é", "a@x.example", "{}", &"a".repeat(65)] {
            assert_eq!(RequestId::parse(other), None, "{other:?}");
        }
    }

    #[tokio::test]
    async fn is_known_within_the_request_only() {
        let id = RequestId::random();
        assert_eq!(id.clone().scope(async { RequestId::current() }).await, Some(id));
        assert_eq!(RequestId::current(), None);
    }
}
