//! The page: user management for a studio with many environments.
//!
//! `ARCHITECTURE.md` describes the dependencies between the modules; `tests/architecture.rs` enforces them.

#![recursion_limit = "512"]
// `#[component]` generates public items, also for private components.
#![allow(unreachable_pub)]
// Components own their props, including those that they only read.
#![allow(clippy::needless_pass_by_value)]
// The size limit of this lint depends on the target's word size. The relevant target is wasm32, not the backend's.
#![cfg_attr(not(target_family = "wasm"), allow(clippy::trivially_copy_pass_by_ref))]

pub mod api;
// Private modules are reachable from this crate only, so the compiler reports what nothing uses.
#[cfg(feature = "studio")]
pub mod app;
pub mod embed;
mod features;
pub mod i18n;
mod parts;
mod reactive;
pub mod state;
mod style;
pub mod ui;
