//! Hands over from the list that the backend [prerendered](super::render) to the live view, at the same address. It keeps
//! text typed into the search field, the scroll position, the focus, an open filter, and a click.

use std::pin::Pin;

use js_sys::{Array, Function, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Element, Event, EventInit, HtmlElement, HtmlInputElement, MutationObserver, MutationObserverInit,
};

use crate::features::{impersonation, panel, users};
use crate::state::{Navigation, Route, ScrollMemory, ScrollPosition};
use crate::ui::use_first_render;

const SEARCH: &str = "input[type=search]";
/// The attribute of the root element while `list.js` fetches another list.
const BUSY: &str = "data-prerendered";
/// The attribute of the root element that stops `list.js`.
const PROGRAM: &str = "data-program";

/// The prerendered view, while it is in the document.
#[derive(Clone)]
pub(crate) struct Prerendered(HtmlElement);

/// Identifies a control by its tag and accessible name, to find it again in the live view.
struct ControlKey {
    tag: String,
    name: String,
}

/// Calls `mount` when the program can take over at once: the code of everything that the prerendered list shows is loaded,
/// and the list that `list.js` was fetching has arrived. Without a prerendered list, that is now.
pub(crate) fn when_ready(mount: impl FnOnce() + 'static) {
    let Some(prerendered) = document().get_element_by_id("prerendered") else { return mount() };
    let mut code = Vec::<Pin<Box<dyn Future<Output = ()>>>>::new();
    let shows = |selector| matches!(prerendered.query_selector(selector), Ok(Some(_)));
    if shows(".user-panel") {
        code.push(Box::pin(panel::preload()));
    }
    if shows(".empty") {
        code.push(Box::pin(users::preload_empty()));
    }
    if shows(".view-mode") {
        code.push(Box::pin(impersonation::preload()));
    }
    spawn_local(async move {
        for part in code {
            part.await;
        }
        if let Some(root) = document().document_element() {
            // Waits once. Who types on gets the next list from the program.
            if root.has_attribute(BUSY) {
                let _ = JsFuture::from(changed(&root)).await;
            }
            let _ = root.set_attribute(PROGRAM, "on");
        }
        mount();
    });
}

/// Returns a promise that resolves when `list.js` has finished.
fn changed(root: &Element) -> Promise {
    Promise::new(&mut |resolve, _| {
        let options = MutationObserverInit::new();
        options.set_attribute_filter(&Array::of1(&BUSY.into()));
        if let Ok(observer) = MutationObserver::new(&resolve) {
            let _ = observer.observe_with_options(root, &options);
        }
    })
}

impl Prerendered {
    /// Lets the live list start at the scroll position of the prerendered one.
    pub(crate) fn restore_scroll_position(&self, navigation: &Navigation, memory: ScrollMemory) {
        let query = |selector| self.0.query_selector(selector).ok().flatten()?.dyn_into::<HtmlElement>().ok();
        let offset = query(".users-table__body").zip(query(".users-table__body > :nth-child(2)"));
        let offset = offset.map_or(0.0, |(body, second)| {
            // The second row starts one row below the first.
            let first = body.first_element_child().and_then(|row| row.dyn_into::<HtmlElement>().ok());
            let height = second.offset_top() - first.map_or(0, |first| first.offset_top());
            f64::from(body.scroll_top()) / f64::from(height.max(1))
        });
        if let Route::Users(route) = navigation.route.get_untracked()
            && offset > 0.0
        {
            memory.save(&route.list(), ScrollPosition { offset, focus: None });
            navigation.restore_state();
        }
    }

    /// Finds the prerendered view, if the page has one. It hands over as soon as the live view has rendered its data.
    pub(crate) fn find() -> Option<Self> {
        let prerendered = Self(document().get_element_by_id("prerendered")?.dyn_into().ok()?);
        use_first_render().on_first_render({
            let prerendered = prerendered.clone();
            // After the remaining effects of the first render and before the next paint.
            move || queue_microtask(move || prerendered.hand_over())
        });
        Some(prerendered)
    }

