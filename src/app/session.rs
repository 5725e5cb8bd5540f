//! The session of the standalone page, synchronised between the tabs of a browser.

use std::ops::Deref;

use leptos::ev;
use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, VisibilityState};

use crate::api::{ApiError, Client};
use crate::state::{
    Identity, Navigation, Preferences, Route, SessionCheck, SessionStatus, SessionStore, ViewChange,
};

/// The `BroadcastChannel` on which tabs notify each other that a user signed in or out.
const CHANNEL: &str = "studio-users.session";

/// The message on the sign-in page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// A sign-in link was sent to this e-mail address.
    LinkSent(String),
    /// Signing in failed.
    Failed(ApiError),
    /// Signing in succeeded, but the browser does not send the cookie of the session.
    CookiesBlocked,
}

/// The session of the standalone page. Beyond [`SessionStore`], it notifies other tabs, remembers the requested route
/// across signing in, and applies the language of the user's profile.
#[derive(Clone, Copy)]
pub(super) struct AppSession {
    /// The route requested before signing in, to return to afterwards.
    pub(super) requested_route: StoredValue<Option<Route>>,
    store: SessionStore,
    preferences: Preferences,
    tabs: StoredValue<Option<BroadcastChannel>, LocalStorage>,
}

impl Deref for AppSession {
    type Target = SessionStore;

    fn deref(&self) -> &SessionStore {
        &self.store
    }
}

impl AppSession {
    /// Creates the session in the status `Loading`.
    pub(super) fn new(client: Client, preferences: Preferences) -> Self {
        let tabs = if is_server() { None } else { BroadcastChannel::new(CHANNEL).ok() };
        let tabs = StoredValue::new_local(tabs);
        Self { requested_route: StoredValue::new(None), store: SessionStore::new(client), preferences, tabs }
    }

    /// Reloads the session when an impersonation starts or ends. It then redirects to the impersonated user's home
    /// route, or back to the route where the view started.
    pub(super) fn reload_on_view_change(self, navigation: StoredValue<Navigation>) {
        self.impersonation.on_change(move |change| {
            spawn_local(async move {
                self.load().await;
                let _ = navigation.try_with_value(|navigation| match change {
                    ViewChange::Started { .. } => {
                        if let Some(current_user) = self.current_user() {
                            navigation.redirect(super::home_route(&current_user));
                        }
                    }
                    ViewChange::Ended { back, .. } => navigation.return_to(*back),
                });
            });
        });
    }

    /// The e-mail address of the current user.
    pub(super) fn email(self) -> Option<String> {
        self.current_user().map(|current_user| current_user.session.user.email.clone())
    }

    /// Loads the session and applies the language of the user's profile.
    pub(super) async fn load(self) {
        self.store.load().await;
        if let Some(locale) = self.current_user().and_then(|current_user| current_user.session.user.locale) {
            self.preferences.suggest_language(locale);
        }
    }

    /// Signs in with the token of a link. Returns the reason if no user is signed in afterwards.
    pub(super) async fn sign_in_with_link(self, token: String) -> Option<Notice> {
        match self.own_client().sign_in(token).await {
            Ok(_) => self.load_after_sign_in().await,
            Err(error) => {
                self.load().await;
                Some(Notice::Failed(error))
            }
        }
    }

    /// Loads the session that the backend has just created. Without it, the browser has blocked its cookie.
    pub(super) async fn load_after_sign_in(self) -> Option<Notice> {
        self.notify_tabs();
        self.load().await;
        let is_signed_out =
            |status: &SessionStatus| matches!(status, SessionStatus::Ready(Identity::SignedOut { .. }));
        (self.status.try_with_untracked(is_signed_out) == Some(true)).then_some(Notice::CookiesBlocked)
    }

    /// Checks who is signed in now. The same user continues where they were. For another user the state is cleared and
    /// loaded again. Returns whether a user is signed in.
    pub(super) async fn check(self, navigation: Navigation) -> Result<bool, ApiError> {
        let was_signed_in = self.current_user().is_some();
        let check = self.store.check().await?;
        if check == SessionCheck::OtherUser {
            if was_signed_in {
                navigation.redirect(Route::Start);
            }
            self.load().await;
        }
        Ok(check != SessionCheck::SignedOut)
    }

    /// Signs out. The page changes only after the backend has confirmed it.
    pub(super) async fn sign_out(self) {
        let status = match self.own_client().sign_out().await {
            Ok(()) => SessionStatus::Ready(Identity::SignedOut { by_choice: true }),
            Err(error) => SessionStatus::Failed(error),
        };
        self.notify_tabs();
        let _ = self.status.try_set(status);
    }

    /// Clears the state of the current user and shows the sign-in page.
    pub(super) fn abandon(self) {
        self.clear(SessionStatus::Ready(Identity::SignedOut { by_choice: true }));
    }

    /// Notifies the other tabs that a user signed in or out.
    pub(super) fn notify_tabs(self) {
        self.tabs.with_value(|tabs| {
            if let Some(tabs) = tabs {
                let _ = tabs.post_message(&JsValue::NULL);
            }
        });
    }

    /// Checks the session when another tab reports a change, and when the user returns to this tab with an expired
    /// session. Stops when the current reactive owner is cleaned up.
    pub(super) fn watch(self, navigation: Navigation) {
        let navigation = StoredValue::new(navigation);
        let check = move || {
            let Some(navigation) = navigation.try_get_value() else { return };
            spawn_local(async move {
                // A failed check is repeated on the next of these events.
                let _ = self.check(navigation).await;
            });
        };
        let on_message = Closure::<dyn Fn()>::new(check);
        self.tabs.with_value(|tabs| {
            if let Some(tabs) = tabs {
                tabs.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            }
        });
        StoredValue::new_local(on_message);
        let on_visible = window_event_listener(ev::visibilitychange, move |_| {
            let is_visible = document().visibility_state() == VisibilityState::Visible;
            if is_visible && self.has_ended.try_get_untracked() == Some(true) {
                check();
            }
        });
        on_cleanup(move || {
            on_visible.remove();
            self.tabs.with_value(|tabs| {
                if let Some(tabs) = tabs {
                    tabs.set_onmessage(None);
                }
            });
        });
    }
}
