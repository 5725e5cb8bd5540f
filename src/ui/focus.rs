use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Node, ShadowRoot};

/// The element with the focus, in the document or shadow root that the node stands in, or in one within it.
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

/// Gives an element the focus once what happens now is over, if it still stands in the page by then.
pub fn focus_later(element: HtmlElement) {
    queue_microtask(move || {
        if element.is_connected() {
            let _ = element.focus();
        }
    });
}

/// The elements within one that the keyboard can reach, in their order.
pub fn focusable(within: &Element) -> Vec<HtmlElement> {
    let selector = "a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']";
    let Ok(found) = within.query_selector_all(selector) else { return Vec::new() };
    let elements = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok());
    elements.filter(|element| element.tab_index() >= 0 && !element.has_attribute("disabled")).collect()
}
