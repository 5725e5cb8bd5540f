use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Function;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::{NodeId, UserId};
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use super::events::{View, Whereabouts, to_js};
use super::instance::Instance;
use super::{Mounted, address, mount_within};
use crate::api::{Client, Fetch, Tokens};
use crate::i18n::Language;
use crate::state::{
    Ask, Asks, Change, Changes, Filters, Found, History, Navigation, OpenUser, Place, SignIn, Tab, Theme,
    UsersPlace,
};

/// How a host wants the feature.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where the backend is, without `/api/v1`; empty for the page's own origin.
    pub api_base: String,
    /// Gives the session's token; none where a cookie is the session.
    pub tokens: Option<Function>,
    /// The language.
    pub language: Language,
    /// The colours; none for those of the page around.
    pub theme: Option<Theme>,
    /// Where the place is kept.
    pub routing: Routing,
    /// The environment in focus.
    pub environment: Option<NodeId>,
    /// The user whose panel is open.
    pub user: Option<UserId>,
}

/// Where the place is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Routing {
    /// In memory: the address is the host's alone.
    Memory,
    /// In the address, below a path of the host.
    Url {
        /// That path, such as `/team/users`.
        base: String,
    },
}

/// The feature in an element of a host. It is unmounted when this is dropped.
pub struct Element {
    controls: Controls,
    inner: HtmlElement,
    _mounted: Mounted,
}

/// What a host can do with the feature, and what the feature is made of.
#[derive(Clone)]
pub(super) struct Controls {
    pub(super) host: StoredValue<HtmlElement, LocalStorage>,
    pub(super) sign_in: SignIn,
    pub(super) navigation: Navigation,
    pub(super) language: RwSignal<Language>,
    pub(super) asks: Asks,
    pub(super) changes: Changes,
}

impl Element {
    /// Mounts into an element.
    ///
    /// # Errors
    /// Where the element cannot have a shadow root.
    pub fn mount(host: &HtmlElement, options: Options) -> Result<Option<Self>, JsValue> {
        let made = Rc::new(RefCell::new(None));
        let (making, told) = (Rc::clone(&made), host.clone());
        let mounted = mount_within(host, Some(host), options.language, move |inner| {
            set_theme(inner, options.theme);
            let controls = Controls::new(told, options);
            *making.borrow_mut() = Some((controls.clone(), inner.clone()));
            view! { <Instance controls inner=inner.clone() /> }
        })?;
        let made = made.take();
        Ok(made.map(|(controls, inner)| Self { controls, inner, _mounted: mounted }))
    }

    /// Shows it in another language, in which all of it is rendered anew.
    pub fn set_language(&self, language: Language) {
        if self.controls.language.try_get_untracked() != Some(language) {
            let _ = self.controls.language.try_set(language);
        }
    }

    /// Shows it in other colours; with none, in those of the page around.
    pub fn set_theme(&self, theme: Option<Theme>) {
        set_theme(&self.inner, theme);
    }

    /// Puts an environment into focus, or none.
    pub fn focus_environment(&self, environment: Option<NodeId>) {
        let Controls { navigation, .. } = &self.controls;
        let place = navigation.place.get_untracked();
        let place = if place == Place::Roles { Place::Users(UsersPlace::default()) } else { place };
        if place.node() != environment {
            navigation.go(place.with_node(environment), History::Push);
        }
    }

    /// Opens somebody's panel, on this tab or the one that is open already; with nobody, closes it.
    pub fn open(&self, user: Option<UserId>, tab: Option<Tab>) {
        let Controls { navigation, .. } = &self.controls;
        let place = match navigation.place.get_untracked() {
            Place::Users(place) => place,
            _ => UsersPlace::default(),
        };
        let open = user.map(|id| {
            let before = place.open.map(|open| open.tab).unwrap_or_default();
            OpenUser { id, tab: tab.unwrap_or(before) }
        });
        navigation.go(Place::Users(UsersPlace { open, ..place }), History::Push);
    }

    /// Opens the dialog that invites people.
    pub fn invite(&self) {
        let reader = self.controls.sign_in.reader();
        if reader.is_some_and(|reader| !reader.is_viewing()) {
            self.controls.asks.ask(Ask::Invite);
        }
    }

    /// Asks the backend anew: who is signed in, what they may see, and who is there. After the host has signed somebody
    /// in, whatever waited for it goes on.
    pub fn refresh(&self) {
        self.controls.look();
    }

    /// Whether something is not saved that would be lost with the element.
    pub fn has_unsaved_changes(&self) -> bool {
        untrack(|| self.controls.navigation.is_held())
    }

    /// The view that runs, as a host's script has it; null outside one.
    pub fn view(&self) -> JsValue {
        let running = self.controls.sign_in.viewing.running;
        let view = running.try_with_untracked(|running| running.as_ref().map(View::of)).flatten();
        to_js(&view)
    }

    /// Where the reader is, as a host's script has it.
    pub fn place(&self) -> JsValue {
        let Controls { navigation, .. } = &self.controls;
        let place = navigation.place.get_untracked();
        to_js(&Whereabouts::of(&place, navigation.address(&place)))
    }
}

impl Controls {
    fn new(host: HtmlElement, options: Options) -> Self {
        let Options { api_base, tokens, language, routing, environment, user, .. } = options;
        let client = Client::new(Fetch::new(&api_base, tokens.map(Tokens::new)));
        let navigation = match routing {
            Routing::Url { base } => address::navigation(base, host.clone()),
            Routing::Memory => Navigation::in_memory(Place::Users(UsersPlace::default())),
        };
        let controls = Self {
            host: StoredValue::new_local(host),
            sign_in: SignIn::new(client),
            navigation,
            language: RwSignal::new(language),
            asks: Asks::default(),
            changes: Changes::default(),
        };
        controls.begin(environment, user);
        controls
    }

    /// The place that the host wants at first, unless the address has one of its own.
    fn begin(&self, environment: Option<NodeId>, user: Option<UserId>) {
        let start = Place::Users(UsersPlace::default());
        if self.navigation.place.get_untracked() == start {
            let filters = Filters { nodes: environment.into_iter().collect(), ..Filters::default() };
            let open = user.map(|id| OpenUser { id, tab: Tab::default() });
            self.navigation.lead_on(Place::Users(UsersPlace { filters, open, ..UsersPlace::default() }));
        }
    }

    /// Looks who is signed in by now. Who was before goes on; for another all begins anew, and nothing of the former is
    /// kept.
    pub(super) fn look(&self) {
        let Self { sign_in, navigation, changes, .. } = self.clone();
        spawn_local(async move {
            let was_signed_in = sign_in.reader().is_some();
            match sign_in.look().await {
                Ok(Found::Same) => changes.tell(Change::Users),
                Ok(Found::Another) => {
                    if was_signed_in {
                        navigation.lead_on(Place::Users(UsersPlace::default()));
                    }
                    sign_in.load().await;
                }
                // Who is signed out is told so by the page; who is not reached goes on with what there is.
                Ok(Found::Nobody) | Err(_) => {}
            }
        });
    }
}

fn set_theme(inner: &HtmlElement, theme: Option<Theme>) {
    let _ = match theme {
        Some(theme) => inner.set_attribute("data-theme", theme.attribute().unwrap_or("system")),
        None => inner.remove_attribute("data-theme"),
    };
}
