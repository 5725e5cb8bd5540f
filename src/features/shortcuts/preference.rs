use leptos::prelude::*;

use crate::state::{get_local_item, set_local_item};
use crate::ui::KeyScope;

const KEY: &str = "studio-users.shortcuts";
const OFF: &str = "off";

/// Restores the stored preference for single-key shortcuts, and stores it whenever it changes.
pub(super) fn restore_and_persist(keys: &KeyScope) {
    let single_keys_enabled = keys.single_keys_enabled;
    if get_local_item(KEY).as_deref() == Some(OFF) {
        single_keys_enabled.set(false);
    }
    Effect::watch(
        move || single_keys_enabled.get(),
        |&single_keys_enabled, _, _| set_local_item(KEY, (!single_keys_enabled).then_some(OFF)),
        false,
    );
}
