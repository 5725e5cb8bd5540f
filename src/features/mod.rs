//! What the page can do, a folder each. None of them knows another: `embed` puts them together.

pub mod invite;
pub mod links;
pub mod notices;
pub mod users;
