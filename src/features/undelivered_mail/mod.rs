//! The list of e-mails that did not arrive, for administrators.

mod dialog;

use leptos::prelude::*;

use crate::parts::{LazyDialog, lazy};
use crate::state::{DialogRequest, use_dialogs};
use dialog::UndeliveredMailDialog;

/// Shows the list of undelivered e-mails on request.
#[component]
pub fn UndeliveredMailList() -> impl IntoView {
    view! { <LazyDialog load=dialog handles=|request| matches!(request, DialogRequest::UndeliveredMail) /> }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        move || match dialogs.0.get() {
            Some(DialogRequest::UndeliveredMail) => Some(view! { <UndeliveredMailDialog /> }),
            _ => None,
        }
    }
}
