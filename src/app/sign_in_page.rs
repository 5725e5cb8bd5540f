use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{DemoPerson, path};
use studio_users_domain::{EmailAddress, NodeKind, Role};

use super::base_path::use_base_path;
use super::public_frame::PublicFrame;
use super::session::{AppSession, Notice};
use crate::api::{ApiError, Client};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::parts::{BrowserUnicode, lazy};
use crate::reactive::memo;
use crate::state::explain;
use crate::ui::{Avatar, Glyph, Icon};

lazy! {
    /// Loads the sign-in page. `name` is the user who is still signed in and may continue.
    pub(super) fn sign_in_page((notice, name): (RwSignal<Option<Notice>>, Option<String>)) in studio {
        view! { <SignInPage notice name /> }
    }
}

/// The sign-in page: requests a link by e-mail. In a demo it also lists the people to sign in as.
#[component]
fn SignInPage(
    notice: RwSignal<Option<Notice>>,
    /// The user who is still signed in and may continue, after a sign-in link failed.
    name: Option<String>,
) -> impl IntoView {
    let language = use_language();
    let demo_mail = StoredValue::new(use_base_path().url_of(path::DEMO_MAIL));
    let client = StoredValue::new(expect_context::<Client>());
    let people = RwSignal::new(Vec::<DemoPerson>::new());
    spawn_local(async move {
        // Failures are ignored here: an unreachable backend is reported when the user signs in.
        if let Ok(found) = client.get_value().demo_people().await {
            let _ = people.try_set(found);
        }
    });
    let has_people = memo(move |_| !people.read().is_empty());
    let session = expect_context::<AppSession>();
    let on_signed_in = Callback::new(move |()| {
        let _ = notice.try_set(None);
        spawn_local(async move {
            let failure = session.load_after_sign_in().await;
            let _ = notice.try_set(failure);
        });
    });
    let on_failed = Callback::new(move |error| {
        let _ = notice.try_set(Some(Notice::Failed(error)));
    });

    view! {
        <PublicFrame>
            <div class="public-frame__card" class:public-frame__card--single=move || !has_people.get()>
                <SignInForm notice name=name.clone() />
                <Show when=move || has_people.get()>
                    <section class="public-frame__aside" aria-labelledby="demo-users-title">
                        <div class="public-frame__aside-head">
                            <h2 class="label" id="demo-users-title">
                                {messages::try_demo_as(language)}
                            </h2>
                            <span class="hint">{messages::only_in_this_demo(language)}</span>
                        </div>
                        <For each=move || people.get() key=|person| person.id let:person>
                            <DemoPersonButton person on_signed_in on_failed />
                        </For>
                        <p class="public-frame__note">
                            {messages::demo_note(language)} " "
                            <a href=demo_mail.get_value() target="_blank" rel="external">
                                {messages::view_demo_emails(language)}
                            </a>
                        </p>
                    </section>
                </Show>
            </div>
        </PublicFrame>
    }
}

