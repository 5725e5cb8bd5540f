use leptos::prelude::*;

use crate::api::ApiError;
use crate::i18n::{messages, use_language};
use crate::state::explain;
use crate::ui::{Glyph, Icon};

/// Announces that a section of the profile failed, and offers to load it again.
#[component]
pub(super) fn SectionFailure(
    title: &'static str,
    error: RwSignal<Option<ApiError>>,
    #[prop(into)] on_retry: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <div role="alert">
            {move || error.get().map(|failure| view! {
                <p class="callout callout--danger">
                    <Icon glyph=Glyph::Alert />
                    <span class="callout__body">
                        <strong>{title}</strong>
                        " "
                        {explain(language, &failure)}
                    </span>
                    <button class="button button--small" type="button" on:click=move |_| on_retry.run(())>
                        {messages::retry(language)}
                    </button>
                </p>
            })}
        </div>
    }
}
