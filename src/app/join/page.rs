use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, InvitationDetails, ProfileChange};

use super::form::JoinForm;
use super::join_preview::JoinPreview;
use super::model::is_same_address;
use super::sign_in_required::SignInRequired;
use super::token::JoinToken;
use crate::api::{ApiError, Client};
use crate::app::base_path::use_base_path;
use crate::app::public_frame::PublicFrame;
use crate::app::session::AppSession;
use crate::i18n::{messages, use_language};
use crate::reactive::{effect, memo};
use crate::state::{History, Identity, Navigation, Preferences, Route, SessionStatus, explain};
use crate::ui::{Glyph, Icon};

/// The status of the invitation link.
#[derive(Debug, Clone, PartialEq)]
enum LinkStatus {
    Loading,
    Invalid,
    Failed(ApiError),
    Open(InvitationDetails),
    /// The invited user already has an account. The backend has sent them a sign-in link by e-mail.
    SignInRequired(InvitationDetails),
}

/// The page of an invitation link.
#[component]
pub(in crate::app) fn JoinPage(token: JoinToken) -> impl IntoView {
    let language = use_language();
    let session = expect_context::<AppSession>();
    let preferences = expect_context::<Preferences>();
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let client = StoredValue::new(expect_context::<Client>());
    let link = RwSignal::new(LinkStatus::Loading);
    let go_home = move || {
        token.clear();
        navigation.with_value(|navigation| navigation.go(Route::Start, History::Replace));
    };

    let inspect = move || {
        let Some(token) = token.get_untracked() else { return link.set(LinkStatus::Invalid) };
        spawn_local(async move {
            let Some(client) = client.try_get_value() else { return };
            let result = match client.inspect_invitation(token).await {
                Ok(invitation) => {
                    // The invited user has no language preference yet. The inviter may have set one.
                    if let Some(locale) = invitation.locale {
                        preferences.suggest_language(locale);
                    }
                    LinkStatus::Open(invitation)
                }
                Err(error) if error.code() == Some(Code::LinkInvalid) => LinkStatus::Invalid,
                Err(error) => LinkStatus::Failed(error),
            };
            let _ = link.try_set(result);
        });
    };
    effect(move |_| {
        token.track();
        inspect();
    });

    // The invited user may have signed in or joined in another tab, or by a request whose response was lost.
    let recheck = move |invited: String| {
        spawn_local(async move {
            session.load().await;
            if !session.email().is_some_and(|email| is_same_address(&email, &invited)) {
                return;
            }
            let (Some(client), Some(token)) = (client.try_get_value(), token.get_untracked()) else { return };
            match client.inspect_invitation(token).await {
                Ok(invitation) => {
                    let _ = link.try_set(LinkStatus::Open(invitation));
                }
                Err(error) if error.code() == Some(Code::LinkInvalid) => go_home(),
                Err(error) => {
                    let _ = link.try_set(LinkStatus::Failed(error));
                }
            }
        });
    };
    let on_joined = Callback::new(move |is_new: bool| {
        spawn_local(async move {
            // A new profile has the language of the invitation. A language chosen in this browser overrides it.
            if let (true, Some(chosen), Some(client)) =
                (is_new, preferences.chosen_language(), client.try_get_value())
            {
                let change = ProfileChange { locale: Some(Some(chosen)), ..ProfileChange::default() };
                let _ = client.change_profile(&change).await;
            }
            session.notify_tabs();
            session.load().await;
            go_home();
        });
    });
    let on_refused = Callback::new(move |(invitation, code): (InvitationDetails, Code)| {
        if code == Code::SignInRequired {
            token.wait_for_sign_in(&invitation);
            let _ = link.try_set(LinkStatus::SignInRequired(invitation));
        } else {
            let _ = link.try_set(LinkStatus::Invalid);
            recheck(invitation.email);
        }
    });
    let current_user = memo(move |_| match &*session.status.read() {
        SessionStatus::Ready(Identity::SignedIn(current_user)) => {
            Some((current_user.account_name().to_owned(), current_user.session.user.email.clone()))
        }
        _ => None,
    });
    // Other tabs notify this one when the invited user signs in.
    effect(move |_| {
        let session = current_user.get();
        if let (Some((_, email)), LinkStatus::SignInRequired(invitation)) = (session, link.get_untracked())
            && is_same_address(&email, &invitation.email)
        {
            recheck(invitation.email);
        }
    });

    view! {
        <PublicFrame>
            {move || match link.get() {
                LinkStatus::Loading => view! {
                    <p class="visually-hidden" role="status">{messages::loading(language)}</p>
                }
                .into_any(),
                LinkStatus::Invalid => view! { <InvalidLink /> }.into_any(),
                LinkStatus::Failed(error) => view! {
                    <div class="public-frame__card public-frame__card--single">
                        <div class="public-frame__message" role="alert">
                            <span class="empty__icon" data-error="">
                                <Icon glyph=Glyph::Alert />
                            </span>
                            <h1 class="public-frame__title">{messages::session_failed(language)}</h1>
                            <p class="public-frame__lead">{explain(language, &error)}</p>
                            <button class="button" type="button" on:click=move |_| inspect()>
                                {messages::retry(language)}
                            </button>
                        </div>
                    </div>
                }
                .into_any(),
                LinkStatus::SignInRequired(invitation) => view! { <SignInRequired invitation /> }.into_any(),
                LinkStatus::Open(invitation) => view! {
                    <div class="public-frame__card">
                        <JoinForm invitation=invitation.clone() current_user on_joined on_refused token />
                        <JoinPreview invitation />
                    </div>
                }
                .into_any(),
            }}
        </PublicFrame>
    }
}

/// The screen for an invalid link. It explains how to get another one.
#[component]
fn InvalidLink() -> impl IntoView {
    let language = use_language();
    view! {
        <div class="public-frame__card public-frame__card--single">
            <div class="public-frame__message" role="alert">
                <span class="empty__icon">
                    <Icon glyph=Glyph::LinkOff />
                </span>
                <h1 class="public-frame__title">{messages::link_not_working(language)}</h1>
                <p class="public-frame__lead">{messages::link_not_working_text(language)}</p>
            </div>
            <ul class="public-frame__steps" role="list">
                <li>
                    <Icon glyph=Glyph::Mail />
                    <span>
                        <strong>{messages::newer_email(language)}</strong>
                        " "
                        {messages::newer_email_text(language)}
                    </span>
                </li>
                <li>
                    <Icon glyph=Glyph::UserPlus />
                    <span>
                        <strong>{messages::ask_inviter(language)}</strong>
                        " "
                        {messages::ask_inviter_text(language)}
                    </span>
                </li>
                <li>
                    <Icon glyph=Glyph::SignIn />
                    <span>
                        <strong>{messages::already_have_account(language)}</strong>
                        " "
                        <a class="link" href=use_base_path().url(&Route::SignIn)>
                            {messages::sign_in(language)}
                        </a>
                        " "
                        {messages::already_have_account_text(language)}
                    </span>
                </li>
            </ul>
        </div>
    }
}
