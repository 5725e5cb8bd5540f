//! Invitation links. Copies a link when `state::InvitationLinks` requests it, and shows the link in a dialog if the
//! browser denies clipboard access.

mod dialog;
mod region;
mod store;

pub use region::InvitationLinkRegion;
