use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::ui::{Glyph, Icon};

/// The rows of a list of nodes and roles while it loads.
#[component]
pub fn AccessListSkeleton(
    /// The expected number of rows.
    rows: usize,
) -> impl IntoView {
    let row = |_| view! { <div class="access-list__row"><i class="skeleton skeleton--name"></i></div> };
    view! { <div class="access-list" aria-busy="true">{(0..rows).map(row).collect_view()}</div> }
}

/// A message that a list of nodes and roles could not be loaded, with a button that tries again.
#[component]
pub fn AccessListError(
    /// The failure and its reason.
    #[prop(into)]
    message: String,
    on_retry: impl Fn() + 'static,
) -> impl IntoView {
    let language = use_language();
    view! {
        <p class="callout">
            <Icon glyph=Glyph::Info />
            <span>
                {message} " "
                <button class="link" type="button" on:click=move |_| on_retry()>
                    {messages::retry(language)}
                </button>
            </span>
        </p>
    }
}
