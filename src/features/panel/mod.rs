//! The panel beside the list: one user, who they are, what they may do where and why, and what they did.
//!
//! `store` reads the user. A folder for each tab: `details`, `access`, where changes are staged and saved, and
//! `activity`.

mod access;
mod activity;
mod ahead;
mod bar;
mod copy_button;
mod details;
mod failed;
mod focus;
mod head;
mod leave;
mod store;
mod user_panel;

use leptos::prelude::*;

use crate::parts::{Lazy, lazy};
use crate::state::{History, Navigation, Place, UsersPlace};
use user_panel::OpenPanel;

/// The user who is open beside the list; nothing where none is.
#[component]
pub fn UserPanel() -> impl IntoView {
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let place = navigation.with_value(|navigation| navigation.place);
    let is_open =
        Memo::new(move |_| matches!(&*place.read(), Place::Users(UsersPlace { open: Some(_), .. })));
    let close = move |()| {
        if let Place::Users(users) = place.get_untracked() {
            let to = Place::Users(UsersPlace { open: None, ..users });
            navigation.with_value(|navigation| navigation.go(to, History::Push));
        }
    };
    view! { <Lazy load=panel with=() wanted=is_open class="user-panel" on_close=close /> }
}

lazy! {
    fn panel(_: ()) in panel {
        view! { <OpenPanel /> }
    }
}
