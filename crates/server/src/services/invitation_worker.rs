//! Does what is due for invitations: marks them as expired, reminds the invited people, and reports to the inviters.
//!
//! So reading the list never writes.

use super::lease::while_leased;
use crate::failure::Failure;
use crate::state::AppState;
use crate::store::{Error, JobKind, Lease, RunnerId};

/// Runs the job if it is due, and schedules its next run.
pub(super) async fn run_due(state: &AppState, runner: RunnerId) -> Result<(), Failure> {
    let Some(lease) = state.store.claim_job(JobKind::Invitations, runner).await? else { return Ok(()) };
    if let Err(error) = while_leased(state, lease, run(state, lease)).await {
        tracing::error!(%error, "invitations could not be marked as expired");
        return Ok(state.store.release_job(lease).await?);
    }
    Ok(state.store.finish_invitation_run(lease).await?)
}

/// Does everything that is due. Each step may run again after a crash: it does only what is left.
async fn run(state: &AppState, lease: Lease) -> Result<(), Error> {
    state.store.expire_due_invitations().await?;
    while state.store.queue_due_reminders(lease).await? {}
    while state.store.report_expired_invitations(lease).await? {}
    Ok(())
}
