//! What a user did and what was done to them, day by day.

mod entry;
mod model;
mod store;
mod tab;

pub(super) use tab::ActivityTab;
