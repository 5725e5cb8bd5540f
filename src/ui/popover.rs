use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, Node};

use super::focus::{focus_later, focusable};
use super::key::pressed_key;
use crate::reactive::effect;

/// The gap between the anchor and the popover, in px.
const GAP: f64 = 4.0;
/// The minimum distance from the edges of the viewport, in px.
pub(super) const MARGIN: f64 = 8.0;

/// A button that opens a popover in the top layer, where no ancestor clips it. Escape, a click outside and moving the focus
/// outside close it. <https://html.spec.whatwg.org/multipage/popover.html>
#[component]
pub fn Popover(
    /// The accessible name of the button. `None` if its content is the name.
    #[prop(optional, into)]
    name: MaybeProp<String>,
    /// The accessible name of the popover.
    #[prop(into)]
    label: Signal<String>,
    /// The class of the button.
    #[prop(into)]
    class: Signal<String>,
    /// The content of the button.
    button: ViewFn,
    /// Whether to align the inline end of the popover with the button, instead of its start.
    #[prop(optional)]
    at_end: bool,
    /// An additional class of the popover.
    #[prop(optional)]
    panel: &'static str,
    /// The content of the popover. Rendered when it opens.
    children: ChildrenFn,
) -> impl IntoView {
    let is_open = RwSignal::new(false);
    let (trigger, surface) = (NodeRef::<html::Button>::new(), NodeRef::<html::Div>::new());
    let close = move || {
        let _ = is_open.try_set(false);
    };
    provide_context(PopoverClose(Callback::new(move |()| {
        close();
        if let Some(trigger) = trigger.try_get_untracked().flatten() {
            focus_later(trigger.unchecked_into());
        }
    })));
    effect(move |_| {
        let (Some(surface), Some(trigger)) = (surface.get(), trigger.get_untracked()) else { return };
        if let Err(error) = surface.show_popover() {
            leptos::logging::error!("Failed to open the popover: {error:?}");
        }
        position(&surface, &trigger, at_end);
        // Positions again in the next frame, because the click can have moved the button.
        request_animation_frame({
            let (surface, trigger) = (surface.clone(), trigger.clone());
            move || position(&surface, &trigger, at_end)
        });
        let first = surface.query_selector("[autofocus]").ok().flatten();
        let first = first.and_then(|first| first.dyn_into::<HtmlElement>().ok());
        if let Some(first) = first.or_else(|| focusable(&surface).into_iter().next()) {
            let _ = first.focus();
        }
    });
    let resize_listener = window_event_listener(leptos::ev::resize, move |_| {
        let anchored = surface.try_get_untracked().flatten().zip(trigger.try_get_untracked().flatten());
        if let Some((surface, trigger)) = anchored {
            position(&surface, &trigger, at_end);
        }
    });
    on_cleanup(move || resize_listener.remove());
    let on_keydown = move |event: KeyboardEvent| {
        if pressed_key(&event) == "Escape" {
            event.stop_propagation();
            event.prevent_default();
            close();
            if let Some(trigger) = trigger.get_untracked() {
                let _ = trigger.focus();
            }
        }
    };
    let on_focusout = move |event: FocusEvent| {
        let Some(to) = event.related_target().and_then(|to| to.dyn_into::<Node>().ok()) else { return };
        let is_within = |element: Option<&Node>| element.is_some_and(|element| element.contains(Some(&to)));
        let surface = surface.try_get_untracked().flatten();
        let trigger = trigger.try_get_untracked().flatten();
        if !is_within(surface.as_ref().map(AsRef::as_ref)) && !is_within(trigger.as_ref().map(AsRef::as_ref))
        {
            close();
        }
    };
    // Follows the browser, which closes the popover on a click outside (light dismiss).
    let on_toggle = move |event: leptos::ev::Event| {
        let state = js_sys::Reflect::get(&event, &JsValue::from_str("newState")).ok();
        if state.and_then(|state| state.as_string()).as_deref() == Some("closed") {
            close();
        }
    };
    view! {
        <button
            class=class
            type="button"
            node_ref=trigger
            aria-label=move || name.get()
            aria-haspopup="dialog"
            aria-expanded=move || is_open.get().to_string()
            on:click=move |_| is_open.update(|open| *open = !*open)
        >
            {button.run()}
        </button>
        <Show when=move || is_open.get()>
            <div
                class=format!("popover {panel}")
                popover="auto"
                role="dialog"
                aria-label=label
                node_ref=surface
                on:keydown=on_keydown
                on:focusout=on_focusout
                on:toggle=on_toggle
            >
                {children()}
            </div>
        </Show>
    }
}

/// Returns a callback that closes the surrounding popover and returns the focus to its button.
pub fn use_popover_close() -> Callback<()> {
    let PopoverClose(close) = expect_context();
    close
}

#[derive(Clone, Copy)]
struct PopoverClose(Callback<()>);

/// Positions an element of the top layer below its anchor, or above it if there is more room. On phones, CSS overrides the
/// inline position and uses the full width of the viewport.
pub(super) fn position(surface: &HtmlElement, anchor: &Element, at_end: bool) {
    let style = surface.style();
    // Measures the natural height, without the limit of an earlier call.
    let _ = style.remove_property("max-height");
    let (anchor_rect, rect) = (anchor.get_bounding_client_rect(), surface.get_bounding_client_rect());
    let (width, height) = viewport_size(anchor);
    let px = |value: f64| format!("{}px", value / css_zoom(surface));
    let is_rtl = window()
        .get_computed_style(anchor)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("direction").ok())
        .is_some_and(|direction| direction == "rtl");
    let left = if at_end == is_rtl { anchor_rect.left() } else { anchor_rect.right() - rect.width() };
    let left = left.min(width - rect.width() - MARGIN).max(MARGIN);
    let (below, above) = (height - anchor_rect.bottom() - GAP - MARGIN, anchor_rect.top() - GAP - MARGIN);
    let _ = style.set_property("left", &px(left));
    if rect.height() <= below || below >= above {
        let _ = style.set_property("top", &px(anchor_rect.bottom() + GAP));
        let _ = style.set_property("max-height", &px(below));
    } else {
        let top = (anchor_rect.top() - GAP - rect.height()).max(MARGIN);
        let _ = style.set_property("top", &px(top));
        let _ = style.set_property("max-height", &px(above));
    }
}

/// The window that contains an element, which can be that of an iframe.
pub(super) fn window_of(element: &Element) -> web_sys::Window {
    element.owner_document().and_then(|document| document.default_view()).unwrap_or_else(window)
}

/// The size of the viewport that contains an element, in px of the viewport.
pub(super) fn viewport_size(element: &Element) -> (f64, f64) {
    let view = window_of(element);
    let size = |value: Result<JsValue, JsValue>| value.ok().and_then(|v| v.as_f64()).unwrap_or_default();
    (size(view.inner_width()), size(view.inner_height()))
}

/// The [CSS zoom](https://developer.mozilla.org/docs/Web/API/Element/currentCSSZoom) of an element: the number of px of
/// the viewport, in which the browser measures, for each px of its styles.
pub(super) fn css_zoom(element: &Element) -> f64 {
    let zoom = js_sys::Reflect::get(element, &"currentCSSZoom".into()).ok();
    zoom.and_then(|zoom| zoom.as_f64()).filter(|zoom| *zoom > 0.0).unwrap_or(1.0)
}
