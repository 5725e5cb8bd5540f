use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, GrantDetails, InvitationDetails};
use studio_users_domain::{MAX_NAME_CHARS, clean_text};

use super::model::{Joiner, destination};
use super::token::JoinToken;
use crate::api::{ApiError, Client};
use crate::app::base_path::use_base_path;
use crate::i18n::{Language, format, messages, use_language};
use crate::reactive::memo;
use crate::state::{Route, explain};
use crate::ui::{Avatar, Chip, Glyph, Icon, PLACEHOLDERS, Phrase};

/// The form of an invitation link: the inviter, the nodes and roles, the name field and the join button.
#[component]
pub(super) fn JoinForm(
    invitation: InvitationDetails,
    /// The name and e-mail address of the user who is signed in.
    #[prop(into)]
    current_user: Signal<Option<(String, String)>>,
    /// Called after joining, with `true` if an account was created.
    on_joined: Callback<bool>,
    /// Called if the link is invalid or signing in is required first.
    on_refused: Callback<(InvitationDetails, Code)>,
    token: JoinToken,
) -> impl IntoView {
    let language = use_language();
    let base = StoredValue::new(use_base_path());
    let client = StoredValue::new(expect_context::<Client>());
    let field = NodeRef::<html::Input>::new();
    let name = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let is_joining = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let email = invitation.email.clone();
    let joiner = memo(move |_| {
        let current_user = current_user.get();
        Joiner::of(current_user.as_ref().map(|(name, email)| (name.as_str(), email.as_str())), &email)
    });
    let needs_name = memo(move |_| joiner.read().needs_name());

    let submitted = StoredValue::new(invitation.clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = clean_text(&name.get_untracked());
        is_missing.set(needs_name.get_untracked() && typed.is_empty());
        if is_missing.get_untracked() {
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
            }
            return;
        }
        // Ignores a second submit while the request is in flight.
        if is_joining.get_untracked() {
            return;
        }
        is_joining.set(true);
        error.set(None);
        let name = needs_name.get_untracked().then_some(typed);
        let is_new = name.is_some();
        let (client, token) = (client.get_value(), token.get_untracked().unwrap_or_default());
        spawn_local(async move {
            match client.accept_invitation(token, name).await {
                Ok(_) => return on_joined.run(is_new),
                Err(ApiError::Refused(problem))
                    if matches!(problem.code, Code::SignInRequired | Code::LinkInvalid) =>
                {
                    if let Some(invitation) = submitted.try_get_value() {
                        on_refused.run((invitation, problem.code));
                    }
                }
                Err(other) => {
                    let _ = error.try_set(Some(other));
                }
            }
            let _ = is_joining.try_set(false);
        });
    };

    let [first, second, _] = PLACEHOLDERS;
    let title = messages::join_node(language, first);
    let node = destination(&invitation).to_owned();
    let until = format::short_date_time(language, invitation.expires_at);
    let fine = messages::join_note(language, first, &until);
    let invited = StoredValue::new(invitation.email.clone());
    view! {
        <form class="public-frame__form" novalidate on:submit=on_submit>
            <div>
                <h1 class="public-frame__title">
                    <Phrase text=title names=vec![node] />
                </h1>
                {lead(language, &invitation)}
            </div>
            {quote(&invitation)}
            {move || {
                let Joiner::OtherUser { name } = joiner.get() else { return None };
                let text = messages::join_switches_account(language, first, second);
                Some(
                    view! {
                        <p class="callout">
                            <Icon glyph=Glyph::Info />
                            <span class="callout__body">
                                <Phrase text names=vec![name, invited.get_value()] />
                            </span>
                        </p>
                    },
                )
            }}
            <div role="alert">
                {move || error.get().map(|error| failed(language, &error))}
            </div>
            <Show
                when=move || needs_name.get()
                fallback=move || {
                    let Joiner::SameUser { name } = joiner.get() else { return None };
                    let text = messages::you_join_as(language, first);
                    Some(view! { <p><Phrase text names=vec![name] /></p> })
                }
            >
                <div class="field">
                    <div class="field__head">
                        <label class="label" for="join-name">
                            {messages::your_name(language)}
                        </label>
                        <span class="hint" id="join-name-hint">
                            {messages::your_name_hint(language)}
                        </span>
                    </div>
                    <div class="input" data-error=move || is_missing.get().then_some("")>
                        <input
                            id="join-name"
                            type="text"
                            autocomplete="name"
                            autofocus
                            required
                            maxlength=MAX_NAME_CHARS.to_string()
                            node_ref=field
                            prop:value=name
                            aria-invalid=move || is_missing.get().then_some("true")
                            aria-describedby=move || {
                                if is_missing.get() { "join-name-error" } else { "join-name-hint" }
                            }
                            on:input=move |event| {
                                is_missing.set(false);
                                name.set(event_target_value(&event));
                            }
                        />
                    </div>
                    <Show when=move || is_missing.get()>
                        <p class="field__error" id="join-name-error">
                            <Icon glyph=Glyph::Alert small=true />
                            {messages::your_name_required(language)}
                        </p>
                    </Show>
                </div>
            </Show>
            <button
                class="button button--primary button--wide"
                type="submit"
                aria-disabled=move || is_joining.get().then_some("true")
            >
                {messages::join(language)}
            </button>
            {move || {
                let Joiner::OtherUser { name } = joiner.get() else { return None };
                Some(
                    view! {
                        <a class="button button--wide" href=base.with_value(|base| base.url(&Route::Start))>
                            <Phrase text=messages::stay_signed_in_as(language, first) names=vec![name] />
                        </a>
                    },
                )
            }}
            <p class="public-frame__note">
                <Phrase text=fine names=vec![invited.get_value()] />
            </p>
        </form>
    }
}

