use leptos::html;
use leptos::prelude::*;

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