    /// Removes the prerendered view, because the page shows another screen.
    pub(crate) fn remove(&self) {
        self.0.remove();
        // The style sheet, and the live region of `list.js`.
        while let Ok(Some(element)) = document().query_selector(":is(style, output)[data-prerendered]") {
            element.remove();
        }
    }

    fn hand_over(&self) {
        if !self.0.is_connected() {
            return;
        }
        let active = document().active_element().filter(|active| self.0.contains(Some(active)));
        let typed = self.0.query_selector(SEARCH).ok().flatten();
        let typed = typed.and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        let clicked = self.0.query_selector("[data-clicked]").ok().flatten();
        // A click on its button opens the same filter.
        let filter = self.0.query_selector(":popover-open").ok().flatten().and_then(|popover| {
            self.0.query_selector(&format!("[popovertarget={}]", popover.id())).ok().flatten()
        });
        let clicked = filter.or(clicked);
        let (clicked, focused) = (clicked.as_ref().map(ControlKey::of), active.as_ref().map(ControlKey::of));
        let is_typing = active.is_some() && active.as_ref() == typed.as_ref().map(AsRef::as_ref);
        let selection = typed
            .as_ref()
            .and_then(|typed| Some((typed.selection_start().ok()??, typed.selection_end().ok()??)));
        self.remove();
        finish_animations();

        if let (Some(typed), Some(field)) = (typed, query_live(SEARCH).into_iter().next()) {
            let field: HtmlInputElement = field.unchecked_into();
            if typed.value() != field.value() {
                field.set_value(&typed.value());
                let bubbles = EventInit::new();
                bubbles.set_bubbles(true);
                if let Ok(input) = Event::new_with_event_init_dict("input", &bubbles) {
                    let _ = field.dispatch_event(&input);
                }
            }
            if is_typing {
                let _ = field.focus();
                if let Some((start, end)) = selection {
                    let _ = field.set_selection_range(start, end);
                }
            }
        }
        // The live rows exist after they have been measured, within this frame.
        request_animation_frame(move || {
            request_animation_frame(move || {
                if let Some(control) = focused.filter(|_| !is_typing).and_then(|focused| focused.find()) {
                    let _ = control.focus();
                }
                if let Some(control) = clicked.and_then(|clicked| clicked.find()) {
                    control.click();
                }
            });
        });
    }
}

impl ControlKey {
    fn of(control: &Element) -> Self {
        Self { tag: control.tag_name(), name: name_of(control) }
    }

    fn find(&self) -> Option<HtmlElement> {
        // Some buttons of the live view are links in the prerendered one.
        let tag = if self.tag == "A" { "a, button" } else { &self.tag };
        query_live(tag).into_iter().find(|control| name_of(control) == self.name)
    }
}

/// Ends the animations of the live panel: the prerendered one was there before.
fn finish_animations() {
    for panel in query_live(".user-panel") {
        let get = Reflect::get(&panel, &"getAnimations".into()).and_then(JsCast::dyn_into::<Function>);
        let Some(animations) = get.ok().and_then(|get| get.call0(&panel).ok()) else { continue };
        for animation in Array::from(&animations) {
            let finish =
                Reflect::get(&animation, &JsValue::from_str("finish")).and_then(JsCast::dyn_into::<Function>);
            let _ = finish.and_then(|finish| finish.call0(&animation));
        }
    }
}

fn name_of(control: &Element) -> String {
    let name = control.get_attribute("aria-label").or_else(|| control.text_content());
    name.unwrap_or_default().trim().to_owned()
}

/// Queries the live view: the feature's shadow root and the studio around it.
fn query_live(selector: &str) -> Vec<HtmlElement> {
    let root =
        document().query_selector(".studio__feature").ok().flatten().and_then(|host| host.shadow_root());
    let within = root.and_then(|root| root.query_selector_all(selector).ok());
    let around = document().query_selector_all(selector).ok();
    let found = within.into_iter().chain(around);
    found
        .flat_map(|found| (0..found.length()).filter_map(move |at| found.item(at)?.dyn_into().ok()))
        .collect()
}
