use std::path::{Path, PathBuf};
use std::sync::Arc;

use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::chain::{Head, Key};
use super::files::{
    FoundHead, built_head_file, head_file, key_file, read_head, read_key, write_head, write_key,
};
use super::verify::{Fault, catch_up};
use super::{Error, log};
use crate::store;

/// Keeps the key and the head of a log.
#[derive(Debug)]
pub(crate) struct Keeper {
    folder: PathBuf,
    head_file: PathBuf,
    key: Key,
    /// The head in the file; none where the log does not continue it.
    kept: Arc<Mutex<Option<Head>>>,
}

/// What a change has appended: the log before, and since.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Appended {
    pub(crate) before: Head,
    pub(crate) after: Head,
}

/// The right to move the head. Whoever has it commits, and then moves it: so heads come in order.
pub(crate) struct HeldHead(OwnedMutexGuard<Option<Head>>);

impl Keeper {
    /// Takes the log of a database over: draws the key and the head where both the log and they are new, and
    /// brings the head up to date where a crash came between a commit and its head.
    ///
    /// A log that is not whole is said loudly, and served: otherwise whoever can edit a row could end the service.
    /// Its head then stays as it is, so that what is written later does not hide what was done.
    pub(crate) async fn open(folder: &Path, connection: &mut SqliteConnection) -> Result<Self, store::Error> {
        let end = log::end(connection).await?;
        let key = match read_key(folder)? {
            Some(key) => key,
            None if end.entries > 0 => {
                return Err(Error::KeyMissing { file: key_file(folder), entries: end.entries }.into());
            }
            None => begin(folder)?,
        };
        let head_file = head_file(folder);
        let found = match read_head(&head_file, &key)? {
            FoundHead::Sealed(head) => catch_up(connection, &key, head).await?.map(|end| (head, end)),
            FoundHead::Forged => Err(Fault::HeadForged),
            FoundHead::Missing => Err(Fault::HeadMissing),
        };
        let kept = match found {
            Ok((head, end)) => {
                if head != end {
                    write_head(&head_file, &key, end)?;
                }
                Some(end)
            }
            Err(fault) => {
                tell(&fault);
                None
            }
        };
        Ok(Self { folder: folder.into(), head_file, key, kept: Arc::new(Mutex::new(kept)) })
    }

    /// Begins the log of a database that is being built. Its key is that of the folder, or a new one.
    pub(crate) fn build(folder: &Path) -> Result<Self, store::Error> {
        let key = match read_key(folder)? {
            Some(key) => key,
            None => Key::draw()?,
        };
        let head_file = built_head_file(folder);
        write_head(&head_file, &key, Head::ORIGIN)?;
        let kept = Arc::new(Mutex::new(Some(Head::ORIGIN)));
        Ok(Self { folder: folder.into(), head_file, key, kept })
    }

    /// Keeps the key of a database that was built.
    pub(crate) fn finish(&self) -> Result<(), store::Error> {
        Ok(write_key(&self.folder, &self.key)?)
    }

    /// The key.
    pub(crate) fn key(&self) -> &Key {
        &self.key
    }

    /// Where the log ends now.
    pub(crate) async fn end(&self, connection: &mut SqliteConnection) -> Result<Head, store::Error> {
        Ok(log::end(connection).await?)
    }

    /// Waits for the right to move the head.
    pub(crate) async fn hold(&self) -> HeldHead {
        HeldHead(self.kept.clone().lock_owned().await)
    }

    /// Moves the head over what was just committed. What fails here is said in the server's log and fails no
    /// request, since the change is done: the head is then older than the log, and follows with the next change.
    pub(crate) async fn keep(&self, mut held: HeldHead, appended: Appended, readers: &SqlitePool) {
        let Some(kept) = *held.0 else { return };
        let next = if kept == appended.before {
            Ok(Ok(appended.after))
        } else {
            // Another process has written, or a head before this one was not kept, or somebody tampers.
            self.catch_up(kept, readers).await
        };
        match next {
            Ok(Ok(head)) => {
                let (file, key) = (self.head_file.clone(), self.key.clone());
                // The right goes along: a request that is given up ends before the writing does.
                let written = tokio::task::spawn_blocking(move || {
                    let written = write_head(&file, &key, head);
                    if written.is_ok() {
                        *held.0 = Some(head);
                    }
                    written
                });
                match written.await {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => tracing::error!(%error, "the head of the audit log was not kept"),
                    Err(error) => tracing::error!(%error, "the head of the audit log was not kept"),
                }
            }
            Ok(Err(fault)) => {
                tell(&fault);
                *held.0 = None;
            }
            Err(error) => tracing::error!(%error, "the head of the audit log was not kept"),
        }
    }

    async fn catch_up(&self, kept: Head, readers: &SqlitePool) -> Result<Result<Head, Fault>, sqlx::Error> {
        let mut tx = readers.begin().await?;
        catch_up(&mut tx, &self.key, kept).await
    }
}

/// Begins a log. The head comes first: a key without one would be a finding.
fn begin(folder: &Path) -> Result<Key, store::Error> {
    let key = Key::draw()?;
    write_head(&head_file(folder), &key, Head::ORIGIN)?;
    write_key(folder, &key)?;
    Ok(key)
}

fn tell(fault: &Fault) {
    tracing::error!("THE AUDIT LOG IS NOT WHOLE: {fault}. Its head is left as it is; see docs/audit.md");
}
