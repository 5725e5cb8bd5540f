//! Shows the view that the backend [prerendered](super::render) until the program runs, and then hands over to the live
//! view. The hand-over keeps text typed into the search field, the focus, and a click.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, EventInit, HtmlElement, HtmlInputElement};

use crate::ui::use_first_render;

const SEARCH: &str = "input[type=search]";

/// The prerendered view, while it is in the document.
#[derive(Clone)]
pub(crate) struct Prerendered(HtmlElement);

/// Identifies a control by its tag and accessible name, to find it again in the live view.
struct ControlKey {
    tag: String,
    name: String,
}

impl Prerendered {
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
        if let Ok(Some(sheet)) = document().query_selector("style[data-prerendered]") {
            sheet.remove();
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
        let (clicked, focused) = (clicked.as_ref().map(ControlKey::of), active.as_ref().map(ControlKey::of));
        let is_typing = active.is_some() && active.as_ref() == typed.as_ref().map(AsRef::as_ref);
        let selection = typed
            .as_ref()
            .and_then(|typed| Some((typed.selection_start().ok()??, typed.selection_end().ok()??)));
        self.remove();

        if let (Some(typed), Some(field)) = (typed, query_live(SEARCH).into_iter().next()) {
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
        query_live(&self.tag).into_iter().find(|control| name_of(control) == self.name)
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
