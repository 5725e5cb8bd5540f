//! Describes a job to its owner.

use studio_users_contract::{BulkRefusal, Job, MAX_REFUSALS};
use studio_users_domain::{Scope, UserId};
use uuid::Uuid;

use crate::error::AppError;
use crate::services::AuthUser;
use crate::services::editor::{EditedUser, Principal};
use crate::services::remove::removed_name;
use crate::state::AppState;
use crate::store::{BulkJob, Organisation, Tx};

/// The maximum number of jobs in the list.
const MAX_LISTED: i64 = 100;

/// Returns a job of the current user. During an impersonation there is none, because the viewed user's jobs are theirs.
pub(crate) async fn show(state: &AppState, auth: &mut AuthUser, id: Uuid) -> Result<Job, AppError> {
    if auth.impersonation.is_some() {
        return Err(AppError::NotFound);
    }
    let AuthUser { account, organisation, scope, tx, .. } = auth;
    let job = state.store.bulk_job_of(tx, account.key(), id).await?.ok_or(AppError::NotFound)?;
    let refusals = refusals(state, tx, organisation, scope, &job).await?;
    Ok(job_of(&job, refusals))
}

/// Returns the jobs of the current user of the last 24 hours without their refusals, the newest first.
pub(crate) async fn list(state: &AppState, auth: &mut AuthUser) -> Result<Vec<Job>, AppError> {
    if auth.impersonation.is_some() {
        return Ok(Vec::new());
    }
    let (owner, now) = (auth.account.key(), state.clock.now());
    let jobs = state.store.bulk_jobs_of(&mut auth.tx, owner, now, MAX_LISTED).await?;
    Ok(jobs.iter().map(|job| job_of(job, Vec::new())).collect())
}

/// Returns a job of a user who has just changed it.
pub(crate) async fn describe(state: &AppState, owner: &Principal, id: Uuid) -> Result<Job, AppError> {
    let mut tx = state.store.read().await?;
    let job = state.store.bulk_job_of(&mut tx, owner.account.key(), id).await?.ok_or(AppError::NotFound)?;
    let refusals = refusals(state, &mut tx, &owner.organisation, &owner.scope, &job).await?;
    Ok(job_of(&job, refusals))
}

fn job_of(job: &BulkJob, refusals: Vec<BulkRefusal>) -> Job {
    Job {
        id: job.id,
        action: job.action,
        node_id: job.node,
        role: job.role,
        undo_of: job.undo_of.map(|(_, id)| id),
        progress: job.progress,
        refusals,
        created_at: job.created_at,
        ended_at: job.ended_at,
        can_undo: job.can_undo,
    }
}

/// Returns the first refusals. The names are not stored, but those that the owner may see now.
async fn refusals(
    state: &AppState,
    tx: &mut Tx,
    organisation: &Organisation,
    scope: &Scope,
    job: &BulkJob,
) -> Result<Vec<BulkRefusal>, AppError> {
    if job.progress.refused == 0 {
        return Ok(Vec::new());
    }
    let mut refusals = Vec::new();
    for (id, code) in state.store.job_refusals(tx, job.key, MAX_REFUSALS).await? {
        let name = display_name(state, tx, organisation, scope, id).await?;
        refusals.push(BulkRefusal { id, name, code });
    }
    Ok(refusals)
}

/// Returns the name or e-mail address of a user whom the owner may see, or whose removal they could undo.
async fn display_name(
    state: &AppState,
    tx: &mut Tx,
    organisation: &Organisation,
    scope: &Scope,
    user: UserId,
) -> Result<Option<String>, AppError> {
    let now = state.clock.now();
    let Some(key) = state.store.user_key(tx, user).await? else { return Ok(None) };
    if let Some(account) = state.store.live_account(tx, key).await? {
        let user = EditedUser::read(state, tx, organisation, account).await?;
        if let Some(EditedUser { account, is_active, .. }) =
            user.visible_at(&organisation.tree, scope.managed(), now)
        {
            return Ok(Some(account.name.filter(|_| is_active).unwrap_or(account.email)));
        }
    }
    removed_name(state, tx, organisation, scope, user).await
}
