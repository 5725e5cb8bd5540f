//! What the element tells the page around it, as DOM events. Their detail is plain data: text stays text.

use serde::Serialize;
use studio_users_contract::{SessionUser, ViewEnd, ViewedUser};
use studio_users_domain::{NodeId, UserId};
use uuid::Uuid;
use wasm_bindgen::JsValue;
use web_sys::{CustomEvent, CustomEventInit, HtmlElement};

use crate::state::{Place, RunningView};

/// Something that a host may want to know of.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub(super) enum HostEvent {
    /// Somebody is signed in, and the feature is there for them.
    Ready {
        /// Who.
        user: Person,
    },
    /// The reader went somewhere.
    Navigate(Whereabouts),
    /// This tab views as somebody from now on.
    ViewStart(View),
    /// It does so no longer.
    #[serde(rename_all = "camelCase")]
    ViewEnd {
        /// Which view it was.
        id: Uuid,
        /// As whom.
        user: Person,
        /// Why it ended; none where nobody knows.
        reason: Option<ViewEnd>,
    },
    /// Nobody is signed in, or not any more.
    SignedOut {},
    /// Something cannot be shown.
    Error {
        /// What kind of thing went wrong: `backend` or `crash`.
        kind: &'static str,
        /// What, for whoever looks after the host.
        message: String,
    },
}

/// Somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Person {
    id: UserId,
    name: Option<String>,
    email: String,
}

/// A view that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct View {
    /// What a host's own requests carry in `Studio-View`.
    id: Uuid,
    user: Person,
    reason: String,
    expires_at: chrono::DateTime<chrono::Utc>,
}

/// Where in the element the reader is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Whereabouts {
    page: &'static str,
    user: Option<UserId>,
    tab: Option<&'static str>,
    environment: Option<NodeId>,
    /// The address, from the root of the origin; none where places have none.
    url: Option<String>,
    /// Whether the address takes the place of the one before.
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

    /// Tells the host.
    pub(super) fn tell(&self, host: &HtmlElement) {
        self.dispatch(host, false);
    }

    /// Tells the host before something is done, and says whether it wants to do that itself.
    pub(super) fn ask(&self, host: &HtmlElement) -> bool {
        self.dispatch(host, true)
    }

    fn dispatch(&self, host: &HtmlElement, is_cancelable: bool) -> bool {
        let init = CustomEventInit::new();
        init.set_bubbles(true);
        init.set_composed(true);
        init.set_cancelable(is_cancelable);
        init.set_detail(&to_js(self));
        let event = CustomEvent::new_with_event_init_dict(self.name(), &init);
        event.is_ok_and(|event| host.dispatch_event(&event).is_ok_and(|goes_on| !goes_on))
    }
}

impl View {
    /// The view that runs.
    pub(super) fn of(running: &RunningView) -> Self {
        Self {
            id: running.id,
            user: Person::from(&running.user),
            reason: running.reason.clone(),
            expires_at: running.until,
        }
    }
}

impl Whereabouts {
    /// The same, whose address takes the place of the one before where `replace` says so.
    pub(super) fn written(self, replace: bool) -> Self {
        Self { replace, ..self }
    }

    /// Whether places have addresses.
    pub(super) const fn has_address(&self) -> bool {
        self.url.is_some()
    }

    /// Those of a place with this address.
    pub(super) fn of(place: &Place, url: Option<String>) -> Self {
        let open = match place {
            Place::Users(users) => users.open,
            _ => None,
        };
        Self {
            page: if *place == Place::Roles { "roles" } else { "users" },
            user: open.map(|open| open.id),
            tab: open.map(|open| open.tab.slug()),
            environment: place.node(),
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

/// A value as a host's script has it.
pub(super) fn to_js(value: &impl Serialize) -> JsValue {
    let text = serde_json::to_string(value).unwrap_or_else(|_| "null".into());
    js_sys::JSON::parse(&text).unwrap_or(JsValue::NULL)
}
