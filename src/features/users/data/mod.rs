//! The data of the list: the query, the requests, the row cache and the selection.

pub(crate) mod model;
pub(crate) mod node_choice;
mod requests;
pub(crate) mod rows;
pub(crate) mod selection;
pub(crate) mod store;
