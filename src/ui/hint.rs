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
    // What goes with all of this loses the focus as it goes, when there is nothing left to show.
    let show = move |hinted: Option<Element>| {
        let Some(bubble) = bubble.try_get_untracked().flatten() else { return };
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
        let _ = shown.try_set_value(hinted);
    };
    // What has the focus keeps its hint while the pointer rests on something that has none.
    let on_pointerover = move |event: &Event| {
        let hinted = hinted(event).or_else(|| focused.try_get_value().flatten());
        if shown.try_with_value(|shown| *shown != hinted) == Some(true) {
            show(hinted);
        }
    };
    let on_focusin = move |event: &Event| {
        let hinted = hinted(event);
        let _ = focused.try_set_value(hinted.clone());
        show(hinted);
    };
    let on_focusout = move || {
        let _ = focused.try_set_value(None);
        show(None);
    };
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" && shown.try_with_value(Option::is_some) == Some(true) {
            let _ = focused.try_set_value(None);
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
            on:pointerleave=move |_| show(focused.try_get_value().flatten())
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
