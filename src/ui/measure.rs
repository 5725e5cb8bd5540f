use std::cell::RefCell;
use std::collections::HashMap;

use leptos::html::ElementType;
use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement, ResizeObserver, ResizeObserverEntry};

use crate::reactive::effect;

/// The estimated width of a character during prerendering, in px.
const ESTIMATED_CHARACTER_WIDTH: f64 = 6.0;

/// Returns the width of a text in a font, in px, or 0 if there is no canvas. Measures on a canvas and caches the width, so
/// that rendering a row does not force a layout.
pub fn text_width(text: &str, font: &str) -> f64 {
    thread_local! {
        static WIDTHS: RefCell<HashMap<(String, String), f64>> = RefCell::default();
        static CANVAS: Option<CanvasRenderingContext2d> = canvas();
    }
    if is_server() {
        #[allow(clippy::cast_precision_loss, reason = "short texts")]
        return ESTIMATED_CHARACTER_WIDTH * text.chars().count() as f64;
    }
    let key = (font.to_owned(), text.to_owned());
    if let Some(width) = WIDTHS.with_borrow(|widths| widths.get(&key).copied()) {
        return width;
    }
    let width = CANVAS.with(|canvas| {
        let canvas = canvas.as_ref()?;
        canvas.set_font(font);
        canvas.measure_text(text).ok().map(|metrics| metrics.width())
    });
    let width = width.unwrap_or_default();
    WIDTHS.with_borrow_mut(|widths| widths.insert(key, width));
    width
}

/// Returns the width and height of an element's content box, in px, as signals. Both are 0 until the element is mounted.
pub fn use_size<E>(element: NodeRef<E>) -> (Signal<f64>, Signal<f64>)
where
    E: ElementType + 'static,
    E::Output: JsCast + Clone + AsRef<Element> + 'static,
{
    let size = RwSignal::new((0.0, 0.0));
    effect(move |_| {
        let Some(element) = element.get() else { return };
        let on_resize = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
            if let Ok(entry) = entries.at(-1).dyn_into::<ResizeObserverEntry>() {
                let content = entry.content_rect();
                // Uses `try_set`, because the observer can notify once more during unmount.
                let _ = size.try_set((content.width(), content.height()));
            }
        });
        if let Ok(observer) = ResizeObserver::new(on_resize.as_ref().unchecked_ref()) {
            observer.observe(element.as_ref());
            let held = StoredValue::new_local((observer, on_resize));
            on_cleanup(move || held.with_value(|(observer, _)| observer.disconnect()));
        }
    });
    (Signal::derive(move || size.get().0), Signal::derive(move || size.get().1))
}

fn canvas() -> Option<CanvasRenderingContext2d> {
    let canvas = document().create_element("canvas").ok()?.dyn_into::<HtmlCanvasElement>().ok()?;
    let context: Option<JsValue> = canvas.get_context("2d").ok()?.map(JsValue::from);
    context?.dyn_into().ok()
}
