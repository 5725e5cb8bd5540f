//! The bottom sheet with the actions of a user. Replaces the buttons of a row on phones, where a row has no room for
//! them.

mod item;
mod sheet;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{DialogRequest, use_dialogs};
use sheet::Sheet;

/// Shows the sheet on request.
#[component]
pub fn RowSheet() -> impl IntoView {
    view! { <LazyDialog load=dialog handles=|request| matches!(request, DialogRequest::RowSheet(_)) /> }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        move || match dialogs.0.get() {
            Some(DialogRequest::RowSheet(row)) => Some(view! { <Sheet row=*row /> }),
            _ => None,
        }
    }
}
