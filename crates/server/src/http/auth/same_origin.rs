//! CSRF protection and CORS: other sites cannot change anything, and cookies count only for requests of the own
//! origin.
//!
//! Browsers report the origin by
//! [`Sec-Fetch-Site`](https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site) and `Origin`, so
//! no CSRF token is needed.

use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tower_http::cors::{AllowOrigin, CorsLayer};

use super::credentials;
use super::site::Site;
use crate::error::AppError;
use crate::http::header_names::{IDEMPOTENCY_KEY, LAST_EVENT_ID, STUDIO_VIEW, X_REQUEST_ID};
use crate::public_url::Origin;
use crate::state::AppState;

/// The time for which browsers may cache a preflight response.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_hours(1);

/// Refuses unsafe requests of other origins. Lets a request through if its method is safe, if it comes from the own
/// origin, or if its origin is allowed or unknown and it has a bearer token or no session cookie.
pub(crate) async fn require_same_origin(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let headers = request.headers();
    let may_change = match Site::of(&state, headers) {
        Site::Own => true,
        Site::Unknown | Site::Allowed => {
            credentials::has_bearer(headers) || !credentials::has_cookie(&state, headers)
        }
        Site::Foreign => false,
    };
    if request.method().is_safe() || may_change {
        next.run(request).await
    } else {
        AppError::CrossSite.into_response()
    }
}

/// Returns the CORS layer for the allowed origins, if there are any. It never allows credentials: cookies count only
/// for the own origin.
pub(crate) fn cors(allowed: &[Origin]) -> Option<CorsLayer> {
    (!allowed.is_empty()).then(|| {
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(
                allowed.iter().filter_map(|origin| HeaderValue::from_str(origin.as_str()).ok()),
            ))
            .allow_methods([Method::GET, Method::POST, Method::PATCH, Method::DELETE])
            .allow_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::IF_MATCH,
                IDEMPOTENCY_KEY,
                LAST_EVENT_ID,
                STUDIO_VIEW,
            ])
            .expose_headers([header::ETAG, X_REQUEST_ID])
            .max_age(PREFLIGHT_MAX_AGE)
    })
}
