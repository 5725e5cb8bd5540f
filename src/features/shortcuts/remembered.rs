use leptos::prelude::*;

use crate::state::{keep, kept};
use crate::ui::KeyScope;

const KEY: &str = "studio-users.shortcuts";
const OFF: &str = "off";

/// Takes up what the reader chose earlier, and keeps what they choose from now on.
pub(super) fn remember(keys: &KeyScope) {
    let are_on = keys.are_on;
    if kept(KEY).as_deref() == Some(OFF) {
        are_on.set(false);
    }
    Effect::watch(move || are_on.get(), |&are_on, _, _| keep(KEY, (!are_on).then_some(OFF)), false);
}
