//! Bulk actions: removing users, adding a role and resending invitations. Each action is a job of the backend, whose
//! outcome lists the refused users with the reasons.
//!
//! `model` formats the outcome and decides which roles can be assigned. `store` starts and stops the jobs and reports
//! their outcomes. `tracker` follows the running ones. The other modules show the dialogs.

mod add_role;
mod model;
mod outcome;
mod recent;
mod remove_many;
mod store;
mod tracker;

use leptos::prelude::*;

use crate::parts::{LazyDialog, LazyIdle, lazy};
use crate::reactive::effect;
use crate::state::{DialogRequest, use_dialogs};
use add_role::AddRoleDialog;
use outcome::OutcomeDialog;
use recent::RecentJobsDialog;
use remove_many::RemoveManyDialog;
use store::BulkStore;

/// Shows the dialogs of the bulk actions, and follows the running ones.
#[component]
pub fn BulkActions() -> impl IntoView {
    let dialogs = use_dialogs();
    let is_requested = Signal::derive(move || dialogs.0.read().as_ref().is_some_and(is_bulk_action));
    view! {
        <LazyIdle load=tracker when=is_requested />
        <LazyDialog load=dialog handles=is_bulk_action />
    }
}

const fn is_bulk_action(request: &DialogRequest) -> bool {
    matches!(
        request,
        DialogRequest::RemoveMany { .. }
            | DialogRequest::AddRole { .. }
            | DialogRequest::ResendMany { .. }
            | DialogRequest::Jobs
            | DialogRequest::JobSummary(_)
    )
}

lazy! {
    fn tracker(_: ()) in dialogs {
        tracker::follow_jobs(BulkStore::new());
    }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        let store = BulkStore::new();
        // Resending needs no confirmation, so it starts at once.
        effect(move |_| {
            if let Some(DialogRequest::ResendMany { select, .. }) = dialogs.0.get() {
                dialogs.close();
                store.resend(select);
            }
        });
        move || match dialogs.0.get() {
            Some(DialogRequest::RemoveMany { select, count }) => {
                Some(view! { <RemoveManyDialog select count store /> }.into_any())
            }
            Some(DialogRequest::AddRole { select, count }) => {
                Some(view! { <AddRoleDialog select count store /> }.into_any())
            }
            Some(DialogRequest::Jobs) => Some(view! { <RecentJobsDialog store /> }.into_any()),
            Some(DialogRequest::JobSummary(job)) => {
                Some(view! { <OutcomeDialog job=*job store /> }.into_any())
            }
            _ => None,
        }
    }
}
