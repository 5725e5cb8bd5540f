//! The result of the readiness check, and how long it is kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::sync::Mutex;

/// The time for which a result is kept, so that probes cause little load however often they ask.
const KEPT: Duration = Duration::from_secs(1);

/// The state of a part of the server. The order is that of their weight.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// It works.
    Ok,
    /// An operator should look at it. Requests are answered.
    Warning,
    /// Requests that need it fail.
    Failed,
}

/// The state of a part of the server, with a sentence if it needs attention.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Check {
    pub(crate) name: &'static str,
    pub(crate) status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) detail: Option<&'static str>,
}

/// The state of all parts of the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Readiness {
    pub(crate) status: Status,
    pub(crate) checks: Vec<Check>,
}

/// The last result. A check runs once, however many probes wait for it.
#[derive(Debug, Default)]
pub(crate) struct ReadinessCache(Mutex<Option<(Instant, Arc<Readiness>)>>);

impl Check {
    pub(crate) const fn ok(name: &'static str) -> Self {
        Self { name, status: Status::Ok, detail: None }
    }

    pub(crate) const fn warning(name: &'static str, detail: &'static str) -> Self {
        Self { name, status: Status::Warning, detail: Some(detail) }
    }

    pub(crate) const fn failed(name: &'static str, detail: &'static str) -> Self {
        Self { name, status: Status::Failed, detail: Some(detail) }
    }
}

impl Readiness {
    pub(crate) fn new(checks: Vec<Check>) -> Self {
        let status = checks.iter().map(|check| check.status).max().unwrap_or(Status::Ok);
        Self { status, checks }
    }
}

impl ReadinessCache {
    /// Returns the last result, or that of a new check if it is too old.
    pub(crate) async fn get(&self, check: impl Future<Output = Readiness>) -> Arc<Readiness> {
        let mut last = self.0.lock().await;
        if let Some((at, readiness)) = &*last
            && at.elapsed() < KEPT
        {
            return readiness.clone();
        }
        let readiness = Arc::new(check.await);
        *last = Some((Instant::now(), readiness.clone()));
        readiness
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_check_decides() {
        let of = |checks: &[Check]| Readiness::new(checks.to_vec()).status;
        let (ok, warning, failed) =
            (Check::ok("database"), Check::warning("mail", "late"), Check::failed("writer", "full"));
        assert_eq!(of(&[]), Status::Ok);
        assert_eq!(of(&[ok.clone(), warning.clone()]), Status::Warning);
        assert_eq!(of(&[failed, ok, warning]), Status::Failed);
    }

    #[tokio::test]
    async fn probes_share_a_check() {
        let cache = ReadinessCache::default();
        let first = cache.get(async { Readiness::new(vec![Check::failed("writer", "full")]) }).await;
        let second = cache.get(async { panic!("the result is kept") }).await;
        assert_eq!(first, second);
    }
}
