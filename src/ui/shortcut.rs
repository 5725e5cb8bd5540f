use leptos::ev::KeyboardEvent;
use leptos::leptos_dom::helpers::is_server;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, EventTarget};

use super::key::pressed_key;
use super::listen::listen;

/// The event target of the keyboard shortcuts: the document on the standalone page, the element in a host page. Also holds
/// the list of registered shortcuts.
#[derive(Clone)]
pub struct KeyScope {
    target: StoredValue<EventTarget, LocalStorage>,
    registered: RwSignal<Vec<Shortcut>>,
    last_id: StoredValue<u32>,
    /// Whether single-key shortcuts are enabled. Shortcuts with a modifier always are.
    /// WCAG 2.1.4: <https://www.w3.org/WAI/WCAG22/Understanding/character-key-shortcuts.html>
    pub single_keys_enabled: RwSignal<bool>,
}

/// A registered shortcut.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortcut {
    /// The key, as [`pressed_key`] returns it. The prefix `Mod+` stands for Ctrl, or Cmd on a Mac.
    pub key: &'static str,
    /// The description in the list of shortcuts.
    pub description: String,
    /// Distinguishes shortcuts with the same key. The newest one handles the key.
    id: u32,
}

impl KeyScope {
    /// Creates a scope that listens on the target.
    pub fn new(target: EventTarget) -> Self {
        Self {
            target: StoredValue::new_local(target),
            registered: RwSignal::new(Vec::new()),
            last_id: StoredValue::new(0),
            single_keys_enabled: RwSignal::new(true),
        }
    }

    /// Calls `action` when Escape would close an overlay of the host page around the scope, until the current reactive
    /// owner is cleaned up.
    pub fn on_escape_to_host(&self, action: impl Fn() + 'static) {
        self.on_keydown(move |event| {
            let path: Vec<Element> =
                event.composed_path().iter().filter_map(|node| node.dyn_into().ok()).collect();
            let is_handled = event.default_prevented() || is_in_overlay(&path_within(event));
            if pressed_key(event) == "Escape" && !is_handled && is_in_overlay(&path) {
                event.prevent_default();
                action();
            }
        });
    }

    /// Listens until the current reactive owner is cleaned up.
    fn on_keydown(&self, handler: impl Fn(&KeyboardEvent) + 'static) {
        self.target.with_value(|target| {
            listen(target, "keydown", Box::new(move |event| handler(event.unchecked_ref())));
        });
    }

    /// Returns the active shortcuts: the newest for each key.
    pub fn active(&self) -> Vec<Shortcut> {
        let registered = self.registered.get();
        let is_newest = |&(index, shortcut): &(usize, &Shortcut)| {
            registered[index + 1..].iter().all(|newer| newer.key != shortcut.key)
        };
        registered.iter().enumerate().filter(is_newest).map(|(_, shortcut)| shortcut.clone()).collect()
    }
}

impl Shortcut {
    /// Returns the keycaps of this shortcut.
    pub fn keycaps(&self, is_mac: bool) -> Vec<String> {
        keycaps(self.key, is_mac)
    }
}

/// Returns the keycaps of a shortcut, one per key. Letters are in upper case, as on a keyboard.
pub fn keycaps(key: &str, is_mac: bool) -> Vec<String> {
    let (modifier, key) = match key.strip_prefix("Mod+") {
        Some(key) => (Some(if is_mac { "⌘" } else { "Ctrl" }), key),
        None => (key.bytes().all(|byte| byte.is_ascii_uppercase()).then_some("Shift"), key),
    };
    let cap = match key {
        "Escape" => "Esc".to_owned(),
        "ArrowUp" => "↑".to_owned(),
        "ArrowDown" => "↓".to_owned(),
        "Enter" => "↵".to_owned(),
        key if key.len() == 1 => key.to_ascii_uppercase(),
        key => key.to_owned(),
    };
    modifier.map(str::to_owned).into_iter().chain([cap]).collect()
}

/// Returns whether the platform is macOS or iOS, which use the Command key for shortcuts.
pub fn is_mac() -> bool {
    window()
        .navigator()
        .platform()
        .is_ok_and(|platform| ["Mac", "iPhone", "iPad"].iter().any(|apple| platform.starts_with(apple)))
}

