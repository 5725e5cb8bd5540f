//! Inviting users, from a pasted list of addresses to sent invitations.
//!
//! `list_parser` finds addresses in text, `recipients` validates them, and `model` builds the requests and previews their
//! effect. All three are pure. `store` holds the draft. `sending` sends it in batches, each with an idempotency key. The other modules show the dialog.

mod address_field;
mod chip_list;
mod confirm;
mod dialog;
mod files;
mod footer;
mod list_parser;
mod model;
mod node_picker;
mod node_rows;
mod preview;
mod proposal;
mod recipient_text;
mod recipients;
mod role_cards;
mod sending;
mod store;
mod terms;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::reactive::memo;
use crate::state::{DialogRequest, use_dialogs};
use dialog::InviteDialog;

/// Shows the dialog "Invite users" on request.
#[component]
pub fn Invite() -> impl IntoView {
    view! { <LazyDialog load=dialog handles=|request| *request == DialogRequest::Invite /> }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        let is_open = memo(move |_| *dialogs.0.read() == Some(DialogRequest::Invite));
        view! {
            <Show when=move || is_open.get()>
                <InviteDialog />
            </Show>
        }
    }
}
