//! The Details tab: the user's profile, and the timeline of their invitation.

mod actions;
mod facts;
mod invitation;
mod revoke;
mod tab;
mod timeline;

pub(super) use tab::DetailsTab;
