use axum::extract::State;
use axum::http::StatusCode;
use studio_users_contract::{Problem, path};

use crate::error::AppError;
use crate::state::AppState;
use crate::store::{MetaKey, meta};

/// Checks whether the server can read its database.
#[utoipa::path(
    get, path = path::HEALTH,
    responses((status = 204, description = "The server is ready."),
        (status = "5XX", description = "The server is not ready.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(State(state): State<AppState>) -> Result<StatusCode, AppError> {
    let mut tx = state.store.read().await?;
    meta(&mut tx, MetaKey::TreeVersion).await?;
    Ok(StatusCode::NO_CONTENT)
}
