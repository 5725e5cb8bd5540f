//! Mounting the users feature into an element of a page, behind a shadow root of its own.
//!
//! [`mount`] is for a page that keeps the session itself, as the standalone one does; [`Element`] is all that a host's
//! script needs: it asks the backend who is signed in, and tells the host what happens. `root` puts the features
//! together, `address` shares the host's address, `crash` says so where the module has crashed.

mod address;
pub mod crash;
mod element;
mod events;
mod instance;
mod root;

use std::any::Any;
use std::sync::Arc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element as DomElement, HtmlElement, ShadowRootInit, ShadowRootMode};

use crate::api::Client;
use crate::i18n::Language;
use crate::state::{Asks, Changes, Navigation, Reader, SessionEnded, Viewing};
use crate::style::{self, SheetRoot};
use crate::ui::KeyScope;
use crash::Watched;
pub use element::{Element, Options, Routing};
use root::Root;

/// What the page around the feature gives it.
#[derive(Clone)]
pub struct Surroundings {
    /// The backend.
    pub client: Client,
    /// Where the reader is.
    pub navigation: Navigation,
    /// Who the reader is, as it changes.
    pub reader: Signal<Arc<Reader>>,
    /// Is told when the organisation changed, or what the reader may do in it: the reader is to be read anew.
    pub on_reader_changed: Callback<()>,
    /// The language to speak.
    pub language: Language,
    /// Where shortcuts are listened for.
    pub keys: KeyScope,
    /// Is told when the backend knows no session any more, and says when there is one again.
    pub ended: SessionEnded,
    /// Whether this tab views as somebody. Its listener is told when a view begins and ends: from then on the reader is
    /// the viewed person, and calls are made as [`Viewing::client`] gives them; the feature is then mounted anew.
    pub viewing: Viewing,
    /// Whether the feature itself says so, in a banner and a frame. Not where the page around does, as it shows more
    /// than the feature.
    pub tells_view: bool,
    /// What the page around may ask for.
    pub asks: Asks,
    /// What the page around may tell of, so that it is read anew.
    pub changes: Changes,
}

/// A mounted feature. It is unmounted when this is dropped.
pub struct Mounted {
    inner: HtmlElement,
    view: Option<Box<dyn Any>>,
    _watched: Option<Watched>,
}

impl Drop for Mounted {
    fn drop(&mut self) {
        // What says that the module had crashed before stays for whoever mounted it.
        if self.view.take().is_some() {
            self.inner.remove();
        }
    }
}

/// Mounts the feature into the element.
///
/// # Errors
/// Where the element cannot have a shadow root.
pub fn mount(host: &DomElement, surroundings: Surroundings) -> Result<Mounted, JsValue> {
    let language = surroundings.language;
    mount_within(host, None, language, move |_| view! { <Root surroundings /> })
}

/// The feature as text, where there is no browser to mount it in: as it stands in its shadow root.
#[cfg(not(target_family = "wasm"))]
pub fn drawn(surroundings: Surroundings) -> impl IntoView {
    view! {
        <div class="users-root su">
            <Root surroundings />
        </div>
    }
}

/// Mounts a view into the shadow root of an element, in place of what a former one left there. The sheet is adopted by
/// the root, so that neither the page's styles reach in nor the feature's reach out.
fn mount_within<V: IntoView + 'static>(
    host: &DomElement,
    told: Option<&HtmlElement>,
    language: Language,
    view: impl FnOnce(&HtmlElement) -> V + 'static,
) -> Result<Mounted, JsValue> {
    let root = match host.shadow_root() {
        Some(root) => root,
        None => host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?,
    };
    style::adopt(&root)?;
    // The router and others look for an element as their parent, which a shadow root is not.
    let inner: HtmlElement = document().create_element("div")?.unchecked_into();
    // Dialogs and notices stand beside the page within it, and are reset with it.
    inner.set_class_name("users-root su");
    inner.set_attribute("part", "root")?;
    inner.set_attribute("lang", language.tag())?;
    root.append_child(&inner)?;
    let watched = crash::watch(&inner, told);
    let view = watched.is_some().then(|| {
        let within = inner.clone();
        let mounted = mount_to(inner.clone(), move || {
            provide_context(SheetRoot::new(&root));
            view(&within)
        });
        Box::new(mounted) as Box<dyn Any>
    });
    Ok(Mounted { inner, view, _watched: watched })
}
