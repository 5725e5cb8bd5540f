use leptos::ev::KeyboardEvent;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, EventTarget};

/// Where keys are listened for: the document in a page of one's own, an element within a host's. Knows every
/// shortcut there is at the moment, so that they can be listed.
#[derive(Clone)]
pub struct KeyScope {
    target: StoredValue<EventTarget, LocalStorage>,
    known: RwSignal<Vec<Shortcut>>,
    /// Whether single keys do anything; those with a modifier always do.
    pub are_on: RwSignal<bool>,
}

/// One shortcut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcut {
    /// The key, as the browser calls it; after `Mod+` where it goes with Ctrl, or Cmd on a Mac.
    pub key: &'static str,
    /// What it does.
    pub does: String,
}

impl KeyScope {
    /// Keys that reach the target.
    pub fn new(target: EventTarget) -> Self {
        Self {
            target: StoredValue::new_local(target),
            known: RwSignal::new(Vec::new()),
            are_on: RwSignal::new(true),
        }
    }

    /// Every shortcut there is at the moment.
    pub fn known(&self) -> Vec<Shortcut> {
        self.known.get()
    }
}

/// The keys of this page.
pub fn use_keys() -> KeyScope {
    expect_context()
}

/// Calls `action` when the key is pressed, anywhere in the [`KeyScope`] but in a field or a modal dialog. `does` says
/// what it does, in the list of shortcuts. A key after `Mod+` goes with Ctrl, or Cmd on a Mac, and works in a field
/// too.
pub fn use_shortcut(key: &'static str, does: impl Into<String>, action: impl Fn() + 'static) {
    let KeyScope { target, known, are_on } = expect_context();
    let shortcut = Shortcut { key, does: does.into() };
    known.update(|known| known.push(shortcut.clone()));
    let (wanted, with_modifier) = key.strip_prefix("Mod+").map_or((key, false), |key| (key, true));
    let on_keydown = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let has_modifier = event.ctrl_key() || event.meta_key();
        let fits = event.key() == wanted && has_modifier == with_modifier && !event.alt_key();
        let is_heard = with_modifier || are_on.try_get_untracked() == Some(true) && !is_in_field(&event);
        if fits && is_heard && !event.default_prevented() && !event.repeat() && !is_in_modal(&event) {
            event.prevent_default();
            action();
        }
    });
    target.with_value(|target| {
        let _ = target.add_event_listener_with_callback("keydown", on_keydown.as_ref().unchecked_ref());
    });
    let held = StoredValue::new_local(on_keydown);
    on_cleanup(move || {
        let _ = known.try_update(|known| {
            if let Some(at) = known.iter().position(|other| *other == shortcut) {
                known.remove(at);
            }
        });
        held.with_value(|on_keydown| {
            target.try_with_value(|target| {
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
        let is_typed_in = match element.tag_name().as_str() {
            // A checkbox takes no letters.
            "INPUT" => !matches!(element.get_attribute("type").as_deref(), Some("checkbox" | "radio")),
            name => matches!(name, "TEXTAREA" | "SELECT"),
        };
        is_typed_in || element.closest("[contenteditable]").ok().flatten().is_some()
    })
}

/// Whether it was pressed in a modal dialog, or in something else that lies above the page.
fn is_in_modal(event: &KeyboardEvent) -> bool {
    event.composed_path().iter().filter_map(|node| node.dyn_into::<Element>().ok()).any(|element| {
        element.tag_name() == "DIALOG"
            || element.has_attribute("popover")
            || element.matches("[role=menu]").unwrap_or(false)
    })
}
