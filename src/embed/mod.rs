//! Mounting the users feature into an element of a page, behind a shadow root of its own.

mod root;

use std::any::Any;
use std::sync::Arc;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, ShadowRootInit, ShadowRootMode};

use crate::api::Client;
use crate::i18n::Language;
use crate::state::{Navigation, Reader, SessionEnded, Viewing};
use crate::style::{self, SheetRoot};
use crate::ui::KeyScope;
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
}

/// A mounted feature. It is unmounted when this is dropped.
pub struct Mounted(#[allow(dead_code, reason = "dropping it unmounts")] Box<dyn Any>);

/// Mounts the feature into the element. The sheets are adopted by the shadow root, so that neither the page's
/// styles reach in nor the feature's reach out.
///
/// # Errors
/// Where the element cannot have a shadow root, or has one already.
pub fn mount(host: &Element, surroundings: Surroundings) -> Result<Mounted, JsValue> {
    let root = host.attach_shadow(&ShadowRootInit::new(ShadowRootMode::Open))?;
    style::adopt(&root)?;
    // The router and others look for an element as their parent, which a shadow root is not.
    let inner: HtmlElement = document().create_element("div")?.unchecked_into();
    // Dialogs and notices stand beside the page within it, and are reset with it.
    inner.set_class_name("users-root su");
    root.append_child(&inner)?;
    let handle = mount_to(inner, move || {
        provide_context(SheetRoot::new(&root));
        view! { <Root surroundings /> }
    });
    Ok(Mounted(Box::new(handle)))
}
