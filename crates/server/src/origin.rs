//! Where requests come from: other sites change nothing, and a cookie counts for the own site only.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::app::App;
use crate::problem::Refusal;
use crate::reader;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
const LAST_EVENT_ID: HeaderName = HeaderName::from_static("last-event-id");
const STUDIO_VIEW: HeaderName = HeaderName::from_static("studio-view");

/// How long a browser may remember what it may ask.
const PREFLIGHT_LASTS: Duration = Duration::from_hours(1);

/// Where a request comes from, as far as the browser says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Site {
    /// The own site.
    Own,
    /// Nothing is said: no browser, or one from before they did.
    Unsaid,
    /// A site that was allowed to ask.
    Allowed,
    /// Any other.
    Foreign,
}

impl Site {
    /// Reads it from a request.
    pub(crate) fn of(app: &App, headers: &HeaderMap) -> Self {
        let site = headers.get(SEC_FETCH_SITE);
        let origin = headers.get(header::ORIGIN);
        match (site, origin) {
            (Some(site), _) if site == "same-origin" || site == "none" => Self::Own,
            (None, None) => Self::Unsaid,
            (None, Some(origin)) if origin.as_bytes() == app.public_url.as_bytes() => Self::Own,
            (_, Some(origin)) if app.allowed_origins.contains(origin) => Self::Allowed,
            _ => Self::Foreign,
        }
    }
}

/// Lets a request through that changes nothing, that the own site made, or that brings no cookie and comes from
/// where it may.
pub(crate) async fn refuse_other_sites(State(app): State<App>, request: Request, next: Next) -> Response {
    let headers = request.headers();
    let may_change = match Site::of(&app, headers) {
        Site::Own => true,
        Site::Unsaid | Site::Allowed => reader::has_bearer(headers) || !reader::has_cookie(&app, headers),
        Site::Foreign => false,
    };
    if request.method().is_safe() || may_change {
        next.run(request).await
    } else {
        Refusal::CrossSite.into_response()
    }
}

/// What browsers are told that ask for scripts of the allowed origins. Nothing is ever allowed with cookies: they
/// count for the own site only.
pub(crate) fn cors(allowed: &[HeaderValue]) -> Option<CorsLayer> {
    (!allowed.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(allowed.iter().cloned()))
            .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_MATCH,
                IDEMPOTENCY_KEY,
                LAST_EVENT_ID,
                STUDIO_VIEW,
            ])
            .expose_headers([header::ETAG])
            .max_age(PREFLIGHT_LASTS)
    })
}
