//! The responses to the page's first requests, embedded in the page to save a round trip. If the page starts with the
//! list of users, its prerendered view is embedded too. The browser shows that until the program runs.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::routing::get;
use studio_users_contract::path;
use tower::ServiceExt;

use super::prerender::prerender;
use crate::http::auth::cookie_token;
use crate::http::handlers::{nodes, session, users};
use crate::state::AppState;

/// The maximum size of one embedded response, in bytes. The first responses are always smaller.
const MAX_BYTES: usize = 1_000_000;

/// The parts that are embedded in the page.
pub(crate) struct EmbeddedResponses {
    /// The responses as `<script>` elements, which the page reads instead of sending the requests.
    pub(crate) scripts: String,
    /// The prerendered view, which the browser shows until the program runs.
    pub(crate) prerendered: Option<String>,
}

/// Fetches the responses for a user who is signed in by a cookie. Returns `None` for other users, and if a request
/// fails: then the page sends the requests itself.
pub(crate) async fn fetch(state: &AppState, uri: &Uri, headers: &HeaderMap) -> Option<EmbeddedResponses> {
    cookie_token(state, headers)?;
    // Calls the real handlers, so that the responses are the same as over the network.
    let api = Router::new()
        .route(path::SESSION, get(session::show))
        .route(path::NODES, get(nodes::list))
        .route(path::USERS, get(users::list))
        .with_state(state.clone());
    let mut bodies = Vec::new();
    for url in path::INITIAL_REQUESTS {
        let mut request = Request::get(url).body(Body::empty()).ok()?;
        // HTTP/2 clients may split cookies into several headers
        // (https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3).
        for cookie in headers.get_all(header::COOKIE) {
            request.headers_mut().append(header::COOKIE, cookie.clone());
        }
        let response = api.clone().oneshot(request).await.ok()?;
        if response.status() != StatusCode::OK {
            return None;
        }
        let body = to_bytes(response.into_body(), MAX_BYTES).await.ok()?;
        bodies.push(String::from_utf8(body.into()).ok()?);
    }
    let mut scripts = String::new();
    for (url, body) in path::INITIAL_REQUESTS.iter().zip(&bodies) {
        // Escapes `<`, so that the text cannot end the script element.
        let (url, body) = (url.replace('&', "&amp;"), body.replace('<', "\\u003c"));
        scripts.extend(["<script type=\"application/json\" data-answer=\"", &url, "\">", &body, "</script>"]);
    }
    let prerendered = if starts_with_user_list(uri) { prerender(state, bodies, headers).await } else { None };
    Some(EmbeddedResponses { scripts, prerendered })
}

/// Whether the URL shows the unfiltered list of users.
fn starts_with_user_list(uri: &Uri) -> bool {
    matches!(uri.path(), "/" | "/users") && uri.query().is_none()
}
