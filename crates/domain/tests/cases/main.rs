//! Tests the rules with worked cases in one organisation.

#![allow(clippy::unwrap_used, reason = "a missing value is a mistake in the test")]

mod addresses;
mod changes;
mod impersonation;
mod invitations;
mod lifetimes;
mod organisation;
mod pauses;
mod removal;
