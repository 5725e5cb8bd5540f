//! The listener of the metrics.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

use super::connections::serve_connections;
use super::limits::ConnectionLimits;
use crate::failure::Failure;
use crate::http::metrics_router;
use crate::state::AppState;

/// The limits of the listener. Prometheus keeps one connection, and waits 10 s for a response by default.
pub(super) const LIMITS: ConnectionLimits = ConnectionLimits {
    max_connections: 16,
    header_timeout: Duration::from_secs(5),
    body_timeout: Duration::from_secs(5),
    idle_timeout: Duration::from_secs(75),
    write_timeout: Duration::from_secs(10),
};

/// Listens on the address of the metrics.
pub(super) async fn bind(address: SocketAddr) -> Result<TcpListener, Failure> {
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| format!("cannot listen on {address} for the metrics: {error}"))?;
    tracing::info!(address = %listener.local_addr()?, "metrics are served at /metrics");
    Ok(listener)
}

/// Serves the metrics until the server stops.
pub(super) async fn serve_metrics(listener: TcpListener, state: AppState, stopping: watch::Receiver<bool>) {
    let warning = "all connections of the metrics are in use; new ones wait";
    serve_connections(listener, metrics_router(state), LIMITS, warning, stopping).await;
}
