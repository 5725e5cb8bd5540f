use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, EventTarget};

/// Where keys are listened for: the document in a page of one's own, an element within a host's.
#[derive(Clone)]
pub struct KeyScope(StoredValue<EventTarget, LocalStorage>);

impl KeyScope {
    /// Keys that reach the target.
    pub fn new(target: EventTarget) -> Self {
        Self(StoredValue::new_local(target))
    }
}

/// Calls `action` when the key is pressed alone, anywhere in the [`KeyScope`] but in a field.
pub fn use_shortcut(key: &'static str, action: impl Fn() + 'static) {
    let KeyScope(target) = expect_context();
    let on_keydown = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let modified = event.ctrl_key() || event.meta_key() || event.alt_key();
        if event.key() == key && !modified && !event.default_prevented() && !is_in_field(&event) {
            event.prevent_default();
            action();
        }
    });
    target.with_value(|target| {
        let _ = target.add_event_listener_with_callback("keydown", on_keydown.as_ref().unchecked_ref());
    });
    let held = StoredValue::new_local(on_keydown);
    on_cleanup(move || {
        held.with_value(|on_keydown| {
            target.with_value(|target| {
                let listener = on_keydown.as_ref().unchecked_ref();
                let _ = target.remove_event_listener_with_callback("keydown", listener);
            });
        });
    });
}

/// Whether the key was pressed in a field, also in one within a shadow root.
fn is_in_field(event: &KeyboardEvent) -> bool {
    let innermost = event.composed_path().get(0).dyn_into::<Element>();
    innermost.is_ok_and(|element| {
        matches!(element.tag_name().as_str(), "INPUT" | "TEXTAREA" | "SELECT")
            || element.closest("[contenteditable]").ok().flatten().is_some()
    })
}
