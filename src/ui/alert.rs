use leptos::prelude::*;

use super::{Glyph, Icon};

/// An error message in a dialog or form. Renders the live region even without a message, because screen readers announce
/// only changes of existing live regions:
/// <https://developer.mozilla.org/docs/Web/Accessibility/ARIA/Roles/alert_role>
#[component]
pub fn ErrorAlert(
    /// The message. `None` shows nothing.
    #[prop(into)]
    message: Signal<Option<String>>,
) -> impl IntoView {
    let callout = |message: String| {
        view! {
            <p class="callout callout--danger">
                <Icon glyph=Glyph::Alert />
                <span>{message}</span>
            </p>
        }
    };
    view! { <div role="alert">{move || message.get().map(callout)}</div> }
}
