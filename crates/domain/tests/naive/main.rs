//! The rules against a second implementation of them: recursive, slow, and as close to the sentences of the rules as
//! code can be. Both judge the same random worlds, and must never disagree.

#![allow(clippy::unwrap_used, reason = "what is missing here is a mistake in the test")]

mod changes;
mod coverage;
mod giving;
mod management;
mod removing;
mod rules;
mod seeing;
mod viewing;
mod world;
