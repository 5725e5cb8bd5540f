//! Copies the key and the head of a log for a backup, and into another database.

use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;

use super::files::{
    StoredHead, head_file, key_file, read_head, read_key, read_key_file, write_head, write_key,
};
use super::hash::Key;
use super::integrity::IntegrityError;
use super::shared_head::{read_shared_head, write_shared_head};
use super::verify::{VerifiedLog, check};
use super::{chain::Head, log};
use crate::failure::Failure;
use crate::sql::{Pool, Tx};

/// The key and the head of a log whose database is being copied.
pub(crate) struct LogCopy {
    key: Key,
    head: StoredHead,
}

/// A log that was copied and verified.
pub(crate) struct CopiedLog {
    key: Key,
    end: Head,
    /// The summary of [`verify`](super::verify()).
    pub(crate) summary: String,
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

    /// Reads the key and the head of a log that several servers share: the key from a file or else from the data folder
    /// of a server, and the head from that folder, if there is one.
    ///
    /// # Errors
    /// Fails if there is no key, if a file cannot be read, or if the head in the database is not that of the log.
    pub(crate) async fn begin_shared(
        folder: &Path,
        key: Option<&Path>,
        tx: &mut Tx,
    ) -> Result<Self, Failure> {
        let file = key.map_or_else(|| key_file(folder), Path::to_owned);
        let key = read_key_file(&file)?.ok_or_else(|| {
            format!(
                "{} is missing: name the data folder of a server with --data, or its audit.key with --audit-key",
                file.display()
            )
        })?;
        let shared = read_shared_head(tx, &key).await?;
        match shared {
            StoredHead::Invalid => return Err(IntegrityError::SharedHeadInvalid.into()),
            StoredHead::Valid(head) if head != log::end(tx).await? => {
                return Err(IntegrityError::SharedHeadDiffers.into());
            }
            _ => {}
        }
        let head = match read_head(&head_file(folder), &key)? {
            StoredHead::Missing => shared,
            head => head,
        };
        Ok(Self { key, head })
    }

    /// Verifies the log of a copy that was made before. Returns `None` if it is not the log of the source.
    pub(crate) async fn verify_copy(
        &self,
        source: &mut Tx,
        copy: &mut Tx,
    ) -> Result<Option<CopiedLog>, Failure> {
        if log::end(source).await? != log::end(copy).await? {
            return Ok(None);
        }
        let verified = check(copy, &self.key, self.head).await?;
        Ok(verified.ok().map(|verified| self.copied(&verified)))
    }

    /// Checks that a folder has no other key.
    pub(crate) fn require_key_of(&self, folder: &Path) -> Result<(), Failure> {
        match read_key(folder)? {
            Some(key) if key.as_bytes() != self.key.as_bytes() => {
                let file = key_file(folder);
                Err(format!("{} is the key of another audit log", file.display()).into())
            }
            _ => Ok(()),
        }
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
        let folder = database.parent().unwrap_or(Path::new("."));
        let copied = self.copied(&verified?);
        copied.install(folder)?;
        Ok(copied.summary)
    }

    /// Writes the key to a folder that may have it already. Call this before the copy is committed: a log without its
    /// key cannot be continued.
    ///
    /// # Errors
    /// Fails if the folder has another key, or if the file cannot be written.
    pub(crate) fn install_key(&self, folder: &Path) -> Result<(), Failure> {
        self.require_key_of(folder)?;
        Ok(write_key(folder, &self.key)?)
    }

    /// Writes the head into the copied database, if several servers may share it. Then verifies the copied log against
    /// the original head.
    ///
    /// # Errors
    /// Fails if the log was manipulated.
    pub(crate) async fn seal(&self, copy: &mut Tx) -> Result<CopiedLog, Failure> {
        let end = log::end(copy).await?;
        write_shared_head(copy, &self.key, end).await?;
        Ok(self.copied(&check(copy, &self.key, self.head).await??))
    }

    fn copied(&self, verified: &VerifiedLog) -> CopiedLog {
        CopiedLog { key: self.key.clone(), end: verified.end, summary: verified.summary() }
    }
}

impl CopiedLog {
    /// Writes the head and the key to a folder.
    pub(crate) fn install(&self, folder: &Path) -> Result<(), super::Error> {
        write_head(&head_file(folder), &self.key, self.end)?;
        write_key(folder, &self.key)
    }
}
