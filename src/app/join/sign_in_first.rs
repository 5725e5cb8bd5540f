use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::OpenInvitation;

use super::model::destination;
use crate::api::{ApiError, Client};
use crate::i18n::{isolated, messages, use_language};
use crate::state::explain;
use crate::ui::{Glyph, Icon};

/// The account exists: a link to sign in was mailed, and joining goes on once it was opened.
#[component]
pub(super) fn SignInFirst(
    /// What the link invites to.
    invitation: OpenInvitation,
) -> impl IntoView {
    let language = use_language();
    let client = StoredValue::new(expect_context::<Client>());
    let said = RwSignal::new(None::<Result<(), ApiError>>);
    let is_sending = RwSignal::new(false);

    let email = StoredValue::new(invitation.email.clone());
    let on_again = move |_| {
        if is_sending.get_untracked() {
            return;
        }
        is_sending.set(true);
        spawn_local(async move {
            let (client, email) = (client.get_value(), email.get_value());
            let answer = client.request_sign_in_link(email).await;
            let _ = said.try_set(Some(answer));
            let _ = is_sending.try_set(false);
        });
    };
    view! {
        <div class="gate__card gate__card--single">
            <div class="gate__form">
                <div role="status">
                    <h1 class="gate__title">{messages::sign_in_to_join(language)}</h1>
                    <p class="gate__lead">
                        {messages::sign_in_to_join_text(
                            language,
                            &isolated(&invitation.email),
                            &isolated(destination(&invitation)),
                        )}
                    </p>
                </div>
                <button
                    class="button button--wide"
                    type="button"
                    aria-disabled=move || is_sending.get().then_some("true")
                    on:click=on_again
                >
                    <Icon glyph=Glyph::Mail />
                    {messages::mail_again(language)}
                </button>
                <p role="status" class="gate__fine">
                    {move || match said.get() {
                        None => messages::sign_in_to_join_fine(language).to_string(),
                        Some(Ok(())) => messages::mailed_again(language).into(),
                        Some(Err(error)) => explain(language, &error),
                    }}
                </p>
            </div>
        </div>
    }
}
