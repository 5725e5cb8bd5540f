use leptos::prelude::*;

use crate::i18n::{messages, use_language};

/// Skeleton rows, shown while a tab loads.
#[component]
pub(crate) fn LoadingSkeleton() -> impl IntoView {
    let language = use_language();
    view! {
        <div class="details-skeleton" aria-busy="true">
            <p class="visually-hidden" role="status">
                {messages::loading(language)}
            </p>
            {(0..6)
                .map(|_| {
                    view! {
                        <div class="details-skeleton__row" aria-hidden="true">
                            <i class="skeleton skeleton--name"></i>
                            <i class="skeleton skeleton--mail"></i>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
}
