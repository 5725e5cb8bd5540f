//! The listener of the metrics.

use std::net::SocketAddr;

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::failure::Failure;
use crate::http::metrics_router;
use crate::state::AppState;

/// Listens on the address of the metrics.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address} for the metrics: {error}"))?;
    tracing::info!(address = %listener.local_addr()?, "metrics are served at /metrics");
    Ok(listener)
}

/// Serves the metrics until the server stops.
pub(super) async fn serve_metrics(
    listener: TcpListener,
    state: AppState,
    mut stopping: watch::Receiver<bool>,
) {
    let stopped = async move {
        let _ = stopping.wait_for(|&is_stopping| is_stopping).await;
    };
    let served = axum::serve(listener, metrics_router(state)).with_graceful_shutdown(stopped).await;
    if let Err(error) = served {
        tracing::error!(%error, "the metrics are no longer served");
    }
}
