//! Accepts connections within limits, and serves HTTP/1.1 on them.
//!
//! `axum::serve` has no limits, so clients that send nothing or read nothing could use up all file descriptors.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{Instant, sleep, sleep_until};
use tower::ServiceExt;

use super::activity::Activity;
use super::bodies::{TimedBody, TrackedBody};
use super::limits::ConnectionLimits;
use super::monitored_io::MonitoredIo;

/// The maximum size of the head of a request, in bytes.
const MAX_HEAD_BYTES: usize = 128 * 1024;
/// The time to wait after the system could not accept a connection, for example without a free file descriptor.
const RETRY_ACCEPT_AFTER: Duration = Duration::from_secs(1);

/// Serves until `stopping` is true. Then finishes the requests in flight. Logs `full_warning` when all connections are in
/// use.
///
/// While all connections are in use, a new one waits until another ends. A refusal would make a proxy report an error at
/// once. Connections without a request are closed after a second then, so that the wait is short.
pub(crate) async fn serve_connections(
    listener: TcpListener,
    router: Router,
    limits: ConnectionLimits,
    full_warning: &'static str,
    mut stopping: watch::Receiver<bool>,
) {
    let slots = Arc::new(Semaphore::new(limits.max_connections as usize));
    let (full, is_full) = watch::channel(false);
    loop {
        let accepted = tokio::select! {
            _ = stopping.wait_for(|&is| is) => break,
            accepted = accept(&listener, &slots, &full, full_warning) => accepted,
        };
        let (stream, peer, slot) = accepted;
        let connection = Connection { router: router.clone(), limits, peer, slot };
        tokio::spawn(connection.serve(stream, is_full.clone(), stopping.clone()));
    }
    drop(listener);
    // All slots are free when all connections have ended.
    let _ = slots.acquire_many(limits.max_connections).await;
}

/// Waits for a free slot, and then for a connection.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    full: &watch::Sender<bool>,
    full_warning: &'static str,
) -> (TcpStream, SocketAddr, OwnedSemaphorePermit) {
    let slot = loop {
        if let Ok(slot) = slots.clone().try_acquire_owned() {
            break slot;
        }
        if !full.send_replace(true) {
            tracing::warn!("{full_warning}");
        }
        if let Ok(slot) = slots.clone().acquire_owned().await {
            break slot;
        }
    };
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                if slots.available_permits() > 0 {
                    full.send_replace(false);
                }
                return (stream, peer, slot);
            }
            // The client has gone already.
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::ConnectionAborted
                        | io::ErrorKind::ConnectionReset
                        | io::ErrorKind::ConnectionRefused
                ) => {}
            Err(error) => {
                tracing::error!(%error, "a connection could not be accepted");
                sleep(RETRY_ACCEPT_AFTER).await;
            }
        }
    }
}

/// An open connection.
struct Connection {
    router: Router,
    limits: ConnectionLimits,
    peer: SocketAddr,
    /// Frees the slot when the connection ends.
    slot: OwnedSemaphorePermit,
}

impl Connection {
    async fn serve(
        self,
        stream: TcpStream,
        mut is_full: watch::Receiver<bool>,
        mut stopping: watch::Receiver<bool>,
    ) {
        let Self { router, limits, peer, slot: _slot } = self;
        let activity = Arc::new(Activity::new());
        let io = TokioIo::new(MonitoredIo::new(stream, activity.clone(), limits.write_timeout));
        let service = service_fn(|request: Request<Incoming>| {
            activity.begin_request();
            let deadline = Instant::now() + limits.body_timeout;
            let mut request = request.map(|body| Body::new(TimedBody::new(body, deadline)));
            request.extensions_mut().insert(ConnectInfo(peer));
            let (router, activity) = (router.clone(), activity.clone());
            async move {
                let Ok(response) = router.oneshot(request).await;
                Ok::<_, Infallible>(response.map(|body| TrackedBody::new(body, activity)))
            }
        });
        let mut builder = http1::Builder::new();
        // hyper has one timeout for the head and between requests, so `Activity` measures both.
        builder.header_read_timeout(None).max_buf_size(MAX_HEAD_BYTES);
        let mut connection = pin!(builder.serve_connection(io, service));
        let mut is_stopping = false;
        loop {
            let deadline = activity.deadline(&limits, *is_full.borrow_and_update());
            let timeout = async {
                match deadline {
                    Some(deadline) => sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%error, "a connection ended with an error");
                    }
                    return;
                }
                () = timeout => return,
                () = activity.changed() => {}
                _ = is_full.changed() => {}
                _ = stopping.wait_for(|&is| is), if !is_stopping => {
                    if activity.is_waiting() {
                        return;
                    }
                    is_stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}
