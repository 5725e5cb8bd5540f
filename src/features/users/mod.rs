//! The users table: who has access where, and when each was last active.
//!
//! `model` words a row and is pure; `store` fetches windows of rows; the rest shows them.

mod cells;
mod model;
mod page;
mod store;
mod table;

pub use page::UsersPage;
