//! The first view of the page as HTML, rendered by the page's own views
//! ([decision 6](../../../docs/decisions/0006-prerender-the-first-view.md)).
//!
//! The views are compiled into the backend by the feature `prerender`. Without it nothing is prerendered.

use axum::http::HeaderMap;

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

/// Renders the list of users from the responses to the page's first requests: session, nodes and users, as JSON.
///
/// Returns `None` without the feature, for users whose page does not start with that list, and if rendering fails.
/// Then the program renders the first view, a moment later.
#[cfg(feature = "prerender")]
pub(crate) async fn prerender(
    state: &AppState,
    responses: Vec<String>,
    headers: &HeaderMap,
) -> Option<String> {
    request::render(state, responses, headers).await
}

/// Returns `None`: this backend is compiled without the feature `prerender`.
#[cfg(not(feature = "prerender"))]
pub(crate) async fn prerender(_: &AppState, _: Vec<String>, _: &HeaderMap) -> Option<String> {
    None
}

#[cfg(feature = "prerender")]
mod request {
    use axum::http::HeaderMap;
    use std::sync::Arc;

    use chrono::{FixedOffset, Offset, TimeZone, Utc};
    use chrono_tz::Tz;
    use serde::de::DeserializeOwned;
    use studio_users::app::prerender::{OffsetAt, PrerenderData, PrerenderedAt, prerender};

    use crate::http::accept_language::preferred_language;
    use crate::http::auth::cookie;
    use crate::state::AppState;

    /// The cookie with the name of the browser's time zone, such as `Europe/Amsterdam`, or its UTC offset in
    /// minutes behind UTC. `index.html` sets the name.
    const TIME_ZONE_COOKIE: &str = "studio-users-zone";

    pub(super) async fn render(
        state: &AppState,
        responses: Vec<String>,
        headers: &HeaderMap,
    ) -> Option<String> {
        fn read<T: DeserializeOwned>(body: &str) -> Option<T> {
            serde_json::from_str(body).ok()
        }
        let [session, nodes, users] = <[String; 3]>::try_from(responses).ok()?;
        let data = PrerenderData {
            session: read(&session)?,
            nodes: read(&nodes)?,
            users: read(&users)?,
            base_path: state.public_url.path().to_owned(),
        };
        let language = preferred_language(headers);
        let at = PrerenderedAt { now: state.clock.now(), offset_at: time_zone(headers) };
        match tokio::task::spawn_blocking(move || prerender(data, language, at)).await {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, "prerendering the first view failed");
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
