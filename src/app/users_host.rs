use std::sync::Arc;

use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::EventTarget;

use super::signed_in::SignedIn;
use crate::embed::{self, Surroundings};
use crate::i18n::use_language;
use crate::state::{Asks, Changes, Reader};
use crate::ui::KeyScope;

/// The element that the users feature is mounted into, as any host would do it.
#[component]
pub(super) fn UsersHost(
    /// Who reads.
    #[prop(into)]
    reader: Signal<Arc<Reader>>,
) -> impl IntoView {
    let signed_in = expect_context::<SignedIn>();
    let surroundings = Surroundings {
        client: expect_context(),
        navigation: expect_context(),
        reader,
        on_reader_changed: Callback::new(move |()| spawn_local(signed_in.refresh())),
        language: use_language(),
        keys: KeyScope::new(document_target()),
        ended: signed_in.ended,
        viewing: signed_in.viewing,
        tells_view: false,
        asks: Asks::default(),
        changes: Changes::default(),
    };
    #[cfg(not(target_family = "wasm"))]
    return view! { <div class="studio__feature">{embed::drawn(surroundings)}</div> };
    #[cfg(target_family = "wasm")]
    mounted(surroundings)
}

/// What listens for keys.
fn document_target() -> EventTarget {
    // Where nothing listens, nothing is there to listen at either.
    if is_server() { JsValue::NULL.unchecked_into() } else { document().into() }
}

#[cfg(target_family = "wasm")]
fn mounted(surroundings: Surroundings) -> impl IntoView {
    let host = NodeRef::<leptos::html::Div>::new();
    let mounted = StoredValue::new_local(None);
    Effect::new(move |_| {
        if let Some(host) = host.get() {
            match embed::mount(&host, surroundings.clone()) {
                Ok(handle) => mounted.set_value(Some(handle)),
                Err(error) => leptos::logging::error!("The users could not be mounted: {error:?}"),
            }
        }
    });
    on_cleanup(move || drop(mounted.try_update_value(Option::take)));
    view! { <div class="studio__feature" node_ref=host></div> }
}
