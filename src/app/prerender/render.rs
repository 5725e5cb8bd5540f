//! Renders the studio with its first rows to HTML, with the page's own views. The backend embeds it into the page, so
//! that it is visible before the program runs. The HTML is static; the live view replaces it.

use std::sync::Arc;

use hydration_context::SsrSharedContext;
use leptos::prelude::*;
use serde::de::DeserializeOwned;
use studio_users_contract::Session;
use studio_users_domain::Section;

use super::address::ListAddress;
use super::settings::BrowserSettings;
use crate::api::{
    ApiError, Client, OnText, Request, ResponseFuture, Transport, TransportError, read_response,
};
use crate::app::base_path::BasePath;
use crate::app::home_route;
use crate::app::session::AppSession;
use crate::app::studio::Studio;
use crate::features::panel::PrerenderedUser;
use crate::features::users::PrerenderedRows;
use crate::i18n::Language;
use crate::i18n::clock::PrerenderedAt;
use crate::state::{CurrentUser, Navigation, Preferences, Route, ScrollMemory, UsersRoute};
use crate::ui::{FirstRender, PrerenderedPopovers};

/// The data of the prerendered view: the backend's responses to the program's first requests.
pub struct PrerenderData {
    /// The address to prerender.
    pub address: ListAddress,
    /// The session of the current user.
    pub session: ApiResponse,
    /// The visible nodes of the organisation.
    pub nodes: ApiResponse,
    /// The first rows of the list.
    pub users: ApiResponse,
    /// The open user, if the address names one.
    pub user: Option<ApiResponse>,
    /// The access of the open user.
    pub access: Option<ApiResponse>,
    /// The path below which the backend serves the page: empty, or with a leading and without a trailing slash.
    pub base_path: String,
}

/// A response of the backend's API.
pub struct ApiResponse {
    /// The HTTP status.
    pub status: u16,
    /// The body, as JSON.
    pub body: String,
}

impl ApiResponse {
    fn read<T: DeserializeOwned>(&self) -> Result<T, ApiError> {
        read_response(self.status, &self.body)
    }
}

/// Renders the studio with the list of users. Returns `None` for a user who sees no list of users there. `language` is
/// the default if neither the browser nor the user's profile has one. `at` has the time and the user's time zone.
pub fn prerender(
    data: &PrerenderData,
    settings: BrowserSettings,
    language: Language,
    at: PrerenderedAt,
) -> Option<String> {
    let session: Session = data.session.read().ok()?;
    let language = settings.language.or(session.user.locale).unwrap_or(language);
    let current_user = Arc::new(CurrentUser::new(session, data.nodes.read().ok()?));
    let view = current_user.view();
    let is_home = home_route(&current_user) == Route::Users(UsersRoute::default());
    let sees_users = current_user.sections(None).contains(&Section::Users);
    if !(sees_users && (is_home || !data.address.is_start)) {
        return None;
    }
    let route = data.address.prerendered_route();
    let rows = PrerenderedRows { route: route.clone(), rows: data.users.read() };
    let user = data.user.as_ref().map(|user| PrerenderedUser {
        details: user.read().map(Arc::new),
        access: data.access.as_ref().and_then(|access| access.read().ok()).map(Arc::new),
    });
    let owner = Owner::new_root(Some(Arc::new(SsrSharedContext::new())));
    let html = owner.with(|| {
        provide_context(at);
        provide_context(rows);
        provide_context(settings.layout);
        if let Some(user) = user {
            provide_context(user);
        }
        provide_context(language);
        let client = Client::new(NoTransport);
        provide_context(client.clone());
        let preferences = Preferences::prerendered(language);
        provide_context(preferences);
        provide_context(ScrollMemory::default());
        provide_context(FirstRender::default());
        provide_context(AppSession::new(client, preferences));
        let base = BasePath::new(&data.base_path);
        provide_context(base.clone());
        provide_context(Navigation::recording(Route::Users(route)).with_urls(move |route| base.url(route)));
        let popovers = PrerenderedPopovers::default();
        provide_context(popovers);
        let studio = view! { <Studio current_user=Signal::stored(current_user) /> }.to_html();
        let popovers: String = popovers.take().into_iter().map(RenderHtml::to_html).collect();
        format!("{studio}<div class=\"su\" data-popovers>{popovers}</div>")
    });
    drop(owner);
    let view = view.map(|view| format!(" data-view=\"{view}\"")).unwrap_or_default();
    let html = without_styles(&html);
    Some(format!("<div id=\"prerendered\" lang=\"{}\"{view}>{html}</div>", language.tag()))
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

/// Removes `style` attributes, which the content security policy forbids in HTML. [`sheet`](super::sheet()) contains the needed rules.
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
