//! The head of the audit log, and the order in which changes move it.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::{Mutex, OwnedMutexGuard};

use super::chain::{Appended, Head};
use super::convert::convert;
use super::files::{
    StoredHead, built_head_file, head_file, head_has_entries, key_file, read_head, read_key, remove_head,
    write_head, write_key,
};
use super::hash::Key;
use super::integrity::IntegrityError;
use super::shared_head::{has_shared_head, read_shared_head, write_shared_head};
use super::verify::catch_up;
use super::{Error, evidence, log};
use crate::private_files::restrict_files;
use crate::sql::{Dialect, Pool, Tx};

/// The key and the head of a log.
#[derive(Debug)]
pub(crate) struct ChainHead {
    folder: PathBuf,
    head_file: PathBuf,
    key: Key,
    /// The head in the file. `None` if the log does not continue from it.
    current: Arc<Mutex<Option<Head>>>,
    /// Whether entries were committed whose head could not be written.
    is_behind: Arc<AtomicBool>,
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
    /// manipulation. If the whole log is missing, there is no head from then on, for the same reason.
    ///
    /// # Errors
    /// Fails if the log has entries and the key is missing, or if a file cannot be read or written.
    pub(crate) async fn open(folder: &Path, pool: &Pool) -> Result<Self, Error> {
        let mut tx = pool.begin_read().await?;
        let end = log::end(&mut tx).await?;
        let has_evidence = evidence::exists(&mut tx).await?;
        let is_marked = evidence::is_marked(&mut tx).await?;
        let key = match read_key(folder)? {
            Some(key) => key,
            None if has_shared_head(&mut tx).await? => {
                return Err(Error::SharedKeyMissing { file: key_file(folder) });
            }
            None if end != Head::EMPTY => {
                return Err(Error::KeyMissing { file: key_file(folder), entries: end.entries });
            }
            None if has_evidence || head_has_entries(folder)? => {
                report(&IntegrityError::LogMissing);
                let key = Key::generate()?;
                write_key(folder, &key)?;
                return Ok(Self::new(folder, key, None));
            }
            None => initialize(folder)?,
        };
        restrict_files(folder, |name| name.starts_with("audit."))
            .map_err(|error| Error::File { file: folder.into(), error })?;
        // The key of a shared log comes from the operator, so a new log has a key and no head.
        let is_new = pool.dialect() == Dialect::Postgres && end == Head::EMPTY && !has_evidence;
        let found = find(folder, &key, &mut tx, is_new).await?;
        tx.rollback().await?;
        let opened = match found {
            Ok((Head::EMPTY, Head::EMPTY)) if has_evidence => {
                report(&IntegrityError::LogMissing);
                remove_head(folder)?;
                Self::new(folder, key, None)
            }
            Ok((head, end)) => {
                let opened = Self::new(folder, key, Some(head));
                let end = convert(pool, &opened.key, end).await?;
                write_missing_shared_head(pool, &opened.key).await?;
                if head != end || !opened.head_file.exists() {
                    opened.write(opened.lock().await, end).await;
                }
                opened
            }
            Err(error) => {
                report(&error);
                Self::new(folder, key, None)
            }
        };
        if end != Head::EMPTY
            && !is_marked
            && let Err(error) = mark_recorded(pool).await
        {
            // A full disk must not prevent the start. The next entry sets the marker.
            tracing::warn!(%error, "the marker of the audit log could not be written");
        }
        Ok(opened)
    }

    /// Opens the log for a command beside a server. Changes no file.
    ///
    /// # Errors
    /// Fails if the key is missing, or if a file cannot be read.
    pub(crate) async fn attach(folder: &Path, pool: &Pool) -> Result<Self, Error> {
        let mut tx = pool.begin_read().await?;
        let Some(key) = read_key(folder)? else {
            if has_shared_head(&mut tx).await? {
                return Err(Error::SharedKeyMissing { file: key_file(folder) });
            }
            let entries = log::end(&mut tx).await?.entries;
            return Err(Error::KeyMissing { file: key_file(folder), entries });
        };
        let current = find(folder, &key, &mut tx, false).await?.ok().map(|(head, _)| head);
        Ok(Self::new(folder, key, current))
    }

    /// Starts the log of a database that is being built, with the key of the folder or a new one.
    pub(crate) fn build(folder: &Path) -> Result<Self, Error> {
        let key = match read_key(folder)? {
            Some(key) => key,
            None => Key::generate()?,
        };
        let head_file = built_head_file(folder);
        write_head(&head_file, &key, Head::EMPTY)?;
        Ok(Self { head_file, ..Self::new(folder, key, Some(Head::EMPTY)) })
    }

    fn new(folder: &Path, key: Key, current: Option<Head>) -> Self {
        Self {
            folder: folder.into(),
            head_file: head_file(folder),
            key,
            current: Arc::new(Mutex::new(current)),
            is_behind: Arc::default(),
        }
    }

    /// Writes the key once the database is built.
    pub(crate) fn finish(&self) -> Result<(), Error> {
        write_key(&self.folder, &self.key)
    }

