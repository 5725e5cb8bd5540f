//! Requests of other sites change nothing.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::problem::Refusal;
use crate::reader;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Lets a request through that changes nothing, or that the own site made.
pub(crate) async fn refuse_other_sites(State(app): State<App>, request: Request, next: Next) -> Response {
    if request.method().is_safe() || is_own(&app, request.headers()) {
        next.run(request).await
    } else {
        Refusal::CrossSite.into_response()
    }
}

/// Browsers say where a request comes from. What says nothing is no browser, unless it sends a session's
/// cookie: then it is one from before they did.
fn is_own(app: &App, headers: &HeaderMap) -> bool {
    if let Some(site) = headers.get(SEC_FETCH_SITE) {
        return site == "same-origin" || site == "none";
    }
    match headers.get(header::ORIGIN) {
        Some(origin) => origin.as_bytes() == app.public_url.as_bytes(),
        None => reader::session_secret(app, headers).is_none(),
    }
}
