//! The users table: who has access where, and when each was last active.
//!
//! `model`, `columns` and `selection` are pure at heart; `rows` keeps the rows that
//! came, `store` fetches them, and reads them anew when somebody changed something; `memory` knows where a list was
//! left. The rest shows them.

mod beside;
mod bulk_bar;
mod calls;
mod cells;
mod chips;
mod columns;
mod columns_menu;
mod empty;
mod export;
mod filters;
mod follow;
mod foot;
mod header;
mod invite_button;
mod memory;
mod model;
mod page;
mod plain;
mod row_actions;
mod rows;
mod selection;
mod store;
mod table;
mod toolbar;

pub use page::UsersPage;

/// What a sheet says of the columns where the page is drawn without a browser, that `scope` selects.
#[cfg(not(target_family = "wasm"))]
pub fn drawn_sheet(scope: &str) -> String {
    table::drawn_sheet(scope)
}

/// What the page is drawn with where there is no browser, and nothing can be asked for; found by context.
#[cfg(not(target_family = "wasm"))]
#[derive(Clone)]
pub struct DrawnRows(
    /// The rows that stand first in the list that nothing narrows.
    pub studio_users_contract::UserPage,
);
