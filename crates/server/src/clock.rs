use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// Tells the time. Everything that depends on the time asks a clock, so that a test can move it.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// The machine's clock.
    pub(crate) fn system() -> Self {
        Self::new(Utc::now)
    }

    /// The machine's clock, ahead by so much.
    pub(crate) fn ahead(by: TimeDelta) -> Self {
        Self::new(move || Utc::now() + by)
    }

    /// A clock that shows what the function answers.
    pub(crate) fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time, in whole milliseconds: what the store can keep.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.0)().trunc_subsecs(3)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
