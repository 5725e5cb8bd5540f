//! Copies the key and the head of a log for a backup.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;

use super::files::{StoredHead, head_file, key_file, read_head, read_key, write_head, write_key};
use super::hash::Key;
use super::verify::{IntegrityError, check};
use crate::failure::Failure;
use crate::sql::Pool;

/// The key and the head of a log whose database is being copied.
pub(crate) struct LogCopy {
    key: Key,
    head: StoredHead,
}

/// Returns the paths of the key and the head in a folder.
pub(crate) fn log_files(folder: &Path) -> [PathBuf; 2] {
    [key_file(folder), head_file(folder)]
}

impl LogCopy {
    /// Reads the key and the head. Call this before the database is copied, so that the copied log is never behind
    /// the head.
    ///
    /// # Errors
    /// Fails if the key is missing, or if a file cannot be read.
    pub(crate) fn begin(folder: &Path) -> Result<Self, Failure> {
        let key = read_key(folder)?
            .ok_or_else(|| IntegrityError::KeyMissing(key_file(folder).display().to_string()))?;
        let head = read_head(&head_file(folder), &key)?;
        Ok(Self { key, head })
    }

    /// Verifies the copied log against the original head. Then writes the key, and a head for exactly this log, to
    /// the folder of the copy. Returns the summary of [`verify`](super::verify()).
    ///
    /// # Errors
    /// Fails if the log was manipulated, or if a file cannot be written.
    pub(crate) async fn finish(self, database: &Path) -> Result<String, Failure> {
        let options = SqliteConnectOptions::new().filename(database).read_only(true);
        let pool = Pool::single(options).await?;
        let verified = check(&mut pool.begin_read().await?, &self.key, self.head).await?;
        pool.close().await;
        let verified = verified?;
        let folder = database.parent().unwrap_or(Path::new("."));
        write_head(&head_file(folder), &self.key, verified.end)?;
        write_key(folder, &self.key)?;
        Ok(verified.summary())
    }
}
