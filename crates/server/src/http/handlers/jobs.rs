use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{BulkRequest, Job, JobState, Problem, path};
use uuid::Uuid;

use super::invitations::idempotency_key;
use crate::error::AppError;
use crate::http::auth::{Id, JsonBody};
use crate::services::AuthUser;
use crate::services::bulk;
use crate::services::editor::{Credentials, Editor, Principal};
use crate::state::AppState;
use crate::store::IdempotencyStatus;

/// The time that a request waits for the end of the job that it has started, so that small jobs need no second request.
const SHORT_WAIT: Duration = Duration::from_secs(1);

/// Starts a job that applies one operation to many users. Each user is authorised separately. The job lists the refusals;
/// the operation is applied to the others. The response has the ended job, or after a second the running one.
///
/// With an `Idempotency-Key`, repeating the request within a day returns the same job.
#[utoipa::path(
    post, path = path::USERS_BULK, request_body = BulkRequest,
    params(("Idempotency-Key" = Option<String>, Header, description = "At most 200 visible ASCII characters.")),
    responses((status = 200, description = "The job has ended.", body = Job),
        (status = 202, description = "The job is running. `Location` has its path.", body = Job,
            headers(("Location" = String, description = "The path of the job."))),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn start(
    State(state): State<AppState>,
    credentials: Credentials,
    headers: HeaderMap,
    JsonBody(mut request): JsonBody<BulkRequest>,
) -> Result<Response, AppError> {
    let key = idempotency_key(&headers)?;
    bulk::limit_lists(&mut request)?;
    let mut editor = credentials.edit(&state).await?;
    let body = serde_json::to_vec(&request).map_err(AppError::unexpected)?;
    if let Some(key) = key {
        let user = editor.principal.account.key();
        match state.store.check_idempotency_key(&mut editor.write, user, key, &body).await? {
            IdempotencyStatus::New => {}
            IdempotencyStatus::Completed(id) => {
                let Editor { principal, write, .. } = editor;
                drop(write);
                let id = id.parse().map_err(|_| AppError::KeyReused)?;
                return respond(&state, &principal, id).await;
            }
            IdempotencyStatus::Mismatch => return Err(AppError::KeyReused),
        }
    }
    let id = bulk::start(&state, &mut editor, &request).await?;
    let Editor { principal, mut write, .. } = editor;
    if let Some(key) = key {
        let user = principal.account.key();
        state.store.save_response(&mut write, user, (key, &body), &id.to_string()).await?;
    }
    write.commit().await?;
    respond(&state, &principal, id).await
}

/// Lists the jobs of the caller of the last 24 hours, the newest first, without their refusals.
#[utoipa::path(
    get, path = path::JOBS,
    responses((status = 200, description = "At most 100 jobs.", body = Vec<Job>),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    mut auth: AuthUser,
) -> Result<Json<Vec<Job>>, AppError> {
    Ok(Json(bulk::list(&state, &mut auth).await?))
}

/// Returns a job of the caller.
#[utoipa::path(
    get, path = path::JOB, params(("id" = Uuid, Path, description = "The job’s id.")),
    responses((status = 200, description = "The job.", body = Job),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(
    State(state): State<AppState>,
    mut auth: AuthUser,
    Id(id): Id<Uuid>,
) -> Result<Json<Job>, AppError> {
    Ok(Json(bulk::show(&state, &mut auth, id).await?))
}

/// Stops a job. The users that it has handled keep their change. A job that has ended stays as it is.
#[utoipa::path(
    post, path = path::JOB_STOP, params(("id" = Uuid, Path, description = "The job’s id.")),
    responses((status = 200, description = "The job has ended.", body = Job),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn stop(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(id): Id<Uuid>,
) -> Result<Json<Job>, AppError> {
    let mut editor = credentials.edit(&state).await?;
    bulk::stop(&state, &mut editor, id).await?;
    let Editor { principal, write, .. } = editor;
    write.commit().await?;
    Ok(Json(bulk::describe(&state, &principal, id).await?))
}

/// Starts a job that undoes what an ended `remove` or `add_role` job has changed, also one that was stopped. Each user is
/// authorised again. A user whose access has changed since is refused with `changed_since`.
#[utoipa::path(
    post, path = path::JOB_UNDO, params(("id" = Uuid, Path, description = "The id of the job to undo.")),
    responses((status = 200, description = "The new job has ended.", body = Job),
        (status = 202, description = "The new job is running. `Location` has its path.", body = Job,
            headers(("Location" = String, description = "The path of the new job."))),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn undo(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(id): Id<Uuid>,
) -> Result<Response, AppError> {
    let mut editor = credentials.edit(&state).await?;
    let id = bulk::undo(&state, &mut editor, id).await?;
    let Editor { principal, write, .. } = editor;
    write.commit().await?;
    respond(&state, &principal, id).await
}

/// Responds with a job that has just started.
async fn respond(state: &AppState, owner: &Principal, id: Uuid) -> Result<Response, AppError> {
    bulk::wait_for_end(state, id, SHORT_WAIT).await?;
    let job = bulk::describe(state, owner, id).await?;
    if job.progress.state != JobState::Running {
        return Ok(Json(job).into_response());
    }
    let location = path::JOB.replace("{id}", &id.to_string());
    Ok((StatusCode::ACCEPTED, [(header::LOCATION, location)], Json(job)).into_response())
}
