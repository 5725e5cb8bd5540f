use leptos::prelude::*;

use super::model;
use crate::i18n::{isolated, messages, use_language, with_bdi};
use crate::state::Impersonation;
use crate::ui::{Glyph, Icon};

/// Says that a view ended by itself, and why. Replaces the banner until the user closes it.
#[component]
pub(super) fn EndedNotice(impersonation: Impersonation) -> impl IntoView {
    let language = use_language();
    let notice = move || {
        let ended = impersonation.end_notice.get()?;
        let text = messages::view_has_ended(language, &isolated(ended.name()));
        Some(view! {
            <p class="view-ended">
                <Icon glyph=Glyph::ViewAs />
                <span class="view-ended__text">
                    <strong>{with_bdi(&text)}</strong>
                    " "
                    {model::end_reason(language, ended.reason)}
                </span>
                <button
                    class="icon-button"
                    type="button"
                    aria-label=messages::close(language)
                    on:click=move |_| impersonation.end_notice.set(None)
                >
                    <Icon glyph=Glyph::Close />
                </button>
            </p>
        })
    };
    view! { <div class="view-ended__live" role="alert">{notice}</div> }
}
