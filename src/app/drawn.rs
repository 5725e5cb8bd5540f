//! What the backend [drew](super::draw) is seen until the program has come, and then gives way to what the program shows:
//! what was typed into it is kept, and what was clicked is clicked.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, HtmlElement, HtmlInputElement};

use crate::ui::when_settled;

const SEARCH: &str = "input[type=search]";

/// What was drawn, while it is seen.
#[derive(Clone)]
pub(super) struct Drawn(HtmlElement);

/// A control by what it is and what it is called: so it is found again among the living.
struct Called {
    tag: String,
    name: String,
}

impl Drawn {
    /// What came with the page, where anything did. It gives way by itself as soon as the page shows what it was opened for.
    pub(super) fn find() -> Option<Self> {
        let drawn = Self(document().get_element_by_id("drawn")?.dyn_into().ok()?);
        when_settled({
            let drawn = drawn.clone();
            // Once all that comes with it is there, and before it is painted.
            move || queue_microtask(move || drawn.give_way())
        });
        Some(drawn)
    }

    /// It goes: what the page shows is something else.
    pub(super) fn remove(&self) {
        self.0.remove();
        if let Ok(Some(sheet)) = document().query_selector("style[data-drawn]") {
            sheet.remove();
        }
    }

    fn give_way(&self) {
        if !self.0.is_connected() {
            return;
        }
        let active = document().active_element().filter(|active| self.0.contains(Some(active)));
        let typed = self.0.query_selector(SEARCH).ok().flatten();
        let typed = typed.and_then(|field| field.dyn_into::<HtmlInputElement>().ok());
        let clicked = self.0.query_selector("[data-clicked]").ok().flatten();
        let (clicked, focused) = (clicked.as_ref().map(Called::of), active.as_ref().map(Called::of));
        let is_typing = active.is_some() && active.as_ref() == typed.as_ref().map(AsRef::as_ref);
        let selection = typed
            .as_ref()
            .and_then(|typed| Some((typed.selection_start().ok()??, typed.selection_end().ok()??)));
        self.remove();

        if let (Some(typed), Some(field)) = (typed, alive(SEARCH).into_iter().next()) {
            let field: HtmlInputElement = field.unchecked_into();
            if !typed.value().is_empty() {
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
        // The rows are there once they have been measured: within this frame.
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

impl Called {
    fn of(control: &Element) -> Self {
        Self { tag: control.tag_name(), name: name_of(control) }
    }

    fn find(&self) -> Option<HtmlElement> {
        alive(&self.tag).into_iter().find(|control| name_of(control) == self.name)
    }
}

fn name_of(control: &Element) -> String {
    let name = control.get_attribute("aria-label").or_else(|| control.text_content());
    name.unwrap_or_default().trim().to_owned()
}

/// What the selector finds in the page that lives: in the feature, and in the studio around it.
fn alive(selector: &str) -> Vec<HtmlElement> {
    let root =
        document().query_selector(".studio__feature").ok().flatten().and_then(|host| host.shadow_root());
    let within = root.and_then(|root| root.query_selector_all(selector).ok());
    let around = document().query_selector_all(selector).ok();
    let found = within.into_iter().chain(around);
    found
        .flat_map(|found| (0..found.length()).filter_map(move |at| found.item(at)?.dyn_into().ok()))
        .collect()
}
