//! Compares the rules with a naive reference implementation, in property-based tests.
//!
//! The reference implementation is recursive, slow and as close as possible to the wording of the rules in
//! `docs/domain.md`. Both implementations must agree on every random world.

#![allow(clippy::unwrap_used, reason = "a missing value is a mistake in the test")]

mod changes;
mod choices;
mod coverage;
mod grants;
mod impersonation;
mod management;
mod pauses;
mod removal;
mod rules;
mod sequences;
mod stored;
mod visibility;
mod world;
