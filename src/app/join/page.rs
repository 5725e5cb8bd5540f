use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, OpenInvitation, ProfileChange};

use super::form::JoinForm;
use super::model::is_same_address;
use super::side::Side;
use super::sign_in_first::SignInFirst;
use super::token::JoinToken;
use crate::api::{ApiError, Client};
use crate::app::gate_frame::GateFrame;
use crate::app::signed_in::SignedIn;
use crate::i18n::{messages, use_language};
use crate::state::{History, Identity, Known, Navigation, Place, Preferences, explain};
use crate::ui::{Glyph, Icon};

/// What is known of the link.
#[derive(Debug, Clone, PartialEq)]
enum Opened {
    Loading,
    Dead,
    Failed(ApiError),
    Open(OpenInvitation),
    /// Their account exists: they were mailed a link to sign in first.
    SignInFirst(OpenInvitation),
}

/// The page of an invitation's link.
#[component]
pub(in crate::app) fn JoinPage(
    /// The token of the link.
    token: JoinToken,
) -> impl IntoView {
    let language = use_language();
    let signed_in = expect_context::<SignedIn>();
    let preferences = expect_context::<Preferences>();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let client = StoredValue::new(expect_context::<Client>());
    let opened = RwSignal::new(Opened::Loading);
    let go_on = move || {
        token.forget();
        navigation.with_value(|navigation| navigation.go(Place::Start, History::Replace));
    };

    let inspect = move || {
        let Some(token) = token.now() else { return opened.set(Opened::Dead) };
        spawn_local(async move {
            let Some(client) = client.try_get_value() else { return };
            let answer = match client.inspect_invitation(token).await {
                Ok(invitation) => {
                    // Nobody has said yet what they read: whoever invites them may know.
                    if let Some(locale) = invitation.locale {
                        preferences.suggest_language(locale);
                    }
                    Opened::Open(invitation)
                }
                Err(error) if error.code() == Some(Code::LinkInvalid) => Opened::Dead,
                Err(error) => Opened::Failed(error),
            };
            let _ = opened.try_set(answer);
        });
    };
    Effect::new(move |_| {
        token.track();
        inspect();
    });

    // Whoever is invited may have signed in, or joined already, in another tab or by a call whose answer got lost.
    let look_again = move |invited: String| {
        spawn_local(async move {
            signed_in.load().await;
            if !signed_in.email().is_some_and(|email| is_same_address(&email, &invited)) {
                return;
            }
            let (Some(client), Some(token)) = (client.try_get_value(), token.now()) else { return };
            match client.inspect_invitation(token).await {
                Ok(invitation) => {
                    let _ = opened.try_set(Opened::Open(invitation));
                }
                Err(error) if error.code() == Some(Code::LinkInvalid) => go_on(),
                Err(error) => {
                    let _ = opened.try_set(Opened::Failed(error));
                }
            }
        });
    };
    let on_joined = Callback::new(move |is_new: bool| {
        spawn_local(async move {
            // The profile begins with the invitation's language. Whoever chose another has said so.
            if let (true, Some(chosen), Some(client)) =
                (is_new, preferences.chosen_language(), client.try_get_value())
            {
                let change = ProfileChange { locale: Some(Some(chosen)), ..ProfileChange::default() };
                let _ = client.change_profile(&change).await;
            }
            signed_in.tell_tabs();
            signed_in.load().await;
            go_on();
        });
    });
    let on_refused = Callback::new(move |(invitation, code): (OpenInvitation, Code)| {
        if code == Code::SignInRequired {
            token.wait_for(&invitation);
            let _ = opened.try_set(Opened::SignInFirst(invitation));
        } else {
            let _ = opened.try_set(Opened::Dead);
            look_again(invitation.email);
        }
    });
    let reader = Memo::new(move |_| match &*signed_in.known.read() {
        Known::Ready(Identity::SignedIn(reader)) => {
            Some((reader.account_name().to_owned(), reader.session.user.email.clone()))
        }
        _ => None,
    });
    // Whoever signs in, in this browser, is told to this tab by the others.
    Effect::new(move |_| {
        let signed_in = reader.get();
        if let (Some((_, email)), Opened::SignInFirst(invitation)) = (signed_in, opened.get_untracked())
            && is_same_address(&email, &invitation.email)
        {
            look_again(invitation.email);
        }
    });

    view! {
        <GateFrame>
            {move || match opened.get() {
                Opened::Loading => view! {
                    <p class="visually-hidden" role="status">{messages::loading(language)}</p>
                }
                .into_any(),
                Opened::Dead => view! { <DeadLink /> }.into_any(),
                Opened::Failed(error) => view! {
                    <div class="gate__card gate__card--single">
                        <div class="gate__dead" role="alert">
                            <span class="empty__round" data-error="">
                                <Icon glyph=Glyph::Alert />
                            </span>
                            <h1 class="gate__title">{messages::session_failed(language)}</h1>
                            <p class="gate__lead">{explain(language, &error)}</p>
                            <button class="button" type="button" on:click=move |_| inspect()>
                                {messages::retry(language)}
                            </button>
                        </div>
                    </div>
                }
                .into_any(),
                Opened::SignInFirst(invitation) => view! { <SignInFirst invitation /> }.into_any(),
                Opened::Open(invitation) => view! {
                    <div class="gate__card">
                        <JoinForm invitation=invitation.clone() reader on_joined on_refused token />
                        <Side invitation />
                    </div>
                }
                .into_any(),
            }}
        </GateFrame>
    }
}

/// A link that does not work, and how to get another.
#[component]
fn DeadLink() -> impl IntoView {
    let language = use_language();
    view! {
        <div class="gate__card gate__card--single">
            <div class="gate__dead" role="alert">
                <span class="empty__round">
                    <Icon glyph=Glyph::LinkOff />
                </span>
                <h1 class="gate__title">{messages::link_dead(language)}</h1>
                <p class="gate__lead">{messages::link_dead_text(language)}</p>
            </div>
            <ul class="gate__steps" role="list">
                <li>
                    <Icon glyph=Glyph::Mail />
                    <span>
                        <strong>{messages::dead_newer(language)}</strong>
                        " "
                        {messages::dead_newer_text(language)}
                    </span>
                </li>
                <li>
                    <Icon glyph=Glyph::UserPlus />
                    <span>
                        <strong>{messages::dead_ask(language)}</strong>
                        " "
                        {messages::dead_ask_text(language)}
                    </span>
                </li>
                <li>
                    <Icon glyph=Glyph::SignIn />
                    <span>
                        <strong>{messages::dead_joined(language)}</strong>
                        " "
                        <a class="link" href=Place::SignIn.url()>
                            {messages::sign_in(language)}
                        </a>
                        " "
                        {messages::dead_joined_text(language)}
                    </span>
                </li>
            </ul>
        </div>
    }
}
