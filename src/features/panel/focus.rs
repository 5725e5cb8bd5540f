use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::access::AccessStore;
use crate::ui::active_element;

/// What is clicked may go with what it did. The focus then stays in the panel.
#[derive(Clone, Copy)]
pub(super) struct KeepFocus(RwSignal<bool>);

impl KeepFocus {
    /// Watches over what the open tab shows, for the buttons below the part of the page that calls this.
    pub(super) fn provide(body: NodeRef<html::Div>, access: AccessStore) {
        let is_asked = RwSignal::new(false);
        provide_context(Self(is_asked));
        Effect::new(move |_| {
            access.track();
            if !is_asked.get() {
                return;
            }
            request_animation_frame(move || {
                let Some(body) = body.try_get_untracked().flatten() else { return };
                if active_element(&body).is_none() {
                    let _ = is_asked.try_set(false);
                    let _ = body.focus();
                }
            });
        });
    }

    /// Something is clicked that may go.
    pub(super) fn keep(self) {
        self.0.set(true);
    }
}

/// Gives the heading the focus, when the browser lays out the page anyway: sooner, it would do that twice. Who is in the
/// panel by then stays where they are.
pub(super) fn focus_in_frame(section: NodeRef<html::Section>, heading: NodeRef<html::H2>) {
    request_animation_frame(move || {
        let Some(section) = section.try_get_untracked().flatten() else { return };
        let is_within = active_element(&section).is_some_and(|active| section.contains(Some(&active)));
        if !is_within {
            focus(heading);
        }
    });
}

/// Gives the heading the focus.
fn focus(heading: NodeRef<html::H2>) {
    if let Some(heading) = heading.try_get_untracked().flatten() {
        let _ = heading.focus();
    }
}

/// Gives the button that begins a view the focus.
pub(super) fn focus_view_button(heading: NodeRef<html::H2>) {
    let panel = heading.try_get_untracked().flatten().and_then(|it| it.closest(".user-panel").ok().flatten());
    let button = panel.and_then(|panel| panel.query_selector("[data-deed=view-as]").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

/// The focus stays where it is; where that goes with what the panel showed, the heading has it.
pub(super) fn keep_focus(body: NodeRef<html::Div>, heading: NodeRef<html::H2>) {
    let Some(body) = body.get_untracked() else { return };
    let body: &HtmlElement = &body;
    let active = active_element(body);
    let is_within =
        active.is_some_and(|active| active != *body && body.contains(Some(active.unchecked_ref())));
    if is_within {
        focus(heading);
    }
}
