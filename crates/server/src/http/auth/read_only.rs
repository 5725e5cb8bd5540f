//! Keeps impersonations read-only: refuses every write before its handler runs.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use studio_users_contract::{VIEW_HEADER, path};

use crate::error::AppError;
use crate::services::AuthUser;
use crate::state::AppState;

/// The methods that only read, by route.
pub(crate) type ReadOnlyMethods = HashMap<String, Vec<Method>>;

/// Refuses a write during an impersonation and records the attempt in the audit log.
pub(crate) async fn refuse_writes(
    State((state, reads)): State<(AppState, Arc<ReadOnlyMethods>)>,
    request: Request,
    next: Next,
) -> Response {
    if !request.headers().contains_key(VIEW_HEADER) {
        return next.run(request).await;
    }
    // Paths without a route only serve the page.
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let Some(path) = path.filter(|path| is_write(&reads, request.method(), path)) else {
        return next.run(request).await;
    };
    let operation = format!("{} {path}", method_name(request.method()));
    let (mut parts, _) = request.into_parts();
    let error = match AuthUser::from_request_parts(&mut parts, &state).await {
        Ok(auth) => refuse(&state, auth, operation).await,
        Err(error) => error,
    };
    error.into_response()
}

/// Whether a request writes. Ending an impersonation does not count; an operation that the contract does not list
/// does.
fn is_write(reads: &ReadOnlyMethods, method: &Method, path: &str) -> bool {
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let ends_view = method == Method::DELETE && path == path::VIEW;
    !ends_view && !reads.get(path).is_some_and(|methods| methods.contains(method))
}

/// Returns the name of a standard method, or `OTHER`. Clients can invent methods, and each operation has a row.
fn method_name(method: &Method) -> &str {
    let standard = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::PATCH,
        Method::DELETE,
        Method::OPTIONS,
        Method::TRACE,
        Method::CONNECT,
    ];
    if standard.contains(method) { method.as_str() } else { "OTHER" }
}

async fn refuse(state: &AppState, auth: AuthUser, operation: String) -> AppError {
    let AuthUser { impersonation, tx, .. } = auth;
    // Returns the connection to the pool before another is taken.
    drop(tx);
    let Some(impersonation) = impersonation else { return AppError::ViewEnded(None) };
    match impersonation.record_refused_write(state, operation).await {
        Ok(()) => AppError::ViewIsReadOnly,
        Err(error) => error.into(),
    }
}
