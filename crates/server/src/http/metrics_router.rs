//! The router of the metrics, which listens on an address of its own.

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use super::handlers::health;
use crate::services::readiness;
use crate::state::AppState;

/// The [content type](https://prometheus.io/docs/specs/om/open_metrics_spec/#overall-structure) of the metrics.
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Returns the router of the metrics and the probes.
pub(crate) fn metrics_router(state: AppState) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route(health::ALIVE, get(health::live))
        .route(health::READY, get(health::ready))
        .with_state(state)
}

async fn metrics(State(state): State<AppState>) -> Response {
    let readings = readiness::readings(&state).await;
    match state.store.metrics().encode(&readings) {
        Ok(text) => ([(header::CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}
