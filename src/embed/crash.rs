//! The crash screen. After a panic no view of the module works any more, so each is replaced by an error message. The
//! host page keeps working.

use std::cell::RefCell;

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement};

use super::events::HostEvent;
use crate::i18n::{Language, messages};

thread_local! {
    static MOUNTS: RefCell<Vec<Mount>> = const { RefCell::new(Vec::new()) };
    static CRASHED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A mounted view: its root element, and the host element that receives events.
#[derive(Clone)]
struct Mount {
    inner: HtmlElement,
    host: Option<HtmlElement>,
}

/// Registers an element for the crash screen until it is dropped.
pub(super) struct CrashGuard(HtmlElement);

impl Drop for CrashGuard {
    fn drop(&mut self) {
        MOUNTS.with_borrow_mut(|mounts| mounts.retain(|other| other.inner != self.0));
    }
}

/// Installs a panic hook that logs to the console and shows the crash screen in every registered element.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.to_string();
        leptos::logging::error!("{message}");
        report(&message);
    }));
}

/// Shows the crash screen in every registered element. Only the first crash counts; later ones are its consequences.
pub fn report(message: &str) {
    let is_first = CRASHED.with(|crashed| {
        crashed.try_borrow_mut().is_ok_and(|mut crashed| crashed.replace(message.to_owned()).is_none())
    });
    if !is_first {
        return;
    }
    // The code that panicked may still hold a borrow of the list.
    let mounts = MOUNTS.with(|mounts| mounts.try_borrow().map(|mounts| mounts.clone()).unwrap_or_default());
    for mount in mounts {
        show_crash(&mount, message);
    }
}

/// Registers an element. `None` if the module has crashed before: the element then shows the crash screen, and nothing
/// must be mounted.
pub(super) fn watch(inner: &HtmlElement, host: Option<&HtmlElement>) -> Option<CrashGuard> {
    let mount = Mount { inner: inner.clone(), host: host.cloned() };
    if let Some(message) = CRASHED.with_borrow(Clone::clone) {
        show_crash(&mount, &message);
        return None;
    }
    MOUNTS.with_borrow_mut(|mounts| mounts.push(mount));
    Some(CrashGuard(inner.clone()))
}

/// Registers the whole page, for its lifetime.
pub fn watch_page() {
    if let Some(body) = document().body() {
        MOUNTS.with_borrow_mut(|mounts| mounts.push(Mount { inner: body, host: None }));
    }
}

/// Replaces the content of a mount by the crash screen. It uses DOM methods only, not the reactive system that crashed.
fn show_crash(Mount { inner, host }: &Mount, message: &str) {
    let language = inner
        .closest("[lang]")
        .ok()
        .flatten()
        .and_then(|element| element.get_attribute("lang"))
        .and_then(|tag| Language::from_tag(&tag))
        .unwrap_or_default();
    inner.set_text_content(None);
    if let Some(panel) = panel(language) {
        let _ = inner.append_child(&panel);
    }
    if let Some(host) = host {
        HostEvent::Error { kind: "crash", message: message.to_owned() }.dispatch(host);
    }
}

fn panel(language: Language) -> Option<Element> {
    let document = document();
    let make = |name: &str, class: &str, text: &str| {
        let element = document.create_element(name).ok()?;
        element.set_class_name(class);
        element.set_text_content(Some(text));
        Some(element)
    };
    let panel = make("div", "su empty crash", "")?;
    panel.set_attribute("role", "alert").ok()?;
    let button = make("button", "button", messages::reload(language))?;
    button.set_attribute("type", "button").ok()?;
    let reload = Closure::<dyn Fn()>::new(|| drop(window().location().reload()));
    button.add_event_listener_with_callback("click", reload.as_ref().unchecked_ref()).ok()?;
    // The button needs the closure for the lifetime of the page.
    reload.forget();
    let actions = make("div", "empty__actions", "")?;
    actions.append_child(&button).ok()?;
    let title = make("h2", "empty__title", messages::crashed(language))?;
    let text = make("p", "empty__text", messages::crashed_text(language))?;
    [title, text, actions].iter().try_for_each(|part| panel.append_child(part).map(drop)).ok()?;
    Some(panel)
}
