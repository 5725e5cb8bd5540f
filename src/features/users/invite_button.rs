use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::parts::lock_glyph;
use crate::state::{DialogRequest, Lock, use_dialogs};
use crate::ui::{Glyph, Icon};

/// The button that opens the invite dialog.
#[component]
pub(crate) fn InviteButton() -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    let lock = Lock::of_everything();
    let on_click = move |_| {
        if lock.get_untracked().is_none() {
            dialogs.open(DialogRequest::Invite);
        }
    };
    view! {
        <button
            class="button button--primary"
            type="button"
            aria-disabled=move || lock.get().map(|_| "true")
            aria-describedby=move || lock.get().map(Lock::id)
            data-hint=move || lock.get().map(|lock| lock.words(language))
            on:click=on_click
        >
            {move || view! { <Icon glyph=lock_glyph(lock.get(), Glyph::Plus) /> }}
            <span class="truncate">{messages::invite_button(language)}</span>
        </button>
    }
}
