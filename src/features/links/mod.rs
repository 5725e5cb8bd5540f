//! Links to invitations: copies one for whoever asks `state::Links` to, and shows one that the browser does not let
//! be copied.

mod dialog;
mod region;
mod store;

pub use region::InvitationLinks;
