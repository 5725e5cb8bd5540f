//! Who a user is: what is known of them, and the life of their invitation.

mod deeds;
mod facts;
mod invitation;
mod life;
mod revoke;
mod tab;

pub(super) use tab::{DetailsTab, Waiting};
