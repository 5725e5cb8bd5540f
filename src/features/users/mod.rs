//! The users table: who has access where, and when each user was last active.
//!
//! `data` holds the query, the row cache, the requests and the selection. Its `model` and
//! `selection` are mostly pure, like `table::columns`. `data::store` fetches rows and refetches them after a change.
//! The other modules render them.

mod bulk_bar;
mod data;
mod empty;
mod export;
mod footer;
mod invite_button;
mod job_bar;
mod page;
mod sync;
mod table;
mod toolbar;

pub use page::UsersPage;

/// The CSS rules for the columns of the prerendered table, for elements that match the selector `scope`.
#[cfg(not(target_family = "wasm"))]
pub fn prerendered_css(scope: &str) -> String {
    table::users_table::prerendered_css(scope)
}

/// The rows to prerender, provided as a leptos context. Prerendering has no backend client to fetch them.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone)]
pub struct PrerenderedRows(
    /// The first page of the unfiltered list.
    pub studio_users_contract::UserPage,
);
