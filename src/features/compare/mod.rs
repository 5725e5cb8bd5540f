//! Compares what a user sees in an environment with what they would see with more roles, or with what another user
//! sees there.
//!
//! `model` computes what is visible and the difference, by the domain's rules, and is pure. `store` fetches the access
//! of both users. `dialog` shows the two columns. `compare_with_field` chooses the second one.

mod column;
mod compare_with_field;
mod dialog;
mod model;
mod store;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{DialogRequest, use_dialogs};
use dialog::CompareDialog;

/// Shows the compare dialog on request.
#[component]
pub fn Compare() -> impl IntoView {
    view! { <LazyDialog load=dialog handles=|request| matches!(request, DialogRequest::Compare(_)) /> }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        move || match dialogs.0.get() {
            Some(DialogRequest::Compare(row)) => Some(view! { <CompareDialog row=*row /> }),
            _ => None,
        }
    }
}
