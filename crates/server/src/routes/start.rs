//! What comes along with the page: the answers to what it asks first, so that nobody waits for a round trip, and where it
//! begins with the users a drawing of them, which is seen while the program is on its way.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::routing::get;
use chrono::{FixedOffset, Offset, Utc};
use serde::de::DeserializeOwned;
use studio_users::app::draw::{First, draw};
use studio_users_contract::path;
use studio_users_domain::Language;
use tower::ServiceExt;

use super::{nodes, session, users};
use crate::app::App;
use crate::reader::{cookie, cookie_token};

/// The cookie that says how many minutes the reader's wall clock is behind UTC.
const ZONE: &str = "studio-users-zone";
/// More than the first answers ever are.
const MOST_BYTES: usize = 1_000_000;

/// What comes along with the page.
pub(crate) struct Start {
    /// The answers, as the page reads them.
    pub(crate) answers: String,
    /// What is seen until it has.
    pub(crate) drawn: Option<String>,
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
    let drawn = if begins_with_users(uri) { drawn(app, bodies, headers).await } else { None };
    Some(Start { answers, drawn })
}

/// Whether the place is one at which the list begins that nothing narrows.
fn begins_with_users(uri: &Uri) -> bool {
    matches!(uri.path(), "/" | "/users") && uri.query().is_none()
}

async fn drawn(app: &App, bodies: Vec<String>, headers: &HeaderMap) -> Option<String> {
    fn read<T: DeserializeOwned>(body: &str) -> Option<T> {
        serde_json::from_str(body).ok()
    }
    let [session, nodes, users] = <[String; 3]>::try_from(bodies).ok()?;
    let first = First { session: read(&session)?, nodes: read(&nodes)?, users: read(&users)? };
    let (language, now) = (preferred(headers), app.clock.now().with_timezone(&wall_clock(headers)));
    // It is seen a moment sooner with it, and works without: should drawing fail, that is told and nothing else.
    match tokio::task::spawn_blocking(move || draw(first, language, now)).await {
        Ok(drawn) => drawn,
        Err(error) => {
            tracing::error!(%error, "the first view could not be drawn");
            None
        }
    }
}

/// How far the reader's wall clock is from UTC, as the page that was there before (`index.html`) left word; UTC stands for
/// what nobody knows.
fn wall_clock(headers: &HeaderMap) -> FixedOffset {
    let minutes = cookie(headers, ZONE).and_then(|minutes| minutes.parse::<i32>().ok());
    minutes.and_then(|minutes| FixedOffset::west_opt(minutes.checked_mul(60)?)).unwrap_or(Utc.fix())
}

/// The language that the browser asks for first.
fn preferred(headers: &HeaderMap) -> Language {
    let asked =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|asked| asked.to_str().ok()).unwrap_or_default();
    let first = asked.split([',', ';']).next().unwrap_or_default();
    Language::from_tag(first.trim()).unwrap_or_default()
}
