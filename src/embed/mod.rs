//! Mounting the users feature into an element of a page, behind a shadow root of its own.
//!
//! [`mount`] is for a page that manages the session itself, like the standalone page. [`Element`] is for a host's
//! script: it loads the session from the backend and dispatches events to the host. `root` composes the features,
//! `url_routing` shares the URL with the host, and `crash` shows a message after a panic.

mod controls;
pub mod crash;
mod element;
mod events;
mod instance;
mod root;
mod url_routing;

use std::any::Any;
use std::sync::Arc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element as DomElement, HtmlElement, ShadowRootInit, ShadowRootMode};

use crate::api::Client;
use crate::i18n::Language;
use crate::state::{Changes, CurrentUser, Dialogs, Impersonation, Navigation, ScrollMemory, SessionRenewal};
use crate::style::{self, SheetRoot};
use crate::ui::{FirstRender, KeyScope, follow_translations, keep_focus_within};
pub use controls::{Options, Routing};
use crash::CrashGuard;
pub use element::Element;
use root::Root;

/// The options and services that the host page provides to the feature.
#[derive(Clone)]
pub struct MountOptions {
    /// The client of the backend.
    pub client: Client,
    /// The current route and navigation.
    pub navigation: Navigation,
    /// The current user. The signal follows changes of their permissions.
    pub current_user: Signal<Arc<CurrentUser>>,
    /// Called when the organisation or the user's permissions have changed. The host page then refetches the current
    /// user.
    pub on_current_user_changed: Callback<()>,
    /// The language of the texts.
    pub language: Language,
    /// The scope of keyboard shortcuts.
    pub keys: KeyScope,
    /// Handles an expired session: it notifies the host page, which reports when the user has signed in again.
    pub session_renewal: SessionRenewal,
    /// The impersonation of this tab. When a view starts or ends, the host page mounts the feature again, with the
    /// impersonated user as the current user and the client of [`Impersonation::client`].
    pub impersonation: Impersonation,
    /// Whether the feature shows the impersonation banner and frame. `false` if the host page shows them around more
    /// than the feature.
    pub shows_view_banner: bool,
    /// The scroll positions of the lists. It outlives the mount, so that Back restores them.
    pub scroll_memory: ScrollMemory,
    /// The work that waits for the first render.
    pub first_render: FirstRender,
    /// Dialog requests, which the host page may send.
    pub dialogs: Dialogs,
    /// Change notifications, which the host page may send to refetch data.
    pub changes: Changes,
}

/// A mounted feature. Dropping it unmounts the feature.
pub struct Mounted {
    inner: HtmlElement,
    view: Option<Box<dyn Any>>,
    _crash_guard: Option<CrashGuard>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // The message of an earlier crash stays visible.
        if self.view.take().is_some() {
            self.inner.remove();
        }
    }
}

/// Mounts the feature into an element.
///
/// # Errors
/// If the element cannot have a shadow root.
pub fn mount(host: &DomElement, options: MountOptions) -> Result<Mounted, JsValue> {
    let language = options.language;
    mount_in_shadow_root(host, None, language, move |_| view! { <Root options /> })
}

/// Renders the content of the shadow root, for prerendering without a browser.
#[cfg(not(target_family = "wasm"))]
pub fn prerendered(options: MountOptions) -> impl IntoView {
    view! {
        <div class="users-root su">
            <Root options />
        </div>
    }
}

/// Mounts a view into the shadow root of an element. An existing shadow root is reused. The root adopts the style
/// sheet, so that styles of the host page and of the feature do not affect each other.
fn mount_in_shadow_root<V: IntoView + 'static>(
    host: &DomElement,
    event_host: Option<&HtmlElement>,
    language: Language,
    view: impl FnOnce(&HtmlElement) -> V + 'static,
) -> Result<Mounted, JsValue> {
    let root = match host.shadow_root() {
        Some(root) => root,
        None => host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?,
    };
    style::adopt(&root)?;
    // The router and others require an element as parent, and a shadow root is none.
    let inner: HtmlElement = document().create_element("div")?.unchecked_into();
    // Contains the page, dialogs and notices, so that the CSS reset applies to all of them.
    inner.set_class_name("users-root su");
    inner.set_attribute("part", "root")?;
    inner.set_attribute("lang", language.tag())?;
    root.append_child(&inner)?;
    let crash_guard = crash::watch(&inner, event_host);
    let view = crash_guard.is_some().then(|| {
        let within = inner.clone();
        let mounted = mount_to(inner.clone(), move || {
            provide_context(SheetRoot::new(&root));
            keep_focus_within(&within);
            follow_translations(&within);
            view(&within)
        });
        Box::new(mounted) as Box<dyn Any>
    });
    Ok(Mounted { inner, view, _crash_guard: crash_guard })
}
