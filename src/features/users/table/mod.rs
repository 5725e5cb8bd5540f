//! The table: its columns, its header and the cells of a row.

mod cells;
mod chips;
pub(crate) mod columns;
mod header;
mod paged_rows;
mod panel_width;
mod row;
mod row_actions;
mod row_context;
pub(crate) mod users_table;
