use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, EventTarget};

/// Listens to an event of any target until the current reactive owner is cleaned up.
///
/// The handler is boxed, so that the code exists once and not for each handler.
pub(super) fn listen(target: &EventTarget, event: &'static str, handler: Box<dyn Fn(Event)>) {
    add_listener(target, event, handler, false);
}

/// Like [`listen`], for events that happen at any descendant of the target, also those that do not bubble.
pub(super) fn listen_capturing(target: &EventTarget, event: &'static str, handler: Box<dyn Fn(Event)>) {
    add_listener(target, event, handler, true);
}

fn add_listener(target: &EventTarget, event: &'static str, handler: Box<dyn Fn(Event)>, captures: bool) {
    let listener = Closure::<dyn Fn(Event)>::wrap(handler);
    let function = listener.as_ref().unchecked_ref();
    let _ = target.add_event_listener_with_callback_and_bool(event, function, captures);
    let listener = StoredValue::new_local((target.clone(), listener));
    on_cleanup(move || {
        listener.with_value(|(target, listener)| {
            let function = listener.as_ref().unchecked_ref();
            let _ = target.remove_event_listener_with_callback_and_bool(event, function, captures);
        });
    });
}
