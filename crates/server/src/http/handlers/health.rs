//! Probes: those of the API, which other backends implement too, and those of this server, which say more.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use studio_users_contract::{Problem, path};

use crate::error::AppError;
use crate::readiness::Status;
use crate::services::readiness;
use crate::state::AppState;

/// The path of the liveness probe.
pub(crate) const ALIVE: &str = "/healthz";
/// The path of the readiness probe.
pub(crate) const READY: &str = "/readyz";

const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// Checks whether the server is ready: whether it can read and write its database.
#[utoipa::path(
    get, path = path::HEALTH, security(()),
    responses((status = 204, description = "The server is ready."),
        (status = "5XX", description = "The server is not ready.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn show(State(state): State<AppState>) -> Result<StatusCode, AppError> {
    readiness::check_database(&state).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Responds if the process is alive. Does not use the database, so a full disk does not cause restarts.
#[utoipa::path(
    get, path = path::LIVENESS, security(()),
    responses((status = 204, description = "The process is alive."))
)]
pub(crate) async fn show_alive() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Responds if the process is alive.
pub(crate) async fn live() -> impl IntoResponse {
    ([NO_STORE], "ok\n")
}

/// Reports whether the server can do its work: 200, or 503 if requests fail.
pub(crate) async fn ready(State(state): State<AppState>) -> Response {
    let readiness = state.readiness.get(readiness::check(&state)).await;
    let status =
        if readiness.status == Status::Failed { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
    (status, [NO_STORE], Json(&*readiness)).into_response()
}
