//! The DOM events that the element dispatches to its host page. Their `detail` is plain data, serialised as JSON.

use serde::Serialize;
use studio_users_contract::{SessionUser, ViewEnd, ViewedUser};
use studio_users_domain::{NodeId, UserId};
use uuid::Uuid;
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

use crate::state::{ActiveView, Route};

/// An event for the host page. The names of fields and events are part of the public API.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum HostEvent {
    /// `su-ready`: a user is signed in and the feature is shown.
    Ready {
        /// The current user.
        user: Person,
    },
    /// `su-navigate`: the route changes.
    Navigate(PlaceDetail),
    /// `su-view-start`: an impersonation has started in this tab.
    ViewStart(View),
    /// `su-view-end`: the impersonation has ended.
    #[serde(rename_all = "camelCase")]
    ViewEnd {
        /// The id of the view.
        id: Uuid,
        /// The user who was impersonated.
        user: Person,
        /// The reason for the end. `None` if unknown.
        reason: Option<ViewEnd>,
    },
    /// `su-signed-out`: no user is signed in, or the session has expired.
    SignedOut {},
    /// `su-error`: the feature cannot be shown.
    Error {
        /// The kind of failure: `backend` or `crash`.
        kind: &'static str,
        /// A description for the host's developers.
        message: String,
    },
}

/// A user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Person {
    id: UserId,
    name: Option<String>,
    email: String,
}

/// The active impersonation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    /// The value for the `Studio-View` header of the host's own requests.
    id: Uuid,
    user: Person,
    reason: String,
    expires_at: chrono::DateTime<chrono::Utc>,
}

/// The current route, as the `place` property and as the detail of `su-navigate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PlaceDetail {
    page: &'static str,
    user: Option<UserId>,
    tab: Option<&'static str>,
    environment: Option<NodeId>,
    /// The URL, from the root of the origin. `None` if routes have no URLs.
    url: Option<String>,
    /// Whether the URL replaces the current history entry.
    replace: bool,
}

impl HostEvent {
    const fn name(&self) -> &'static str {
        match self {
            Self::Ready { .. } => "su-ready",
            Self::Navigate(_) => "su-navigate",
            Self::ViewStart(_) => "su-view-start",
            Self::ViewEnd { .. } => "su-view-end",
            Self::SignedOut {} => "su-signed-out",
            Self::Error { .. } => "su-error",
        }
    }

    /// Dispatches the event on the host element.
    pub(super) fn dispatch(&self, host: &HtmlElement) {
        self.dispatch_event(host, false);
    }

    /// Dispatches a cancelable event before an action. Returns `true` if the host cancelled it and performs the action
    /// itself.
    pub(super) fn dispatch_cancelable(&self, host: &HtmlElement) -> bool {
        self.dispatch_event(host, true)
    }

    fn dispatch_event(&self, host: &HtmlElement, is_cancelable: bool) -> bool {
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_cancelable(is_cancelable);
        init.set_detail(&to_js(self));
        let event = CustomEvent::new_with_event_init_dict(self.name(), &init);
        event.is_ok_and(|event| host.dispatch_event(&event).is_ok_and(|is_accepted| !is_accepted))
    }
}

impl View {
    pub(super) fn of(running: &ActiveView) -> Self {
        Self {
            id: running.id,
            user: Person::from(&running.user),
            reason: running.reason.clone(),
            expires_at: running.until,
        }
    }
}

impl PlaceDetail {
    /// Returns the same detail with the flag `replace`.
    pub(super) fn with_replace(self, replace: bool) -> Self {
        Self { replace, ..self }
    }

    /// Whether routes have URLs.
    pub(super) const fn has_url(&self) -> bool {
        self.url.is_some()
    }

    /// Creates the detail of a route and its URL.
    pub(super) fn of(route: &Route, url: Option<String>) -> Self {
        let open = match route {
            Route::Users(users) => users.open,
            _ => None,
        };
        Self {
            page: if *route == Route::Roles { "roles" } else { "users" },
            user: open.map(|open| open.id),
            tab: open.map(|open| open.tab.slug()),
            environment: route.node(),
            url,
            replace: false,
        }
    }
}

impl From<&SessionUser> for Person {
    fn from(user: &SessionUser) -> Self {
        Self { id: user.id, name: user.name.clone(), email: user.email.clone() }
    }
}

impl From<&ViewedUser> for Person {
    fn from(user: &ViewedUser) -> Self {
        Self { id: user.id, name: user.name.clone(), email: user.email.clone() }
    }
}

/// Converts a value to plain JavaScript data, via JSON.
pub(super) fn to_js(value: &impl Serialize) -> JsValue {
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
    js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
}
