use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, HtmlElement, Node};

use super::focus::{focus_later, focusable};

/// The space between a button and what opens below it, in px.
const GAP: f64 = 4.0;
/// The space between what opens and the window's edges, in px.
pub(super) const MARGIN: f64 = 8.0;

/// A button that opens something below itself, in the browser's top layer: nothing clips it. Escape, a click
/// elsewhere and moving the focus elsewhere close it.
#[component]
pub fn Popover(
    /// The button's name; none where what it shows says it.
    #[prop(optional, into)]
    name: MaybeProp<String>,
    /// The name of what opens.
    #[prop(into)]
    label: Signal<String>,
    /// The button's class.
    #[prop(into)]
    class: Signal<String>,
    /// What the button shows.
    button: ViewFn,
    /// Whether what opens ends where the button ends, rather than begins where it begins.
    #[prop(optional)]
    at_end: bool,
    /// The class of what opens, besides `popover`.
    #[prop(optional)]
    panel: &'static str,
    /// What opens; made when it does.
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
    Effect::new(move |_| {
        let (Some(surface), Some(trigger)) = (surface.get(), trigger.get_untracked()) else { return };
        if let Err(error) = surface.show_popover() {
            leptos::logging::error!("It could not be opened: {error:?}");
        }
        place(&surface, &trigger, at_end);
        // What was pressed may have moved the button by its own doing.
        request_animation_frame({
            let (surface, trigger) = (surface.clone(), trigger.clone());
            move || place(&surface, &trigger, at_end)
        });
        let first = surface.query_selector("[autofocus]").ok().flatten();
        let first = first.and_then(|first| first.dyn_into::<HtmlElement>().ok());
        if let Some(first) = first.or_else(|| focusable(&surface).into_iter().next()) {
            let _ = first.focus();
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| {
        let anchored = surface.try_get_untracked().flatten().zip(trigger.try_get_untracked().flatten());
        if let Some((surface, trigger)) = anchored {
            place(&surface, &trigger, at_end);
        }
    });
    on_cleanup(move || resized.remove());
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Escape" {
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
    // A click elsewhere closes it by the browser's own hand.
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

/// Closes the popover that this stands in, and gives the focus back to its button.
pub fn use_popover_close() -> Callback<()> {
    let PopoverClose(close) = expect_context();
    close
}

#[derive(Clone, Copy)]
struct PopoverClose(Callback<()>);

/// Puts an element of the top layer below another, or above it where there is more room. The sheet gives it the
/// window's whole width on phones.
pub(super) fn place(surface: &HtmlElement, anchor: &Element, at_end: bool) {
    let style = surface.style();
    // As high as it is by itself, whatever room it had before.
    let _ = style.remove_property("max-height");
    let (box_, own) = (anchor.get_bounding_client_rect(), surface.get_bounding_client_rect());
    let size = |value: Result<JsValue, JsValue>| value.ok().and_then(|v| v.as_f64()).unwrap_or_default();
    let (width, height) = (size(window().inner_width()), size(window().inner_height()));
    let is_rtl = window()
        .get_computed_style(anchor)
        .ok()
        .flatten()
        .and_then(|style| style.get_property_value("direction").ok())
        .is_some_and(|direction| direction == "rtl");
    let left = if at_end == is_rtl { box_.left() } else { box_.right() - own.width() };
    let left = left.min(width - own.width() - MARGIN).max(MARGIN);
    let (below, above) = (height - box_.bottom() - GAP - MARGIN, box_.top() - GAP - MARGIN);
    let _ = style.set_property("left", &format!("{left}px"));
    if own.height() <= below || below >= above {
        let _ = style.set_property("top", &format!("{}px", box_.bottom() + GAP));
        let _ = style.set_property("max-height", &format!("{below}px"));
    } else {
        let top = (box_.top() - GAP - own.height()).max(MARGIN);
        let _ = style.set_property("top", &format!("{top}px"));
        let _ = style.set_property("max-height", &format!("{above}px"));
    }
}
