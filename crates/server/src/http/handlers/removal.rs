use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use studio_users_contract::{Problem, RemovedUser, path};
use studio_users_domain::UserId;

use crate::error::AppError;
use crate::http::auth::Id;
use crate::services;
use crate::services::AuthUser;
use crate::services::editor::Credentials;
use crate::state::AppState;

/// Removes a user's roles and pending grants at every node that the caller manages.
#[utoipa::path(
    delete, path = path::USER, params(("id" = UserId, Path, description = "The user’s id.")),
    responses((status = 204, description = "The user has been removed. They can be restored for 24 hours."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn remove(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(user): Id<UserId>,
) -> Result<StatusCode, AppError> {
    let mut editor = credentials.edit(&state).await?;
    services::remove(&state, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Restores a user who was removed within the last 24 hours.
#[utoipa::path(
    post, path = path::USER_RESTORE, params(("id" = UserId, Path, description = "The user’s id.")),
    responses((status = 200, description = "The removed access has been restored."),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json")),
    extensions(("x-changes" = json!(true)))
)]
pub(crate) async fn restore(
    State(state): State<AppState>,
    credentials: Credentials,
    Id(user): Id<UserId>,
) -> Result<StatusCode, AppError> {
    let mut editor = credentials.edit(&state).await?;
    services::restore(&state, &mut editor, user).await?;
    editor.write.commit().await?;
    Ok(StatusCode::OK)
}

/// Lists the users removed within the last 24 hours, latest first.
#[utoipa::path(
    get, path = path::REMOVED_USERS,
    responses((status = 200, description = "Users removed in the last 24 hours.", body = Vec<RemovedUser>),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn list(
    State(state): State<AppState>,
    mut auth: AuthUser,
) -> Result<Json<Vec<RemovedUser>>, AppError> {
    Ok(Json(services::removed_users(&state, &mut auth).await?))
}
