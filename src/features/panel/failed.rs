use leptos::prelude::*;

use crate::api::ApiError;
use crate::i18n::{messages, use_language};
use crate::state::explain;
use crate::ui::{Glyph, Icon};

/// There is no such user.
#[component]
pub(super) fn Gone(
    /// Whether the heading says who it was, and so not this.
    is_known: Memo<bool>,
    /// Leads back to the list.
    #[prop(into)]
    on_close: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="empty" role="status">
            <span class="empty__round">
                <Icon glyph=Glyph::Users />
            </span>
            <Show when=move || is_known.get()>
                <h3 class="empty__title">{messages::no_such_user(language)}</h3>
            </Show>
            <p class="empty__text">{messages::no_such_user_text(language)}</p>
            <div class="empty__ways">
                <button class="button" type="button" on:click=move |_| on_close.run(())>
                    {messages::back_to_list(language)}
                </button>
            </div>
        </div>
    }
}

/// What went wrong where a tab stands, and the way on.
#[component]
pub(super) fn Failed(
    /// What could not be had.
    title: &'static str,
    /// Why.
    error: Signal<Option<ApiError>>,
    /// Tries again.
    #[prop(into)]
    on_retry: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let cause = move || error.get().map(|error| explain(language, &error));
    view! {
        <div class="empty" role="alert">
            <span class="empty__round" data-error="">
                <Icon glyph=Glyph::Alert />
            </span>
            <h3 class="empty__title">{title}</h3>
            <p class="empty__text">{cause}</p>
            <div class="empty__ways">
                <button class="button" type="button" on:click=move |_| on_retry.run(())>
                    {messages::retry(language)}
                </button>
            </div>
        </div>
    }
}
