use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use studio_users_domain::{NodeId, UserId};
use wasm_bindgen::JsValue;
use web_sys::HtmlElement;

use super::controls::{Controls, Options};
use super::events::{PlaceDetail, View, to_js};
use super::instance::Instance;
use super::{Mounted, mount_in_shadow_root};
use crate::i18n::Language;
use crate::state::{DialogRequest, History, OpenUser, Route, Tab, Theme, UsersRoute};
use crate::style;

/// The feature mounted in an element of a host. Dropping it unmounts the feature.
pub struct Element {
    controls: Controls,
    inner: HtmlElement,
    _mounted: Mounted,
}

impl Element {
    /// Mounts the feature into an element. `None` if the module has crashed before.
    ///
    /// # Errors
    /// If the element cannot have a shadow root.
    pub fn mount(host: &HtmlElement, options: Options) -> Result<Option<Self>, JsValue> {
        let slot = Rc::new(RefCell::new(None));
        let (view_slot, event_host) = (Rc::clone(&slot), host.clone());
        let mounted = mount_in_shadow_root(host, Some(host), options.language, move |inner| {
            set_theme(inner, options.theme);
            let controls = Controls::new(event_host, options);
            *view_slot.borrow_mut() = Some((controls.clone(), inner.clone()));
            view! { <Instance controls inner=inner.clone() /> }
        })?;
        let parts = slot.take();
        Ok(parts.map(|(controls, inner)| Self { controls, inner, _mounted: mounted }))
    }

    /// Changes the language. The whole feature is rendered again.
    pub fn set_language(&self, language: Language) {
        if self.controls.language.try_get_untracked() != Some(language) {
            let _ = self.controls.language.try_set(language);
        }
    }

    /// Changes the colour scheme. `None` inherits that of the host page.
    pub fn set_theme(&self, theme: Option<Theme>) {
        set_theme(&self.inner, theme);
    }

    /// Adopts the styles again, after the element moved to another document.
    ///
    /// # Errors
    /// If the browser has no constructable style sheets.
    pub fn adopt_styles(&self) -> Result<(), JsValue> {
        style::adopt_again(&self.inner.get_root_node())
    }

    /// Focuses an environment, or none.
    pub fn focus_environment(&self, environment: Option<NodeId>) {
        let Controls { navigation, .. } = &self.controls;
        let route = navigation.route.get_untracked();
        let route = if route == Route::Roles { Route::Users(UsersRoute::default()) } else { route };
        if route.node() != environment {
            navigation.go(route.with_node(environment), History::Push);
        }
    }

    /// Opens a user's panel on the given tab (default: the current tab). `None` closes the panel.
    pub fn open(&self, user: Option<UserId>, tab: Option<Tab>) {
        let Controls { navigation, .. } = &self.controls;
        let route = match navigation.route.get_untracked() {
            Route::Users(route) => route,
            _ => UsersRoute::default(),
        };
        let open = user.map(|id| {
            let before = route.open.map(|open| open.tab).unwrap_or_default();
            OpenUser { id, tab: tab.unwrap_or(before) }
        });
        navigation.go(Route::Users(UsersRoute { open, ..route }), History::Push);
    }

    /// Opens the invitation dialog. Does nothing during an impersonation.
    pub fn invite(&self) {
        let current_user = self.controls.session.current_user();
        if current_user.is_some_and(|current_user| !current_user.is_viewing()) {
            self.controls.dialogs.open(DialogRequest::Invite);
        }
    }

    /// Refetches the session, the permissions and the users. After the host has signed in a user, the waiting requests
    /// are retried.
    pub fn refresh(&self) {
        self.controls.check();
    }

    /// Whether removing the element would lose unsaved changes.
    pub fn has_unsaved_changes(&self) -> bool {
        untrack(|| self.controls.navigation.has_active_blocker())
    }

    /// The active impersonation as JavaScript data, or null.
    pub fn view(&self) -> JsValue {
        let running = self.controls.session.impersonation.running;
        let view = running.try_with_untracked(|running| running.as_ref().map(View::of)).flatten();
        to_js(&view)
    }

    /// The current route as JavaScript data.
    pub fn place(&self) -> JsValue {
        let Controls { navigation, .. } = &self.controls;
        let route = navigation.route.get_untracked();
        to_js(&PlaceDetail::of(&route, navigation.url(&route)))
    }
}

fn set_theme(inner: &HtmlElement, theme: Option<Theme>) {
    let _ = match theme {
        Some(theme) => inner.set_attribute("data-theme", theme.attribute().unwrap_or("system")),
        None => inner.remove_attribute("data-theme"),
    };
}
