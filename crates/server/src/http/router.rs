//! The router: every route, and the middleware around all of them.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderName, HeaderValue, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use studio_users_contract::path;
use tower::ServiceExt;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::error::AppError;
use crate::http::api_path::is_api;
use crate::http::auth::{read_only, same_origin};
use crate::http::handlers::{
    audit, demo, events, health, invitation_preview, invitations, jobs, joining, mailbox, nodes, removal,
    roles, session, sessions, sign_in, undelivered_mail, unsubscribe, user, user_access, user_position,
    users, users_csv, views,
};
use crate::http::local_demo;
use crate::http::openapi;
use crate::http::page::{Page, embedded_responses};
use crate::http::request_log::log_request;
use crate::public_url::PublicUrl;
use crate::state::AppState;

const MAX_BODY_BYTES: usize = 1_000_000;

/// Returns the router of the API, the demo mailbox and the page.
pub(crate) fn router(state: AppState, page: Page) -> Router {
    let page = Arc::new(page);
    let reads = Arc::new(openapi::read_only_methods());
    let router = Router::new()
        .route(path::SIGN_IN_LINKS, post(sign_in::send_link))
        .route(path::SESSIONS, get(sessions::list).post(sign_in::sign_in))
        .route(path::SESSION_BY_ID, delete(sessions::end))
        .route(path::SESSION, get(session::show).patch(session::change).delete(session::end))
        .route(path::SESSION_VIEWS, get(views::list_own))
        .route(path::NODES, get(nodes::list))
        .route(path::ROLES, get(roles::list))
        .route(path::USERS, get(users::list))
        .route(path::USER_POSITION, get(user_position::show))
        .route(path::USER_RESTORE, post(removal::restore))
        .route(path::REMOVED_USERS, get(removal::list))
        .route(path::USERS_BULK, post(jobs::start))
        .route(path::JOBS, get(jobs::list))
        .route(path::JOB, get(jobs::show))
        .route(path::JOB_STOP, post(jobs::stop))
        .route(path::JOB_UNDO, post(jobs::undo))
        .route(path::USER_INVITATION, delete(invitations::revoke))
        .route(path::USER_INVITATION_LINK, post(invitations::copy_link))
        .route(path::USER_INVITATION_RESEND, post(invitations::resend))
        .route(path::USER_INVITATION_CORRECT, post(invitations::correct))
        .route(path::INVITATIONS, post(invitations::invite))
        .route(path::INVITATIONS_INSPECT, post(joining::inspect))
        .route(path::INVITATIONS_ACCEPT, post(joining::accept))
        .route(path::UNDELIVERED_MAIL, get(undelivered_mail::list))
        .route(path::VIEWS, post(views::begin))
        .route(path::VIEW, get(views::show).delete(views::end))
        .route(path::USER_ACTIVITY, get(audit::of_user))
        .route(path::AUDIT, get(audit::list))
        .route(path::AUDIT_CSV, get(audit::export))
        .route(path::USERS_CSV, get(users_csv::download))
        .route(path::EVENTS, get(events::follow))
        .route(path::USER, get(user::show).delete(removal::remove))
        .route(path::USER_ACCESS, get(user_access::show).patch(user_access::change))
        .route(path::INVITATIONS_PREVIEW, post(invitation_preview::show))
        .route(path::DEMO_PEOPLE, get(demo::people))
        .route(path::DEMO_SESSIONS, post(demo::sign_in))
        .route(path::HEALTH, get(health::show))
        .route(path::LIVENESS, get(health::show_alive))
        .route(health::READY, get(health::ready))
        .route(health::ALIVE, get(health::live))
        .route(path::OPENAPI, get(openapi::show))
        .route(path::UNSUBSCRIBE, get(unsubscribe::show).post(unsubscribe::confirm))
        .route(mailbox::MAILBOX, get(mailbox::list))
        .route(mailbox::MAIL, get(mailbox::show))
        .route(mailbox::MAIL_HTML, get(mailbox::html))
        .method_not_allowed_fallback(method_not_allowed)
        .fallback(move |State(state): State<AppState>, request: Request| serve_page(state, page, request))
        .layer(from_fn_with_state((state.clone(), reads), read_only::refuse_writes))
        .layer(from_fn_with_state(state.clone(), same_origin::require_same_origin))
        .layer(from_fn_with_state(state.clone(), local_demo::require_local))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(CatchPanicLayer::custom(handle_panic));
    let router = match same_origin::cors(&state.allowed_origins) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    // The default predicate does not compress event streams. The page's files are compressed already.
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(5));
    let url = state.public_url.clone();
    let router = router
        .layer(compression)
        .layer(from_fn(add_security_headers))
        .layer(from_fn_with_state(state.clone(), log_request))
        .with_state(state);
    if url.path().is_empty() {
        return router;
    }
    // Middleware of a router runs after routing, so a service around it changes the paths.
    Router::new().fallback_service(router.map_request(move |request| below_path(&url, request)))
}

/// Removes the path of the public URL from the path of a request.
fn below_path(url: &PublicUrl, mut request: Request) -> Request {
    let path = request.uri().path();
    let below = url.path_below(path);
    if below != path {
        let below = match request.uri().query() {
            Some(query) => format!("{below}?{query}"),
            None => below.to_owned(),
        };
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = PathAndQuery::try_from(below).ok();
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    request
}

async fn serve_page(state: AppState, page: Arc<Page>, request: Request) -> Response {
    if is_api(request.uri().path()) {
        return AppError::NotFound.into_response();
    }
    // Embeds the responses to the page's first requests in the page.
    let embedded_responses = if page.is_page_request(&request) {
        embedded_responses::fetch(&state, request.uri(), request.headers()).await
    } else {
        None
    };
    page.respond(&request, embedded_responses.as_ref())
}

async fn method_not_allowed() -> AppError {
    AppError::MethodNotAllowed
}

/// Responds after a panic. The panic hook has logged its place.
fn handle_panic(_: Box<dyn Any + Send>) -> Response {
    AppError::unexpected("the request panicked").into_response()
}

/// Adds security headers to every response, and forbids caching of API responses.
async fn add_security_headers(request: Request, next: Next) -> Response {
    let is_api = is_api(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::REFERRER_POLICY, "no-referrer");
    if is_api {
        set(header::CACHE_CONTROL, "no-store");
        set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    }
    response
}
