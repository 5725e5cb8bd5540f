use leptos::prelude::*;
use studio_users_contract::Code;

use super::store::InviteStore;
use crate::api::ApiError;
use crate::i18n::{Language, format, messages, use_language};
use crate::reactive::memo;
use crate::state::explain;
use crate::ui::{Glyph, Icon};

/// The footer of the dialog: errors, progress or summary, and the buttons.
#[component]
pub(super) fn Footer(store: InviteStore, on_cancel: Callback<()>, on_send: Callback<()>) -> impl IntoView {
    let language = use_language();
    let is_sending = memo(move |_| store.progress.read().is_some());
    let people = memo(move |_| store.recipients.read().valid().count());
    let send_label = move || match u32::try_from(people.get()).unwrap_or(u32::MAX) {
        _ if store.error.read().is_some() => messages::retry(language).to_string(),
        0 => messages::send_invitations_empty(language).into(),
        count => messages::send_invitations(language, count),
    };
    let on_cancel_or_stop = move |_| {
        if is_sending.get_untracked() { store.stop() } else { on_cancel.run(()) }
    };
    let cancel_label = move || {
        if is_sending.get() { messages::stop_sending(language) } else { messages::cancel(language) }
    };
    view! {
        <div role="alert">
            {move || store.error.get().map(|error| error_callout(language, &error))}
            {move || denied(language, store.denied.get())}
        </div>
        <footer class="dialog__foot invite__foot">
            <div class="dialog__foot-start invite__status" role="status">
                {move || sent(language, store)}
                {move || progress(language, store).or_else(|| summary(language, store).map(IntoAny::into_any))}
            </div>
            <button class="button" type="button" on:click=on_cancel_or_stop>
                {cancel_label}
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
                {send_label}
            </button>
        </footer>
    }
}

/// The error that ended sending, with advice to retry if the outcome is unknown.
fn error_callout(language: Language, error: &ApiError) -> AnyView {
    let is_outcome_unknown =
        matches!(error, ApiError::Unreachable | ApiError::Unavailable | ApiError::Unreadable);
    view! {
        <p class="callout callout--danger invite__error">
            <Icon glyph=Glyph::Alert />
            <span class="callout__body">
                <strong>{messages::sending_failed(language)}</strong>
                " "
                {explain(language, error)}
                {is_outcome_unknown.then(|| format!(" {}", messages::sending_safe_to_retry(language)))}
            </span>
        </p>
    }
    .into_any()
}

/// The reason for which the backend would refuse the invitation. Only the backend can check nodes below that the user
/// cannot see.
fn denied(language: Language, code: Option<Code>) -> Option<AnyView> {
    let denial = code?.denial()?;
    let callout = view! {
        <p class="callout callout--danger invite__error">
            <Icon glyph=Glyph::Lock />
            <span class="callout__body">{denial.message(language)}</span>
        </p>
    };
    Some(callout.into_any())
}

/// The progress of sending.
fn progress(language: Language, store: InviteStore) -> Option<AnyView> {
    let progress = store.progress.get()?;
    let number = |value: usize| format::number(language, u32::try_from(value).unwrap_or(u32::MAX));
    let text = messages::sending_progress(language, &number(progress.done), &number(progress.total));
    let bar = view! {
        <progress
            class="progress"
            max=progress.total.to_string()
            value=progress.done.to_string()
            aria-hidden="true"
        ></progress>
        <span class="hint">{text}</span>
    };
    Some(bar.into_any())
}

/// The numbers of sent invitations, if others failed.
fn sent(language: Language, store: InviteStore) -> Option<AnyView> {
    let sent = store.sent.get();
    if store.progress.read().is_some() {
        return None;
    }
    let mut parts = Vec::new();
    if sent.invited > 0 {
        parts.push(messages::invitations_sent(language, sent.invited));
    }
    if sent.updated > 0 {
        parts.push(messages::roles_added_for_users(language, sent.updated));
    }
    if parts.is_empty() {
        return None;
    }
    let hint = view! { <span class="hint">{parts.join(". ")} "."</span> };
    Some(hint.into_any())
}

/// The counts, such as "3 people, 1 environment or agency, 1 role".
fn summary(language: Language, store: InviteStore) -> Option<impl IntoView> {
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let people = count(store.recipients.read().valid().count());
    let (nodes, roles) = (count(store.nodes.read().len()), count(store.roles().len()));
    (people > 0).then(|| {
        let mut parts = vec![messages::people_count(language, people)];
        if nodes > 0 {
            parts.push(messages::node_count(language, nodes));
        }
        if roles > 0 {
            parts.push(messages::role_count(language, roles));
        }
        view! { <span class="hint invite__summary">{parts.join(", ")}</span> }
    })
}
