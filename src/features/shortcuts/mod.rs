//! The list of keyboard shortcuts, and the switch that turns single-key shortcuts off.

mod dialog;
mod preference;

use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::parts::{LazyDialog, lazy};
use crate::state::{DialogRequest, Lock, use_dialogs, use_notices};
use crate::ui::{use_keys, use_shortcut};
use dialog::ShortcutsDialog;

/// Shows the list of shortcuts on request. Registers the shortcuts `?` and `i`, and restores the preference for
/// single-key shortcuts.
#[component]
pub fn ShortcutHelp() -> impl IntoView {
    let language = use_language();
    let dialogs = use_dialogs();
    preference::restore_and_persist(&use_keys());
    use_shortcut("?", messages::keyboard_shortcuts(language), move || dialogs.open(DialogRequest::Shortcuts));
    let (lock, notices) = (Lock::of_everything(), use_notices());
    use_shortcut("i", messages::invite_users(language), move || match lock.get_untracked() {
        None => dialogs.open(DialogRequest::Invite),
        Some(lock) => notices.info(lock.words(language)),
    });
    view! { <LazyDialog load=dialog handles=|request| *request == DialogRequest::Shortcuts /> }
}

lazy! {
    fn dialog(_: ()) in dialogs {
        let dialogs = use_dialogs();
        move || (dialogs.0.get() == Some(DialogRequest::Shortcuts)).then(|| view! { <ShortcutsDialog /> })
    }
}
