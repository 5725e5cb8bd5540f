use js_sys::{Array, Function, Object, Reflect};
use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Element, Node, ShadowRoot};

use super::{ROWS, row_of};
use crate::ui::listen::listen;
use crate::ui::query::query_all;

/// The text that is selected in the document.
pub(super) struct TextSelection(JsValue);

impl TextSelection {
    /// Calls `on_change` whenever the selection changes, until the current reactive owner is cleaned up.
    pub(super) fn on_change(on_change: impl Fn(Self) + 'static) {
        if is_server() {
            return;
        }
        let on_selectionchange = move |_| {
            if let Some(selection) = Self::of(&document()) {
                on_change(selection);
            }
        };
        listen(&document(), "selectionchange", Box::new(on_selectionchange));
    }

    /// Returns the rows of the list that contain selected text, in DOM order.
    pub(super) fn rows_within(&self, body: &Element) -> Vec<usize> {
        let Some(range) = self.range(&body.get_root_node()) else { return Vec::new() };
        let mut rows = query_all(body, ROWS);
        rows.retain(|row| intersects(&range, row));
        rows.into_iter().filter_map(|row| row_of(Some(row.into()))).collect()
    }

    /// Clears the selection of the document.
    pub(super) fn clear(node: &Node) {
        if let Some(Self(selection)) = node.owner_document().as_ref().and_then(|owner| Self::of(owner)) {
            let _ = call(&selection, "removeAllRanges", &[]);
        }
    }

    fn of(document: &JsValue) -> Option<Self> {
        call(document, "getSelection", &[]).map(Self)
    }

    /// Returns the selected range in a shadow root or document. `None` if no text is selected.
    ///
    /// [`getComposedRanges`](https://developer.mozilla.org/docs/Web/API/Selection/getComposedRanges) reads a selection
    /// in a shadow root. Before it existed, Chromium had `getSelection` for that, and Firefox needed neither.
    fn range(&self, root: &Node) -> Option<JsValue> {
        let options = Object::new();
        Reflect::set(&options, &"shadowRoots".into(), &Array::of1(root)).ok()?;
        let composed = call(&self.0, "getComposedRanges", &[options.into()]);
        let selected = composed.and_then(|ranges| Some(ranges.dyn_into::<Array>().ok()?.get(0)));
        let selected = selected.or_else(|| {
            let selection = call(root, "getSelection", &[]);
            call(selection.as_ref().unwrap_or(&self.0), "getRangeAt", &[0.into()])
        })?;
        let get = |name: &str| Reflect::get(&selected, &name.into()).ok();
        let point = |container: &str, offset: &str| {
            let node = get(container)?.dyn_into::<Node>().ok()?;
            Some((node.get_root_node() == *root, [node.into(), get(offset)?]))
        };
        let ((starts_within, start), (ends_within, end)) =
            (point("startContainer", "startOffset")?, point("endContainer", "endOffset")?);
        if starts_within && ends_within {
            return new_range(root, &start, &end);
        }
        // A selection that starts or ends outside of the shadow root contains everything up to the end of the root.
        let host = root.dyn_ref::<ShadowRoot>()?.host();
        if !starts_within && !ends_within && !intersects(&new_range(&host, &start, &end)?, &host) {
            return None;
        }
        let boundary = |offset: u32| [root.into(), offset.into()];
        let start = if starts_within { start } else { boundary(0) };
        let end = if ends_within { end } else { boundary(root.child_nodes().length()) };
        new_range(root, &start, &end)
    }
}

/// Creates a range from one point to another. `None` if it is empty.
fn new_range(node: &Node, start: &[JsValue; 2], end: &[JsValue; 2]) -> Option<JsValue> {
    let range = call(&node.owner_document()?.into(), "createRange", &[])?;
    call(&range, "setStart", start)?;
    call(&range, "setEnd", end)?;
    let is_collapsed = Reflect::get(&range, &"collapsed".into()).ok()?;
    is_collapsed.is_falsy().then_some(range)
}

fn intersects(range: &JsValue, node: &Node) -> bool {
    call(range, "intersectsNode", &[node.into()]).is_some_and(|intersects| intersects == true)
}

/// Calls a method of an object, if it has it and does not throw.
fn call(object: &JsValue, method: &str, arguments: &[JsValue]) -> Option<JsValue> {
    let method = Reflect::get(object, &method.into()).ok()?.dyn_into::<Function>().ok()?;
    let arguments: Array = arguments.iter().collect();
    method.apply(object, &arguments).ok()
}
