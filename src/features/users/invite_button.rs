use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::parts::lock_glyph;
use crate::state::{Ask, Lock, use_asks};
use crate::ui::{Glyph, Icon};

/// The way to invite people.
#[component]
pub(super) fn InviteButton() -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    let lock = Lock::of_everything();
    let on_click = move |_| {
        if lock.get_untracked().is_none() {
            asks.ask(Ask::Invite);
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
