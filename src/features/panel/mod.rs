//! The panel beside the list: one user, who they are, what they may do where and why, and what they did.
//!
//! `store` reads the user. A folder for each tab: `details`, `access`, where changes are staged and saved, and
//! `activity`.

mod access;
mod activity;
mod bar;
mod copy_button;
mod details;
mod failed;
mod focus;
mod head;
mod leave;
mod store;
mod user_panel;

pub use user_panel::UserPanel;
