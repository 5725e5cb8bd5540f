use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

/// Returns the elements below an element that match a selector, in document order.
pub(super) fn query_all(element: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(found) = element.query_selector_all(selector) else { return Vec::new() };
    (0..found.length()).filter_map(|index| found.item(index)?.dyn_into().ok()).collect()
}
