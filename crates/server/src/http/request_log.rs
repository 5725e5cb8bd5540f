//! Gives each request an id, counts it, and writes the access log: one entry for each request, with the template of the
//! route.
//!
//! Paths and queries are not logged, because they contain ids, search terms and addresses.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use tracing::{Instrument, Span};

use super::api_path::is_api;
use super::client_address::is_trusted;
use super::header_names::X_REQUEST_ID;
use super::problem::LoggedFailure;
use crate::request_id::RequestId;
use crate::state::AppState;

/// The target of the access log, for filters.
const TARGET: &str = "access";
/// The route of files of the page.
const PAGE: &str = "page";
/// The route of paths of the API that do not exist.
const UNKNOWN: &str = "unknown";

/// Runs a request with an id, which the log entries and the response get.
pub(crate) async fn log_request(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let start = Instant::now();
    let id = given_id(&state, &request).unwrap_or_else(RequestId::random);
    let span = tracing::error_span!("request", id = id.as_str());
    let entry = Entry { method: request.method().clone(), route: route(&request), start, span: span.clone() };
    let header = HeaderValue::from_str(id.as_str());
    let mut response = id.scope(next.run(request).instrument(span.clone())).await;
    if let Ok(header) = header {
        response.headers_mut().insert(X_REQUEST_ID, header);
    }
    state.store.metrics().count_request(
        entry.method.as_str(),
        &entry.route,
        response.status().as_u16(),
        start.elapsed(),
    );
    if let Some(failure) = response.extensions_mut().remove::<LoggedFailure>() {
        span.in_scope(|| failure.log(&entry.route));
    }
    let status = response.status();
    response.map(|body| Body::new(LoggedBody { body, bytes: 0, is_complete: false, status, entry }))
}

/// Returns the id that a trusted proxy has given to the request. Clients could choose ids that lead astray.
fn given_id(state: &AppState, request: &Request) -> Option<RequestId> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    if !is_trusted(&state.trusted_proxies, peer.ip().to_canonical()) {
        return None;
    }
    RequestId::parse(request.headers().get(X_REQUEST_ID)?.to_str().ok()?)
}

fn route(request: &Request) -> String {
    match request.extensions().get::<MatchedPath>() {
        Some(path) => path.as_str().to_owned(),
        None if is_api(request.uri().path()) => UNKNOWN.to_owned(),
        None => PAGE.to_owned(),
    }
}

/// The part of an entry of the access log that is known before the response.
struct Entry {
    method: Method,
    route: String,
    start: Instant,
    span: Span,
}

/// The body of a response. Writes the entry when the body has ended, or was dropped because the client has gone.
struct LoggedBody {
    body: Body,
    bytes: u64,
    is_complete: bool,
    status: StatusCode,
    entry: Entry,
}

impl HttpBody for LoggedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let span = self.entry.span.clone();
        let frame = span.in_scope(|| Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Poll::Ready(Some(Ok(frame))) => {
                let length = frame.data_ref().map_or(0, Bytes::len);
                self.bytes = self.bytes.saturating_add(length as u64);
            }
            Poll::Ready(None) => self.is_complete = true,
            Poll::Ready(Some(Err(_))) | Poll::Pending => {}
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for LoggedBody {
    fn drop(&mut self) {
        let Entry { method, route, start, span } = &self.entry;
        // The server does not read a body that says that it has ended.
        let complete = self.is_complete || self.body.is_end_stream() || *method == Method::HEAD;
        span.in_scope(|| {
            tracing::info!(
                target: TARGET,
                %method,
                route,
                status = self.status.as_u16(),
                duration_ms = milliseconds(start.elapsed()),
                bytes = self.bytes,
                complete,
            );
        });
    }
}

/// Returns a time in milliseconds, to a tenth.
fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 10_000.0).round() / 10.0
}