/// The inviter, the nodes and the roles.
fn lead(language: Language, invitation: &InvitationDetails) -> AnyView {
    let inviter = vec![invitation.invited_by.clone()];
    match &invitation.grants[..] {
        [only] => view! {
            <p class="public-frame__lead public-frame__lead--row">
                <span>
                    <Phrase text=messages::invites_you_as(language, PLACEHOLDERS[0]) names=inviter />
                </span>
                {chips(language, only)}
            </p>
        }
        .into_any(),
        several => {
            let row = |grant: &GrantDetails| {
                view! {
                    <li>
                        <bdi>{grant.node.clone()}</bdi>
                        {chips(language, grant)}
                    </li>
                }
            };
            view! {
                <p class="public-frame__lead">
                    <Phrase text=messages::invites_you_to(language, PLACEHOLDERS[0]) names=inviter />
                </p>
                <ul class="public-frame__grants" role="list">
                    {several.iter().map(row).collect_view()}
                </ul>
            }
            .into_any()
        }
    }
}

fn chips(language: Language, grant: &GrantDetails) -> impl IntoView + use<> {
    let chip = |role: studio_users_domain::Role| {
        view! { <Chip label=role.name(language) family=role.family().tag() inherited=None /> }
    };
    view! { <span class="chips">{grant.roles.iter().map(chip).collect_view()}</span> }
}

/// The message of the inviter.
fn quote(invitation: &InvitationDetails) -> Option<impl IntoView + use<>> {
    let message = invitation.message.as_deref().map(str::trim).filter(|message| !message.is_empty())?;
    let (message, inviter) = (message.to_owned(), invitation.invited_by.clone());
    Some(view! {
        <blockquote class="quote">
            <Avatar name=Some(inviter.clone()) seed=inviter.clone() />
            <p dir="auto">
                {message}
                <small>
                    <bdi>{inviter}</bdi>
                </small>
            </p>
        </blockquote>
    })
}

fn failed(language: Language, error: &ApiError) -> impl IntoView + use<> {
    view! {
        <p class="callout callout--danger">
            <Icon glyph=Glyph::Alert />
            <span class="callout__body">{explain(language, error)}</span>
        </p>
    }
}
