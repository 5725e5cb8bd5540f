use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::store::UserStore;
use crate::api::Client;
use crate::i18n::{isolated, messages, use_language};
use crate::reactive::memo;
use crate::state::{Lock, explain, use_notices};
use crate::ui::{Glyph, Icon};

/// Says that the user's e-mail address is not confirmed, and offers to mail a sign-in link, whose use confirms it.
#[component]
pub(super) fn UnconfirmedNote(store: UserStore) -> impl IntoView {
    let language = use_language();
    let notices = use_notices();
    let client = StoredValue::new(expect_context::<Client>());
    let is_sending = RwSignal::new(false);
    let row = store.row;
    let is_unconfirmed = memo(move |_| row.with(|row| row.as_ref().is_some_and(|it| it.address_unconfirmed)));
    // No mail is sent during an impersonation.
    let lock = Lock::of(|| None);
    let on_send = move |_| {
        let is_blocked = is_sending.get_untracked() || lock.get_untracked().is_some();
        let Some(row) = row.get_untracked().filter(|_| !is_blocked) else { return };
        is_sending.set(true);
        spawn_local(async move {
            let response = client.get_value().request_sign_in_link(row.email.clone()).await;
            let _ = is_sending.try_set(false);
            match response {
                Ok(()) => notices.success(messages::sign_in_link_mailed(language, &isolated(&row.email))),
                Err(error) => {
                    notices.error(messages::sign_in_link_not_mailed(language, &explain(language, &error)));
                }
            }
        });
    };
    view! {
        <Show when=move || is_unconfirmed.get()>
            <div class="callout" data-note="unconfirmed">
                <Icon glyph=Glyph::Alert />
                <div class="callout__body">
                    <strong>{messages::address_unconfirmed(language)}</strong>
                    <p>{messages::address_unconfirmed_text(language)}</p>
                    <p>{messages::sign_in_link_hint(language)}</p>
                <button
                    class="button button--small"
                    type="button"
                    aria-disabled=move || (is_sending.get() || lock.get().is_some()).then_some("true")
                    aria-describedby=move || lock.get().map(Lock::id)
                    data-hint=move || lock.get().map(|lock| lock.words(language))
                    on:click=on_send
                >
                    {messages::mail_sign_in_link(language)}
                </button>
                </div>
            </div>
        </Show>
    }
}
