//! Keeps the index up to date.

use std::mem;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use tokio::task::spawn_blocking;
use tokio::time::{sleep, timeout};

use super::read::{read_page, read_users};
use crate::directory_index::{IndexError, Loader, Snapshot};
use crate::sql;
use crate::store::directory_changes::{ChangedUsers, changed_users, last_position};
use crate::store::{Error, MetaKey, Store, Tx, meta};

/// The longest time after which a server learns of changes by another process.
const POLL_INTERVAL: Duration = Duration::from_secs(1);
/// The number of changed users above which loading everything is faster.
const MAX_CHANGED: usize = 20_000;
/// The approximate memory of a user in the index, without rows, in bytes.
const USER_BYTES: u64 = 270;
/// The approximate memory of a row of the directory in the index, in bytes.
const ROW_BYTES: u64 = 12;
/// The memory of the caches of the index, in bytes.
const CACHE_BYTES: u64 = 64 << 20;

/// Whether the directory stays in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DirectoryMemoryState {
    /// The memory has the latest version.
    Loaded,
    /// The directory does not fit. SQL answers.
    Off,
}

/// The result of applying changes.
enum Applied {
    /// The index has all changes up to this position.
    Until(i64),
    /// Everything must be loaded again: too much has changed, or is unknown.
    TooMuch,
    /// A user does not fit into the index.
    Unfit(IndexError),
}

impl Store {
    /// Keeps the directory in memory, as long as the future is polled. Ends if it does not fit into `max_bytes`. 0
    /// switches the memory off.
    pub(crate) async fn keep_directory_in_memory(&self, max_bytes: u64) {
        if max_bytes == 0 {
            return self.directory_memory.is_off.store(true, Ordering::Relaxed);
        }
        let start = Instant::now();
        let mut is_loaded = false;
        loop {
            match self.update_directory_memory(max_bytes).await {
                Ok(DirectoryMemoryState::Loaded) => {
                    if !mem::replace(&mut is_loaded, true) {
                        tracing::info!(elapsed = ?start.elapsed(), "the directory is in memory");
                    }
                    let _ = timeout(POLL_INTERVAL, self.directory_memory.notification.woken()).await;
                }
                Ok(DirectoryMemoryState::Off) => return,
                Err(error) => {
                    // Lists of later versions are answered by SQL.
                    tracing::warn!(%error, "the directory in memory could not be updated");
                    sleep(POLL_INTERVAL).await;
                    self.wait_until_reachable().await;
                }
            }
        }
    }

    /// Applies the committed changes to the directory in memory, and loads it before if that is needed.
    pub(crate) async fn update_directory_memory(
        &self,
        max_bytes: u64,
    ) -> Result<DirectoryMemoryState, Error> {
        let memory = &self.directory_memory;
        memory.index.drop_old_versions();
        let mut position = memory.position.lock().await;
        loop {
            let last = match *position {
                Some(last) => last,
                None => match self.load(max_bytes).await? {
                    Ok(start) => start,
                    Err(reason) => return Ok(self.switch_off(&reason)),
                },
            };
            // A failure below starts again from here.
            *position = Some(last);
            match self.apply_changes(last).await? {
                Applied::Until(end) => {
                    *position = Some(end);
                    return Ok(DirectoryMemoryState::Loaded);
                }
                Applied::TooMuch => {
                    // Releases the memory before the load, which needs as much again.
                    *position = None;
                    memory.index.replace(Snapshot::default());
                }
                Applied::Unfit(error) => return Ok(self.switch_off(&error.to_string())),
            }
        }
    }

    fn switch_off(&self, reason: &str) -> DirectoryMemoryState {
        tracing::warn!(reason, "lists are read from the database, not from memory");
        self.directory_memory.index.replace(Snapshot::default());
        self.directory_memory.is_off.store(true, Ordering::Relaxed);
        DirectoryMemoryState::Off
    }

    /// Applies the changes after a position, and sets the version. Reads them in one transaction, so that the version and
    /// the rows agree.
    async fn apply_changes(&self, last: i64) -> Result<Applied, Error> {
        let memory = self.directory_memory.clone();
        let mut tx = self.follower.begin_directory_read().await?;
        let version = meta(&mut tx, MetaKey::DirectoryVersion).await?.unwrap_or(0);
        let before = memory.index.snapshot().version();
        // A database that was restored may have an earlier version, and then other changes at the same positions.
        if before.is_some_and(|before| before > version) {
            return Ok(Applied::TooMuch);
        }
        let (users, end) = match changed_users(&mut tx, last).await? {
            ChangedUsers::Some(users, end) if users.len() <= MAX_CHANGED => (users, end),
            _ => return Ok(Applied::TooMuch),
        };
        if users.is_empty() && before == Some(version) {
            return Ok(Applied::Until(end));
        }
        let changes = read_users(&mut tx, users).await?;
        drop(tx);
        let updating = spawn_blocking(move || {
            memory.index.update(version, &changes)?;
            memory.applied.send_replace(version);
            Ok(())
        });
        Ok(match updating.await? {
            Ok(()) => Applied::Until(end),
            Err(IndexError::NoFreeNumber) => Applied::TooMuch,
            Err(error @ IndexError::OutOfRange(_)) => Applied::Unfit(error),
        })
    }

    /// Loads all users, in a transaction for each page: a long one would block a rebuild of the directory on PostgreSQL,
    /// and checkpoints on SQLite. Returns the position from which changes may be missing. The index has no version until
    /// these are applied. Fails with a reason if the directory does not fit.
    async fn load(&self, max_bytes: u64) -> Result<Result<i64, String>, Error> {
        let mut tx = self.follower.begin_directory_read().await?;
        let needed = needed_bytes(&mut tx).await?;
        if needed > max_bytes {
            let (needed, allowed) = (needed >> 20, max_bytes >> 20);
            return Ok(Err(format!(
                "the directory needs {needed} MB of memory, and {allowed} MB are allowed"
            )));
        }
        let position = last_position(&mut tx).await?;
        drop(tx);
        let mut loader = Loader::default();
        let mut last = i64::MIN;
        loop {
            let page = read_page(&mut self.follower.begin_directory_read().await?, last).await?;
            let Some(&(end, _)) = page.last() else { break };
            last = end;
            let adding = spawn_blocking(move || {
                page.iter().try_for_each(|(user, entry)| loader.add(*user, entry)).map(|()| loader)
            });
            loader = match adding.await? {
                Ok(loader) => loader,
                Err(error) => return Ok(Err(error.to_string())),
            };
        }
        let snapshot = spawn_blocking(move || loader.finish()).await?;
        self.directory_memory.index.replace(snapshot);
        Ok(Ok(position))
    }
}

/// Estimates the memory of the whole directory.
async fn needed_bytes(tx: &mut Tx) -> Result<u64, Error> {
    let (users, rows): (i64, i64) = sql::query_as(
        "SELECT (SELECT count(*) FROM users WHERE removed_at IS NULL), (SELECT count(*) FROM directory)",
    )
    .fetch_one(tx)
    .await?;
    Ok(USER_BYTES * users.unsigned_abs() + ROW_BYTES * rows.unsigned_abs() + CACHE_BYTES)
}
