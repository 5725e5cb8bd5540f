//! The audit log: a hash chain that makes manipulation evident.
//!
//! Each entry has a keyed hash over itself and the hash before it. The key is not in the database. A file
//! next to the database stores the head of the chain, so that a missing end is evident as well. [`ChainHead`]
//! manages the key and the head, [`append`] writes entries, and [`verify`] checks the log.

mod archive;
mod chain;
mod chain_head;
mod convert;
mod copy;
mod details;
mod entry;
mod erase;
mod evidence;
mod export;
mod files;
mod hash;
mod integrity;
mod key_source;
mod line;
mod log;
mod node_label;
mod seal;
mod segment;
#[cfg(test)]
mod segment_tests;
mod shared_head;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod verify;

use std::path::PathBuf;

use thiserror::Error;

pub(crate) use archive::{remove_archive, write_archive};
pub(crate) use chain::Appended;
pub(crate) use chain_head::ChainHead;
pub(crate) use copy::{LogCopy, log_files};
pub(crate) use details::{PersonalDetails, StoredDetails};
pub(crate) use entry::Entry;
pub(crate) use erase::{erase_before, erase_person};
pub(crate) use evidence::mark_recorded;
pub(crate) use export::{
    ExportBatch, ExportLease, ExportState, ExportTarget, Sink, claim, end_export_leases,
    end_export_leases_of, export_state, exported_entries, next_batch, store_place,
};
pub(crate) use files::install_built_head;
pub(crate) use key_source::{copy_key, install_key};
pub(crate) use log::append;
pub(crate) use seal::{OldEntries, SealLimits};
pub(crate) use shared_head::advance_shared_head;
pub(crate) use verify::{verify, verify_postgres};

/// An error while reading or writing the audit log.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The database failed.
    #[error("database error: {0}")]
    Database(#[from] sqlx::Error),
    /// The operating system returned no random numbers.
    #[error("the operating system returned no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The details of an entry are not valid JSON.
    #[error("the details of an audit log entry are invalid: {0}")]
    Details(#[from] serde_json::Error),
    /// A file next to the database cannot be read or written.
    #[error("cannot read or write {}: {error}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The cause.
        error: std::io::Error,
    },
    /// An entry has values that the server never writes, so it cannot be archived.
    #[error("audit log entry {0} cannot be read")]
    Unreadable(i64),
    /// The key file has a wrong length.
    #[error("{} is not a valid key file: it must contain 32 bytes", .0.display())]
    InvalidKey(PathBuf),
    /// Other servers have written the log, and this one has no key.
    #[error(
        "{} is missing, but other servers have written the audit log of this database: name the file `audit.key` of \
         their data folders with --audit-key",
        file.display()
    )]
    SharedKeyMissing {
        /// The expected path of the key file.
        file: PathBuf,
    },
    /// The data folder has another key than the selected file.
    #[error(
        "{} differs from {}, which --audit-key names: a log has one key; remove the wrong one",
        file.display(), selected.display()
    )]
    OtherKey {
        /// The key file in the data folder.
        file: PathBuf,
        /// The selected file.
        selected: PathBuf,
    },
    /// There is a log, but no key to continue it with.
    #[error("{} is missing, but the audit log has {entries} entries: restore the file from your backup", file.display())]
    KeyMissing {
        /// The expected path of the key file.
        file: PathBuf,
        /// The number of entries in the log.
        entries: i64,
    },
}
