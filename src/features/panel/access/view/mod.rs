//! The components of the Access tab.

mod chat_notifications;
mod conflict_view;
mod gain_and_loss;
mod node;
mod node_search;
mod picker;
mod review;
mod role_chip;
pub(crate) mod save_bar;
pub(crate) mod tab;
mod tree;
