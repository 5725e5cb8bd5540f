//! Probes. They are not a part of the API: no client but an operator's monitoring uses them.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::readiness::Status;
use crate::services::readiness;
use crate::state::AppState;

/// The path of the liveness probe.
pub(crate) const ALIVE: &str = "/healthz";
/// The path of the readiness probe.
pub(crate) const READY: &str = "/readyz";

const NO_STORE: (HeaderName, HeaderValue) = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));

/// Responds if the process is alive. Does not use the database, so a full disk does not cause restarts.
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
