//! The first view of the page as HTML, rendered by the page's own views
//! ([decision 6](../../../docs/decisions/0006-the-first-view-is-drawn-by-the-backend.md)).
//!
//! The views are compiled into the backend by the feature `prerender`. Without it nothing is prerendered.

use axum::http::HeaderMap;

use crate::app::App;

/// The style sheet of the prerendered view. `None` without the feature.
#[cfg_attr(
    feature = "prerender",
    expect(clippy::unnecessary_wraps, reason = "without the feature there is none")
)]
pub(crate) fn style_sheet() -> Option<String> {
    #[cfg(feature = "prerender")]
    return Some(studio_users::app::draw::sheet());
    #[cfg(not(feature = "prerender"))]
    None
}

/// Renders the list of users from the answers to the page's first requests: session, nodes and users, as JSON.
///
/// Returns `None` without the feature, for people whose page does not begin with that list, and where rendering failed:
/// then the program renders the first view, a moment later.
#[cfg(feature = "prerender")]
pub(crate) async fn prerender(app: &App, answers: Vec<String>, headers: &HeaderMap) -> Option<String> {
    request::render(app, answers, headers).await
}

/// Returns `None`: this backend is compiled without the feature `prerender`.
#[cfg(not(feature = "prerender"))]
pub(crate) async fn prerender(_: &App, _: Vec<String>, _: &HeaderMap) -> Option<String> {
    None
}

#[cfg(feature = "prerender")]
mod request {
    use axum::http::{HeaderMap, header};
    use chrono::{FixedOffset, Offset, Utc};
    use serde::de::DeserializeOwned;
    use studio_users::app::draw::{First, draw};
    use studio_users_domain::Language;

    use crate::app::App;
    use crate::reader::cookie;

    /// The cookie with the offset of the browser's time zone: minutes behind UTC. `index.html` sets it.
    const ZONE: &str = "studio-users-zone";

    pub(super) async fn render(app: &App, answers: Vec<String>, headers: &HeaderMap) -> Option<String> {
        fn read<T: DeserializeOwned>(body: &str) -> Option<T> {
            serde_json::from_str(body).ok()
        }
        let [session, nodes, users] = <[String; 3]>::try_from(answers).ok()?;
        let first = First { session: read(&session)?, nodes: read(&nodes)?, users: read(&users)? };
        let (language, now) =
            (preferred_language(headers), app.clock.now().with_timezone(&time_zone(headers)));
        match tokio::task::spawn_blocking(move || draw(first, language, now)).await {
            Ok(html) => html,
            Err(error) => {
                tracing::error!(%error, "prerendering the first view failed");
                None
            }
        }
    }

    /// The browser's time zone, or UTC on its first visit.
    fn time_zone(headers: &HeaderMap) -> FixedOffset {
        let minutes = cookie(headers, ZONE).and_then(|minutes| minutes.parse::<i32>().ok());
        minutes.and_then(|minutes| FixedOffset::west_opt(minutes.checked_mul(60)?)).unwrap_or(Utc.fix())
    }

    /// The first language of `Accept-Language`, or the default.
    fn preferred_language(headers: &HeaderMap) -> Language {
        let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        let first = accepted.unwrap_or_default().split([',', ';']).next().unwrap_or_default();
        Language::from_tag(first.trim()).unwrap_or_default()
    }
}
