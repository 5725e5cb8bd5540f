//! Who is signed in, in this tab and in the others of the same browser.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;
use web_sys::{BroadcastChannel, VisibilityState};

use crate::api::{ApiError, Client};
use crate::state::{Identity, Navigation, Place, Preferences, Reader, SessionEnded, ViewChange, Viewing};

/// Where the tabs tell each other that somebody signed in or out.
const CHANNEL: &str = "studio-users.session";

/// Who is signed in, as far as it is known.
#[derive(Clone)]
pub(super) enum Known {
    /// It is asked.
    Loading,
    /// It could not be asked.
    Failed(ApiError),
    /// It is known.
    Ready(Identity),
}

/// Changes who is signed in.
#[derive(Clone, Copy)]
pub(super) struct SignedIn {
    /// Who is.
    pub(super) known: RwSignal<Known>,
    /// Whether their session has ended: they sign in again to go on.
    pub(super) is_over: RwSignal<bool>,
    /// Told by the feature when its calls find no session any more.
    pub(super) ended: SessionEnded,
    /// Whether this tab views as somebody.
    pub(super) viewing: Viewing,
    /// Where whoever was not signed in wanted to go.
    pub(super) wanted: StoredValue<Option<Place>>,
    preferences: Preferences,
    client: StoredValue<Client>,
    tabs: StoredValue<Option<BroadcastChannel>, LocalStorage>,
}

impl SignedIn {
    /// Nobody knows yet.
    pub(super) fn new(client: Client, preferences: Preferences) -> Self {
        let (known, is_over) = (RwSignal::new(Known::Loading), RwSignal::new(false));
        let ended = SessionEnded::new(move || {
            let is_signed_in = |known: &Known| matches!(known, Known::Ready(Identity::SignedIn(_)));
            if known.try_with_untracked(is_signed_in) == Some(true) {
                let _ = is_over.try_set(true);
            }
        });
        let tabs = StoredValue::new_local(BroadcastChannel::new(CHANNEL).ok());
        let (wanted, client) = (StoredValue::new(None), StoredValue::new(client));
        Self { known, is_over, ended, viewing: Viewing::default(), wanted, preferences, client, tabs }
    }

    /// The calls as they are to be made at the moment: inside of a view, where one runs in this tab.
    pub(super) fn client(self) -> Client {
        self.viewing.client(&self.client.get_value())
    }

    /// The calls of whoever is signed in, whatever they view.
    pub(super) fn own_client(self) -> Client {
        self.client.get_value()
    }

    /// What is shown follows the view: into it, and back to where it was begun.
    pub(super) fn follow_view(self, navigation: StoredValue<Navigation>) {
        self.viewing.on_change(move |change| {
            spawn_local(async move {
                self.load().await;
                let _ = navigation.try_with_value(|navigation| match change {
                    ViewChange::Started { .. } => {
                        let first = self.known.try_with_untracked(|known| match known {
                            Known::Ready(Identity::SignedIn(reader)) => Some(super::first_place(reader)),
                            _ => None,
                        });
                        if let Some(first) = first.flatten() {
                            navigation.lead_on(first);
                        }
                    }
                    ViewChange::Ended { back, .. } => navigation.lead_back(*back),
                });
            });
        });
    }

    /// The address of who is signed in.
    pub(super) fn email(self) -> Option<String> {
        self.known.try_with_untracked(|known| match known {
            Known::Ready(Identity::SignedIn(reader)) => Some(reader.session.user.email.clone()),
            _ => None,
        })?
    }

    /// Asks the backend who is signed in, and what they may see.
    pub(super) async fn load(self) {
        self.viewing.resume().await;
        let client = self.client();
        let known = match client.session().await {
            // The view turned out to be over: then all is asked anew.
            Err(ApiError::Aborted) => return,
            Ok(None) => Known::Ready(Identity::SignedOut { by_choice: false }),
            Ok(Some(session)) => match client.nodes().await {
                Ok(nodes) => Known::Ready(Identity::SignedIn(Arc::new(Reader { session, nodes }))),
                Err(ApiError::Aborted) => return,
                Err(error) => Known::Failed(error),
            },
            Err(error) => Known::Failed(error),
        };
        let locale = match &known {
            Known::Ready(Identity::SignedIn(reader)) => reader.session.user.locale,
            Known::Ready(Identity::SignedOut { .. }) => {
                self.viewing.forget();
                None
            }
            _ => None,
        };
        let _ = self.known.try_set(known);
        if let Some(locale) = locale {
            self.preferences.suggest_language(locale);
        }
    }

    /// Asks once more what the reader may see and do. Where that fails, what was known stays.
    pub(super) async fn refresh(self) {
        let client = self.client();
        if let (Ok(Some(session)), Ok(nodes)) = (client.session().await, client.nodes().await) {
            let reader = Arc::new(Reader { session, nodes });
            let _ = self.known.try_update(|known| {
                if let Known::Ready(Identity::SignedIn(before)) = known
                    && before.session.user.id == reader.session.user.id
                    && before.view() == reader.view()
                    && *before != reader
                {
                    *before = reader;
                }
            });
        }
    }

    /// Signs in with the token of a link.
    pub(super) async fn by_link(self, token: String) -> Result<(), ApiError> {
        let answer = self.client.get_value().sign_in(token).await.map(drop);
        if answer.is_ok() {
            self.tell_tabs();
        }
        self.load().await;
        answer
    }

    /// Looks who is signed in by now. Who was before goes on where they were; for another all begins anew, and
    /// nothing of the former is kept. Says whether anybody is.
    pub(super) async fn look(self, navigation: Navigation) -> Result<bool, ApiError> {
        let Known::Ready(Identity::SignedIn(reader)) = self.known.get_untracked() else {
            self.load().await;
            return Ok(true);
        };
        match self.client.get_value().session().await? {
            None => {
                let _ = self.is_over.try_set(true);
                return Ok(false);
            }
            Some(session) if reader.session.user.id == session.user.id => {
                let _ = self.is_over.try_set(false);
                self.ended.renewed();
                self.refresh().await;
            }
            Some(_) => {
                self.viewing.forget();
                let _ = self.known.try_set(Known::Loading);
                let _ = self.is_over.try_set(false);
                self.ended.given_up();
                navigation.lead_on(Place::Start);
                self.load().await;
            }
        }
        Ok(true)
    }

    /// Signs out, and shows so once the backend has done it.
    pub(super) async fn sign_out(self) {
        let client = self.client.get_value();
        let known = match client.sign_out().await {
            Ok(()) => Known::Ready(Identity::SignedOut { by_choice: true }),
            Err(error) => Known::Failed(error),
        };
        self.tell_tabs();
        let _ = self.known.try_set(known);
    }

    /// Whoever was signed in goes to the sign-in page, and leaves everything behind.
    pub(super) fn leave(self) {
        self.viewing.forget();
        self.ended.given_up();
        let _ = self.known.try_set(Known::Ready(Identity::SignedOut { by_choice: true }));
        let _ = self.is_over.try_set(false);
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
