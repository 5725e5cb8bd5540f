use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use crate::reactive::effect;
use crate::ui::active_element;

/// Keeps the focus in the panel when a click removes the clicked button. Browsers otherwise move it to the body.
#[derive(Clone, Copy)]
pub(super) struct RestoreFocus(RwSignal<bool>);

impl RestoreFocus {
    /// Provides the context for the buttons below the calling component. `track` subscribes to the content that may
    /// change.
    pub(super) fn provide(body: NodeRef<html::Div>, track: impl Fn() + 'static) {
        let is_armed = RwSignal::new(false);
        provide_context(Self(is_armed));
        effect(move |_| {
            track();
            if !is_armed.get() {
                return;
            }
            request_animation_frame(move || {
                let Some(body) = body.try_get_untracked().flatten() else { return };
                if active_element(&body).is_none() {
                    let _ = is_armed.try_set(false);
                    let _ = body.focus();
                }
            });
        });
    }

    /// Call this on a click that may remove the button. If that leaves nothing focused, the tab panel gets the
    /// focus.
    pub(super) fn arm(self) {
        self.0.set(true);
    }
}

/// Focuses the heading in the next animation frame, unless the focus is already in the panel. Focusing sooner would
/// force the browser to lay out the page twice.
pub(super) fn focus_heading_in_next_frame(section: NodeRef<html::Section>, heading: NodeRef<html::H2>) {
    request_animation_frame(move || {
        let Some(section) = section.try_get_untracked().flatten() else { return };
        let is_within = active_element(&section).is_some_and(|active| section.contains(Some(&active)));
        if !is_within {
            focus_heading(heading);
        }
    });
}

fn focus_heading(heading: NodeRef<html::H2>) {
    if let Some(heading) = heading.try_get_untracked().flatten() {
        let _ = heading.focus();
    }
}

/// Focuses the button that starts impersonation.
pub(super) fn focus_impersonation_button(heading: NodeRef<html::H2>) {
    let panel = heading.try_get_untracked().flatten().and_then(|it| it.closest(".user-panel").ok().flatten());
    let button = panel.and_then(|panel| panel.query_selector("[data-action=view-as]").ok().flatten());
    if let Some(button) = button.and_then(|button| button.dyn_into::<HtmlElement>().ok()) {
        let _ = button.focus();
    }
}

/// Focuses the heading if the focused element is inside the tab's content, which is about to be replaced. Elsewhere the
/// focus stays.
pub(super) fn keep_focus(body: NodeRef<html::Div>, heading: NodeRef<html::H2>) {
    let Some(body) = body.get_untracked() else { return };
    let body: &HtmlElement = &body;
    let active = active_element(body);
    let is_within =
        active.is_some_and(|active| active != *body && body.contains(Some(active.unchecked_ref())));
    if is_within {
        focus_heading(heading);
    }
}
