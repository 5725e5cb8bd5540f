//! What the page does for its readers, one folder each. Features do not know one another.

pub mod users;
