use std::cell::Cell;

use js_sys::{Array, Reflect, WeakMap};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, MutationObserver, MutationObserverInit, Node, NodeList};

use super::query::query_all;

/// Replaces the translation of a text when the page changes the text, until the current reactive owner is cleaned up.
///
/// Page translators replace each text node by an element with the translated text. The page would then change the
/// detached text node, and the element would keep the old text. So the text node is put back, empty, before the element
/// that replaced it. Once it gets a new text, the element is removed, and the translator translates the new text.
///
/// Also marks what translators must skip: names and addresses, which are in `<bdi>`, the initials, and the roles, which
/// have a measured width.
pub fn follow_translations(root: &Element) {
    let translations =
        Translations { elements: WeakMap::new(), texts: WeakMap::new(), is_translated: Cell::new(false) };
    let on_change = {
        let root = root.clone();
        move |records: Array, observer: MutationObserver| {
            let was_translated = translations.is_translated.get();
            for record in records.iter() {
                translations.follow(&record.unchecked_into());
            }
            if translations.is_translated.get() != was_translated {
                // Few pages are translated, and the records of all changed texts cost time.
                watch(&observer, &root, true);
            }
            // Discards the records of these changes.
            observer.take_records();
        }
    };
    observe(root, Box::new(on_change));
}

/// Calls `on_change` when nodes below an element are added or removed, until the current reactive owner is cleaned up.
pub(super) fn observe(root: &Element, on_change: Box<dyn Fn(Array, MutationObserver)>) {
    let callback = Closure::wrap(on_change);
    let Ok(observer) = MutationObserver::new(callback.as_ref().unchecked_ref()) else { return };
    watch(&observer, root, false);
    let observer = StoredValue::new_local((observer, callback));
    on_cleanup(move || observer.with_value(|(observer, _)| observer.disconnect()));
}

/// Observes the nodes below an element, and if `texts` is set also changes of texts.
fn watch(observer: &MutationObserver, root: &Element, texts: bool) {
    let options = MutationObserverInit::new();
    options.set_child_list(true);
    options.set_character_data(texts);
    options.set_subtree(true);
    let _ = observer.observe_with_options(root, &options);
}

/// The translated texts.
struct Translations {
    /// The element that replaced a text node, and the original text.
    elements: WeakMap,
    /// The text node that an element replaced.
    texts: WeakMap,
    /// Whether a text was translated since the page was loaded.
    is_translated: Cell<bool>,
}

impl Translations {
    fn follow(&self, record: &js_sys::Object) {
        let get = |name: &str| Reflect::get(record, &name.into()).ok();
        let node = |name: &str| get(name)?.dyn_into::<Node>().ok();
        let nodes = |name: &str| get(name).map(JsCast::unchecked_into::<NodeList>);
        let (Some(target), Some(added), Some(removed)) =
            (node("target"), nodes("addedNodes"), nodes("removedNodes"))
        else {
            return;
        };
        if target.node_type() == Node::TEXT_NODE {
            // The page changed a translated text.
            if target.node_value().is_some_and(|text| !text.is_empty()) {
                self.discard(&target);
            }
            return;
        }
        if added.length() > 0
            && let Some(target) = target.dyn_ref()
        {
            mark_untranslated(target);
        }
        for removed in (0..removed.length()).filter_map(|index| removed.item(index)) {
            if removed.node_type() != Node::TEXT_NODE {
                self.restore(&removed);
            } else if removed.parent_node().is_none() && !self.discard(&removed) {
                let beside = [added.item(0), node("previousSibling"), node("nextSibling")];
                let is_translation = |node: &Node| node.node_name() == "FONT" && node.parent_node().is_some();
                if let Some(element) = beside.into_iter().flatten().find(is_translation) {
                    self.put_back(&removed, &element);
                }
            }
        }
    }

    /// Puts an empty text node before the element that replaced it.
    fn put_back(&self, text: &Node, element: &Node) {
        if self.texts.has(element.unchecked_ref()) {
            return;
        }
        let original = Array::of2(element, &text.node_value().into());
        self.elements.set(text.unchecked_ref(), &original);
        self.texts.set(element.unchecked_ref(), text);
        self.is_translated.set(true);
        text.set_node_value(None);
        if let Some(parent) = element.parent_node() {
            let _ = parent.insert_before(text, Some(element));
        }
    }

    /// Removes the translation of a text node. Returns whether there is one.
    fn discard(&self, text: &Node) -> bool {
        let Ok(known) = self.elements.get(text.unchecked_ref()).dyn_into::<Array>() else { return false };
        self.elements.delete(text.unchecked_ref());
        let element: Element = known.get(0).unchecked_into();
        self.texts.delete(element.unchecked_ref());
        element.remove();
        true
    }

    /// Restores the original text after the translator removed its translation.
    fn restore(&self, element: &Node) {
        let Ok(text) = self.texts.get(element.unchecked_ref()).dyn_into::<Node>() else { return };
        if let Ok(known) = self.elements.get(text.unchecked_ref()).dyn_into::<Array>() {
            text.set_node_value(known.get(1).as_string().as_deref());
            self.discard(&text);
        }
    }
}

/// Marks the texts below an element that translators must skip.
fn mark_untranslated(element: &Element) {
    for found in query_all(element, ":is(bdi, .avatar, .chip):not([translate])") {
        let _ = found.set_attribute("translate", "no");
    }
}
