//! Bulk actions. Each is a job: its list of users is fixed at the start, and it runs in pieces, so that other changes and
//! reads go on meanwhile.
//!
//! `start` creates, stops and undoes jobs. `piece` runs a part of a job in one short transaction. `apply` changes one
//! user by the rules. `describe` shows a job to its owner.

mod apply;
mod describe;
mod piece;
mod start;
#[cfg(test)]
mod tests;

pub(crate) use describe::{describe, list, show};
pub(crate) use piece::{PieceLimits, run_next};
pub(crate) use start::{limit_lists, start, stop, undo, wait_for_end};
