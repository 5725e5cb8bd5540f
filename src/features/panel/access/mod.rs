//! What a user has where and why, and changing it: staged over several nodes, saved in one request.
//!
//! `model` is what they have and would have, in the domain's terms; `difference` what that means to them; `conflict`
//! what becomes of it when somebody else was quicker. All three are pure.

mod clash;
mod conflict;
mod difference;
mod find;
mod gain_and_loss;
mod model;
mod node;
mod notify;
mod picker;
mod review;
mod save_bar;
mod saving;
mod store;
mod tab;
mod tree;
mod words;

pub(super) use save_bar::SaveBar;
pub(super) use store::AccessStore;
pub(super) use tab::AccessTab;
