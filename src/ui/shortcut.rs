use leptos::ev::KeyboardEvent;
use leptos::leptos_dom::helpers::is_server;
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
    last: StoredValue<u32>,
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
    /// Tells it from others with the same key, of which the newest is heard.
    id: u32,
}

impl KeyScope {
    /// Keys that reach the target.
    pub fn new(target: EventTarget) -> Self {
        Self {
            target: StoredValue::new_local(target),
            known: RwSignal::new(Vec::new()),
            last: StoredValue::new(0),
            are_on: RwSignal::new(true),
        }
    }

    /// Every shortcut there is at the moment: for each key the newest.
    pub fn known(&self) -> Vec<Shortcut> {
        let known = self.known.get();
        let is_newest = |&(at, shortcut): &(usize, &Shortcut)| {
            known[at + 1..].iter().all(|newer| newer.key != shortcut.key)
        };
        known.iter().enumerate().filter(is_newest).map(|(_, shortcut)| shortcut.clone()).collect()
    }
}

impl Shortcut {
    /// What is written on the keys to press together.
    pub fn caps(&self, is_mac: bool) -> Vec<String> {
        caps(self.key, is_mac)
    }
}

/// What is written on the keys of a shortcut. Letters stand as large ones, as on the keys themselves.
pub fn caps(key: &str, is_mac: bool) -> Vec<String> {
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

/// Whether this is a Mac or the like, whose shortcuts go with the Command key.
pub fn is_mac() -> bool {
    window()
        .navigator()
        .platform()
        .is_ok_and(|platform| ["Mac", "iPhone", "iPad"].iter().any(|apple| platform.starts_with(apple)))
}

/// The keys of this page.
pub fn use_keys() -> KeyScope {
    expect_context()
}

/// Calls `action` when the key is pressed, anywhere in the [`KeyScope`] but in a field or a modal dialog. `does` says
/// what it does, in the list of shortcuts. Where several have the same key, the newest is heard. A key after `Mod+` goes with Ctrl, or Cmd on a Mac, and works in a field
/// too.
pub fn use_shortcut(key: &'static str, does: impl Into<String>, action: impl Fn() + 'static) {
    let KeyScope { target, known, last, are_on } = expect_context();
    let id = last.try_update_value(|last| {
        *last += 1;
        *last
    });
    let Some(id) = id else { return };
    if is_server() {
        return;
    }
    known.update(|known| known.push(Shortcut { key, does: does.into(), id }));
    let is_newest = move || {
        let newest =
            |known: &Vec<Shortcut>| known.iter().rfind(|other| other.key == key).map(|newest| newest.id);
        known.try_with_untracked(newest).flatten() == Some(id)
    };
    let (wanted, with_modifier) = key.strip_prefix("Mod+").map_or((key, false), |key| (key, true));
    let on_keydown = Closure::<dyn Fn(KeyboardEvent)>::new(move |event: KeyboardEvent| {
        let has_modifier = event.ctrl_key() || event.meta_key();
        let fits = event.key() == wanted && has_modifier == with_modifier && !event.alt_key();
        let is_heard = with_modifier || are_on.try_get_untracked() == Some(true) && !is_in_field(&event);
        if fits
            && is_heard
            && is_newest()
            && !event.default_prevented()
            && !event.repeat()
            && !is_in_modal(&event)
        {
            event.prevent_default();
            action();
        }
    });
    target.with_value(|target| {
        let _ = target.add_event_listener_with_callback("keydown", on_keydown.as_ref().unchecked_ref());
    });
    let held = StoredValue::new_local(on_keydown);
    on_cleanup(move || {
        let _ = known.try_update(|known| known.retain(|other| other.id != id));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_they_stand_on_the_keyboard() {
        assert_eq!(caps("Mod+k", false), ["Ctrl", "K"]);
        assert_eq!(caps("Mod+k", true), ["⌘", "K"]);
        assert_eq!(caps("?", false), ["?"]);
        assert_eq!([caps("x", false), caps("X", false)], [vec!["X"], vec!["Shift", "X"]]);
        assert_eq!(caps("Escape", true), ["Esc"]);
    }
}
