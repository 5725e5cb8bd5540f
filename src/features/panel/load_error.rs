use leptos::prelude::*;

use crate::api::ApiError;
use crate::i18n::{messages, use_language};
use crate::parts::NavigationButton;
use crate::state::explain;
use crate::ui::{Glyph, Icon};

/// Says that the user does not exist, or is not visible to the current user.
#[component]
pub(super) fn UserNotFound(
    /// Whether the panel's heading shows the user's name. Otherwise the heading itself says that there is no such user.
    is_named: Memo<bool>,
    #[prop(into)] on_close: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <div class="empty" role="status">
            <span class="empty__icon">
                <Icon glyph=Glyph::Users />
            </span>
            <Show when=move || is_named.get()>
                <h3 class="empty__title">{messages::user_unavailable(language)}</h3>
            </Show>
            <p class="empty__text">{messages::user_not_found_text(language)}</p>
            <div class="empty__actions">
                <NavigationButton class="button" on_click=on_close>
                    {messages::back_to_list(language)}
                </NavigationButton>
            </div>
        </div>
    }
}

/// Shows in place of a tab why it could not load, with a retry button.
#[component]
pub(super) fn TabLoadError(
    title: &'static str,
    error: Signal<Option<ApiError>>,
    #[prop(into)] on_retry: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let cause = move || error.get().map(|error| explain(language, &error));
    view! {
        <div class="empty" role="alert">
            <span class="empty__icon" data-error="">
                <Icon glyph=Glyph::Alert />
            </span>
            <h3 class="empty__title">{title}</h3>
            <p class="empty__text">{cause}</p>
            <div class="empty__actions">
                <button class="button" type="button" on:click=move |_| on_retry.run(())>
                    {messages::retry(language)}
                </button>
            </div>
        </div>
    }
}
