//! The activity of a connection, and its deadline.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use super::limits::ConnectionLimits;

/// The time that a connection without a request keeps while all connections are in use.
const SHED_AFTER: Duration = Duration::from_secs(1);

/// The event that a connection waits for, and the time since when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The first byte of the first request.
    New(Instant),
    /// The rest of a request's head.
    Head(Instant),
    /// The response. The body and the writes have timeouts of their own.
    Request,
    /// The first byte of another request.
    Idle(Instant),
}

/// The activity of a connection.
#[derive(Debug)]
pub(super) struct Activity {
    phase: Mutex<Phase>,
    changed: Notify,
}

impl Activity {
    pub(super) fn new() -> Self {
        Self { phase: Mutex::new(Phase::New(Instant::now())), changed: Notify::new() }
    }

    /// Records that bytes have arrived.
    pub(super) fn receive(&self) {
        if let Phase::New(_) | Phase::Idle(_) = self.phase() {
            self.set(Phase::Head(Instant::now()));
        }
    }

    /// Records that the head of a request is complete.
    pub(super) fn begin_request(&self) {
        self.set(Phase::Request);
    }

    /// Records that a response is complete.
    pub(super) fn end_request(&self) {
        self.set(Phase::Idle(Instant::now()));
    }

    /// Waits until the phase changes.
    pub(super) async fn changed(&self) {
        self.changed.notified().await;
    }

    /// Whether no request has begun to arrive.
    pub(super) fn is_waiting(&self) -> bool {
        matches!(self.phase(), Phase::New(_) | Phase::Idle(_))
    }

    /// Returns the time at which the connection is closed, unless its phase changes. `None` while a request is answered.
    pub(super) fn deadline(&self, limits: &ConnectionLimits, is_full: bool) -> Option<Instant> {
        let (since, timeout) = match self.phase() {
            Phase::Request => return None,
            Phase::Head(since) => return Some(since + limits.header_timeout),
            Phase::New(since) => (since, limits.header_timeout),
            Phase::Idle(since) => (since, limits.idle_timeout),
        };
        Some(since + if is_full { timeout.min(SHED_AFTER) } else { timeout })
    }

    fn phase(&self) -> Phase {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, phase: Phase) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = phase;
        self.changed.notify_one();
    }
}
