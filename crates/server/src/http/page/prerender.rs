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
    use chrono::{FixedOffset, Offset, Utc};
    use serde::de::DeserializeOwned;
    use studio_users::app::prerender::{PrerenderData, prerender};

    use crate::http::accept_language::preferred_language;
    use crate::http::auth::cookie;
    use crate::state::AppState;

    /// The cookie with the offset of the browser's time zone: minutes behind UTC. `index.html` sets it.
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
        let (language, now) =
            (preferred_language(headers), state.clock.now().with_timezone(&time_zone(headers)));
        match tokio::task::spawn_blocking(move || prerender(data, language, now)).await {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, "prerendering the first view failed");
                None
            }
        }
    }

    /// Returns the browser's time zone, or UTC on its first visit.
    fn time_zone(headers: &HeaderMap) -> FixedOffset {
        let minutes = cookie(headers, TIME_ZONE_COOKIE).and_then(|minutes| minutes.parse::<i32>().ok());
        minutes.and_then(|minutes| FixedOffset::west_opt(minutes.checked_mul(60)?)).unwrap_or(Utc.fix())
    }
}
