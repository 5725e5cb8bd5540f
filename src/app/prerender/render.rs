//! Renders the studio with its first rows to HTML, with the page's own views. The backend embeds it into the page, so
//! that it is visible before the program runs. The HTML is static; the live view replaces it.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use studio_users_contract::{NodeView, Session, UserPage};

use crate::api::{Client, OnText, Request, ResponseFuture, Transport, TransportError};
use crate::app::base_path::BasePath;
use crate::app::home_route;
use crate::app::session::AppSession;
use crate::app::studio::Studio;
use crate::features::users::{PrerenderedRows, prerendered_css};
use crate::i18n::Language;
use crate::i18n::clock::PrerenderedAt;
use crate::state::{CurrentUser, Navigation, Preferences, Route, ScrollMemory, UsersRoute};
use crate::style::FIRST;
use crate::ui::FirstRender;

/// The data of the prerendered view: the responses to the page's initial requests.
pub struct PrerenderData {
    /// The session of the current user.
    pub session: Session,
    /// The visible nodes of the organisation.
    pub nodes: Vec<NodeView>,
    /// The first page of users.
    pub users: UserPage,
    /// The path below which the backend serves the page: empty, or with a leading and without a trailing slash.
    pub base_path: String,
}

/// Renders the studio's first view. `None` for a user whose home route is not the list of users, and during an
/// impersonation. `language` is the default if the user's profile has none. `at` has the time and the user's time zone.
pub fn prerender(data: PrerenderData, language: Language, at: PrerenderedAt) -> Option<String> {
    let PrerenderData { session, nodes, users, base_path } = data;
    let language = session.user.locale.unwrap_or(language);
    let current_user = Arc::new(CurrentUser::new(session, nodes));
    let route = Route::Users(UsersRoute::default());
    if home_route(&current_user) != route || current_user.is_viewing() {
        return None;
    }
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| {
        provide_context(at);
        provide_context(PrerenderedRows(users));
        provide_context(language);
        let client = Client::new(NoTransport);
        provide_context(client.clone());
        let preferences = Preferences::prerendered(language);
        provide_context(preferences);
        provide_context(ScrollMemory::default());
        provide_context(FirstRender::default());
        provide_context(AppSession::new(client, preferences));
        let base = BasePath::new(&base_path);
        provide_context(base.clone());
        provide_context(Navigation::in_memory(route).with_urls(move |route| base.url(route)));
        view! { <Studio current_user=Signal::stored(current_user) /> }.to_html()
    });
    drop(owner);
    Some(format!("<div id=\"prerendered\" lang=\"{}\">{}</div>", language.tag(), without_styles(&html)))
}

/// The style sheet of the prerendered view.
pub fn sheet() -> String {
    // Clips chips that do not fit: only the live view can measure them.
    const RULES: &str =
        "#prerendered .chips{overflow:hidden}:root[data-prerendered=off] #prerendered{display:none}";
    // Hides a view that is not in the language chosen in this browser.
    let languages = Language::ALL.map(|language| {
        let tag = language.tag();
        format!(":root[data-language={tag}] #prerendered:not([lang={tag}]){{display:none}}")
    });
    format!("{FIRST}{}{RULES}{}", prerendered_css("#prerendered"), languages.concat())
}

/// A transport without a backend. All data is provided by context.
struct NoTransport;

impl Transport for NoTransport {
    fn send(&self, _: Request) -> ResponseFuture {
        Box::pin(async { Err(TransportError::Unreachable) })
    }

    fn stream(&self, _: Request, _: OnText) -> ResponseFuture {
        Box::pin(async { Err(TransportError::Unreachable) })
    }
}

/// Removes `style` attributes, which the content security policy forbids in HTML. [`sheet`] contains the needed rules.
fn without_styles(html: &str) -> String {
    const STYLE: &str = " style=\"";
    let mut kept = String::with_capacity(html.len());
    let mut rest = html;
    // Text between tags may contain the same characters, so only tags are searched.
    while let Some(begin) = rest.find('<') {
        let end = tag_end(&rest[begin..]).map_or(rest.len(), |end| begin + end);
        kept.push_str(&rest[..begin]);
        let tag = &rest[begin..end];
        match tag.split_once(STYLE) {
            Some((before, value)) => {
                kept.push_str(before);
                kept.push_str(value.split_once('"').map_or("", |(_, after)| after));
            }
            None => kept.push_str(tag),
        }
        rest = &rest[end..];
    }
    kept + rest
}

/// Returns the end of the tag at the start of the text: after the first `>` outside of an attribute value.
fn tag_end(tag: &str) -> Option<usize> {
    let mut is_in_value = false;
    tag.bytes()
        .position(|byte| {
            is_in_value ^= byte == b'"';
            byte == b'>' && !is_in_value
        })
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn removes_style_attributes_but_not_text() {
        let html =
            "<p class=\"a\" style=\"--x:1;\" title=\"a > style=\">He said style=\"no\"</p><br style=\"\">";
        assert_eq!(without_styles(html), "<p class=\"a\" title=\"a > style=\">He said style=\"no\"</p><br>");
    }
}
