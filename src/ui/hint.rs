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
    let bubble = NodeRef::<html::Div>::new();
    let focused = StoredValue::new_local(None::<Element>);
    let shown = StoredValue::new_local(None::<Element>);
    let show = move |hinted: Option<Element>| {
        let Some(bubble) = bubble.get_untracked() else { return };
        let bubble: &HtmlElement = &bubble;
        let words = hinted.as_ref().and_then(|hinted| hinted.get_attribute("data-hint"));
        match (&words, &hinted) {
            (Some(words), Some(hinted)) => {
                bubble.set_text_content(Some(words));
                // Showing what is shown, or hiding what is hidden, changes nothing.
                let _ = bubble.show_popover();
                place(bubble, hinted, false);
            }
            _ => {
                let _ = bubble.hide_popover();
            }
        }
        shown.set_value(hinted);
    };
    // What has the focus keeps its hint while the pointer rests on something that has none.
    let on_pointerover = move |event: &Event| {
        let hinted = hinted(event).or_else(|| focused.get_value());
        if shown.with_value(|shown| *shown != hinted) {
            show(hinted);
        }
    };
    let on_focusin = move |event: &Event| {
        focused.set_value(hinted(event));
        show(focused.get_value());
    };
    let on_focusout = move || {
        focused.set_value(None);
        show(None);
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && shown.with_value(Option::is_some) {
            focused.set_value(None);
            show(None);
        }
    };
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        if let Some(hinted) = shown.try_get_value() {
            show(hinted);
        }
    });
    on_cleanup(move || resized.remove());
    view! {
        <div
            class="hints su"
            on:pointerover=move |event| on_pointerover(&event)
            on:pointerleave=move |_| show(focused.get_value())
            on:focusin=move |event| on_focusin(&event)
            on:focusout=move |_| on_focusout()
            on:keydown=on_keydown
        >
            {children()}
            <div class="hint-bubble" popover="manual" aria-hidden="true" node_ref=bubble></div>
        </div>
    }
}

/// The element with a hint that something happened to, or in.
fn hinted(event: &Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("[data-hint]").ok()?
}
