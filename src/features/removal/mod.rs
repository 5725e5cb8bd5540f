//! Removing a user, undoing it, and the list of the users removed within the last 24 hours.
//!
//! `model` computes the access that a removal takes away and is pure. `store` removes and restores users. The other
//! modules show the dialogs.

mod lost_access_list;
mod model;
mod remove_dialog;
mod removed_dialog;
mod removed_row;
mod store;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{DialogRequest, use_dialogs};
use remove_dialog::RemoveDialog;
use removed_dialog::RemovedDialog;
use store::RemovedUsersStore;

/// Shows the dialogs for removing and restoring users on request.
#[component]
pub fn Removals() -> impl IntoView {
    view! { <LazyDialog load=dialog handles=|request| matches!(request, DialogRequest::Remove(_) | DialogRequest::Removed) /> }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        let store = RemovedUsersStore::new();
        move || match dialogs.0.get() {
            Some(DialogRequest::Remove(row)) => Some(view! { <RemoveDialog row=*row store /> }.into_any()),
            Some(DialogRequest::Removed) => Some(view! { <RemovedDialog store /> }.into_any()),
            _ => None,
        }
    }
}
