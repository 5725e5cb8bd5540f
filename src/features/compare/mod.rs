//! What somebody sees in an environment, beside what more roles would show them, or what somebody else sees there.
//!
//! `model` says what is seen and how two sides differ, by the domain's rules, and is pure; `store` fetches whose access is
//! compared; `dialog` puts the two beside each other, `beside` chooses what the second is.

mod beside;
mod dialog;
mod model;
mod side;
mod store;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{Ask, use_asks};
use dialog::CompareDialog;

/// The dialog that compares, where it is asked for.
#[component]
pub fn Compare() -> impl IntoView {
    view! { <LazyDialog load=asked answers=|ask| matches!(ask, Ask::Compare(_)) /> }
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        move || match asks.0.get() {
            Some(Ask::Compare(row)) => Some(view! { <CompareDialog row=*row /> }),
            _ => None,
        }
    }
}
