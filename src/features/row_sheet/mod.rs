//! What can be done with somebody, in a sheet on the lower edge of a phone: there a row has no room for its buttons.

mod item;
mod sheet;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{Ask, use_asks};
use sheet::Sheet;

/// The sheet, where it is asked for.
#[component]
pub fn RowSheet() -> impl IntoView {
    view! { <LazyDialog load=asked answers=|ask| matches!(ask, Ask::RowSheet(_)) /> }
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        move || match asks.0.get() {
            Some(Ask::RowSheet(row)) => Some(view! { <Sheet row=*row /> }),
            _ => None,
        }
    }
}