#[component]
fn SignInForm(notice: RwSignal<Option<Notice>>, name: Option<String>) -> impl IntoView {
    let language = use_language();
    let client = StoredValue::new(expect_context::<Client>());
    let email = NodeRef::<html::Input>::new();
    let is_missing = RwSignal::new(false);
    let is_sending = RwSignal::new(false);

    let on_submit = move |event: SubmitEvent| {
        event.prevent_default();
        let Some(field) = email.get_untracked() else { return };
        // Browsers accept only ASCII before the `@`, and other texts that were once accepted as addresses.
        let is_address = EmailAddress::parse(&field.value(), &BrowserUnicode).is_ok();
        is_missing.set(!is_address && !field.check_validity());
        if is_missing.get_untracked() {
            let _ = field.focus();
            return;
        }
        if is_sending.get_untracked() {
            return;
        }
        is_sending.set(true);
        let address = field.value().trim().to_owned();
        spawn_local(async move {
            let result = match client.get_value().request_sign_in_link(address.clone()).await {
                Ok(()) => Notice::LinkSent(address),
                Err(error) => Notice::Failed(error),
            };
            let _ = is_sending.try_set(false);
            let _ = notice.try_set(Some(result));
        });
    };

    view! {
        <form class="public-frame__form" novalidate on:submit=on_submit>
            <div>
                <h1 class="public-frame__title">{messages::sign_in(language)}</h1>
                <p class="public-frame__lead">{messages::sign_in_lead(language)}</p>
                <div role="status">
                    {move || match notice.get()? {
                        Notice::LinkSent(email) => Some(link_sent(language, &email)),
                        Notice::Failed(_) | Notice::CookiesBlocked => None,
                    }}
                </div>
                <div role="alert">
                    {move || match notice.get()? {
                        Notice::Failed(error) => Some(failed(explain(language, &error))),
                        Notice::CookiesBlocked => Some(failed(messages::cookies_blocked(language).into())),
                        Notice::LinkSent(_) => None,
                    }}
                </div>
            </div>
            {name
                .map(|name| {
                    view! {
                        <button class="button button--wide" type="button" on:click=move |_| notice.set(None)>
                            {messages::continue_as(language, &isolated(&name))}
                        </button>
                    }
                })}
            <div class="field">
                <label class="label" for="email">
                    {messages::email_address(language)}
                </label>
                <div class="input" data-error=move || is_missing.get().then_some("")>
                    <Icon glyph=Glyph::Mail />
                    <input
                        id="email"
                        type="email"
                        required
                        autocomplete="email"
                        autofocus
                        maxlength="254"
                        placeholder=messages::email_placeholder(language)
                        node_ref=email
                        aria-invalid=move || is_missing.get().then_some("true")
                        aria-describedby=move || is_missing.get().then_some("email-error")
                        on:input=move |_| is_missing.set(false)
                    />
                </div>
                <Show when=move || is_missing.get()>
                    <p class="field__error" id="email-error">
                        <Icon glyph=Glyph::Alert small=true />
                        {messages::email_invalid(language)}
                    </p>
                </Show>
            </div>
            <button
                class="button button--primary button--wide"
                type="submit"
                aria-disabled=move || is_sending.get().then_some("true")
            >
                {messages::send_sign_in_link(language)}
            </button>
            <p class="public-frame__note">{messages::sign_in_note(language)}</p>
        </form>
    }
}

fn link_sent(language: Language, email: &str) -> impl IntoView + use<> {
    view! {
        <p class="callout">
            <Icon glyph=Glyph::Mail />
            <span>{messages::sign_in_link_sent(language, &isolated(email))}</span>
        </p>
    }
}

fn failed(reason: String) -> impl IntoView {
    view! {
        <p class="callout callout--danger">
            <Icon glyph=Glyph::Alert />
            <span>{reason}</span>
        </p>
    }
}

/// A button that signs in as one of the demo's people.
#[component]
pub(super) fn DemoPersonButton(
    person: DemoPerson,
    on_signed_in: Callback<()>,
    on_failed: Callback<ApiError>,
) -> impl IntoView {
    let language = use_language();
    let client = StoredValue::new(expect_context::<Client>());
    let id = person.id;
    let on_click = move |_| {
        spawn_local(async move {
            match client.get_value().demo_sign_in(id).await {
                Ok(_) => on_signed_in.run(()),
                Err(error) => on_failed.run(error),
            }
        });
    };
    let roles: Vec<_> = person.roles.iter().map(|role| role.name(language)).collect();
    let description = match person.kind {
        _ if !person.roles.iter().any(Role::manages) => messages::demo_agent(language).to_string(),
        NodeKind::Provider => messages::demo_provider(language).to_string(),
        NodeKind::Agency => messages::demo_agency(language, &format::number(language, person.environments)),
        NodeKind::Environment => messages::demo_environment(language).to_string(),
    };
    view! {
        <button class="demo-user" type="button" on:click=on_click>
            <Avatar name=person.name.clone() seed=id.to_string() />
            <span>
                <span class="demo-user__name">
                    <bdi>{person.name.clone()}</bdi>
                </span>
                <span class="demo-user__role">
                    {messages::roles_and_node(language, &roles.join(", "), &person.node)}
                </span>
                <span class="demo-user__text">{description}</span>
            </span>
            <Icon glyph=Glyph::ArrowRight />
        </button>
    }
}
