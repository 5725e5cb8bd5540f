//! The responses to the page's first requests, embedded in the page to save a round trip. At an address of the list of
//! users, its prerendered view is embedded too. It works by itself until the program runs.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, Uri, header};
use axum::routing::get;
use studio_users_contract::{VIEW_HEADER, path};
use tower::ServiceExt;
use uuid::Uuid;

use super::prerender::{ApiBody, Fetched, Urls, prerender, settings, urls};
use crate::http::auth::cookie_token;
use crate::http::handlers::{nodes, session, user, user_access, users};
use crate::state::AppState;

/// The maximum size of a response, in bytes. The first responses are smaller, except those of huge organisations.
const MAX_BYTES: usize = 1_000_000;
/// The end of the prerendered view.
const VIEW_END: &str = "</div>";
/// The header with which the page's script (`src/app/prerender/list.js`) requests the prerendered view only. The value is
/// the id of the tab's impersonation, or empty.
pub(super) const FRAGMENT_HEADER: HeaderName = HeaderName::from_static("studio-fragment");

/// The parts that are embedded in the page.
pub(crate) struct EmbeddedResponses {
    /// The responses as `<script>` elements, which the page reads instead of sending the requests.
    pub(crate) scripts: String,
    /// The prerendered view, which works until the program runs.
    pub(crate) prerendered: Option<String>,
    /// The settings of the browser that the view is rendered with.
    pub(crate) settings: String,
}

/// Fetches the responses for a user who is signed in by a cookie. Returns `None` for other users, and if a request
/// fails: then the page sends the requests itself.
///
/// Only the page's own script can send the header of an impersonation. A navigation has none, so it always shows what
/// the real user sees.
pub(crate) async fn fetch(state: &AppState, uri: &Uri, headers: &HeaderMap) -> Option<EmbeddedResponses> {
    cookie_token(state, headers)?;
    let view = match headers.get(FRAGMENT_HEADER).filter(|view| !view.is_empty()) {
        // An invalid id must not show what the real user sees.
        Some(view) => Some(view.to_str().ok()?.parse::<Uuid>().ok()?),
        None => None,
    };
    let credentials = credentials(headers, view)?;
    let urls = urls(state, uri);
    let is_list = urls.is_some();
    let Urls { users, user } =
        urls.unwrap_or_else(|| Urls { users: path::INITIAL_REQUESTS[2].to_owned(), user: None });
    // Calls the real handlers, so that the responses are the same as over the network.
    let api = Router::new()
        .route(path::SESSION, get(session::show))
        .route(path::NODES, get(nodes::list))
        .route(path::USERS, get(users::list))
        .route(path::USER, get(user::show))
        .route(path::USER_ACCESS, get(user_access::show))
        .with_state(state.clone());
    let send = async |url: &str| send(api.clone(), url, &credentials).await;
    let session = send(path::SESSION).await.filter(|response| response.status == StatusCode::OK)?;
    let nodes = send(path::NODES).await.filter(|response| response.status == StatusCode::OK)?;
    let rows = send(&users).await?;
    let user = match &user {
        Some((url, access)) => Some((url, send(url).await?, send(access).await)),
        None => None,
    };
    let mut scripts = String::new();
    let mut embed = |url: &str, response: &ApiBody| {
        if response.status == StatusCode::OK {
            let view = view.map(|view| format!(" data-view=\"{view}\"")).unwrap_or_default();
            // Escapes `<`, so that the text cannot end the script element.
            let (url, body) = (url.replace('&', "&amp;"), response.body.replace('<', "\\u003c"));
            let tag = format!("<script type=\"application/json\" data-answer=\"{url}\"{view}>");
            scripts.extend([&tag, &body, "</script>"]);
        }
    };
    embed(path::SESSION, &session);
    embed(path::NODES, &nodes);
    embed(&users, &rows);
    if let Some((url, details, _)) = &user {
        embed(url, details);
    }
    let user = user.map(|(_, details, access)| (details, access));
    let html = if is_list {
        prerender(state, uri, Fetched { session, nodes, users: rows, user }, headers).await
    } else {
        None
    };
    let settings = settings(headers).to_owned();
    // The responses are part of the prerendered view, so that another view also replaces them.
    Some(match html.as_deref().and_then(|html| html.strip_suffix(VIEW_END)) {
        Some(html) => {
            let prerendered = Some([html, &scripts, VIEW_END].concat());
            EmbeddedResponses { scripts: String::new(), prerendered, settings }
        }
        None => EmbeddedResponses { scripts, prerendered: None, settings },
    })
}

/// Returns the headers of the requests to the handlers: the cookies of the page's request, and the impersonation.
fn credentials(headers: &HeaderMap, view: Option<Uuid>) -> Option<HeaderMap> {
    let mut credentials = HeaderMap::new();
    // HTTP/2 clients may split cookies into several headers
    // (https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3).
    for cookie in headers.get_all(header::COOKIE) {
        credentials.append(header::COOKIE, cookie.clone());
    }
    if let Some(view) = view {
        credentials.insert(VIEW_HEADER, HeaderValue::try_from(view.to_string()).ok()?);
    }
    Some(credentials)
}

/// Sends a request to a handler. Returns `None` if it has no response, or one that is too large.
async fn send(api: Router, url: &str, credentials: &HeaderMap) -> Option<ApiBody> {
    let mut request = Request::get(url).body(Body::empty()).ok()?;
    *request.headers_mut() = credentials.clone();
    let response = api.oneshot(request).await.ok()?;
    let status = response.status();
    let body = to_bytes(response.into_body(), MAX_BYTES).await.ok()?;
    Some(ApiBody { status, body: String::from_utf8(body.into()).ok()? })
}
