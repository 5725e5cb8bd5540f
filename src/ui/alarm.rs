use leptos::prelude::*;

use super::{Glyph, Icon};

/// What went wrong, within a dialog or a form. It is there from the start, so that screen readers hear what comes into
/// it.
#[component]
pub fn Alarm(
    /// What it says; nothing where all is well.
    #[prop(into)]
    words: Signal<Option<String>>,
) -> impl IntoView {
    let callout = |words: String| {
        view! {
            <p class="callout callout--danger">
                <Icon glyph=Glyph::Alert />
                <span>{words}</span>
            </p>
        }
    };
    view! { <div role="alert">{move || words.get().map(callout)}</div> }
}
