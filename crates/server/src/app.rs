//! The application: what every request shares, and the router.

use std::any::Any;
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, post};
use studio_users_contract::path;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::trace::TraceLayer;

use crate::clock::Clock;
use crate::demo::DemoPeople;
use crate::limit::Limit;
use crate::mail::Mailer;
use crate::origin;
use crate::page::Page;
use crate::problem::Refusal;
use crate::routes::{
    audit, demo, events, health, invitation_preview, invitations, joining, mailbox, nodes, removal, roles,
    session, sessions, sign_in, start, user, user_access, users, users_csv, views,
};
use crate::store::Store;
use crate::viewing;

const MOST_BODY_BYTES: usize = 1_000_000;

/// What every request shares.
#[derive(Clone)]
pub(crate) struct App(Arc<Shared>);

/// The parts of [`App`].
pub(crate) struct Shared {
    /// What is kept.
    pub(crate) store: Store,
    /// What time it is.
    pub(crate) clock: Clock,
    /// Who brings the mail.
    pub(crate) mailer: Mailer,
    /// Where people reach the server, without a slash at the end.
    pub(crate) public_url: String,
    /// The other origins whose scripts may ask, with a bearer token.
    pub(crate) allowed_origins: Vec<HeaderValue>,
    /// How often one client may try.
    pub(crate) limits: Limits,
    /// The built page.
    pub(crate) page: Page,
    /// The people whom a visitor can be; none outside a demo on this machine.
    pub(crate) demo: Option<DemoPeople>,
}

/// How often one client may try what nobody has to be signed in for.
#[derive(Debug)]
pub(crate) struct Limits {
    /// To sign in, and fail.
    pub(crate) failed_sign_ins: Limit,
    /// To have a link mailed.
    pub(crate) links: Limit,
}

impl Default for Limits {
    fn default() -> Self {
        Self { failed_sign_ins: Limit::a_minute(30), links: Limit::a_minute(60) }
    }
}

impl App {
    pub(crate) fn new(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }

    /// Whether browsers reach the server over TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}

impl std::ops::Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

/// Every path that is served.
pub(crate) fn router(app: App) -> Router {
    let router = Router::new()
        .route(path::SIGN_IN_LINKS, post(sign_in::send_link))
        .route(path::SESSIONS, get(sessions::list).post(sign_in::sign_in))
        .route(path::SESSION_BY_ID, delete(sessions::end))
        .route(path::SESSION, get(session::show).patch(session::change).delete(session::end))
        .route(path::NODES, get(nodes::list))
        .route(path::ROLES, get(roles::list))
        .route(path::USERS, get(users::list))
        .route(path::USER_RESTORE, post(removal::restore))
        .route(path::REMOVED_USERS, get(removal::list))
        .route(path::USERS_BULK, post(removal::bulk))
        .route(path::USER_INVITATION, delete(invitations::revoke))
        .route(path::USER_INVITATION_LINK, post(invitations::copy_link))
        .route(path::USER_INVITATION_RESEND, post(invitations::resend))
        .route(path::INVITATIONS, post(invitations::invite))
        .route(path::INVITATIONS_INSPECT, post(joining::inspect))
        .route(path::INVITATIONS_ACCEPT, post(joining::accept))
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
        .route(path::OPENAPI, get(health::openapi))
        .route(mailbox::MAILBOX, get(mailbox::list))
        .route(mailbox::MAIL, get(mailbox::show))
        .route(mailbox::MAIL_HTML, get(mailbox::html))
        .method_not_allowed_fallback(wrong_method)
        .fallback(elsewhere)
        .layer(from_fn_with_state(app.clone(), viewing::refuse_changes))
        .layer(from_fn_with_state(app.clone(), origin::refuse_other_sites))
        .layer(DefaultBodyLimit::max(MOST_BODY_BYTES))
        .layer(CatchPanicLayer::custom(panicked));
    let router = match origin::cors(&app.allowed_origins) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    // What is said while it happens is passed on as it is; so are the page's files, which are small already.
    let compression = CompressionLayer::new().quality(CompressionLevel::Precise(4));
    router.layer(compression).layer(from_fn(protect)).layer(TraceLayer::new_for_http()).with_state(app)
}

/// Whether the path belongs to the interface for programs.
pub(crate) fn is_api(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

async fn elsewhere(State(app): State<App>, request: Request) -> Response {
    if is_api(request.uri().path()) {
        return Refusal::NotFound.into_response();
    }
    // The page comes with what it asks first.
    let start = if app.page.is_place(&request) {
        start::start(&app, request.uri(), request.headers()).await
    } else {
        None
    };
    app.page.answer(&request, start.as_ref())
}

async fn wrong_method() -> Refusal {
    Refusal::MethodNotAllowed
}

fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a request panicked");
    Refusal::Unavailable.into_response()
}

/// The headers that every answer has.
async fn protect(request: Request, next: Next) -> Response {
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
