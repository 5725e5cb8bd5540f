use leptos::prelude::*;

use super::super::access::AccessStore;
use super::super::store::UserStore;
use super::facts::Facts;
use super::invitation::InvitationCard;
use super::timeline::InvitationTimeline;
use super::unconfirmed::UnconfirmedNote;
use crate::features::panel::load_error::TabLoadError;
use crate::features::panel::loading_skeleton::LoadingSkeleton;
use crate::i18n::{messages, use_language};
use crate::reactive::memo;

#[component]
pub(in super::super) fn DetailsTab(store: UserStore, access: AccessStore) -> impl IntoView {
    let language = use_language();
    let loaded_user = memo(move |_| {
        let id = || store.details.with(|it| it.as_ref().map(|details| details.row.id));
        store.is_open.get().then(id).flatten()
    });
    let has_failed = memo(move |_| store.error.with(Option::is_some) && loaded_user.get().is_none());
    let has_row = memo(move |_| store.row.read().is_some());
    let timeline = InvitationTimeline::watch(loaded_user);
    move || {
        if has_failed.get() {
            return view! {
                <TabLoadError
                    title=messages::user_failed(language)
                    error=store.error.into()
                    on_retry=move || store.refresh()
                />
            }
            .into_any();
        }
        if !has_row.get() {
            return view! { <LoadingSkeleton /> }.into_any();
        }
        view! {
            <UnconfirmedNote store />
            <Facts store access timeline />
            <InvitationCard store timeline />
        }
        .into_any()
    }
}
