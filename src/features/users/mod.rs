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
#[cfg(not(target_family = "wasm"))]
mod prerendered;
mod sync;
mod table;
mod toolbar;

pub use empty::empty as load_empty;
pub use page::UsersPage;

/// The CSS rules for the columns of the prerendered table, for elements that match the selector `scope`.
#[cfg(not(target_family = "wasm"))]
pub fn prerendered_css(scope: &str) -> String {
    table::users_table::prerendered_css(scope)
}

/// The rows to prerender, provided as a leptos context. Prerendering has no backend client to fetch them.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone)]
pub struct PrerenderedRows {
    /// The address of the list.
    pub route: crate::state::UsersRoute,
    /// The response to its first request.
    pub rows: Result<studio_users_contract::UserPage, crate::api::ApiError>,
}

/// The table settings of the browser, provided as a leptos context during prerendering.
#[cfg(not(target_family = "wasm"))]
#[derive(Debug, Clone, Default)]
pub struct PrerenderedLayout {
    /// The columns, as the browser stores them.
    pub columns: String,
    /// The row density, as the browser stores it.
    pub density: String,
}

/// Builds the query of the first rows that an address shows.
#[cfg(not(target_family = "wasm"))]
pub fn first_rows(
    route: &crate::state::UsersRoute,
    now: chrono::DateTime<chrono::Utc>,
) -> studio_users_contract::UsersQuery {
    data::store::page_query(&route.list(), route.page.map_or(0, |page| page as usize - 1), now)
}
