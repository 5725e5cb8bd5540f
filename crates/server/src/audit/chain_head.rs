//! The head of the audit log, and the order in which changes move it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::chain::{Head, Key};
use super::convert::convert;
use super::files::{
    StoredHead, built_head_file, head_file, key_file, read_head, read_key, write_head, write_key,
};
use super::verify::{IntegrityError, catch_up};
use super::{Error, log};

/// The key and the head of a log.
#[derive(Debug)]
pub(crate) struct ChainHead {
    folder: PathBuf,
    head_file: PathBuf,
    key: Key,
    /// The head in the file. `None` if the log does not continue from it.
    current: Arc<Mutex<Option<Head>>>,
}

/// The entries that a change has appended: the head before and after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Appended {
    pub(crate) before: Head,
    pub(crate) after: Head,
}

/// Exclusive access to the head. A change holds it while it commits and moves the head, so that heads advance
/// in order.
pub(crate) struct HeadGuard(OwnedMutexGuard<Option<Head>>);

impl ChainHead {
    /// Opens the log of a database. Creates the key and the head for a new log. Advances the head if a crash
    /// happened between a commit and its head.
    ///
    /// For a manipulated log, writes an error to the server log and continues: otherwise anyone who can edit
    /// a row could stop the service. The head then stays unchanged, so that later entries do not hide the
    /// manipulation.
    pub(crate) async fn open(folder: &Path, connection: &mut SqliteConnection) -> Result<Self, Error> {
        let end = log::end(connection).await?;
        let key = match read_key(folder)? {
            Some(key) => key,
            None if end.entries > 0 => {
                return Err(Error::KeyMissing { file: key_file(folder), entries: end.entries });
            }
            None => initialize(folder)?,
        };
        let head_file = head_file(folder);
        let found = match read_head(&head_file, &key)? {
            StoredHead::Valid(head) => catch_up(connection, &key, head).await?.map(|end| (head, end)),
            StoredHead::Invalid => Err(IntegrityError::HeadInvalid),
            StoredHead::Missing => Err(IntegrityError::HeadMissing),
        };
        let current = match found {
            Ok((head, end)) => {
                let end = convert(connection, &key, end).await?;
                if head != end {
                    write_head(&head_file, &key, end)?;
                }
                Some(end)
            }
            Err(error) => {
                report(&error);
                None
            }
        };
        Ok(Self { folder: folder.into(), head_file, key, current: Arc::new(Mutex::new(current)) })
    }

    /// Starts the log of a database that is being built, with the key of the folder or a new one.
    pub(crate) fn build(folder: &Path) -> Result<Self, Error> {
        let key = match read_key(folder)? {
            Some(key) => key,
            None => Key::generate()?,
        };
        let head_file = built_head_file(folder);
        write_head(&head_file, &key, Head::EMPTY)?;
        let current = Arc::new(Mutex::new(Some(Head::EMPTY)));
        Ok(Self { folder: folder.into(), head_file, key, current })
    }

    /// Writes the key once the database is built.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        write_key(&self.folder, &self.key)
    }

    /// Returns the key.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Returns the head that the last row of the log implies.
    pub(crate) async fn end(&self, connection: &mut SqliteConnection) -> Result<Head, Error> {
        Ok(log::end(connection).await?)
    }

    /// Waits for exclusive access to the head.
    pub(crate) async fn lock(&self) -> HeadGuard {
        HeadGuard(self.current.clone().lock_owned().await)
    }

    /// Advances the head past the committed entries. Errors only go to the server log, because the change is
    /// already committed. The head is then older than the log, and catches up with the next change.
    pub(crate) async fn advance(&self, mut guard: HeadGuard, appended: Appended, read_pool: &SqlitePool) {
        let Some(current) = *guard.0 else { return };
        let next = if current == appended.before {
            Ok(Ok(appended.after))
        } else {
            // Another process has appended entries, an earlier head was not written, or the log was
            // manipulated.
            self.catch_up(current, read_pool).await
        };
        match next {
            Ok(Ok(head)) => {
                let (file, key) = (self.head_file.clone(), self.key.clone());
                // Moves the guard into the task: the write can outlive an aborted request.
                let written = tokio::task::spawn_blocking(move || {
                    let written = write_head(&file, &key, head);
                    if written.is_ok() {
                        *guard.0 = Some(head);
                    }
                    written
                });
                match written.await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::error!(%error, "cannot write the head of the audit log"),
                    Err(error) => tracing::error!(%error, "cannot write the head of the audit log"),
                }
            }
            Ok(Err(error)) => {
                report(&error);
                *guard.0 = None;
            }
            Err(error) => tracing::error!(%error, "cannot write the head of the audit log"),
        }
    }

    async fn catch_up(
        &self,
        current: Head,
        read_pool: &SqlitePool,
    ) -> Result<Result<Head, IntegrityError>, sqlx::Error> {
        let mut tx = read_pool.begin().await?;
        catch_up(&mut tx, &self.key, current).await
    }
}

/// Creates the key and the head of a new log. Writes the head first, because a key without a head counts as
/// manipulation.
fn initialize(folder: &Path) -> Result<Key, Error> {
    let key = Key::generate()?;
    write_head(&head_file(folder), &key, Head::EMPTY)?;
    write_key(folder, &key)?;
    Ok(key)
}

fn report(error: &IntegrityError) {
    tracing::error!(
        "AUDIT LOG INTEGRITY CHECK FAILED: {error}. The head file is left unchanged; see docs/audit.md"
    );
}
