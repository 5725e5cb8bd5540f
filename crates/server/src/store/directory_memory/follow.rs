//! Keeps the index up to date.

use std::collections::BTreeSet;
use std::fmt::Display;
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
const USER_BYTES: u64 = 200;
/// The approximate memory of a row of the directory in the index, in bytes.
const ROW_BYTES: u64 = 12;
/// The memory of the caches of the index, in bytes.
const CACHE_BYTES: u64 = 32 << 20;

/// Whether the directory stays in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DirectoryMemoryState {
    /// The memory has the latest version.
    Loaded,
    /// The directory does not fit. SQL answers.
    Off,
}

impl Store {
    /// Keeps the directory in memory, as long as the future is polled. Ends if it does not fit into `max_bytes`.
    pub(crate) async fn keep_directory_in_memory(&self, max_bytes: u64) {
        loop {
            match self.update_directory_memory(max_bytes).await {
                Ok(DirectoryMemoryState::Loaded) => {
                    let _ = timeout(POLL_INTERVAL, self.directory_memory.changed.notified()).await;
                }
                Ok(DirectoryMemoryState::Off) => return,
                Err(error) => {
                    // Lists of later versions are answered by SQL.
                    tracing::warn!(%error, "the directory in memory could not be updated");
                    sleep(POLL_INTERVAL).await;
                }
            }
        }
    }

    /// Applies the committed changes to the directory in memory, or loads it.
    pub(crate) async fn update_directory_memory(
        &self,
        max_bytes: u64,
    ) -> Result<DirectoryMemoryState, Error> {
        let memory = &self.directory_memory;
        memory.index.drop_old_versions();
        let mut position = memory.position.lock().await;
        // Everything is read in one transaction, so that the version and the rows agree.
        let mut tx = self.follower.begin_read().await?;
        let version = meta(&mut tx, MetaKey::DirectoryVersion).await?.unwrap_or(0);
        if let Some(last) = *position
            && let ChangedUsers::Some(users, end) = self.changes_after(&mut tx, last, version).await?
        {
            match self.apply(&mut tx, version, users).await? {
                Ok(()) => {
                    *position = Some(end);
                    return Ok(DirectoryMemoryState::Loaded);
                }
                Err(IndexError::NoFreeNumber) => {}
                Err(error @ IndexError::OutOfRange(_)) => return Ok(self.switch_off(&error)),
            }
        }
        let (is_first, start) = (position.is_none(), Instant::now());
        // Releases the memory before the load, which needs as much again.
        *position = None;
        memory.index.replace(Snapshot::default());
        let needed = needed_bytes(&mut tx).await?;
        if needed > max_bytes {
            let (needed, allowed) = (needed >> 20, max_bytes >> 20);
            let reason = format!("the directory needs {needed} MB of memory, and {allowed} are allowed");
            return Ok(self.switch_off(&reason));
        }
        let end = last_position(&mut tx).await?;
        match load(&mut tx, version).await? {
            Ok(snapshot) => memory.index.replace(snapshot),
            Err(error) => return Ok(self.switch_off(&error)),
        }
        memory.applied.send_replace(version);
        *position = Some(end);
        if is_first {
            tracing::info!(elapsed = ?start.elapsed(), "the directory is in memory");
        }
        Ok(DirectoryMemoryState::Loaded)
    }

    fn switch_off(&self, reason: &impl Display) -> DirectoryMemoryState {
        tracing::warn!(%reason, "lists are read from the database, not from memory");
        self.directory_memory.index.replace(Snapshot::default());
        DirectoryMemoryState::Off
    }

    /// Returns the users that changed after a position.
    async fn changes_after(&self, tx: &mut Tx, position: i64, version: i64) -> Result<ChangedUsers, Error> {
        // A database that was restored may have an earlier version, and then other changes at the same positions.
        if self.directory_memory.index.snapshot().version().is_none_or(|applied| applied > version) {
            return Ok(ChangedUsers::All);
        }
        Ok(match changed_users(tx, position).await? {
            ChangedUsers::Some(users, _) if users.len() > MAX_CHANGED => ChangedUsers::All,
            changed => changed,
        })
    }

    async fn apply(
        &self,
        tx: &mut Tx,
        version: i64,
        users: BTreeSet<i64>,
    ) -> Result<Result<(), IndexError>, Error> {
        let memory = self.directory_memory.clone();
        if users.is_empty() && memory.index.snapshot().version() == Some(version) {
            return Ok(Ok(()));
        }
        let changes = read_users(tx, users).await?;
        let updating = spawn_blocking(move || {
            memory.index.update(version, &changes)?;
            memory.applied.send_replace(version);
            Ok(())
        });
        Ok(updating.await?)
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

async fn load(tx: &mut Tx, version: i64) -> Result<Result<Snapshot, IndexError>, Error> {
    let mut loader = Loader::default();
    let mut last = i64::MIN;
    loop {
        let page = read_page(tx, last).await?;
        let Some(&(end, _)) = page.last() else { break };
        last = end;
        let adding = spawn_blocking(move || {
            page.iter().try_for_each(|(user, entry)| loader.add(*user, entry)).map(|()| loader)
        });
        loader = match adding.await? {
            Ok(loader) => loader,
            Err(error) => return Ok(Err(error)),
        };
    }
    Ok(Ok(spawn_blocking(move || loader.finish(version)).await?))
}
