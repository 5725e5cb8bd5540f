use leptos::ev::KeyboardEvent;
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement};

use super::key::pressed_key;
use super::popover::position;

/// Shows the `data-hint` text of the hovered or focused element as a tooltip. One element in the top layer serves all
/// tooltips, so that table rows need none of their own.
///
/// The tooltip is hidden from screen readers: the element refers to its description by `aria-describedby`.
#[component]
pub fn Tooltips(
    /// The content whose elements can have tooltips.
    children: Children,
) -> impl IntoView {
    let tooltip = NodeRef::<html::Div>::new();
    let focused = StoredValue::new_local(None::<Element>);
    let shown = StoredValue::new_local(None::<Element>);
    // Uses the `try_` methods: on unmount the focused element still emits `focusout`, after the signals are disposed.
    let show = move |anchor: Option<Element>| {
        let Some(tooltip) = tooltip.try_get_untracked().flatten() else { return };
        let tooltip: &HtmlElement = &tooltip;
        let text = anchor.as_ref().and_then(|anchor| anchor.get_attribute("data-hint"));
        match (&text, &anchor) {
            (Some(text), Some(anchor)) => {
                tooltip.set_text_content(Some(text));
                // Has no effect on a popover that is already shown. `hide_popover` has none on a hidden one.
                let _ = tooltip.show_popover();
                position(tooltip, anchor, false);
            }
            _ => {
                let _ = tooltip.hide_popover();
            }
        }
        let _ = shown.try_set_value(anchor);
    };
    // Keeps the tooltip of the focused element while the pointer is over an element without one.
    let on_pointerover = move |event: &Event| {
        let anchor = anchor_of(event).or_else(|| focused.try_get_value().flatten());
        if shown.try_with_value(|shown| *shown != anchor) == Some(true) {
            show(anchor);
        }
    };
    let on_focusin = move |event: &Event| {
        let anchor = anchor_of(event);
        let _ = focused.try_set_value(anchor.clone());
        show(anchor);
    };
    let on_focusout = move || {
        let _ = focused.try_set_value(None);
        show(None);
    };
    let on_keydown = move |event: KeyboardEvent| {
        if pressed_key(&event) == "Escape" && shown.try_with_value(Option::is_some) == Some(true) {
            let _ = focused.try_set_value(None);
            show(None);
        }
    };
    let resize_listener = window_event_listener(leptos::ev::resize, move |_| {
        if let Some(anchor) = shown.try_get_value() {
            show(anchor);
        }
    });
    on_cleanup(move || resize_listener.remove());
    view! {
        <div
            class="tooltip-host su"
            on:pointerover=move |event| on_pointerover(&event)
            on:pointerleave=move |_| show(focused.try_get_value().flatten())
            on:focusin=move |event| on_focusin(&event)
            on:focusout=move |_| on_focusout()
            on:keydown=on_keydown
        >
            {children()}
            <div class="tooltip" popover="manual" aria-hidden="true" node_ref=tooltip></div>
        </div>
    }
}

/// Returns the closest element with a tooltip around the target of the event.
fn anchor_of(event: &Event) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest("[data-hint]").ok()?
}
