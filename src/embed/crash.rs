//! What is shown where the module has crashed. Everything that was mounted by it is dead then, and says so in place of
//! what stood there; the page around it goes on.

use std::cell::RefCell;

use leptos::prelude::{document, window};
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Element, HtmlElement};

use super::events::HostEvent;
use crate::i18n::{Language, messages};

thread_local! {
    static SHOWN: RefCell<Vec<Shown>> = const { RefCell::new(Vec::new()) };
    static CRASHED: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Something that is mounted: the element that holds it all, and a host that is to be told.
#[derive(Clone)]
struct Shown {
    inner: HtmlElement,
    host: Option<HtmlElement>,
}

/// That a crash is told in an element, for as long as this is there.
pub(super) struct Watched(HtmlElement);

impl Drop for Watched {
    fn drop(&mut self) {
        SHOWN.with_borrow_mut(|shown| shown.retain(|other| other.inner != self.0));
    }
}

/// From now on a panic is told in the console and in every element that is watched.
pub fn tell_of_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.to_string();
        leptos::logging::error!("{message}");
        tell(&message);
    }));
}

/// Says in every element that is watched that the module has crashed: once, whatever follows from it.
pub fn tell(message: &str) {
    let is_first = CRASHED.with(|crashed| {
        crashed.try_borrow_mut().is_ok_and(|mut crashed| crashed.replace(message.to_owned()).is_none())
    });
    if !is_first {
        return;
    }
    // Whatever was under way when it crashed may hold the list still.
    let shown = SHOWN.with(|shown| shown.try_borrow().map(|shown| shown.clone()).unwrap_or_default());
    for shown in shown {
        replace(&shown, message);
    }
}

/// Watches an element. Where the module has crashed before, it says so at once, and nothing is to be mounted.
pub(super) fn watch(inner: &HtmlElement, host: Option<&HtmlElement>) -> Option<Watched> {
    let shown = Shown { inner: inner.clone(), host: host.cloned() };
    if let Some(message) = CRASHED.with_borrow(Clone::clone) {
        replace(&shown, &message);
        return None;
    }
    SHOWN.with_borrow_mut(|all| all.push(shown));
    Some(Watched(inner.clone()))
}

/// Watches the whole page, for good.
pub fn watch_page() {
    if let Some(body) = document().body() {
        SHOWN.with_borrow_mut(|all| all.push(Shown { inner: body, host: None }));
    }
}

/// Nothing here goes through what crashed: the panel is made by the browser's own means.
fn replace(Shown { inner, host }: &Shown, message: &str) {
    let language = inner
        .closest("[lang]")
        .ok()
        .flatten()
        .and_then(|spoken| spoken.get_attribute("lang"))
        .and_then(|tag| Language::from_tag(&tag))
        .unwrap_or_default();
    inner.set_text_content(None);
    if let Some(panel) = panel(language) {
        let _ = inner.append_child(&panel);
    }
    if let Some(host) = host {
        HostEvent::Error { kind: "crash", message: message.to_owned() }.tell(host);
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
    // It is needed for as long as the page is there.
    reload.forget();
    let ways = make("div", "empty__ways", "")?;
    ways.append_child(&button).ok()?;
    let title = make("h2", "empty__title", messages::crashed(language))?;
    let text = make("p", "empty__text", messages::crashed_text(language))?;
    [title, text, ways].iter().try_for_each(|part| panel.append_child(part).map(drop)).ok()?;
    Some(panel)
}
