//! What the page asks first, answered along with it: nobody waits for a round trip before the first rows.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode, header};
use axum::routing::get;
use studio_users_contract::path;
use tower::ServiceExt;

use super::{nodes, session, users};
use crate::app::App;
use crate::reader::cookie_token;

/// More than the first answers ever are.
const MOST_BYTES: usize = 1_000_000;

/// The answers as the page reads them, for whoever is signed in by a cookie; nothing for anybody else, and where any of
/// them fails: then the page asks by itself.
pub(crate) async fn answers(app: &App, headers: &HeaderMap) -> Option<String> {
    cookie_token(app, headers)?;
    // By the calls themselves, so that they say the same.
    let calls = Router::new()
        .route(path::SESSION, get(session::show))
        .route(path::NODES, get(nodes::list))
        .route(path::USERS, get(users::list))
        .with_state(app.clone());
    let mut page = String::new();
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
        // As text within a page it may not end its element.
        let body = std::str::from_utf8(&body).ok()?.replace('<', "\\u003c");
        let url = url.replace('&', "&amp;");
        page.extend(["<script type=\"application/json\" data-answer=\"", &url, "\">", &body, "</script>"]);
    }
    Some(page)
}
