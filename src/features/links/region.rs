use leptos::prelude::*;

use super::dialog::LinkDialog;
use super::store::Store;
use crate::parts::{LazyDialog, lazy};
use crate::state::{Ask, use_asks, use_links};

/// Copies links for the whole page. What it says stands in a live region that is there from the start.
#[component]
pub fn InvitationLinks() -> impl IntoView {
    let store = Store::new();
    use_links().on_copy(move |link| store.copy(link));
    view! {
        <p class="visually-hidden" role="status">
            {store.said}
        </p>
        <LazyDialog load=asked answers=|ask| matches!(ask, Ask::ShowLink { .. }) />
    }
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        move || match asks.0.get() {
            Some(Ask::ShowLink { name, url, expires_at }) => Some(view! { <LinkDialog name url expires_at /> }),
            _ => None,
        }
    }
}
