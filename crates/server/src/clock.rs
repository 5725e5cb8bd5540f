use std::fmt;
use std::sync::Arc;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The source of the current time. All code that depends on the time takes a clock, so that tests can move
/// it.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// Returns the system clock.
    pub(crate) fn system() -> Self {
        Self::new(Utc::now)
    }

    /// Returns the system clock, shifted by an offset.
    pub(crate) fn with_offset(offset: TimeDelta) -> Self {
        Self::new(move || Utc::now() + offset)
    }

    /// Returns a clock that calls `now`.
    pub(crate) fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// Returns the current time in whole milliseconds, which is the precision of the store.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.0)().trunc_subsecs(3)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).finish()
    }
}
