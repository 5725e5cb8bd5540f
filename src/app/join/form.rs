use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, MAX_NAME_CHARS, OpenGrant, OpenInvitation};

use super::model::{Joiner, destination};
use super::token::JoinToken;
use crate::api::{ApiError, Client};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::state::{Place, explain};
use crate::ui::{Avatar, Chip, Glyph, Icon};

/// Who invites, to what, as what; one field, and one button.
#[component]
pub(super) fn JoinForm(
    /// What the link invites to.
    invitation: OpenInvitation,
    /// The name and the address of who is signed in.
    #[prop(into)]
    reader: Signal<Option<(String, String)>>,
    /// Is told that it is done, and whether it made an account.
    on_joined: Callback<bool>,
    /// Is told that the link does not do, or not yet.
    on_refused: Callback<(OpenInvitation, Code)>,
    /// The token of the link.
    token: JoinToken,
) -> impl IntoView {
    let language = use_language();
    let client = StoredValue::new(expect_context::<Client>());
    let field = NodeRef::<html::Input>::new();
    let name = RwSignal::new(String::new());
    let is_missing = RwSignal::new(false);
    let is_joining = RwSignal::new(false);
    let error = RwSignal::new(None::<ApiError>);
    let email = invitation.email.clone();
    let joiner = Memo::new(move |_| {
        let reader = reader.get();
        Joiner::of(reader.as_ref().map(|(name, email)| (name.as_str(), email.as_str())), &email)
    });
    let asks_name = Memo::new(move |_| joiner.read().is_asked_for_name());

    let asked = StoredValue::new(invitation.clone());
    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let named = name.get_untracked().trim().to_owned();
        is_missing.set(asks_name.get_untracked() && named.is_empty());
        if is_missing.get_untracked() {
            if let Some(field) = field.get_untracked() {
                let _ = field.focus();
            }
            return;
        }
        // A second press while the first is on its way is the same.
        if is_joining.get_untracked() {
            return;
        }
        is_joining.set(true);
        error.set(None);
        let named = asks_name.get_untracked().then_some(named);
        let is_new = named.is_some();
        let (client, token) = (client.get_value(), token.now().unwrap_or_default());
        spawn_local(async move {
            match client.accept_invitation(token, named).await {
                Ok(_) => return on_joined.run(is_new),
                Err(ApiError::Refused(problem))
                    if matches!(problem.code, Code::SignInRequired | Code::LinkInvalid) =>
                {
                    if let Some(invitation) = asked.try_get_value() {
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

    let title = messages::join_node(language, &isolated(destination(&invitation)));
    let until = format::short_moment(language, invitation.expires_at);
    let fine = messages::join_fine(language, &isolated(&invitation.email), &until);
    let invited = isolated(&invitation.email);
    view! {
        <form class="gate__form" novalidate on:submit=on_submit>
            <div>
                <h1 class="gate__title">{title}</h1>
                {lead(language, &invitation)}
            </div>
            {quote(&invitation)}
            {move || {
                let Joiner::Other { name } = joiner.get() else { return None };
                let words = messages::join_other(language, &isolated(&name), &invited);
                Some(
                    view! {
                        <p class="callout">
                            <Icon glyph=Glyph::Info />
                            <span class="callout__body">{words}</span>
                        </p>
                    },
                )
            }}
            <div role="alert">
                {move || error.get().map(|error| failed(language, &error))}
            </div>
            <Show
                when=move || asks_name.get()
                fallback=move || {
                    let Joiner::Oneself { name } = joiner.get() else { return None };
                    Some(view! { <p>{messages::join_signed_in_as(language, &isolated(&name))}</p> })
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
                            {messages::your_name_needed(language)}
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
                let Joiner::Other { name } = joiner.get() else { return None };
                Some(
                    view! {
                        <a class="button button--wide" href=Place::Start.url()>
                            {messages::to_own_studio(language, &isolated(&name))}
                        </a>
                    },
                )
            }}
            <p class="gate__fine">{fine}</p>
        </form>
    }
}

/// Who invites, to what, as what.
fn lead(language: Language, invitation: &OpenInvitation) -> AnyView {
    let inviter = isolated(&invitation.invited_by);
    match &invitation.grants[..] {
        [only] => view! {
            <p class="gate__lead gate__lead--row">
                <span>{messages::invites_you_as(language, &inviter)}</span>
                {chips(language, only)}
            </p>
        }
        .into_any(),
        several => {
            let row = |grant: &OpenGrant| {
                view! {
                    <li>
                        <bdi>{grant.node.clone()}</bdi>
                        {chips(language, grant)}
                    </li>
                }
            };
            view! {
                <p class="gate__lead">{messages::invites_you_to(language, &inviter)}</p>
                <ul class="gate__grants" role="list">
                    {several.iter().map(row).collect_view()}
                </ul>
            }
            .into_any()
        }
    }
}

fn chips(language: Language, grant: &OpenGrant) -> impl IntoView + use<> {
    let chip = |role: studio_users_domain::Role| {
        view! { <Chip label=role.name(language) family=role.family().tag() inherited=None /> }
    };
    view! { <span class="chips">{grant.roles.iter().map(chip).collect_view()}</span> }
}

/// What whoever invites has to say.
fn quote(invitation: &OpenInvitation) -> Option<impl IntoView + use<>> {
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
