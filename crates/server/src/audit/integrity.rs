//! What the check of the log can find.

use thiserror::Error;

/// A sign that the log was manipulated, or that a part of it or one of its files was lost.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(crate) enum IntegrityError {
    #[error("cannot verify the audit log: the key file {0} is missing")]
    KeyMissing(String),
    #[error("entries {first} to {last} are missing from the audit log: entry {} follows entry {}", .last + 1, .first - 1)]
    Missing { first: i64, last: i64 },
    #[error("audit log entry {0} was changed: its hash does not match")]
    Changed(i64),
    #[error("the order of the audit log was changed: entry {seq} belongs after entry {belongs_after}")]
    Moved { seq: i64, belongs_after: i64 },
    #[error("audit log entry {0} does not match the hash chain; run verify-audit for details")]
    Mismatch(i64),
    #[error("from entry {0} on, the audit log does not match the key: it was rewritten without the key")]
    Rewritten(i64),
    #[error(
        "the end of the audit log is missing: the head file records {head} entries, but the log ends at {end}"
    )]
    Truncated { head: i64, end: i64 },
    #[error("the end of the audit log was replaced: entry {0} does not match the head file")]
    Replaced(i64),
    #[error("cannot verify the end of the audit log: the head file is missing")]
    HeadMissing,
    #[error("the head file is invalid: it was not written with the key")]
    HeadInvalid,
    #[error("the head in the database is invalid: it was not written with the key")]
    SharedHeadInvalid,
    #[error("the end of the audit log was changed: it does not match the head in the database")]
    SharedHeadDiffers,
    #[error("the audit log is missing: it is empty, although the database contains changes that it recorded")]
    LogMissing,
    #[error(
        "the seal of the deleted entries from entry {0} on is invalid: it was changed, or not written with the key"
    )]
    SegmentInvalid(i64),
    #[error("the sealed entries from entry {0} on do not continue the sealed entries before them")]
    SegmentMismatch(i64),
    #[error(
        "the audit log has no entries after the sealed entry {0}, although its last entry is never deleted"
    )]
    NothingAfterSealed(i64),
    #[error(
        "the place of the audit export to {0} was changed: it was not written with the key, or for another log"
    )]
    ExportPlace(String),
    #[error("audit log entry {seq} was inserted: the entries up to entry {sealed} were sealed and deleted")]
    SealedEntry { seq: i64, sealed: i64 },
}

impl IntegrityError {
    /// Writes the error to the server log.
    pub(super) fn report(&self, consequence: &str) {
        tracing::error!("AUDIT LOG INTEGRITY CHECK FAILED: {self}. {consequence}; see docs/audit.md");
    }
}
