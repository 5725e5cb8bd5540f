//! What comes along with the page: the answers to what it asks first, so that nobody waits for a round trip, and where it
//! begins with the users their prerendered view, which the browser shows until the program runs.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::routing::get;
use studio_users_contract::path;
use tower::ServiceExt;

use super::{nodes, session, users};
use crate::app::App;
use crate::prerender::prerender;
use crate::reader::cookie_token;

/// More than the first answers ever are.
const MOST_BYTES: usize = 1_000_000;

/// What comes along with the page.
pub(crate) struct Start {
    /// The answers, as the page reads them.
    pub(crate) answers: String,
    /// The prerendered view, which the browser shows until the program runs.
    pub(crate) prerendered: Option<String>,
}

/// What comes along for whoever is signed in by a cookie; nothing for anybody else, and where any of the answers fails: then
/// the page asks by itself.
pub(crate) async fn start(app: &App, uri: &Uri, headers: &HeaderMap) -> Option<Start> {
    cookie_token(app, headers)?;
    // By the calls themselves, so that they say the same.
    let calls = Router::new()
        .route(path::SESSION, get(session::show))
        .route(path::NODES, get(nodes::list))
        .route(path::USERS, get(users::list))
        .with_state(app.clone());
    let mut bodies = Vec::new();
    for url in path::FIRST {
        let mut request = Request::get(url).body(Body::empty()).ok()?;
        // A client may send them in several headers.
        for cookie in headers.get_all(header::COOKIE) {
            request.headers_mut().append(header::COOKIE, cookie.clone());
        }
        let answer = calls.clone().oneshot(request).await.ok()?;
        if answer.status() != StatusCode::OK {
            return None;
        }
        let body = to_bytes(answer.into_body(), MOST_BYTES).await.ok()?;
        bodies.push(String::from_utf8(body.into()).ok()?);
    }
    let mut answers = String::new();
    for (url, body) in path::FIRST.iter().zip(&bodies) {
        // As text within a page it may not end its element.
        let (url, body) = (url.replace('&', "&amp;"), body.replace('<', "\\u003c"));
        answers.extend(["<script type=\"application/json\" data-answer=\"", &url, "\">", &body, "</script>"]);
    }
    let prerendered = if begins_with_users(uri) { prerender(app, bodies, headers).await } else { None };
    Some(Start { answers, prerendered })
}

/// Whether the place is one at which the list begins that nothing narrows.
fn begins_with_users(uri: &Uri) -> bool {
    matches!(uri.path(), "/" | "/users") && uri.query().is_none()
}
