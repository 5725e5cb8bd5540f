use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use studio_users_contract::{BulkRequest, BulkResult, Problem, RemovedUser, path};
use studio_users_domain::UserId;

use crate::app::App;
use crate::changes;
use crate::editor::SignedIn;
use crate::problem::Refusal;
use crate::reader::{Body, Id, Reader};

/// Removes a user: from then on nothing counts for them at any node that the actor manages.
#[utoipa::path(
    delete, path = path::USER, params(("id" = UserId, Path, description = "Whom.")),
    responses((status = 204, description = "Removed. It can be undone for 24 hours."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn remove(
    State(app): State<App>,
    by: SignedIn,
    Id(user): Id<UserId>,
) -> Result<StatusCode, Refusal> {
    let mut editor = by.edit(&app).await?;
    changes::remove(&app, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Undoes a removal of the last 24 hours.
#[utoipa::path(
    post, path = path::USER_RESTORE, params(("id" = UserId, Path, description = "Whose.")),
    responses((status = 200, description = "Exactly what was taken is back."),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn restore(
    State(app): State<App>,
    by: SignedIn,
    Id(user): Id<UserId>,
) -> Result<StatusCode, Refusal> {
    let mut editor = by.edit(&app).await?;
    changes::restore(&app, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok(StatusCode::OK)
}

/// Those removed within the last 24 hours, the latest first.
#[utoipa::path(
    get, path = path::REMOVED_USERS,
    responses((status = 200, description = "Who.", body = Vec<RemovedUser>),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(app): State<App>,
    mut reader: Reader,
) -> Result<Json<Vec<RemovedUser>>, Refusal> {
    Ok(Json(changes::removed_users(&app, &mut reader).await?))
}

/// Does the same with many users. Each is judged by themselves: what is refused is told, and the rest is done.
#[utoipa::path(
    post, path = path::USERS_BULK, request_body = BulkRequest,
    responses((status = 200, description = "For how many it was done.", body = BulkResult),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn bulk(
    State(app): State<App>,
    by: SignedIn,
    Body(asked): Body<BulkRequest>,
) -> Result<Json<BulkResult>, Refusal> {
    let mut editor = by.edit(&app).await?;
    let result = changes::bulk(&app, &mut editor, &asked).await?;
    editor.write.commit().await?;
    Ok(Json(result))
}
