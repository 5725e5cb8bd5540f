//! Removing somebody, undoing it, and the list of those who were removed within a day.
//!
//! `model` says what a removal takes and is pure; `store` removes and restores; the rest shows the dialogs, each for
//! as long as it is asked for.

mod lost;
mod model;
mod remove;
mod removed;
mod removed_row;
mod store;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{Ask, use_asks};
use remove::RemoveDialog;
use removed::RemovedDialog;
use store::Store;

/// The dialogs about removing somebody.
#[component]
pub fn Removals() -> impl IntoView {
    view! { <LazyDialog load=asked answers=|ask| matches!(ask, Ask::Remove(_) | Ask::Removed) /> }
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        let store = Store::new();
        move || match asks.0.get() {
            Some(Ask::Remove(row)) => Some(view! { <RemoveDialog row=*row store /> }.into_any()),
            Some(Ask::Removed) => Some(view! { <RemovedDialog store /> }.into_any()),
            _ => None,
        }
    }
}
