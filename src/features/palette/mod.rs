//! The command palette: finds users and actions by typing, from anywhere in the page (Ctrl+K or Cmd+K).
//!
//! `model` filters, ranks and highlights, and is pure. `store` searches for users. `run` executes the selected action.
//! The other modules show the palette.

mod dialog;
mod model;
mod option;
mod run;
mod store;

use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::parts::{LazyDialog, lazy};
use crate::state::{DialogRequest, use_dialogs};
use crate::ui::use_shortcut;
use dialog::PaletteDialog;

/// Registers the shortcut of the palette and shows the palette on request.
#[component]
pub fn Palette() -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    use_shortcut("Mod+k", messages::palette(language), move || dialogs.open(DialogRequest::Palette));
    view! { <LazyDialog load=dialog handles=|request| *request == DialogRequest::Palette /> }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        move || (dialogs.0.get() == Some(DialogRequest::Palette)).then(|| view! { <PaletteDialog /> })
    }
}
