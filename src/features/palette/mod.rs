//! The palette: finds users and actions by typing, from anywhere in the page (Ctrl or Cmd and K).
//!
//! `model` says what is found, in which order and with which letters marked, and is pure; `store` searches for users;
//! `run` does what is chosen; the rest shows it.

mod dialog;
mod model;
mod option;
mod run;
mod store;

use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::parts::{LazyDialog, lazy};
use crate::state::{Ask, use_asks};
use crate::ui::use_shortcut;
use dialog::PaletteDialog;

/// The palette, where it is asked for.
#[component]
pub fn Palette() -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    use_shortcut("Mod+k", messages::palette(language), move || asks.ask(Ask::Palette));
    view! { <LazyDialog load=asked answers=|ask| *ask == Ask::Palette /> }
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        move || (asks.0.get() == Some(Ask::Palette)).then(|| view! { <PaletteDialog /> })
    }
}
