use leptos::ev::SubmitEvent;
use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{DemoPerson, path};
use studio_users_domain::{NodeKind, Role};

use super::gate_frame::GateFrame;
use super::signed_in::SignedIn;
use crate::api::{ApiError, Client};
use crate::i18n::{Language, format, isolated, messages, use_language};
use crate::parts::lazy;
use crate::state::explain;
use crate::ui::{Avatar, Glyph, Icon};

/// What there is to say above the form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Notice {
    /// A link is on its way to this address.
    LinkSent(String),
    /// Something went wrong.
    Failed(ApiError),
}

lazy! {
    /// The sign-in page: what there is to say on it, and who is signed in all the same, and may go on.
    pub(super) fn gate((notice, name): (RwSignal<Option<Notice>>, Option<String>)) in studio {
        view! { <Gate notice name /> }
    }
}

/// The sign-in page: a mailed link, and in a demo the people whom one can be.
#[component]
fn Gate(
    /// What there is to say.
    notice: RwSignal<Option<Notice>>,
    /// Who is signed in all the same, and may go on.
    name: Option<String>,
) -> impl IntoView {
    let language = use_language();
    let client = StoredValue::new(expect_context::<Client>());
    let people = RwSignal::new(Vec::<DemoPerson>::new());
    spawn_local(async move {
        // A backend that does not answer this is told of when one signs in.
        if let Ok(found) = client.get_value().demo_people().await {
            let _ = people.try_set(found);
        }
    });
    let has_people = Memo::new(move |_| !people.read().is_empty());
    let signed_in = expect_context::<SignedIn>();
    let on_signed_in = Callback::new(move |()| {
        let _ = notice.try_set(None);
        signed_in.tell_tabs();
        spawn_local(signed_in.load());
    });
    let on_failed = Callback::new(move |error| {
        let _ = notice.try_set(Some(Notice::Failed(error)));
    });

    view! {
        <GateFrame>
            <div class="gate__card" class:gate__card--single=move || !has_people.get()>
                <SignInForm notice name=name.clone() />
                <Show when=move || has_people.get()>
                    <section class="gate__side" aria-labelledby="be-title">
                        <div class="gate__side-head">
                            <h2 class="label" id="be-title">
                                {messages::be_one_of_these(language)}
                            </h2>
                            <span class="hint">{messages::only_in_this_demo(language)}</span>
                        </div>
                        <For each=move || people.get() key=|person| person.id let:person>
                            <Person person on_signed_in on_failed />
                        </For>
                        <p class="gate__fine">
                            {messages::demo_fine(language)} " "
                            <a href=path::DEMO_MAIL target="_blank" rel="external">
                                {messages::demo_mail(language)}
                            </a>
                        </p>
                    </section>
                </Show>
            </div>
        </GateFrame>
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
        is_missing.set(!field.check_validity());
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
            let said = match client.get_value().request_sign_in_link(address.clone()).await {
                Ok(()) => Notice::LinkSent(address),
                Err(error) => Notice::Failed(error),
            };
            let _ = is_sending.try_set(false);
            let _ = notice.try_set(Some(said));
        });
    };

    view! {
        <form class="gate__form" novalidate on:submit=on_submit>
            <div>
                <h1 class="gate__title">{messages::sign_in(language)}</h1>
                <p class="gate__lead">{messages::sign_in_lead(language)}</p>
                <div role="status">
                    {move || match notice.get()? {
                        Notice::LinkSent(email) => Some(link_sent(language, &email)),
                        Notice::Failed(_) => None,
                    }}
                </div>
                <div role="alert">
                    {move || match notice.get()? {
                        Notice::Failed(error) => Some(failed(language, &error)),
                        Notice::LinkSent(_) => None,
                    }}
                </div>
            </div>
            {name
                .map(|name| {
                    view! {
                        <button class="button button--wide" type="button" on:click=move |_| notice.set(None)>
                            {messages::go_on_as(language, &isolated(&name))}
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
                        {messages::email_needed(language)}
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
            <p class="gate__fine">{messages::sign_in_fine(language)}</p>
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

fn failed(language: Language, error: &ApiError) -> impl IntoView + use<> {
    view! {
        <p class="callout callout--danger">
            <Icon glyph=Glyph::Alert />
            <span>{explain(language, error)}</span>
        </p>
    }
}

/// One of the people whom a visitor of the demo can be.
#[component]
pub(super) fn Person(
    /// Who.
    person: DemoPerson,
    /// Is told once the visitor is them.
    on_signed_in: Callback<()>,
    /// Is told what keeps the visitor from being them.
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
    let what = match person.kind {
        _ if !person.roles.iter().any(Role::manages) => messages::demo_nobody(language).to_string(),
        NodeKind::Provider => messages::demo_provider(language).to_string(),
        NodeKind::Agency => messages::demo_agency(language, &format::number(language, person.environments)),
        NodeKind::Environment => messages::demo_environment(language).to_string(),
    };
    view! {
        <button class="be" type="button" on:click=on_click>
            <Avatar name=person.name.clone() seed=id.to_string() />
            <span>
                <span class="be__name">
                    <bdi>{person.name.clone()}</bdi>
                </span>
                <span class="be__role">
                    {messages::roles_at(language, &roles.join(", "), &person.node)}
                </span>
                <span class="be__text">{what}</span>
            </span>
            <Icon glyph=Glyph::ArrowRight />
        </button>
    }
}
