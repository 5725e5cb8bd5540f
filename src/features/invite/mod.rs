//! Inviting people: from a pasted list of addresses to mails on their way.
//!
//! `addresses` reads lists, `model` says what is sent and what it would do, both pure; `store` holds what is written
//! and sends it, in parts and never twice; the rest shows it.

mod address_field;
mod addresses;
mod chip_list;
mod dialog;
mod files;
mod foot;
mod model;
mod node_picker;
mod node_rows;
mod preview;
mod proposal;
mod question;
mod role_cards;
mod sending;
mod store;
mod terms;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{Ask, use_asks};
use dialog::InviteDialog;

/// The dialog "Invite users", for as long as it is asked for.
#[component]
pub fn Invite() -> impl IntoView {
    view! { <LazyDialog load=asked answers=|ask| *ask == Ask::Invite /> }
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        let is_asked = Memo::new(move |_| *asks.0.read() == Some(Ask::Invite));
        view! {
            <Show when=move || is_asked.get()>
                <InviteDialog />
            </Show>
        }
    }
}
