//! Whether the database accepts writes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::Utc;
use studio_users_contract::Action;

use super::{Error, MetaKey, Store, Tx, meta, set_meta};
use crate::audit::Entry;
use crate::sql::{self, Dialect};

/// The time for which a successful write proves that writing is possible.
const TRUSTED: Duration = Duration::from_secs(30);
/// The pages that the check needs in addition to the free ones, so that the file must grow.
const PROBE_PAGES: i64 = 8;
/// The number of free pages above which changes rarely make the file grow, and the check does not either.
const MANY_FREE_PAGES: i64 = 64;
/// The size of a page, in bytes.
const PAGE_BYTES: i64 = 4096;

/// The result of the last write transaction.
#[derive(Debug, Default)]
pub(super) struct WriterStatus {
    /// The time of the last commit. `None` if a later transaction was not committed.
    last_commit: Mutex<Option<Instant>>,
    /// The number of transactions that run or wait.
    running: AtomicUsize,
    /// Limits the checks to one at a time.
    checking: tokio::sync::Mutex<()>,
}

/// Records the result of one write transaction when it is dropped.
#[derive(Debug)]
pub(super) struct WriteOutcome {
    status: Arc<WriterStatus>,
    is_committed: bool,
}

impl WriterStatus {
    /// Begins to watch a write transaction.
    pub(super) fn watch(self: &Arc<Self>) -> WriteOutcome {
        self.running.fetch_add(1, Ordering::Relaxed);
        WriteOutcome { status: self.clone(), is_committed: false }
    }

    /// Whether a write transaction of this process runs or waits.
    pub(super) fn is_busy(&self) -> bool {
        self.running.load(Ordering::Relaxed) > 0
    }

    fn has_recent_commit(&self) -> bool {
        let last_commit = *self.last_commit.lock().unwrap_or_else(PoisonError::into_inner);
        last_commit.is_some_and(|at| at.elapsed() < TRUSTED)
    }
}

impl WriteOutcome {
    /// Records that the transaction was committed. Without this call, it has failed or was given up.
    pub(super) fn committed(mut self) {
        self.is_committed = true;
    }
}

impl Drop for WriteOutcome {
    fn drop(&mut self) {
        self.status.running.fetch_sub(1, Ordering::Relaxed);
        let last_commit = self.is_committed.then(Instant::now);
        *self.status.last_commit.lock().unwrap_or_else(PoisonError::into_inner) = last_commit;
    }
}

impl Store {
    /// Checks whether the database can be read and written.
    ///
    /// Waits for the running write transaction. If the last one was not committed, or none was committed for 30
    /// seconds, this writes and deletes a value, because a full disk shows only then. It also rehearses an entry of the
    /// audit log, without which no change is possible.
    pub(crate) async fn check(&self) -> Result<(), Error> {
        let _only = self.writer_status.checking.lock().await;
        meta(&mut self.read().await?, MetaKey::TreeVersion).await?;
        if self.writer_status.has_recent_commit() {
            self.lock_for_writing().await?.rollback().await?;
            return Ok(());
        }
        // Each change appends to the audit log. This entry is rolled back.
        self.write().await?.record(&Entry::of(Action::SessionStarted, Utc::now())).await?;
        // Two transactions, because SQLite does not write pages that the same transaction frees again.
        let mut tx = self.write().await?;
        fill_disk(&mut tx).await?;
        tx.commit().await?;
        let mut tx = self.write().await?;
        set_meta(&mut tx, MetaKey::Probe, None).await?;
        tx.commit().await
    }
}

/// Writes a value. On SQLite it is so large that the file must grow. PostgreSQL writes each commit to its log, so any
/// value shows a full disk.
async fn fill_disk(tx: &mut Tx) -> Result<(), Error> {
    if tx.dialect() == Dialect::Postgres {
        return set_meta(tx, MetaKey::Probe, Some(1)).await;
    }
    let free: i64 = sql::query_scalar("PRAGMA freelist_count").fetch_one(tx).await?;
    let pages = if free < MANY_FREE_PAGES { free + PROBE_PAGES } else { PROBE_PAGES };
    sql::query("INSERT OR REPLACE INTO meta (key, value) VALUES (?, zeroblob(?))")
        .bind(MetaKey::Probe.key())
        .bind(pages * PAGE_BYTES)
        .execute(tx)
        .await?;
    Ok(())
}
