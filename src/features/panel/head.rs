use leptos::html;
use leptos::prelude::*;
use studio_users_domain::Status;

use super::copy_button::CopyButton;
use super::store::Store;
use crate::i18n::{clock, format, messages, moment, use_language, words};
use crate::parts::lock_glyph;
use crate::state::{Ask, Lock, use_asks};
use crate::ui::{Avatar, Glyph, Icon};

/// Who it is, and what can be done with them.
#[component]
pub(super) fn Head(
    /// The user.
    store: Store,
    /// What they are called.
    name: Signal<String>,
    /// The heading, that the focus goes to when the panel opens.
    heading: NodeRef<html::H2>,
) -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let row = store.row;
    let avatar = move || {
        let row = row.get()?;
        let name = (row.status == Status::Active).then(|| row.label().to_owned());
        Some(view! { <Avatar name seed=row.id.to_string() /> })
    };
    let status = move || {
        let status = row.read().as_ref()?.status;
        Some(view! {
            <span class="status" data-status=status.wire_name()>
                {words::status(language, status)}
            </span>
        })
    };
    let email = Memo::new(move |_| row.read().as_ref().map(|row| row.email.clone()).unwrap_or_default());
    let seen = move || {
        let row = row.get().filter(|row| row.status == Status::Active)?;
        Some(match row.last_active_at {
            None => view! { <span>{messages::never_active(language)}</span> }.into_any(),
            Some(time) => {
                let when = moment::ago(language, time, clock::now(), clock::offset());
                view! {
                    <time datetime=time.to_rfc3339() title=format::absolute(language, time)>
                        {messages::last_active_ago(language, &when)}
                    </time>
                }
                .into_any()
            }
        })
    };
    let lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.remove));
    let view_lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.view_as));
    let on_view = move |_| {
        if let Some(row) = row.get_untracked().filter(|_| view_lock.get_untracked().is_none()) {
            asks.ask(Ask::View(Box::new(row)));
        }
    };
    let is_there = Memo::new(move |_| row.read().is_some() && !store.is_gone());
    let on_remove = move |_| {
        if let Some(row) = row.get_untracked().filter(|_| lock.get_untracked().is_none()) {
            asks.ask(Ask::Remove(Box::new(row)));
        }
    };
    view! {
        <header class="user-panel__head">
            {avatar}
            <div class="user-panel__who">
                <h2 class="user-panel__name" tabindex="-1" node_ref=heading>
                    <bdi id="panel-name">{move || name.get()}</bdi>
                    {status}
                </h2>
                <Show when=move || row.read().is_some()>
                <p class="user-panel__mail">
                    <bdi>{move || email.get()}</bdi>
                    <CopyButton
                        name=messages::copy_email(language)
                        glyph=Glyph::Copy
                        text=move || email.get_untracked()
                    />
                </p>
                </Show>
            </div>
        </header>
        <Show when=move || is_there.get()>
        <div class="user-panel__actions">
            <button
                class="button"
                type="button"
                data-deed="view-as"
                aria-haspopup="dialog"
                aria-disabled=move || view_lock.get().map(|_| "true")
                aria-describedby=move || view_lock.get().map(Lock::id)
                data-hint=move || view_lock.get().map(|lock| lock.words(language))
                on:click=on_view
            >
                {move || view! { <Icon glyph=lock_glyph(view_lock.get(), Glyph::ViewAs) /> }}
                {messages::view_as(language)}
            </button>
            <button
                class="button"
                type="button"
                aria-disabled=move || lock.get().map(|_| "true")
                aria-describedby=move || lock.get().map(Lock::id)
                data-hint=move || lock.get().map(|lock| lock.words(language))
                on:click=on_remove
            >
                {move || view! { <Icon glyph=lock_glyph(lock.get(), Glyph::Trash) /> }}
                {messages::remove(language)}
            </button>
            <span class="user-panel__seen">{seen}</span>
        </div>
        </Show>
    }
}
