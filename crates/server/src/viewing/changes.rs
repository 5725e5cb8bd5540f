use std::sync::LazyLock;

use axum::extract::{FromRequestParts, MatchedPath, Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use studio_users_contract::{VIEW_HEADER, path};

use super::record::refused;
use crate::app::App;
use crate::openapi::{Reading, reading};
use crate::problem::Refusal;
use crate::reader::Reader;

/// Refuses whatever would change something inside a view, and records it.
pub(crate) async fn refuse_changes(State(app): State<App>, request: Request, next: Next) -> Response {
    if !request.headers().contains_key(VIEW_HEADER) {
        return next.run(request).await;
    }
    // Where there is no path, nothing is served but the page.
    let path = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let Some(path) = path.filter(|path| is_change(request.method(), path)) else {
        return next.run(request).await;
    };
    let operation = format!("{} {path}", request.method());
    let (mut parts, _) = request.into_parts();
    let refusal = match Reader::from_request_parts(&mut parts, &app).await {
        Ok(reader) => refuse(&app, reader, operation).await,
        Err(refusal) => refusal,
    };
    refusal.into_response()
}

/// Whether a call changes something, but for the one that ends a view. What the contract does not list counts as
/// a change.
fn is_change(method: &Method, path: &str) -> bool {
    static READING: LazyLock<Reading> = LazyLock::new(reading);
    let method = if method == Method::HEAD { &Method::GET } else { method };
    let ends_view = method == Method::DELETE && path == path::VIEW;
    !ends_view && !READING.get(path).is_some_and(|methods| methods.contains(method))
}

async fn refuse(app: &App, reader: Reader, operation: String) -> Refusal {
    let Reader { view, tx, .. } = reader;
    // Given back before another is asked for.
    drop(tx);
    let Some(view) = view else { return Refusal::ViewEnded(None) };
    match refused(app, &view.kept, operation).await {
        Ok(()) => Refusal::ViewIsReadOnly,
        Err(error) => error.into(),
    }
}
