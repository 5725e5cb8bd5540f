use leptos::prelude::*;

use super::model;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::state::Viewing;
use crate::ui::{Glyph, Icon};

/// Where a view ended by itself: that it did, and why. It stands where the banner stood, until it is closed.
#[component]
pub(super) fn Ended(
    /// The view.
    viewing: Viewing,
) -> impl IntoView {
    let language = use_language();
    let told = move || {
        let ended = viewing.told.get()?;
        let that = messages::view_has_ended(language, &isolated(ended.name()));
        Some(view! {
            <p class="view-ended">
                <Icon glyph=Glyph::ViewAs />
                <span class="view-ended__text">
                    <strong>{with_bdi(&that)}</strong>
                    " "
                    {model::why_ended(language, ended.why)}
                </span>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=messages::close(language)
                    on:click=move |_| viewing.told.set(None)
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </p>
        })
    };
    view! { <div class="view-ended__live" role="alert">{told}</div> }
}
