//! The page: user management for a studio with many environments.
//!
//! `ARCHITECTURE.md` tells how the folders stand to each other; a test holds what it says.

#![recursion_limit = "512"]
// `#[component]` makes a public function of each component, also within its folder.
#![allow(unreachable_pub)]
// The props of a component are its own, also those that it only reads.
#![allow(clippy::needless_pass_by_value)]
// What is small enough to be copied is a question of the browser's words, not of the machine's that draws the first view.
#![cfg_attr(not(target_family = "wasm"), allow(clippy::trivially_copy_pass_by_ref))]

pub mod api;
#[cfg(feature = "studio")]
pub mod app;
pub mod embed;
pub mod features;
pub mod i18n;
pub mod parts;
pub mod state;
pub mod style;
pub mod ui;
