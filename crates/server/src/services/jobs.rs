//! The lanes that work on jobs. Each kind of job has one, so that a slow mail server never delays a bulk action.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use super::backoff::Backoff;
use super::{bulk, invitation_worker, outbox_worker, retention_worker};
use crate::failure::Failure;
use crate::state::AppState;
use crate::store::{JobKind, RunnerId};

/// The maximum pause: the system clock may be set meanwhile, and another process may create a job.
const MAX_PAUSE: Duration = Duration::from_mins(1);
/// The time after which the database counts as unreachable if it was lost.
const SHORT_PAUSE: Duration = Duration::from_secs(1);
/// The time that running work gets when the server stops. What it has not finished is done after the next start.
const GRACE: Duration = Duration::from_secs(2);

/// Works on the jobs of one kind when they are due, one after the other, until the server stops.
pub(crate) async fn run_lane(
    state: AppState,
    kind: JobKind,
    runner: RunnerId,
    mut stopping: watch::Receiver<bool>,
) {
    let mut backoff = Backoff::default();
    loop {
        tokio::select! {
            biased;
            _ = stopping.wait_for(|&is_stopping| is_stopping) => return,
            () = wait_until_due(&state, kind, &mut backoff) => {}
        }
        // A separate task, so that a panic in one job does not stop the lane.
        let mut working = tokio::spawn(work(state.clone(), kind, runner));
        let failure = tokio::select! {
            result = &mut working => match result {
                Ok(Ok(())) => {
                    backoff.succeed();
                    continue;
                }
                Ok(Err(error)) => error.to_string(),
                Err(error) => error.to_string(),
            },
            () = wait_after_stop(&mut stopping, GRACE) => return working.abort(),
        };
        let pause = backoff.fail();
        tracing::error!(failure, kind = kind.name(), ?pause, "the work on jobs failed and is paused");
        tokio::select! {
            () = wait_after_stop(&mut stopping, Duration::ZERO) => return,
            () = wait_after_failure(&state, &mut backoff, pause) => {}
        }
    }
}

/// Waits for a pause. If the database is unreachable, waits until it is back instead.
async fn wait_after_failure(state: &AppState, backoff: &mut Backoff, pause: Duration) {
    // Lets a probe find out whether the database is reachable.
    sleep(pause.min(SHORT_PAUSE)).await;
    if state.store.is_reachable() {
        sleep(pause.saturating_sub(SHORT_PAUSE)).await;
    } else {
        state.store.wait_until_reachable().await;
        backoff.succeed();
    }
}

async fn wait_after_stop(stopping: &mut watch::Receiver<bool>, time: Duration) {
    // An error means that the sender was dropped, so the server has stopped as well.
    let _ = stopping.wait_for(|&is_stopping| is_stopping).await;
    sleep(time).await;
}

async fn wait_until_due(state: &AppState, kind: JobKind, backoff: &mut Backoff) {
    loop {
        let pause = match state.store.next_job_at(kind, state.clock.now()).await {
            Ok(Some(at)) => match (at - state.clock.now()).to_std() {
                Ok(pause) if !pause.is_zero() => pause.min(MAX_PAUSE),
                _ => return,
            },
            Ok(None) => MAX_PAUSE,
            Err(error) => {
                tracing::error!(%error, kind = kind.name(), "the jobs could not be read");
                let pause = backoff.fail();
                wait_after_failure(state, backoff, pause).await;
                continue;
            }
        };
        tokio::select! {
            () = sleep(pause) => {}
            () = state.store.job_queued(kind).notified() => {}
        }
    }
}

/// Works on the next due job. An error concerns all jobs of the kind: the store or the mail folder has failed.
async fn work(state: AppState, kind: JobKind, runner: RunnerId) -> Result<(), Failure> {
    match kind {
        JobKind::Bulk => {
            let worked = bulk::run_next(&state, runner, bulk::PieceLimits::DEFAULT).await;
            worked.map_err(|error| format!("{:?}", error.code()))?;
            Ok(())
        }
        JobKind::Invitations => invitation_worker::run_due(&state, runner).await,
        JobKind::Mail => outbox_worker::send_next(&state, runner).await,
        JobKind::Retention => retention_worker::run_due(&state, runner).await,
    }
}
