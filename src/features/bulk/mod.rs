//! Bulk actions: removing users, adding a role and resending invitations. Each action is one request, whose response
//! lists the refused users with the reasons.
//!
//! `model` formats the outcome and decides which roles can be assigned. `store` sends the requests. The other modules
//! show the dialogs.

mod add_role;
mod model;
mod node_list;
mod outcome;
mod remove_many;
mod store;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{DialogRequest, use_dialogs};
use add_role::AddRoleDialog;
use outcome::OutcomeDialog;
use remove_many::RemoveManyDialog;
use store::BulkStore;

/// Shows the dialogs of the bulk actions.
#[component]
pub fn BulkActions() -> impl IntoView {
    view! { <LazyDialog load=dialog handles=is_bulk_action /> }
}

const fn is_bulk_action(request: &DialogRequest) -> bool {
    matches!(
        request,
        DialogRequest::RemoveMany { .. } | DialogRequest::AddRole { .. } | DialogRequest::ResendMany { .. }
    )
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        let store = BulkStore::new();
        // Resending needs no confirmation, so it starts at once.
        Effect::new(move |_| {
            if let Some(DialogRequest::ResendMany { select, count }) = dialogs.0.get() {
                dialogs.close();
                store.resend(select, count);
            }
        });
        let dialog = move || match dialogs.0.get() {
            Some(DialogRequest::RemoveMany { select, count }) => {
                Some(view! { <RemoveManyDialog select count store /> }.into_any())
            }
            Some(DialogRequest::AddRole { select, count }) => {
                Some(view! { <AddRoleDialog select count store /> }.into_any())
            }
            _ => None,
        };
        view! {
            {dialog}
            {move || store.outcome.get().map(|outcome| view! { <OutcomeDialog outcome store /> })}
        }
    }
}
