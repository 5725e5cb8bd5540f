//! The Details tab: the user's profile, and the timeline of their invitation.

mod actions;
mod correct;
mod facts;
mod invitation;
mod revoke;
mod tab;
mod timeline;
mod unconfirmed;

pub(super) use tab::DetailsTab;
