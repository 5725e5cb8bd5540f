//! Mounts a view in an element.

#![allow(dead_code, reason = "each test file uses a part of it")]

use std::any::Any;

use leptos::mount::mount_to;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement, KeyboardEvent, KeyboardEventInit};

/// A view that is mounted in an element. Unmounts and removes the element on drop.
pub struct Mounted {
    pub host: HtmlElement,
    _handle: Box<dyn Any>,
}

impl Mounted {
    pub fn new<V: IntoView + 'static>(view: impl FnOnce(HtmlElement) -> V + 'static) -> Self {
        let host: HtmlElement = document().create_element("div").unwrap().unchecked_into();
        document().body().unwrap().append_child(&host).unwrap();
        let mount_host = host.clone();
        let handle = mount_to(host.clone(), move || view(mount_host).into_view());
        Self { host, _handle: Box::new(handle) }
    }

    pub fn find(&self, selector: &str) -> Option<HtmlElement> {
        self.host.query_selector(selector).unwrap().map(JsCast::unchecked_into)
    }

    pub fn all(&self, selector: &str) -> Vec<HtmlElement> {
        let found = self.host.query_selector_all(selector).unwrap();
        (0..found.length()).map(|index| found.item(index).unwrap().unchecked_into()).collect()
    }

    pub fn one(&self, selector: &str) -> HtmlElement {
        self.find(selector).unwrap_or_else(|| panic!("no element matches {selector}"))
    }

    pub async fn until(&self, description: &str, condition: impl Fn(&Self) -> bool) {
        for _ in 0..200 {
            if condition(self) {
                return;
            }
            tick().await;
        }
        panic!("timed out: {description}: {}", self.host.inner_html());
    }
}

impl Drop for Mounted {
    fn drop(&mut self) {
        self.host.remove();
    }
}

pub async fn tick() {
    let promise = js_sys::Promise::new(&mut |resolve, _| {
        let window = web_sys::window().unwrap();
        window.set_timeout_with_callback_and_timeout_and_arguments_0(&resolve, 10).unwrap();
    });
    JsFuture::from(promise).await.unwrap();
}

pub fn press(element: &Element, key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &init).unwrap();
    element.dispatch_event(&event).unwrap();
}
