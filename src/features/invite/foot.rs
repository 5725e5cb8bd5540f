use leptos::prelude::*;
use studio_users_contract::Code;

use super::store::Store;
use crate::api::ApiError;
use crate::i18n::{Language, format, messages, use_language};
use crate::state::explain;
use crate::ui::{Glyph, Icon};

/// What is about to be sent, how far it is, what went wrong, and the buttons.
#[component]
pub(super) fn Foot(
    /// The invitation.
    store: Store,
    /// Gives it up.
    on_cancel: Callback<()>,
    /// Sends it.
    on_send: Callback<()>,
) -> impl IntoView {
    let language = use_language();
    let is_sending = Memo::new(move |_| store.progress.read().is_some());
    let people = Memo::new(move |_| store.chips.read().wanted().count());
    let send = move || match u32::try_from(people.get()).unwrap_or(u32::MAX) {
        _ if store.error.read().is_some() => messages::retry(language).to_string(),
        0 => messages::send_none(language).into(),
        count => messages::send_invitations(language, count),
    };
    let on_first = move |_| {
        if is_sending.get_untracked() { store.stop() } else { on_cancel.run(()) }
    };
    let first = move || {
        if is_sending.get() { messages::stop_sending(language) } else { messages::cancel(language) }
    };
    view! {
        <div role="alert">
            {move || store.error.get().map(|error| failed(language, &error))}
            {move || denied(language, store.denied.get())}
        </div>
        <footer class="dialog__foot invite__foot">
            <div class="dialog__foot-start invite__told" role="status">
                {move || done(language, store)}
                {move || progress(language, store).or_else(|| summary(language, store).map(IntoAny::into_any))}
            </div>
            <button class="button" type="button" on:click=on_first>
                {first}
            </button>
            <button
                class="button button--primary"
                type="button"
                aria-disabled=move || is_sending.get().then_some("true")
                on:click=move |_| {
                    if !is_sending.get_untracked() {
                        on_send.run(());
                    }
                }
            >
                {send}
            </button>
        </footer>
    }
}

/// What kept the rest from being sent.
fn failed(language: Language, error: &ApiError) -> AnyView {
    let is_in_doubt = matches!(error, ApiError::Unreachable | ApiError::Unavailable | ApiError::Unreadable);
    view! {
        <p class="callout callout--danger invite__error">
            <Icon glyph=Glyph::Alert />
            <span class="callout__body">
                <strong>{messages::sending_failed(language)}</strong>
                " "
                {explain(language, error)}
                {is_in_doubt.then(|| format!(" {}", messages::sending_in_doubt(language)))}
            </span>
        </p>
    }
    .into_any()
}

/// Why the backend would refuse the whole: what lies below and out of sight only it can judge.
fn denied(language: Language, code: Option<Code>) -> Option<AnyView> {
    let denial = code?.denial()?;
    let words = view! {
        <p class="callout callout--danger invite__error">
            <Icon glyph=Glyph::Lock />
            <span class="callout__body">{denial.sentence(language)}</span>
        </p>
    };
    Some(words.into_any())
}

/// How far the sending is.
fn progress(language: Language, store: Store) -> Option<AnyView> {
    let progress = store.progress.get()?;
    let number = |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    let words = messages::sending_of(language, &number(progress.done), &number(progress.all));
    let bar = view! {
        <progress
            class="progress"
            max=progress.all.to_string()
            value=progress.done.to_string()
            aria-hidden="true"
        ></progress>
        <span class="hint">{words}</span>
    };
    Some(bar.into_any())
}

/// What was done, where some of it was not.
fn done(language: Language, store: Store) -> Option<AnyView> {
    let done = store.done.get();
    if store.progress.read().is_some() {
        return None;
    }
    let mut words = Vec::new();
    if done.invited > 0 {
        words.push(messages::invitations_sent(language, done.invited));
    }
    if done.updated > 0 {
        words.push(messages::access_given(language, done.updated));
    }
    if words.is_empty() {
        return None;
    }
    let words = view! { <span class="hint invite__done">{words.join(". ")} "."</span> };
    Some(words.into_any())
}

/// "3 people, 1 place, 1 role".
fn summary(language: Language, store: Store) -> Option<impl IntoView> {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let people = count(store.chips.read().wanted().count());
    let (places, roles) = (count(store.nodes.read().len()), count(store.roles().len()));
    (people > 0).then(|| {
        let mut words = vec![messages::count_people(language, people)];
        if places > 0 {
            words.push(messages::count_places(language, places));
        }
        if roles > 0 {
            words.push(messages::count_roles(language, roles));
        }
        view! { <span class="hint invite__summary">{words.join(", ")}</span> }
    })
}
