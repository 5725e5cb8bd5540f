use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Node, ShadowRoot};

/// Returns the focused element in the document or shadow root of the node. Descends into nested shadow roots.
pub fn active_element(node: &Node) -> Option<HtmlElement> {
    let root = node.get_root_node();
    let mut active = match root.dyn_ref::<ShadowRoot>() {
        Some(root) => root.active_element(),
        None => root.dyn_ref::<Document>()?.active_element(),
    }?;
    while let Some(inner) = active.shadow_root().and_then(|root| root.active_element()) {
        active = inner;
    }
    active.dyn_into().ok()
}

/// Focuses an element in a microtask, after the current event handler, if it is still connected by then.
pub fn focus_later(element: HtmlElement) {
    queue_microtask(move || {
        if element.is_connected() {
            let _ = element.focus();
        }
    });
}

/// Returns the focusable elements within an element, in document order.
pub fn focusable(container: &Element) -> Vec<HtmlElement> {
    let selector = "a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']";
    let Ok(found) = container.query_selector_all(selector) else { return Vec::new() };
    let elements = (0..found.length()).filter_map(|index| found.item(index)?.dyn_into::<HtmlElement>().ok());
    elements.filter(|element| element.tab_index() >= 0 && !element.has_attribute("disabled")).collect()
}
