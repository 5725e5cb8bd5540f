//! The audit log: what was done, in a chain that shows if it was tampered with.
//!
//! Each entry carries a hash over itself and the hash before it, keyed with a key that is not in the database.
//! How far the chain has come, its head, is kept in a file beside the database, so that a cut tail shows as
//! well. [`Keeper`] keeps both, [`append`] writes entries, [`verify`] reads the log and says whether it is whole.

mod chain;
mod entry;
mod files;
mod keeper;
mod log;
mod session;
mod verify;

use std::path::PathBuf;

use thiserror::Error;

pub(crate) use entry::Entry;
pub(crate) use files::adopt_built_head;
pub(crate) use keeper::{Appended, Keeper};
pub(crate) use log::append;
pub(crate) use session::{record_session_end, session_ended, session_started};
pub(crate) use verify::verify;

/// Why the audit log cannot be written to.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// A file beside the database cannot be read or written.
    #[error("{} cannot be read or written: {error}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What is the matter.
        error: std::io::Error,
    },
    /// The key's file holds no key.
    #[error("{} is not a key: it must hold 32 bytes", .0.display())]
    NoKey(PathBuf),
    /// There is a log, and no key to continue it with.
    #[error("{} is missing, while the audit log has {entries} entries: put it back from where you keep it", file.display())]
    KeyMissing {
        /// Where the key should be.
        file: PathBuf,
        /// How many entries there are.
        entries: i64,
    },
}
