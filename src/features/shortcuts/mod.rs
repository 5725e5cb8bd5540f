//! The list of the keyboard's shortcuts, and the switch that turns single keys off.

mod dialog;
mod remembered;

use leptos::prelude::*;

use crate::i18n::{messages, use_language};
use crate::state::{Ask, use_asks};
use crate::ui::{use_keys, use_shortcut};
use dialog::ShortcutsDialog;

/// The list, where it is asked for. Whether single keys are on is remembered from here on.
#[component]
pub fn ShortcutHelp() -> impl IntoView {
    let language = use_language();
    let asks = use_asks();
    remembered::remember(&use_keys());
    use_shortcut("?", messages::keyboard_shortcuts(language), move || asks.ask(Ask::Shortcuts));
    use_shortcut("i", messages::invite_users(language), move || asks.ask(Ask::Invite));
    move || (asks.0.get() == Some(Ask::Shortcuts)).then(|| view! { <ShortcutsDialog /> })
}
