//! The panel beside the users list. It shows one user: details, access and audit log.
//!
//! `store` fetches the user and `prefetch` fetches them before the panel opens. Each tab has a folder: `details`,
//! `access` (stages and saves changes) and `activity`.

mod access;
mod activity;
mod bar;
mod copy_button;
mod details;
mod focus;
mod head;
mod load_error;
mod loading_skeleton;
mod prefetch;
mod store;
mod unsaved_dialog;
mod user_panel;

use leptos::prelude::*;

use crate::parts::{Lazy, lazy};
use crate::reactive::memo;
use crate::state::{History, Navigation, Route, UsersRoute};
use crate::ui::lazy::LoadFuture;
use user_panel::PanelHost;

/// Shows the open user beside the list, or nothing when no user is open.
#[component]
pub fn UserPanel() -> impl IntoView {
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let route = navigation.with_value(|navigation| navigation.route);
    let is_open = memo(move |_| matches!(&*route.read(), Route::Users(UsersRoute { open: Some(_), .. })));
    let close = move |()| {
        if let Route::Users(users) = route.get_untracked() {
            let to = Route::Users(UsersRoute { open: None, ..users });
            navigation.with_value(|navigation| navigation.go(to, History::Push));
        }
    };
    view! { <Lazy load=panel with=() when=is_open class="user-panel" on_close=close /> }
}

/// The open user to prerender, provided as a leptos context.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone)]
pub struct PrerenderedUser {
    /// The response for the user's details.
    pub details: Result<std::sync::Arc<studio_users_contract::UserDetails>, crate::api::ApiError>,
    /// The user's access, if it could be fetched.
    pub access: Option<std::sync::Arc<studio_users_contract::UserAccess>>,
}

/// Loads the code of the panel, so that it then opens without a delay.
pub fn preload() -> LoadFuture<()> {
    panel()
}

lazy! {
    fn panel(_: ()) in panel {
        view! { <PanelHost /> }
    }
}
