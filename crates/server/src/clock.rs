use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};

/// The source of the current time. All code that depends on the time takes a clock, so that tests can move it.
///
/// [`Clock::now`] is the wall clock, which an administrator or NTP may set back or forward. [`Clock::elapsed`] never goes
/// back, so limits and durations within one process use it. What is stored can only use the wall clock. Times that lie
/// in the future were stored before the clock was set back: they must not lock anything, and do not decide an order.
///
/// Several servers on one database follow the clock of the database ([`Clock::follow`]).
#[derive(Clone)]
pub(crate) struct Clock {
    wall: Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>,
    elapsed: Arc<dyn Fn() -> Duration + Send + Sync>,
    /// How far the wall clock is behind the clock that it follows, in milliseconds. `None` if it cannot follow one.
    behind: Option<Arc<AtomicI64>>,
}

impl Clock {
    /// Returns the system clock.
    pub(crate) fn system() -> Self {
        Self::with_offset(TimeDelta::zero())
    }

    /// Returns the system clock, shifted by an offset.
    pub(crate) fn with_offset(offset: TimeDelta) -> Self {
        let started = Instant::now();
        let clock = Self::new(move || Utc::now() + offset, move || started.elapsed());
        Self { behind: Some(Arc::default()), ..clock }
    }

    /// Returns a clock that calls `wall` for the wall clock, and `elapsed` for the monotonic one.
    pub(crate) fn new(
        wall: impl Fn() -> DateTime<Utc> + Send + Sync + 'static,
        elapsed: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        Self { wall: Arc::new(wall), elapsed: Arc::new(elapsed), behind: None }
    }

    /// Returns the wall clock in whole milliseconds, which is the precision of the store.
    ///
    /// A change takes its time from [`Write::now`](crate::store::Write::now) instead: it may have waited for another
    /// change.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        let behind = self.behind.as_ref().map_or(0, |behind| behind.load(Ordering::Relaxed));
        ((self.wall)() + TimeDelta::milliseconds(behind)).trunc_subsecs(3)
    }

    /// Whether the clock can follow another one. Clocks that a test moves cannot.
    pub(crate) fn can_follow(&self) -> bool {
        self.behind.is_some()
    }

    /// Follows another clock, which showed `now` a moment ago. The offset of a clock with one remains.
    pub(crate) fn follow(&self, now: DateTime<Utc>) {
        if let Some(behind) = &self.behind {
            behind.store((now - Utc::now()).num_milliseconds(), Ordering::Relaxed);
        }
    }

    /// Returns the time since some moment in this process. It never goes back.
    pub(crate) fn elapsed(&self) -> Duration {
        (self.elapsed)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Clock").field(&self.now()).field(&self.elapsed()).finish()
    }
}

/// A clock for tests. Clones share the time.
#[cfg(test)]
#[derive(Debug, Clone)]
pub(crate) struct TestClock {
    start: DateTime<Utc>,
    wall: Arc<AtomicI64>,
    elapsed: Arc<AtomicI64>,
}

#[cfg(test)]
impl TestClock {
    pub(crate) fn new(start: DateTime<Utc>) -> Self {
        Self { start, wall: Arc::default(), elapsed: Arc::default() }
    }

    /// Returns the clock to pass to the server.
    pub(crate) fn clock(&self) -> Clock {
        use Ordering::Relaxed;
        let (start, wall, elapsed) = (self.start, self.wall.clone(), self.elapsed.clone());
        Clock::new(
            move || start + TimeDelta::milliseconds(wall.load(Relaxed)),
            move || Duration::from_millis(elapsed.load(Relaxed).unsigned_abs()),
        )
    }

    /// Lets time pass.
    pub(crate) fn advance(&self, by: TimeDelta) {
        self.elapsed.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
        self.step(by);
    }

    /// Sets the wall clock forward, or back if `by` is negative. No time passes.
    pub(crate) fn step(&self, by: TimeDelta) {
        self.wall.fetch_add(by.num_milliseconds(), Ordering::Relaxed);
    }

    /// Sets the wall clock.
    pub(crate) fn set(&self, to: DateTime<Utc>) {
        self.wall.store((to - self.start).num_milliseconds(), Ordering::Relaxed);
    }
}
