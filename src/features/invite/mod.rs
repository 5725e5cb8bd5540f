//! Inviting people: from a pasted list of addresses to mails on their way.
//!
//! `addresses` reads lists, `model` says what is sent and what it would do, both pure; `store` holds what is written
//! and sends it, in parts and never twice; the rest shows it.

mod address_field;
mod addresses;
mod chip_list;
mod dialog;
mod files;
mod foot;
mod model;
mod node_picker;
mod node_rows;
mod preview;
mod proposal;
mod question;
mod role_cards;
mod sending;
mod store;
mod terms;

pub use dialog::Invite;
