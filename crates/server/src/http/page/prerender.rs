//! The list of users as HTML, rendered by the page's own views
//! ([decision 6](../../../docs/decisions/0006-prerender-the-first-view.md)).
//!
//! The views are compiled into the backend by the feature `prerender`. Without it nothing is prerendered.

use axum::http::{HeaderMap, StatusCode, Uri};

use crate::http::auth::cookie;
use crate::state::AppState;

/// The style sheet of the prerendered view. `None` without the feature.
#[cfg_attr(
    feature = "prerender",
    expect(clippy::unnecessary_wraps, reason = "returns `None` without the feature")
)]
pub(crate) fn style_sheet() -> Option<String> {
    #[cfg(feature = "prerender")]
    return Some(studio_users::app::prerender::sheet());
    #[cfg(not(feature = "prerender"))]
    None
}

/// The URLs of the responses that the prerendered view needs, besides the session and the nodes.
pub(crate) struct Urls {
    /// The first rows.
    pub(crate) users: String,
    /// The open user and their access.
    pub(crate) user: Option<(String, String)>,
}

/// The responses that the prerendered view is rendered from.
#[cfg_attr(not(feature = "prerender"), expect(dead_code, reason = "nothing is rendered without the feature"))]
pub(crate) struct Fetched {
    pub(crate) session: ApiBody,
    pub(crate) nodes: ApiBody,
    pub(crate) users: ApiBody,
    /// The open user and their access.
    pub(crate) user: Option<(ApiBody, Option<ApiBody>)>,
}

/// A response of the API.
pub(crate) struct ApiBody {
    pub(crate) status: StatusCode,
    pub(crate) body: String,
}

/// The cookie with the settings that the browser stores. `src/app/prerender/settings.js` sets it.
const SETTINGS_COOKIE: &str = "studio-users-settings";

/// Returns the settings that the page is prerendered with, as the cookie has them.
pub(crate) fn settings(headers: &HeaderMap) -> &str {
    cookie(headers, SETTINGS_COOKIE).unwrap_or("~~")
}

/// Returns the URLs for an address of the list of users. Returns `None` for other addresses, and without the feature.
#[cfg(feature = "prerender")]
pub(crate) fn urls(state: &AppState, uri: &Uri) -> Option<Urls> {
    let address = request::address(uri)?;
    let user = address.user_url().zip(address.access_url());
    Some(Urls { users: address.users_url(state.clock.now()), user })
}

/// Returns `None`: this backend is compiled without the feature `prerender`.
#[cfg(not(feature = "prerender"))]
pub(crate) fn urls(_: &AppState, _: &Uri) -> Option<Urls> {
    None
}

/// Renders the list of users from the responses to the program's first requests.
///
/// Returns `None` without the feature, for users who see no list of users there, and if rendering fails. Then the
/// program renders the view, a moment later.
#[cfg(feature = "prerender")]
pub(crate) async fn prerender(
    state: &AppState,
    uri: &Uri,
    fetched: Fetched,
    headers: &HeaderMap,
) -> Option<String> {
    request::render(state, uri, fetched, headers).await
}

/// Returns `None`: this backend is compiled without the feature `prerender`.
#[cfg(not(feature = "prerender"))]
pub(crate) async fn prerender(_: &AppState, _: &Uri, _: Fetched, _: &HeaderMap) -> Option<String> {
    None
}

#[cfg(feature = "prerender")]
mod request {
    use axum::http::{HeaderMap, Uri};
    use std::sync::Arc;

    use chrono::{FixedOffset, Offset, TimeZone, Utc};
    use chrono_tz::Tz;
    use studio_users::app::prerender::{
        ApiResponse, BrowserSettings, ListAddress, OffsetAt, PrerenderData, PrerenderedAt, prerender,
    };

    use super::{ApiBody, Fetched, settings};
    use crate::http::accept_language::preferred_language;
    use crate::http::auth::cookie;
    use crate::state::AppState;

    /// The cookie with the name of the browser's time zone, such as `Europe/Amsterdam`, or its UTC offset in
    /// minutes behind UTC. `src/app/prerender/settings.js` sets the name.
    const TIME_ZONE_COOKIE: &str = "studio-users-zone";

    pub(super) fn address(uri: &Uri) -> Option<ListAddress> {
        ListAddress::parse(uri.path(), uri.query().unwrap_or_default())
    }

    pub(super) async fn render(
        state: &AppState,
        uri: &Uri,
        fetched: Fetched,
        headers: &HeaderMap,
    ) -> Option<String> {
        let response = |ApiBody { status, body }| ApiResponse { status: status.as_u16(), body };
        let (user, access) = fetched.user.unzip();
        let data = PrerenderData {
            address: address(uri)?,
            session: response(fetched.session),
            nodes: response(fetched.nodes),
            users: response(fetched.users),
            user: user.map(response),
            access: access.flatten().map(response),
            base_path: state.public_url.path().to_owned(),
        };
        let language = preferred_language(headers);
        let settings = BrowserSettings::parse(settings(headers));
        let at = PrerenderedAt { now: state.clock.now(), offset_at: time_zone(headers) };
        match tokio::task::spawn_blocking(move || prerender(&data, settings, language, at)).await {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, "prerendering the list of users failed");
                None
            }
        }
    }

    /// Returns the browser's time zone, or UTC on its first visit.
    fn time_zone(headers: &HeaderMap) -> OffsetAt {
        let value = cookie(headers, TIME_ZONE_COOKIE).unwrap_or_default();
        if let Ok(zone) = value.parse::<Tz>() {
            return Arc::new(move |time| zone.offset_from_utc_datetime(&time.naive_utc()).fix());
        }
        let minutes = value.parse::<i32>().ok();
        let offset = minutes.and_then(|minutes| FixedOffset::west_opt(minutes.checked_mul(60)?));
        let offset = offset.unwrap_or(Utc.fix());
        Arc::new(move |_| offset)
    }
}
