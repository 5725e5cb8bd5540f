//! The same for many users at once: removing them, adding a role, mailing their invitations again. One request each,
//! with what was refused and why.
//!
//! `model` words what came of it and says which roles can be given; `store` makes the request; the rest shows the
//! dialogs.

mod add_role;
mod model;
mod outcome;
mod places;
mod remove_many;
mod store;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{Ask, use_asks};
use add_role::AddRoleDialog;
use outcome::OutcomeDialog;
use remove_many::RemoveManyDialog;
use store::Store;

/// The dialogs about many users at once.
#[component]
pub fn BulkActions() -> impl IntoView {
    view! { <LazyDialog load=asked answers=is_about_many /> }
}

const fn is_about_many(ask: &Ask) -> bool {
    matches!(ask, Ask::RemoveMany { .. } | Ask::AddRole { .. } | Ask::ResendMany { .. })
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        let store = Store::new();
        // This asks nothing more: it is done.
        Effect::new(move |_| {
            if let Some(Ask::ResendMany { select, count }) = asks.0.get() {
                asks.close();
                store.resend(select, count);
            }
        });
        let asked = move || match asks.0.get() {
            Some(Ask::RemoveMany { select, count }) => {
                Some(view! { <RemoveManyDialog select count store /> }.into_any())
            }
            Some(Ask::AddRole { select, count }) => {
                Some(view! { <AddRoleDialog select count store /> }.into_any())
            }
            _ => None,
        };
        view! {
            {asked}
            {move || store.outcome.get().map(|outcome| view! { <OutcomeDialog outcome store /> })}
        }
    }
}
