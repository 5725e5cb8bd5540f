use leptos::html;
use leptos::prelude::*;
use studio_users_domain::Status;

use super::copy_button::CopyButton;
use super::store::UserStore;
use crate::i18n::{clock, format, labels, messages, relative_time, use_language};
use crate::parts::lock_glyph;
use crate::reactive::memo;
use crate::state::{DialogRequest, Lock, use_dialogs};
use crate::ui::{Avatar, Glyph, Icon};

/// The panel's header: avatar, name, status, email, and the actions on the user.
#[component]
pub(super) fn PanelHead(
    store: UserStore,
    /// The user's name, or their email while they have none.
    name: Signal<String>,
    /// The heading. It gets the focus when the panel opens.
    heading: NodeRef<html::H2>,
) -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let row = store.row;
    let avatar = move || {
        let row = row.get()?;
        let name = (row.status == Status::Active).then(|| row.label().to_owned());
        Some(view! { <Avatar name seed=row.id.to_string() /> })
    };
    let status = move || {
        let status = row.read().as_ref().filter(|_| !store.is_not_found())?.status;
        Some(view! {
            <span class="status" data-status=status.wire_name()>
                {labels::status(language, status)}
            </span>
        })
    };
    let email = memo(move |_| row.read().as_ref().map(|row| row.email.clone()).unwrap_or_default());
    let last_active = move || {
        let row = row.get().filter(|row| row.status == Status::Active)?;
        Some(match row.last_active_at {
            None => view! { <span>{messages::never_active(language)}</span> }.into_any(),
            Some(time) => {
                let when = relative_time::ago(language, time, clock::now(), &clock::Zone);
                view! {
                    <time datetime=time.to_rfc3339() title=format::full_date_time(language, time)>
                        {messages::last_active_ago(language, &when)}
                    </time>
                }
                .into_any()
            }
        })
    };
    let remove_lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.remove));
    let view_lock = Lock::of(move || row.read().as_ref().and_then(|row| row.allowed.view_as));
    let on_view = move |_| {
        if let Some(row) = row.get_untracked().filter(|_| view_lock.get_untracked().is_none()) {
            dialogs.open(DialogRequest::View(Box::new(row)));
        }
    };
    let is_found = memo(move |_| row.read().is_some() && !store.is_not_found());
    let on_remove = move |_| {
        if let Some(row) = row.get_untracked().filter(|_| remove_lock.get_untracked().is_none()) {
            dialogs.open(DialogRequest::Remove(Box::new(row)));
        }
    };
    view! {
        <header class="user-panel__head">
            {avatar}
            <div class="user-panel__user">
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
        <Show when=move || is_found.get()>
        <div class="user-panel__actions">
            <button
                class="button"
                type="button"
                data-action="view-as"
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
                aria-disabled=move || remove_lock.get().map(|_| "true")
                aria-describedby=move || remove_lock.get().map(Lock::id)
                data-hint=move || remove_lock.get().map(|lock| lock.words(language))
                on:click=on_remove
            >
                {move || view! { <Icon glyph=lock_glyph(remove_lock.get(), Glyph::Trash) /> }}
                {messages::remove(language)}
            </button>
            <span class="user-panel__last-active">{last_active}</span>
        </div>
        </Show>
    }
}
