use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::InvitationDetails;

use super::model::destination;
use crate::api::{ApiError, Client};
use crate::i18n::{messages, use_language};
use crate::state::explain;
use crate::ui::{Glyph, Icon, PLACEHOLDERS, Phrase};

/// The screen for an invited user who already has an account. The backend has sent a sign-in link by e-mail; joining
/// continues after the user has opened it.
#[component]
pub(super) fn SignInRequired(invitation: InvitationDetails) -> impl IntoView {
    let language = use_language();
    let client = StoredValue::new(expect_context::<Client>());
    let result = RwSignal::new(None::<Result<(), ApiError>>);
    let is_sending = RwSignal::new(false);

    let email = StoredValue::new(invitation.email.clone());
    let on_resend = move |_| {
        if is_sending.get_untracked() {
            return;
        }
        is_sending.set(true);
        spawn_local(async move {
            let (client, email) = (client.get_value(), email.get_value());
            let response = client.request_sign_in_link(email).await;
            let _ = result.try_set(Some(response));
            let _ = is_sending.try_set(false);
        });
    };
    view! {
        <div class="public-frame__card public-frame__card--single">
            <div class="public-frame__form">
                <div role="status">
                    <h1 class="public-frame__title">{messages::sign_in_to_join(language)}</h1>
                    <p class="public-frame__lead">
                        <Phrase
                            text=messages::sign_in_to_join_text(language, PLACEHOLDERS[0], PLACEHOLDERS[1])
                            names=vec![invitation.email.clone(), destination(&invitation).to_owned()]
                        />
                    </p>
                </div>
                <button
                    class="button button--wide"
                    type="button"
                    aria-disabled=move || is_sending.get().then_some("true")
                    on:click=on_resend
                >
                    <Icon glyph=Glyph::Mail />
                    {messages::resend_sign_in_link(language)}
                </button>
                <p role="status" class="public-frame__note">
                    {move || match result.get() {
                        None => messages::sign_in_to_join_note(language).to_string(),
                        Some(Ok(())) => messages::sign_in_link_resent(language).into(),
                        Some(Err(error)) => explain(language, &error),
                    }}
                </p>
            </div>
        </div>
    }
}
