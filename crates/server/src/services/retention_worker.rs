//! Deletes outdated data every day.

use chrono::TimeDelta;

use super::impersonation;
use super::lease::while_leased;
use crate::failure::Failure;
use crate::state::AppState;
use crate::store;
use crate::store::{JobKind, RunnerId};

/// The time between two runs.
const INTERVAL: TimeDelta = TimeDelta::hours(24);

/// Deletes outdated data if that is due, and schedules the next run.
pub(super) async fn run_due(state: &AppState, runner: RunnerId) -> Result<(), Failure> {
    let Some(lease) = state.store.claim_job(JobKind::Retention, runner).await? else { return Ok(()) };
    if let Err(error) = while_leased(state, lease, run(state)).await {
        tracing::error!(%error, "outdated data could not be deleted and will be tried again");
        return Ok(state.store.release_job(lease).await?);
    }
    Ok(state.store.repeat_job(lease, INTERVAL).await?)
}

/// Deletes outdated data once. Records the end of overdue impersonations before, so that it is not lost.
pub(super) async fn run(state: &AppState) -> Result<(), store::Error> {
    let mut write = state.store.write().await?;
    impersonation::sweep(state, &mut write).await?;
    write.commit().await?;
    state.store.delete_outdated().await
}
