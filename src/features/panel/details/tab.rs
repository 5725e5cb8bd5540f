use leptos::prelude::*;

use super::super::access::AccessStore;
use super::super::failed::Failed;
use super::super::store::Store;
use super::facts::Facts;
use super::invitation::InvitationCard;
use super::life::Life;
use crate::i18n::{messages, use_language};

/// Who the user is.
#[component]
pub(in super::super) fn DetailsTab(
    /// The user.
    store: Store,
    /// Where they have access.
    access: AccessStore,
) -> impl IntoView {
    let language = use_language();
    let known = Memo::new(move |_| {
        let id = || store.details.with(|it| it.as_ref().map(|details| details.row.id));
        store.is_open.get().then(id).flatten()
    });
    let has_failed = Memo::new(move |_| store.error.with(Option::is_some) && known.get().is_none());
    let is_there = Memo::new(move |_| store.row.read().is_some());
    let life = Life::follow(known);
    move || {
        if has_failed.get() {
            return view! {
                <Failed
                    title=messages::user_failed(language)
                    error=store.error.into()
                    on_retry=move || store.refresh()
                />
            }
            .into_any();
        }
        if !is_there.get() {
            return view! { <Waiting /> }.into_any();
        }
        view! {
            <Facts store access life />
            <InvitationCard store life />
        }
        .into_any()
    }
}

/// Rows of what has not come yet.
#[component]
pub(in super::super) fn Waiting() -> impl IntoView {
    let language = use_language();
    view! {
        <div class="waiting" aria-busy="true">
            <p class="visually-hidden" role="status">
                {messages::loading(language)}
            </p>
            {(0..6)
                .map(|_| {
                    view! {
                        <div class="waiting__row" aria-hidden="true">
                            <i class="skeleton skeleton--name"></i>
                            <i class="skeleton skeleton--mail"></i>
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
}
