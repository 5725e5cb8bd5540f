//! Hands over from the list that the backend [prerendered](super::render) to the live view, at the same address. It keeps
//! text typed into the search field, the scroll position, the focus, an open filter, and a click. `hand-over.js` has what
//! only concerns the document.

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};

use crate::features::{impersonation, panel, users};
use crate::state::{Navigation, Route, ScrollMemory, ScrollPosition};
use crate::ui::use_first_render;

/// Calls `mount` when the program can take over at once: the code of everything that the prerendered list shows is loaded,
/// and the list that `list.js` was fetching has arrived. Without a prerendered list, that is now.
pub(crate) fn when_ready(mount: fn()) {
    let Some(list) = document().get_element_by_id("prerendered") else { return mount() };
    let shows = |selector| matches!(list.query_selector(selector), Ok(Some(_)));
    let (has_panel, is_empty, has_banner) = (shows(".user-panel"), shows(".empty"), shows(".view-mode"));
    // The executor of leptos exists only after the page is mounted.
    spawn_local(async move {
        // Code that fails to load here loads again when it is rendered, and shows an error if that fails.
        if has_panel {
            let _ = panel::preload().await;
        }
        if is_empty {
            let _ = users::load_empty().await;
        }
        if has_banner {
            let _ = impersonation::preload().await;
        }
        if let Ok(taken) = call("take", &[]).dyn_into::<Promise>() {
            let _ = JsFuture::from(taken).await;
        }
        mount();
    });
}

/// Lets the live list start at the scroll position of the prerendered one, and hands over as soon as the live view has
/// rendered its data. Does nothing without a prerendered list, and the second time.
pub(crate) fn attach(navigation: &Navigation, memory: ScrollMemory) {
    let Some(offset) = call("attach", &[]).as_f64() else { return };
    if let Route::Users(route) = navigation.route.get_untracked()
        && offset > 0.0
    {
        memory.save(&route.list(), ScrollPosition { offset, focus: None });
        navigation.restore_state();
    }
    // After the remaining effects of the first render and before the next paint.
    use_first_render().on_first_render(|| queue_microtask(|| drop(call("handOver", &[]))));
}

/// Removes the prerendered list, because the page shows another screen.
pub(crate) fn remove() {
    call("remove", &[]);
}

/// Calls a function of `hand-over.js`.
pub(super) fn call(name: &str, arguments: &[&str]) -> JsValue {
    let list = Reflect::get(&window(), &"prerenderedList".into()).unwrap_or_default();
    let function = Reflect::get(&list, &name.into()).and_then(JsCast::dyn_into::<Function>);
    let arguments: Array = arguments.iter().map(|argument| JsValue::from_str(argument)).collect();
    function.and_then(|function| function.apply(&list, &arguments)).unwrap_or_default()
}
