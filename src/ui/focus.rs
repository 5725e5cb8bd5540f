use std::cell::{Cell, RefCell};
use std::rc::Rc;

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, Event, FocusEvent, HtmlElement, Node, ShadowRoot};

use super::after_paint;
use super::listen::listen;
use super::query::query_all;
use super::translation::observe;

/// The number of elements that a root remembers to return the focus to.
const MAX_FOCUS_HISTORY: usize = 16;

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

/// Selects the elements that may get the focus back. Excludes hidden rows, and text fields outside of dialogs, because
/// single-key shortcuts such as that of "Undo" do not work there.
const USABLE: &str =
    ":not([aria-hidden=true] *):is(dialog *, :not(input:not([type=checkbox]), textarea, select))";

/// Returns the focusable elements within an element, in document order.
pub fn focusable(container: &Element) -> Vec<HtmlElement> {
    let selector = "a[href], button, input:not([type=hidden]), select, textarea, [tabindex='0']";
    let mut elements = query_all(container, selector);
    elements.retain(|element| element.tab_index() >= 0 && !element.has_attribute("disabled"));
    elements
}

/// Returns the focus to the element that had it before, if the focused element is removed and nothing else gets the
/// focus. Browsers move it to the body, where keys do nothing and Tab starts again at the top of the page. Works until
/// the current reactive owner is cleaned up.
pub fn keep_focus_within(root: &HtmlElement) {
    let history = Rc::new(RefCell::new(Vec::<HtmlElement>::new()));
    // Whether the user moved the focus out, for example by a click on a text.
    let has_left = Rc::new(Cell::new(false));
    let on_focusin = {
        let (history, has_left) = (Rc::clone(&history), Rc::clone(&has_left));
        move |event: Event| {
            has_left.set(false);
            let Some(focused) = target_of(&event) else { return };
            let mut history = history.borrow_mut();
            history.retain(|element| *element != focused);
            if history.len() == MAX_FOCUS_HISTORY {
                history.remove(0);
            }
            history.push(focused);
        }
    };
    listen(root, "focusin", Box::new(on_focusin));
    let on_focusout = {
        let has_left = Rc::clone(&has_left);
        move |event: Event| {
            let Some(element) = target_of(&event) else { return };
            if event.unchecked_ref::<FocusEvent>().related_target().is_some() {
                return;
            }
            let has_left = Rc::clone(&has_left);
            // Some browsers also dispatch this event while they remove the element.
            queue_microtask(move || {
                if element.is_connected() && active_element(&element).as_ref() != Some(&element) {
                    has_left.set(true);
                }
            });
        }
    };
    listen(root, "focusout", Box::new(on_focusout));
    let is_pending = Rc::new(Cell::new(false));
    let watched = root.clone();
    let on_change = move || {
        let is_removed = history.borrow().last().is_some_and(|focused| !focused.is_connected());
        if !is_removed || has_left.get() || is_pending.replace(true) {
            return;
        }
        let (root, history, is_pending) = (watched.clone(), Rc::clone(&history), Rc::clone(&is_pending));
        // The code that removed the element may focus another one until the next frame.
        after_paint(move || {
            is_pending.set(false);
            let is_usable =
                |element: &HtmlElement| element.is_connected() && element.matches(USABLE).unwrap_or_default();
            history.borrow_mut().retain(is_usable);
            let elements = history.borrow().clone();
            let is_body = |active: Element| active.tag_name() == "BODY";
            let has_focus = || active_element(&root).is_some_and(|active| root.contains(Some(&active)));
            if has_focus() || !document().active_element().is_none_or(is_body) {
                return;
            }
            // An element that is hidden or inert does not take the focus.
            elements.into_iter().rev().find(|element| {
                let _ = element.focus();
                has_focus()
            });
        });
    };
    observe(root, Box::new(move |_, _| on_change()));
}

fn target_of(event: &Event) -> Option<HtmlElement> {
    event.target()?.dyn_into().ok()
}
