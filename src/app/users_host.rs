use std::sync::Arc;

use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use super::session::AppSession;
use crate::embed::{self, MountOptions};
use crate::i18n::use_language;
use crate::state::{Changes, CurrentUser, Dialogs};
use crate::ui::{KeyScope, use_first_render};

/// The element into which the users feature is mounted, in the same way as in any host.
#[component]
pub(super) fn UsersHost(#[prop(into)] current_user: Signal<Arc<CurrentUser>>) -> impl IntoView {
    let session = expect_context::<AppSession>();
    let options = MountOptions {
        client: expect_context(),
        navigation: expect_context(),
        current_user,
        on_current_user_changed: Callback::new(move |()| spawn_local(session.refresh())),
        language: use_language(),
        keys: KeyScope::new(document_target()),
        session_renewal: session.renewal,
        impersonation: session.impersonation,
        shows_view_banner: false,
        scroll_memory: expect_context(),
        first_render: use_first_render(),
        dialogs: Dialogs::default(),
        changes: Changes::default(),
    };
    #[cfg(not(target_family = "wasm"))]
    return view! { <div class="studio__feature">{embed::prerendered(options)}</div> };
    #[cfg(target_family = "wasm")]
    mounted(options)
}

/// The event target for keyboard shortcuts.
fn document_target() -> EventTarget {
    // Prerendering in the backend has no document, and nothing listens.
    if is_server() { JsValue::NULL.unchecked_into() } else { document().into() }
}

#[cfg(target_family = "wasm")]
fn mounted(options: MountOptions) -> impl IntoView {
    let host = NodeRef::<leptos::html::Div>::new();
    let mounted = StoredValue::new_local(None);
    crate::reactive::effect(move |_| {
        if let Some(host) = host.get() {
            match embed::mount(&host, options.clone()) {
                Ok(handle) => mounted.set_value(Some(handle)),
                Err(error) => leptos::logging::error!("Could not mount the users feature: {error:?}"),
            }
        }
    });
    on_cleanup(move || drop(mounted.try_update_value(Option::take)));
    view! { <div class="studio__feature" node_ref=host></div> }
}
