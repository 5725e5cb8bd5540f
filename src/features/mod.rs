//! The features of the page, one folder each. No feature imports another: `embed` combines them.

pub mod bulk;
pub mod compare;
pub mod impersonation;
pub mod invitation_links;
pub mod invite;
pub mod notices;
pub mod palette;
pub mod panel;
pub mod removal;
pub mod roles;
pub mod row_sheet;
pub mod shortcuts;
pub mod undelivered_mail;
pub mod users;
