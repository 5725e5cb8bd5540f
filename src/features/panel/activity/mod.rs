//! The Audit log tab: the entries about a user, grouped by day.

mod entry;
mod model;
mod store;
mod tab;

pub(super) use tab::ActivityTab;
