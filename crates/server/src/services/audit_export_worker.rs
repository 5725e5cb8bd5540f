//! Exports new entries of the audit log to a target, until the server stops.
//!
//! It is no job: an idle export reads a few rows, and writes nothing. Of several servers, one exports to a target at a
//! time. A change never waits for a target.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use crate::audit::{ExportTarget, Sink};
use crate::failure::Failure;
use crate::state::AppState;
use crate::store::RunnerId;

/// The time between two looks for entries of other processes.
const POLL_INTERVAL: Duration = Duration::from_secs(5);
/// The time within which a target must take a batch.
const SEND_TIMEOUT: Duration = Duration::from_secs(15);
/// The age up to which a lease of 20 seconds lasts for another batch.
const LEASE_MARGIN: Duration = Duration::from_secs(3);
/// The maximum pause after failures.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);
/// The time that a batch gets when the server stops. The next start sends it again if it has not finished.
const GRACE: Duration = Duration::from_secs(1);

struct Worker {
    state: AppState,
    target: ExportTarget,
    sink: Sink,
    runner: RunnerId,
    /// The time of the last claim or renewal.
    leased_at: Option<Instant>,
    backoff: Backoff,
    is_failing: bool,
}

/// Exports to one target until the server stops.
pub(crate) async fn export_audit_log(
    state: AppState,
    target: ExportTarget,
    runner: RunnerId,
    mut stopping: watch::Receiver<bool>,
) {
    let mut appended = state.store.audit_appended();
    let sink = Sink::new(target.clone());
    let backoff = Backoff::up_to(LONGEST_PAUSE);
    let mut worker = Worker { state, target, sink, runner, leased_at: None, backoff, is_failing: false };
    loop {
        // Entries that are appended from here on wake the worker.
        appended.mark_unchanged();
        let is_idle = tokio::select! {
            result = worker.export_batch() => match result {
                Ok(has_exported) => {
                    worker.succeed();
                    !has_exported
                }
                Err(failure) => {
                    let pause = worker.fail(&failure);
                    tokio::select! {
                        () = wait_after_stop(&mut stopping, Duration::ZERO) => return,
                        () = sleep(pause) => {}
                    }
                    false
                }
            },
            () = wait_after_stop(&mut stopping, GRACE) => return,
        };
        if *stopping.borrow() {
            return;
        }
        if is_idle {
            tokio::select! {
                () = wait_after_stop(&mut stopping, Duration::ZERO) => return,
                // Fails only without a sender, which the store keeps.
                _ = appended.changed() => {}
                () = sleep(POLL_INTERVAL) => {}
            }
        }
    }
}

impl Worker {
    /// Exports the next entries. Returns whether there were any that this server may export.
    async fn export_batch(&mut self) -> Result<bool, Failure> {
        let store = &self.state.store;
        let export = store.audit_export_state(&self.target, self.runner).await?;
        if export.waiting == 0 || export.is_held_by_other {
            return Ok(false);
        }
        if self.leased_at.is_none_or(|at| at.elapsed() > LEASE_MARGIN) {
            let now = Instant::now();
            self.leased_at = store.claim_audit_export(&self.target, self.runner).await?.then_some(now);
            if self.leased_at.is_none() {
                return Ok(false);
            }
        }
        let batch = store.next_audit_batch(&self.target).await?;
        match timeout(SEND_TIMEOUT, self.sink.send(&batch.entries)).await {
            Ok(sent) => sent?,
            Err(_) => return Err(format!("the target took no entries within {SEND_TIMEOUT:?}").into()),
        }
        if let Some((first, last)) = batch.missed {
            tracing::warn!(export = %self.target, first, last, "audit entries were deleted before they were exported");
        }
        let now = Instant::now();
        let is_stored = store.store_audit_place(&self.target, &batch, self.runner).await?;
        self.leased_at = is_stored.then_some(now);
        Ok(is_stored)
    }

    fn succeed(&mut self) {
        self.backoff.succeed();
        if std::mem::take(&mut self.is_failing) {
            tracing::info!(export = %self.target, "the audit log is exported again");
        }
    }

    /// Reports the first failure in a row. Returns the pause before the next attempt.
    fn fail(&mut self, failure: &Failure) -> Duration {
        if !std::mem::replace(&mut self.is_failing, true) {
            tracing::warn!(export = %self.target, %failure, "the audit log could not be exported and is tried again");
        }
        self.backoff.fail()
    }
}

async fn wait_after_stop(stopping: &mut watch::Receiver<bool>, time: Duration) {
    // An error means that the sender was dropped, so the server has stopped as well.
    let _ = stopping.wait_for(|&is_stopping| is_stopping).await;
    sleep(time).await;
}
