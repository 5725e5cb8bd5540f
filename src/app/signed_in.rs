//! Who is signed in, in this tab and in the others of the same browser.

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
use crate::state::{Found, Identity, Known, Navigation, Place, Preferences, SignIn, ViewChange};

/// Where the tabs tell each other that somebody signed in or out.
const CHANNEL: &str = "studio-users.session";

/// Who is signed in, and what a page of one's own does with it beyond what every page does: other tabs are told, and
/// whoever signs in is led to where they wanted to go, in the language that they read.
#[derive(Clone, Copy)]
pub(super) struct SignedIn {
    /// Where whoever was not signed in wanted to go.
    pub(super) wanted: StoredValue<Option<Place>>,
    sign_in: SignIn,
    preferences: Preferences,
    tabs: StoredValue<Option<BroadcastChannel>, LocalStorage>,
}

impl Deref for SignedIn {
    type Target = SignIn;

    fn deref(&self) -> &SignIn {
        &self.sign_in
    }
}

impl SignedIn {
    /// Nobody knows yet.
    pub(super) fn new(client: Client, preferences: Preferences) -> Self {
        let tabs = if is_server() { None } else { BroadcastChannel::new(CHANNEL).ok() };
        let tabs = StoredValue::new_local(tabs);
        Self { wanted: StoredValue::new(None), sign_in: SignIn::new(client), preferences, tabs }
    }

    /// What is shown follows the view: into it, and back to where it was begun.
    pub(super) fn follow_view(self, navigation: StoredValue<Navigation>) {
        self.viewing.on_change(move |change| {
            spawn_local(async move {
                self.load().await;
                let _ = navigation.try_with_value(|navigation| match change {
                    ViewChange::Started { .. } => {
                        if let Some(reader) = self.reader() {
                            navigation.lead_on(super::first_place(&reader));
                        }
                    }
                    ViewChange::Ended { back, .. } => navigation.lead_back(*back),
                });
            });
        });
    }

    /// The address of who is signed in.
    pub(super) fn email(self) -> Option<String> {
        self.reader().map(|reader| reader.session.user.email.clone())
    }

    /// Asks the backend who is signed in, and what they may see.
    pub(super) async fn load(self) {
        self.sign_in.load().await;
        if let Some(locale) = self.reader().and_then(|reader| reader.session.user.locale) {
            self.preferences.suggest_language(locale);
        }
    }

    /// Signs in with the token of a link.
    pub(super) async fn by_link(self, token: String) -> Result<(), ApiError> {
        let answer = self.own_client().sign_in(token).await.map(drop);
        if answer.is_ok() {
            self.tell_tabs();
        }
        self.load().await;
        answer
    }

    /// Looks who is signed in by now. Who was before goes on where they were; for another all begins anew, and
    /// nothing of the former is kept. Says whether anybody is.
    pub(super) async fn look(self, navigation: Navigation) -> Result<bool, ApiError> {
        let was_signed_in = self.reader().is_some();
        let found = self.sign_in.look().await?;
        if found == Found::Another {
            if was_signed_in {
                navigation.lead_on(Place::Start);
            }
            self.load().await;
        }
        Ok(found != Found::Nobody)
    }

    /// Signs out, and shows so once the backend has done it.
    pub(super) async fn sign_out(self) {
        let known = match self.own_client().sign_out().await {
            Ok(()) => Known::Ready(Identity::SignedOut { by_choice: true }),
            Err(error) => Known::Failed(error),
        };
        self.tell_tabs();
        let _ = self.known.try_set(known);
    }

    /// Whoever was signed in goes to the sign-in page, and leaves everything behind.
    pub(super) fn leave(self) {
        self.give_up(Known::Ready(Identity::SignedOut { by_choice: true }));
    }

    /// The other tabs are told that somebody signed in or out.
    pub(super) fn tell_tabs(self) {
        self.tabs.with_value(|tabs| {
            if let Some(tabs) = tabs {
                let _ = tabs.post_message(&JsValue::NULL);
            }
        });
    }

    /// Looks whenever another tab tells of it, and, where a session has ended, when the reader comes back to this
    /// tab. Ends with the part of the page that calls it.
    pub(super) fn keep_looking(self, navigation: Navigation) {
        let navigation = StoredValue::new(navigation);
        let look = move || {
            let Some(navigation) = navigation.try_get_value() else { return };
            spawn_local(async move {
                // Who is not reached is asked again when the reader is.
                let _ = self.look(navigation).await;
            });
        };
        let on_message = Closure::<dyn Fn()>::new(look);
        self.tabs.with_value(|tabs| {
            if let Some(tabs) = tabs {
                tabs.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
            }
        });
        StoredValue::new_local(on_message);
        let on_visible = window_event_listener(ev::visibilitychange, move |_| {
            let is_seen = document().visibility_state() == VisibilityState::Visible;
            if is_seen && self.is_over.try_get_untracked() == Some(true) {
                look();
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
