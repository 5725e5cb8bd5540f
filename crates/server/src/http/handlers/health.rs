use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use studio_users_contract::{Problem, path};
use tokio::time::timeout;

use crate::error::AppError;
use crate::state::AppState;

/// The time within which the store must respond.
const READY_TIMEOUT: Duration = Duration::from_secs(5);

/// Checks whether the server is ready: whether it can read and write its database.
#[utoipa::path(
    get, path = path::HEALTH, security(()),
    responses((status = 204, description = "The server is ready."),
        (status = "5XX", description = "The server is not ready.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(State(state): State<AppState>) -> Result<StatusCode, AppError> {
    let Ok(checked) = timeout(READY_TIMEOUT, state.store.check()).await else {
        tracing::error!("the database did not respond within {READY_TIMEOUT:?}");
        return Err(AppError::Unavailable);
    };
    checked?;
    state.store.retry_audit_head().await;
    Ok(StatusCode::NO_CONTENT)
}

/// Responds if the process is alive. Does not use the database, so a full disk does not cause restarts.
#[utoipa::path(
    get, path = path::LIVENESS, security(()),
    responses((status = 204, description = "The process is alive."))
)]
pub(crate) async fn live() -> StatusCode {
    StatusCode::NO_CONTENT
}