/// Returns the shortcut scope of this page.
pub fn use_keys() -> KeyScope {
    expect_context()
}

/// Registers a shortcut until the component unmounts. Calls `action` when the key is pressed in the [`KeyScope`], except in a
/// text field or modal dialog. A key with the prefix `Mod+` (Ctrl, or Cmd on a Mac) also works in text fields.
///
/// `description` appears in the list of shortcuts. If several shortcuts have the same key, the newest one handles it.
pub fn use_shortcut(key: &'static str, description: impl Into<String>, action: impl Fn() + 'static) {
    register(key, description.into(), Box::new(action));
}

/// Registers a shortcut. Its arguments are boxed, so that the code exists once and not for each shortcut.
fn register(key: &'static str, description: String, action: Box<dyn Fn()>) {
    let scope = expect_context::<KeyScope>();
    let KeyScope { registered, last_id, single_keys_enabled, .. } = scope;
    let id = last_id.try_update_value(|last_id| {
        *last_id += 1;
        *last_id
    });
    let Some(id) = id else { return };
    if is_server() {
        return;
    }
    registered.update(|registered| registered.push(Shortcut { key, description, id }));
    let is_newest = move || {
        let newest = |registered: &Vec<Shortcut>| {
            registered.iter().rfind(|other| other.key == key).map(|newest| newest.id)
        };
        registered.try_with_untracked(newest).flatten() == Some(id)
    };
    let (expected_key, needs_modifier) = key.strip_prefix("Mod+").map_or((key, false), |key| (key, true));
    scope.on_keydown(move |event| {
        let has_modifier = event.ctrl_key() || event.meta_key();
        let is_match =
            pressed_key(event) == expected_key && has_modifier == needs_modifier && !event.alt_key();
        let is_enabled = needs_modifier
            || single_keys_enabled.try_get_untracked() == Some(true) && !is_in_text_field(event);
        if is_match
            && is_enabled
            && is_newest()
            && !event.default_prevented()
            && !event.repeat()
            && !is_in_overlay(&path_within(event))
        {
            event.prevent_default();
            action();
        }
    });
    on_cleanup(move || {
        let _ = registered.try_update(|registered| registered.retain(|other| other.id != id));
    });
}

/// Returns whether the key was pressed in a text field, including fields in shadow roots.
fn is_in_text_field(event: &KeyboardEvent) -> bool {
    let innermost = event.composed_path().get(0).dyn_into::<Element>();
    innermost.is_ok_and(|element| {
        let is_text_field = match element.tag_name().as_str() {
            // Checkboxes and radio buttons accept no text.
            "INPUT" => !matches!(element.get_attribute("type").as_deref(), Some("checkbox" | "radio")),
            name => matches!(name, "TEXTAREA" | "SELECT"),
        };
        is_text_field || element.closest("[contenteditable]").ok().flatten().is_some()
    })
}

/// Returns the elements from the target of the event up to the [`KeyScope`], without those of the page around it.
fn path_within(event: &KeyboardEvent) -> Vec<Element> {
    let path = event.composed_path();
    let within = path.iter().take_while(|node| Some(node.unchecked_ref()) != event.current_target().as_ref());
    within.filter_map(|node| node.dyn_into().ok()).collect()
}

/// Returns whether one of these elements is an overlay: a modal dialog, popover or menu.
fn is_in_overlay(path: &[Element]) -> bool {
    path.iter().any(|element| {
        element.tag_name() == "DIALOG"
            || element.has_attribute("popover")
            || element.matches("[role=menu]").unwrap_or(false)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keys_like_a_keyboard() {
        assert_eq!(keycaps("Mod+k", false), ["Ctrl", "K"]);
        assert_eq!(keycaps("Mod+k", true), ["⌘", "K"]);
        assert_eq!(keycaps("?", false), ["?"]);
        assert_eq!([keycaps("x", false), keycaps("X", false)], [vec!["X"], vec!["Shift", "X"]]);
        assert_eq!(keycaps("Escape", true), ["Esc"]);
    }
}
