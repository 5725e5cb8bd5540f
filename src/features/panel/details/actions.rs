use leptos::prelude::*;
use leptos::task::spawn_local;

use super::super::store::UserStore;
use super::correct::CorrectDialog;
use super::revoke::RevokeDialog;
use crate::api::Client;
use crate::i18n::{isolated, messages, use_language};
use crate::parts::lock_glyph;
use crate::reactive::memo;
use crate::state::{Change, LinkCopy, Lock, explain, use_changes, use_invitation_links, use_notices};
use crate::ui::{Glyph, Icon};

/// The buttons of the invitation card: copy link, resend, correct the address, revoke.
#[component]
pub(super) fn InvitationActions(store: UserStore) -> impl IntoView {
    let language = use_language();
    let (invitation_links, notices, changes) = (use_invitation_links(), use_notices(), use_changes());
    let client = StoredValue::new(expect_context::<Client>());
    let is_resending = RwSignal::new(false);
    let is_revoking = RwSignal::new(false);
    let row = store.row;
    let copy_lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.copy_link));
    let resend_lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.resend));
    let correct_lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.correct));
    let is_correcting = RwSignal::new(false);
    let revoke_lock = Lock::of(|| None);
    let is_pending = memo(move |_| match &*store.details.read() {
        Some(details) => details.pending.is_some(),
        None => row.read().as_ref().is_some_and(|row| row.invitation.is_some()),
    });
    let is_copied = move || {
        let copied = invitation_links.copied.get();
        copied.is_some() && copied == row.read().as_ref().map(|row| row.id)
    };
    let on_copy = move |()| {
        if let Some(row) = row.get_untracked() {
            invitation_links.copy(LinkCopy { user: row.id, name: row.label().to_owned(), by_notice: false });
        }
    };
    let on_resend = move |()| {
        let Some(row) = row.get_untracked().filter(|_| !is_resending.get_untracked()) else { return };
        is_resending.set(true);
        let client = client.get_value();
        spawn_local(async move {
            let response = client.resend_invitation(row.id).await;
            let _ = is_resending.try_set(false);
            let name = isolated(row.label());
            match response {
                Ok(()) => {
                    notices.success(messages::invitation_resent_to(language, &name));
                    changes.notify(Change::User(row.id));
                }
                Err(error) => {
                    notices.error(messages::invitation_not_resent(
                        language,
                        &name,
                        &explain(language, &error),
                    ));
                }
            }
        });
    };
    view! {
        <div class="detail-card__foot">
            <ActionButton
                glyph=Glyph::Clipboard
                lock=copy_lock
                on_click=on_copy
                label=Signal::derive(move || {
                    if is_copied() { messages::copied(language) } else { messages::copy_invitation_link(language) }
                })
            />
            <ActionButton
                glyph=Glyph::Mail
                lock=resend_lock
                on_click=on_resend
                label=Signal::stored(messages::resend(language))
            />
            <Show
                when=move || is_pending.get()
                fallback=move || view! { <span class="hint">{messages::no_pending_invitation(language)}</span> }
            >
                <ActionButton
                    glyph=Glyph::Pencil
                    lock=correct_lock
                    on_click=move |()| is_correcting.set(true)
                    label=Signal::stored(messages::correct_address(language))
                />
                <span class="detail-card__foot-end">
                    <ActionButton
                        glyph=Glyph::LinkOff
                        lock=revoke_lock
                        on_click=move |()| is_revoking.set(true)
                        label=Signal::stored(messages::revoke(language))
                    />
                </span>
            </Show>
        </div>
        <Show when=move || is_correcting.get()>
            {move || {
                row.get_untracked()
                    .map(|row| view! { <CorrectDialog row on_close=move |()| is_correcting.set(false) /> })
            }}
        </Show>
        <Show when=move || is_revoking.get()>
            {move || {
                row.get_untracked()
                    .map(|row| view! { <RevokeDialog row on_close=move |()| is_revoking.set(false) /> })
            }}
        </Show>
    }
}

/// A button of the invitation card. A lock disables it and explains why the backend would refuse.
#[component]
fn ActionButton(
    glyph: Glyph,
    lock: Memo<Option<Lock>>,
    #[prop(into)] on_click: Callback<()>,
    label: Signal<&'static str>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <button
            class="button button--small"
            type="button"
            aria-disabled=move || lock.get().map(|_| "true")
            aria-describedby=move || lock.get().map(Lock::id)
            data-hint=move || lock.get().map(|lock| lock.words(language))
            on:click=move |_| {
                if lock.get_untracked().is_none() {
                    on_click.run(());
                }
            }
        >
            {move || view! { <Icon glyph=lock_glyph(lock.get(), glyph) /> }}
            {label}
        </button>
    }
}
