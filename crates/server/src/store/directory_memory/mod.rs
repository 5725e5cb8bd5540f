//! The directory in memory, which answers lists, searches, totals and positions on both databases.
//!
//! One task of each server loads it and follows the table `directory_changes` (`follow.rs`). A list reads the version of
//! the directory in its transaction. If the memory has this version, it answers, and the list agrees with everything else
//! in the transaction. Otherwise SQL answers, with the same result.

mod answers;
mod follow;
mod read;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::{Mutex, watch};
use tokio::time::timeout;

use super::directory_changes::ChangeNotification;
use super::{Error, MetaKey, Store, Tx, meta};
use crate::directory_index::{DirectoryIndex, Snapshot};
use crate::metrics::DirectoryState;
#[cfg(test)]
use follow::DirectoryMemoryState;

/// The longest time that a list waits for a version that was just committed.
const MAX_WAIT: Duration = Duration::from_millis(if cfg!(test) { 10_000 } else { 100 });

/// The index, and what is known of its version and later ones.
#[derive(Debug, Default)]
pub(super) struct DirectoryMemory {
    index: DirectoryIndex,
    /// The position of the last change in the index. `None` before the load.
    position: Mutex<Option<i64>>,
    /// The version of the index.
    applied: watch::Sender<i64>,
    /// Whether the database answers all lists.
    is_off: AtomicBool,
    notification: Arc<ChangeNotification>,
}

impl DirectoryMemory {
    /// Returns what tells of the changes.
    pub(super) fn notification(&self) -> &Arc<ChangeNotification> {
        &self.notification
    }

    /// Returns a version. Waits a moment if it was just committed. `None` if SQL must answer.
    async fn at(&self, version: i64) -> Option<Arc<Snapshot>> {
        let found = self.index.at(version);
        if found.is_some() {
            return found;
        }
        let is_older = self.index.snapshot().version()? < version;
        if !is_older || version > self.notification.expected() {
            return None;
        }
        let mut applied = self.applied.subscribe();
        timeout(MAX_WAIT, applied.wait_for(|&applied| applied >= version)).await.ok()?.ok()?;
        self.index.at(version)
    }

    pub(super) fn state(&self) -> DirectoryState {
        match self.is_off.load(Ordering::Relaxed) {
            true => DirectoryState::Off,
            false if self.is_loaded() => DirectoryState::InMemory,
            false => DirectoryState::Loading,
        }
    }

    fn is_loaded(&self) -> bool {
        self.index.snapshot().version().is_some()
    }
}

impl Store {
    /// Expects the changes of other servers that were committed until now.
    pub(super) async fn expect_directory_changes(&self) -> Result<(), Error> {
        if self.directory_memory.is_loaded() {
            let version = meta(&mut self.read().await?, MetaKey::DirectoryVersion).await?;
            version.inspect(|&version| self.directory_memory.notification.expect(version));
            self.directory_memory.notification.wake();
        }
        Ok(())
    }

    /// Whether the memory has the latest version of the directory.
    #[cfg(test)]
    pub(super) async fn has_directory_in_memory(&self) -> bool {
        let mut tx = self.read().await.unwrap();
        self.directory_snapshot(&mut tx).await.unwrap().is_some()
    }

    /// Returns the version of the directory that a transaction reads. `None` if SQL must answer.
    async fn directory_snapshot(&self, tx: &mut Tx) -> Result<Option<Arc<Snapshot>>, Error> {
        if !self.directory_memory.is_loaded() {
            return Ok(None);
        }
        let version = meta(tx, MetaKey::DirectoryVersion).await?.unwrap_or(0);
        Ok(self.directory_memory.at(version).await)
    }
}
