use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::popover::place;

/// Shows the words in `data-hint` of whatever within it is pointed at or has the focus: one bubble for all, in the
/// browser's top layer, so that a row needs none of its own. It is for the eye; for the ear the element is described
/// by `aria-describedby`.
#[component]
pub fn Hints(
    /// What may have hints.
    children: Children,
) -> impl IntoView {
    let words = RwSignal::new(None::<String>);
    let bubble = NodeRef::<html::Div>::new();
    let over = StoredValue::new_local(None::<Element>);
    let show = move |event: Event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let hinted = target.and_then(|target| target.closest("[data-hint]").ok().flatten());
        if over.with_value(|over| *over == hinted) {
            return;
        }
        let text = hinted.as_ref().and_then(|hinted| hinted.get_attribute("data-hint"));
        let Some(bubble) = bubble.get_untracked() else { return };
        words.set(text.clone());
        over.set_value(hinted.clone());
        let bubble: &HtmlElement = &bubble;
        // Showing what is shown, or hiding what is hidden, changes nothing.
        match (text, hinted) {
            (Some(_), Some(hinted)) => {
                let _ = bubble.show_popover();
                place(bubble, &hinted, false);
            }
            _ => {
                let _ = bubble.hide_popover();
            }
        }
    };
    let hide = move || {
        over.set_value(None);
        if let Some(bubble) = bubble.get_untracked() {
            let _ = bubble.hide_popover();
        }
    };
    let on_keydown = move |event: KeyboardEvent| {
        // What lies on top goes first, and alone.
        if event.key() == "Escape" && over.with_value(Option::is_some) {
            event.stop_propagation();
            hide();
        }
    };
    view! {
        <div
            class="hints su"
            on:pointerover=move |event| show(event.into())
            on:pointerleave=move |_| hide()
            on:focusin=move |event| show(event.into())
            on:focusout=move |_| hide()
            on:keydown=on_keydown
        >
            {children()}
            <div class="hint-bubble" popover="manual" aria-hidden="true" node_ref=bubble>
                {words}
            </div>
        </div>
    }
}
