//! Creates, stops and undoes bulk jobs.

use std::collections::HashSet;
use std::time::Duration;

use studio_users_contract::{
    BulkAction, BulkIds, BulkRequest, BulkSelection, JobAction, JobState, JobStopReason, MAX_BULK,
    UserFilters,
};
use studio_users_domain::{NodeId, Role, UserId};
use tokio::time::timeout;
use uuid::Uuid;

use crate::error::AppError;
use crate::services::editor::Editor;
use crate::state::AppState;
use crate::store::{self, BulkJob, JobKey, JobUser, NewBulkJob};
use crate::token::random_id;

/// The maximum number of jobs of a user that have not ended.
const MAX_RUNNING: u32 = 10;
/// The time after which a user with too many jobs can try again.
const RETRY_AFTER: Duration = Duration::from_secs(10);
/// The time after which a request that waits for a job looks at it again.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// Checks the limits of the lists in a request and removes repeated values, before the request opens a write transaction.
pub(crate) fn limit_lists(request: &mut BulkRequest) -> Result<(), AppError> {
    let count = match &request.select {
        BulkSelection::Ids(ids) => ids.ids.len(),
        BulkSelection::Matching(all) => {
            all.filters.validate()?;
            all.expected_total as usize
        }
    };
    if count > MAX_BULK as usize {
        return Err(AppError::InvalidField("select", "at most 10,000 users".into()));
    }
    match &mut request.select {
        BulkSelection::Ids(BulkIds { ids }) => {
            let mut seen = HashSet::with_capacity(ids.len());
            ids.retain(|&user| seen.insert(user));
        }
        BulkSelection::Matching(all) => all.filters.remove_repeated(),
    }
    Ok(())
}

/// Creates a job with the selected users. Its lane starts it after the commit.
pub(crate) async fn start(
    state: &AppState,
    editor: &mut Editor,
    request: &BulkRequest,
) -> Result<Uuid, AppError> {
    let target = validate(editor, request)?;
    let users = match &request.select {
        BulkSelection::Ids(ids) => ids.ids.clone(),
        BulkSelection::Matching(_) if request.action == BulkAction::Restore => {
            return Err(AppError::InvalidField("select", "removed users can only be selected by id".into()));
        }
        BulkSelection::Matching(all) => {
            let users = matching_users(state, editor, &all.filters).await?;
            if users.len() != all.expected_total as usize {
                return Err(AppError::TotalChanged);
            }
            users
        }
    };
    let users: Vec<_> = users.into_iter().map(|user| JobUser { user, source: None }).collect();
    create(state, editor, request.action.into(), target, None, &users).await
}

/// Creates a job that undoes what an ended job has changed, the last user first.
pub(crate) async fn undo(state: &AppState, editor: &mut Editor, id: Uuid) -> Result<Uuid, AppError> {
    let job = own_job(state, editor, id).await?;
    let action = match job.action {
        JobAction::Remove => JobAction::Restore,
        JobAction::AddRole => JobAction::UndoAddRole,
        JobAction::Restore | JobAction::Resend | JobAction::UndoAddRole => return Err(AppError::NotUndoable),
    };
    if !job.can_undo {
        return Err(AppError::NotUndoable);
    }
    let users = state.store.undoable_users(&mut editor.write, job.key).await?;
    create(state, editor, action, job.node.zip(job.role), Some(job.key), &users).await
}

/// Stops a job. The users that it has handled keep their change. Does nothing if it has ended.
pub(crate) async fn stop(state: &AppState, editor: &mut Editor, id: Uuid) -> Result<(), AppError> {
    let mut job = own_job(state, editor, id).await?;
    if job.progress.state == JobState::Running {
        job.progress.state = JobState::Stopped;
        job.progress.stop_reason = Some(JobStopReason::Requested);
        state.store.save_job_progress(&mut editor.write, job.key, &job.progress).await?;
        editor.write.mark_job_changed(&job);
    }
    Ok(())
}

/// Waits until a job has ended, at most for a time.
pub(crate) async fn wait_for_end(state: &AppState, id: Uuid, time: Duration) -> Result<(), AppError> {
    let waiting = async {
        loop {
            let progressed = state.store.job_progressed().notified();
            tokio::pin!(progressed);
            // Registers before the check, so that no progress is missed in between.
            progressed.as_mut().enable();
            if state.store.has_job_ended(id).await? {
                return Ok::<_, store::Error>(());
            }
            // Another server may work on the job.
            let _ = timeout(POLL_INTERVAL, progressed).await;
        }
    };
    // A job that takes longer goes on in the background.
    timeout(time, waiting).await.unwrap_or(Ok(()))?;
    Ok(())
}

async fn create(
    state: &AppState,
    editor: &mut Editor,
    action: JobAction,
    target: Option<(NodeId, Role)>,
    undo_of: Option<JobKey>,
    users: &[JobUser],
) -> Result<Uuid, AppError> {
    let (owner, organisation) = (editor.principal.account.key(), editor.principal.organisation.clone());
    if state.store.count_running_jobs(&mut editor.write, owner).await? >= MAX_RUNNING {
        return Err(AppError::RateLimited(RETRY_AFTER));
    }
    let rights = state.store.assignments(&mut editor.write, &organisation, owner).await?;
    let id = random_id()?;
    let (node, role) = target.unzip();
    let new = NewBulkJob { id, owner, action, node, role, rights: &rights, undo_of, users };
    let key = state.store.insert_bulk_job(&mut editor.write, new).await?;
    let job = state
        .store
        .bulk_job(&mut editor.write, key)
        .await?
        .ok_or_else(|| AppError::missing("the job that was started"))?;
    editor.write.mark_job_changed(&job);
    Ok(id)
}

async fn own_job(state: &AppState, editor: &mut Editor, id: Uuid) -> Result<BulkJob, AppError> {
    let owner = editor.principal.account.key();
    state.store.bulk_job_of(&mut editor.write, owner, id).await?.ok_or(AppError::NotFound)
}

/// Checks the arguments of the action. Returns the node and the role, if it has any.
fn validate(editor: &Editor, request: &BulkRequest) -> Result<Option<(NodeId, Role)>, AppError> {
    match (request.action, request.node_id, request.role) {
        (BulkAction::AddRole, Some(node), Some(role)) => {
            editor.principal.visible_position(node)?;
            Ok(Some((node, role)))
        }
        (BulkAction::AddRole, None, _) => {
            Err(AppError::InvalidField("node_id", "required for add_role".into()))
        }
        (BulkAction::AddRole, _, None) => Err(AppError::InvalidField("role", "required for add_role".into())),
        (_, Some(_), _) => Err(AppError::InvalidField("node_id", "only allowed for add_role".into())),
        (_, _, Some(_)) => Err(AppError::InvalidField("role", "only allowed for add_role".into())),
        (BulkAction::Remove | BulkAction::Restore | BulkAction::Resend, ..) => Ok(None),
    }
}

/// Returns the users that match the filters, up to one more than a call may select.
async fn matching_users(
    state: &AppState,
    editor: &mut Editor,
    filters: &UserFilters,
) -> Result<Vec<UserId>, AppError> {
    let nodes = &filters.nodes;
    for &node in nodes {
        editor.principal.visible_position(node)?;
    }
    let scope = &editor.principal.scope;
    let within = if nodes.is_empty() { scope.clone() } else { scope.below(editor.principal.tree(), nodes) };
    let organisation = editor.principal.organisation.clone();
    Ok(state.store.matching_ids(&mut editor.write, &organisation, &within, filters, MAX_BULK + 1).await?)
}
