//! What the page can do, a folder each. None of them knows another: `embed` puts them together.

pub mod bulk;
pub mod compare;
pub mod invite;
pub mod links;
pub mod notices;
pub mod palette;
pub mod panel;
pub mod removal;
pub mod roles;
pub mod row_sheet;
pub mod shortcuts;
pub mod users;
pub mod view_as;
