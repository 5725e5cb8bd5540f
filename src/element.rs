//! The entry point for hosts: the WebAssembly module behind the custom element `<studio-users>`.
//! `package/studio-users.js` defines the element, because a WebAssembly module cannot, and is the only caller of these
//! functions.

// wasm-bindgen passes arguments by value.
#![allow(clippy::needless_pass_by_value)]

use js_sys::Function;
use studio_users::embed::{Element, Options, Routing, crash};
use studio_users::i18n::Language;
use studio_users::state::{Tab, Theme};
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

fn main() {
    crash::install_panic_hook();
}

#[wasm_bindgen]
extern "C" {
    /// The element's attributes and properties, by their names in JavaScript.
    pub type HostOptions;

    #[wasm_bindgen(method, getter, js_name = apiBase)]
    fn api_base(this: &HostOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = tokenProvider)]
    fn token_provider(this: &HostOptions) -> Option<Function>;
    #[wasm_bindgen(method, getter)]
    fn locale(this: &HostOptions) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn theme(this: &HostOptions) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn routing(this: &HostOptions) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = basePath)]
    fn base_path(this: &HostOptions) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn environment(this: &HostOptions) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn user(this: &HostOptions) -> Option<String>;
}

/// The feature mounted in one element.
#[wasm_bindgen]
pub struct Instance(Element);

#[wasm_bindgen]
impl Instance {
    /// Mounts the feature into an element. Returns `undefined` if the module has crashed before; the element then shows
    /// that.
    ///
    /// # Errors
    /// If the element cannot have a shadow root.
    pub fn mount(host: &HtmlElement, options: &HostOptions) -> Result<Option<Instance>, JsValue> {
        let routing = match options.routing().as_deref() {
            Some("url") => Routing::Url { base: options.base_path().unwrap_or_default() },
            _ => Routing::Memory,
        };
        let options = Options {
            api_base: options.api_base().unwrap_or_default(),
            token_provider: options.token_provider(),
            language: language(options.locale()),
            theme: theme(options.theme()),
            routing,
            environment: options.environment().and_then(|id| id.parse().ok()),
            user: options.user().and_then(|id| id.parse().ok()),
        };
        Ok(Element::mount(host, options)?.map(Self))
    }

    /// Changes the language.
    #[wasm_bindgen(js_name = setLocale)]
    pub fn set_locale(&self, locale: Option<String>) {
        self.0.set_language(language(locale));
    }

    /// Changes the colour scheme.
    #[wasm_bindgen(js_name = setTheme)]
    pub fn set_theme(&self, name: Option<String>) {
        self.0.set_theme(theme(name));
    }

    /// Adopts the styles again, after the element moved to another document.
    ///
    /// # Errors
    /// If the browser has no constructable style sheets.
    #[wasm_bindgen(js_name = adoptStyles)]
    pub fn adopt_styles(&self) -> Result<(), JsValue> {
        self.0.adopt_styles()
    }

    /// Focuses an environment, or none.
    #[wasm_bindgen(js_name = focusEnvironment)]
    pub fn focus_environment(&self, id: Option<String>) {
        self.0.focus_environment(id.and_then(|id| id.parse().ok()));
    }

    /// Opens a user's panel. Without a user, closes it.
    pub fn open(&self, user: Option<String>, tab: Option<String>) {
        let tab = tab.and_then(|tab| Tab::ALL.into_iter().find(|known| known.slug() == tab));
        self.0.open(user.and_then(|id| id.parse().ok()), tab);
    }

    /// Opens the invitation dialog.
    pub fn invite(&self) {
        self.0.invite();
    }

    /// Refetches all data.
    pub fn refresh(&self) {
        self.0.refresh();
    }

    /// Whether removing the element would lose unsaved changes.
    #[wasm_bindgen(getter, js_name = hasUnsavedChanges)]
    pub fn has_unsaved_changes(&self) -> bool {
        self.0.has_unsaved_changes()
    }

    /// The active impersonation, or null.
    #[wasm_bindgen(getter)]
    pub fn view(&self) -> JsValue {
        self.0.view()
    }

    /// The current route.
    #[wasm_bindgen(getter)]
    pub fn place(&self) -> JsValue {
        self.0.place()
    }
}

/// Shows the crash screen in every element after a trap without a panic: out of memory or stack overflow.
#[wasm_bindgen]
pub fn crashed(message: &str) {
    crash::report(message);
}

/// Parses a language tag. Falls back to the default language.
fn language(tag: Option<String>) -> Language {
    tag.and_then(|tag| Language::from_tag(&tag)).unwrap_or_default()
}

fn theme(name: Option<String>) -> Option<Theme> {
    match name.as_deref() {
        Some("light") => Some(Theme::Light),
        Some("dark") => Some(Theme::Dark),
        Some("system") => Some(Theme::System),
        _ => None,
    }
}
