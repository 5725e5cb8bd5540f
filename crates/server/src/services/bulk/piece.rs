//! Runs a job in pieces. Each piece is one short write transaction, so that other changes come in between.

use std::time::Duration;

use studio_users_contract::{JobState, JobStopReason};
use studio_users_domain::{Access, Role, RoleSet, Tree};

use super::apply::apply;
use crate::error::AppError;
use crate::services::editor::{Editor, Principal};
use crate::state::AppState;
use crate::store::{BulkJob, JobKind, JobOutcome, Lease, RunnerId, Write, hold_lease};

/// The number of attempts in a row after which a job has failed. Each attempt is a piece.
const MAX_ATTEMPTS: i64 = 20;

/// The maximum size of a piece.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PieceLimits {
    /// The time after which no further user is handled. Other changes wait that long.
    pub(crate) time: Duration,
    pub(crate) users: u32,
}

impl PieceLimits {
    /// The limits of the server.
    pub(crate) const DEFAULT: Self = Self { time: Duration::from_millis(100), users: 500 };
}

/// Runs a piece of the next job. Returns false if no job is due.
///
/// # Errors
/// If the store fails. A job that fails by itself is tried again later.
pub(crate) async fn run_next(
    state: &AppState,
    runner: RunnerId,
    limits: PieceLimits,
) -> Result<bool, AppError> {
    let Some(lease) = state.store.claim_job(JobKind::Bulk, runner).await? else { return Ok(false) };
    let result = run_piece(state, lease, limits).await;
    if let Err(error) = result {
        tracing::error!(%error, attempts = lease.attempts, "a piece of a job failed");
        state.store.release_job(lease).await?;
    }
    Ok(true)
}

/// Handles the next users of a job. Does nothing if another runner has taken the job over.
pub(super) async fn run_piece(state: &AppState, lease: Lease, limits: PieceLimits) -> Result<(), AppError> {
    let mut write = state.store.write().await?;
    if !hold_lease(&mut write, lease).await? {
        return Ok(());
    }
    let Some(mut job) = state.store.bulk_job(&mut write, lease.job).await? else { return Ok(()) };
    if lease.attempts > MAX_ATTEMPTS {
        job.progress.state = JobState::Failed;
    } else if let Some(principal) = owner_with_rights(state, &mut write, &job).await? {
        let mut editor = Editor { principal, now: write.now(), write, job: Some(job.key) };
        handle_users(state, &mut editor, &mut job, limits).await?;
        write = editor.write;
    } else {
        job.progress.state = JobState::Stopped;
        job.progress.stop_reason = Some(JobStopReason::RightsLost);
    }
    state.store.save_job_progress(&mut write, job.key, &job.progress).await?;
    state.store.commit_piece(write, &job).await?;
    Ok(())
}

async fn handle_users(
    state: &AppState,
    editor: &mut Editor,
    job: &mut BulkJob,
    limits: PieceLimits,
) -> Result<(), AppError> {
    let start = state.clock.elapsed();
    let from = job.progress.handled();
    for (position, user) in state.store.next_job_users(&mut editor.write, job.key, from, limits.users).await?
    {
        let outcome = apply(state, editor, job, user).await?;
        match outcome {
            JobOutcome::Done(_) => job.progress.done += 1,
            JobOutcome::Unchanged => job.progress.unchanged += 1,
            JobOutcome::Refused(_) => job.progress.refused += 1,
        }
        state.store.save_job_outcome(&mut editor.write, job.key, position, &outcome).await?;
        if state.clock.elapsed().saturating_sub(start) >= limits.time {
            break;
        }
    }
    if job.progress.handled() >= job.progress.total {
        job.progress.state = JobState::Done;
    }
    Ok(())
}

/// Returns the owner of a job with the rights that they had at its start. Returns `None` if their account was removed, or
/// if they have fewer rights now.
async fn owner_with_rights(
    state: &AppState,
    write: &mut Write,
    job: &BulkJob,
) -> Result<Option<Principal>, AppError> {
    let Some(account) = state.store.live_account(write, job.owner).await? else { return Ok(None) };
    let organisation = state.store.organisation(write).await?.ok_or_else(AppError::no_organisation)?;
    let now = Principal::read(state, write, organisation.clone(), account).await?;
    let start = Access::new(&organisation.tree, &job.rights);
    let limited = limited_to(&organisation.tree, &now.access, &start);
    Ok(limited.map(|access| now.with_access(access)))
}

/// Returns the current access without the management rights that the user did not have at the start. Returns `None` if
/// they lack a right that they had then.
fn limited_to(tree: &Tree, now: &Access, start: &Access) -> Option<Access> {
    let managing: RoleSet = Role::all().filter(|role| role.manages()).collect();
    // Whether the user manages the node, and whether they are an Administrator there.
    let rights = |roles: RoleSet| (!roles.is_disjoint(managing), roles.contains(Role::Administrator));
    let limited = now.iter().zip(start.iter()).map(|(now, start)| {
        let (current, former) = (rights(now.effective), rights(start.effective));
        if (former.0 && !current.0) || (former.1 && !current.1) {
            return None;
        }
        let mut limited = *now;
        if former != current {
            limited.effective = (now.effective - managing) | (start.effective & managing);
        }
        Some(limited)
    });
    debug_assert_eq!(now.iter().len(), tree.len());
    limited.collect()
}