    /// Returns the key.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Whether the log has passed its check, so that the head follows it.
    pub(crate) async fn is_intact(&self) -> bool {
        self.current.lock().await.is_some()
    }

    /// Returns the head that the last row of the log implies.
    pub(crate) async fn end(&self, tx: &mut Tx) -> Result<Head, Error> {
        Ok(log::end(tx).await?)
    }

    /// Waits for exclusive access to the head.
    pub(crate) async fn lock(&self) -> HeadGuard {
        HeadGuard(self.current.clone().lock_owned().await)
    }

    /// Advances the head past the committed entries. Errors only go to the server log, because the change is
    /// already committed. The head is then older than the log, and catches up with the next change or with
    /// [`Self::retry`].
    pub(crate) async fn advance(&self, guard: HeadGuard, appended: Appended, read_pool: &Pool) {
        let Some(current) = *guard.0 else { return };
        if current == appended.before {
            self.write(guard, appended.after).await;
        } else {
            // Another process has appended entries, an earlier head was not written, or the log was
            // manipulated.
            self.advance_to_end(guard, current, read_pool).await;
        }
    }

    /// Writes the head again, if that failed before, or if other servers may have appended entries.
    pub(crate) async fn retry(&self, read_pool: &Pool) {
        if self.is_behind.load(Ordering::Relaxed) || read_pool.dialect() == Dialect::Postgres {
            let guard = self.lock().await;
            if let Some(current) = *guard.0 {
                self.advance_to_end(guard, current, read_pool).await;
            }
        }
    }

    async fn advance_to_end(&self, mut guard: HeadGuard, current: Head, read_pool: &Pool) {
        match self.catch_up(current, read_pool).await {
            Ok(Ok(head)) if head == current && !self.is_behind.load(Ordering::Relaxed) => {}
            Ok(Ok(head)) => self.write(guard, head).await,
            Ok(Err(error)) => {
                report(&error);
                *guard.0 = None;
            }
            Err(error) => self.remember_failure(&error),
        }
    }

    async fn write(&self, mut guard: HeadGuard, head: Head) {
        let (file, key, is_behind) = (self.head_file.clone(), self.key.clone(), self.is_behind.clone());
        // Moves the guard into the task: the write can outlive an aborted request.
        let written = tokio::task::spawn_blocking(move || {
            let written = write_head(&file, &key, head);
            if written.is_ok() {
                *guard.0 = Some(head);
                is_behind.store(false, Ordering::Relaxed);
            }
            written
        });
        match written.await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => self.remember_failure(&error),
            Err(error) => self.remember_failure(&error),
        }
    }

    fn remember_failure(&self, error: &dyn std::error::Error) {
        self.is_behind.store(true, Ordering::Relaxed);
        tracing::error!(%error, "cannot write the head of the audit log");
    }

    async fn catch_up(
        &self,
        current: Head,
        read_pool: &Pool,
    ) -> Result<Result<Head, IntegrityError>, sqlx::Error> {
        let mut tx = read_pool.begin_read().await?;
        catch_up(&mut tx, &self.key, current).await
    }
}

/// Reads the stored head and follows the log from there. Returns the stored head and the head at the end. A new log may
/// have no head yet.
async fn find(
    folder: &Path,
    key: &Key,
    tx: &mut Tx,
    is_new: bool,
) -> Result<Result<(Head, Head), IntegrityError>, Error> {
    let shared = read_shared_head(tx, key).await?;
    let stored = match read_head(&head_file(folder), key)? {
        // A new server has no copy yet.
        StoredHead::Missing => shared,
        stored => stored,
    };
    let head = match stored {
        StoredHead::Valid(head) => head,
        StoredHead::Invalid => return Ok(Err(IntegrityError::HeadInvalid)),
        StoredHead::Missing if is_new => Head::EMPTY,
        StoredHead::Missing => return Ok(Err(IntegrityError::HeadMissing)),
    };
    let end = match catch_up(tx, key, head).await? {
        Ok(end) => end,
        Err(error) => return Ok(Err(error)),
    };
    Ok(match shared {
        StoredHead::Invalid => Err(IntegrityError::SharedHeadInvalid),
        StoredHead::Valid(shared) if shared != end => Err(IntegrityError::SharedHeadDiffers),
        _ => Ok((head, end)),
    })
}

/// Writes the head into a new database that several servers share. Each change writes it from then on.
async fn write_missing_shared_head(pool: &Pool, key: &Key) -> Result<(), sqlx::Error> {
    if pool.dialect() == Dialect::Postgres
        && read_shared_head(&mut pool.begin_read().await?, key).await? == StoredHead::Missing
    {
        let mut tx = pool.begin_write().await?;
        let end = log::end(&mut tx).await?;
        write_shared_head(&mut tx, key, end).await?;
        tx.commit().await?;
    }
    Ok(())
}

async fn mark_recorded(pool: &Pool) -> Result<(), sqlx::Error> {
    let mut tx = pool.begin_write().await?;
    evidence::mark_recorded(&mut tx).await?;
    tx.commit().await
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
    error.report("The head file is left unchanged");
}
