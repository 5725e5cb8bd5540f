//! The list of the keyboard's shortcuts, and the switch that turns single keys off.

mod dialog;
mod remembered;

use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::parts::{LazyDialog, lazy};
use crate::state::{Ask, Lock, use_asks, use_notices};
use crate::ui::{use_keys, use_shortcut};
use dialog::ShortcutsDialog;

/// The list, where it is asked for. Whether single keys are on is remembered from here on.
#[component]
pub fn ShortcutHelp() -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    remembered::remember(&use_keys());
    use_shortcut("?", messages::keyboard_shortcuts(language), move || asks.ask(Ask::Shortcuts));
    let (lock, notices) = (Lock::of_everything(), use_notices());
    use_shortcut("i", messages::invite_users(language), move || match lock.get_untracked() {
        None => asks.ask(Ask::Invite),
        Some(lock) => notices.info(lock.words(language)),
    });
    view! { <LazyDialog load=asked answers=|ask| *ask == Ask::Shortcuts /> }
}

lazy! {
    fn asked(_: ()) in dialogs {
        let asks = use_asks();
        move || (asks.0.get() == Some(Ask::Shortcuts)).then(|| view! { <ShortcutsDialog /> })
    }
}
