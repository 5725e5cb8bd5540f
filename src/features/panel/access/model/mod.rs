//! A user's access and its unsaved changes. Pure code without browser APIs, tested natively.
//!
//! `draft` holds the access and the staged changes. `outcome` computes their effect. `conflict` merges them with a
//! concurrent change. `descriptions` turns all of it into text.

pub(crate) mod conflict;
pub(crate) mod descriptions;
pub(crate) mod draft;
pub(crate) mod outcome;
pub(crate) mod outline;
