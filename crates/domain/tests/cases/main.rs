//! The rules by worked cases, in one organisation.

#![allow(clippy::unwrap_used, reason = "what is missing here is a mistake in the test")]

mod changing;
mod inviting;
mod organisation;
mod removing;
mod viewing;
