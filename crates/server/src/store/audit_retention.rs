//! Deletes old entries of the audit log, in pieces. A seal for each piece keeps the rest of the log verifiable.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};

use super::{Error, Store, Tx, millis, time_from_millis};
use crate::audit::{OldEntries, SealLimits, exported_entries, remove_archive, write_archive};
use crate::sql;

/// The number of entries that one transaction deletes.
const BATCH_SIZE: usize = 1_000;

impl Store {
    /// Deletes the oldest entries whose time is over, at most [`BATCH_SIZE`]. Returns whether there may be more.
    ///
    /// Entries stay that a target of the export does not have yet. All entries stay if the log has not passed its check:
    /// a seal would hide the manipulation.
    pub(super) async fn delete_old_audit_entries(&self) -> Result<bool, Error> {
        let Some(kept) = self.limits.audit_entries else { return Ok(false) };
        if !self.chain_head.is_intact().await {
            tracing::error!("the audit log failed its check, so its old entries are not deleted");
            return Ok(false);
        }
        let key = self.chain_head.key();
        let mut tx = self.read().await?;
        let limits = self.seal_limits(&mut tx, kept).await?;
        let Some(old) = OldEntries::select(&mut tx, key, limits).await? else { return Ok(false) };
        let nodes = old.nodes(&mut tx).await?;
        drop(tx);
        let (old, archive) = match self.audit_outputs.archive.clone() {
            None => (old, None),
            Some(folder) => {
                let write = move || (write_archive(&folder, &old, &nodes), old);
                let (archive, old) = tokio::task::spawn_blocking(write).await?;
                (old, Some(archive?))
            }
        };
        let mut write = self.write().await?;
        // Texts may have been erased meanwhile. The archive must not have them then.
        if OldEntries::select(&mut write, key, limits).await?.as_ref() != Some(&old) {
            drop(write);
            discard(archive).await?;
            return Ok(true);
        }
        let now = write.now();
        old.seal(&mut write, key, millis(now)).await?;
        write.commit().await?;
        let (first, last) = old.range();
        let archive = archive.map(|file| file.display().to_string());
        tracing::info!(first, last, archive, "old entries of the audit log were sealed and deleted");
        Ok(true)
    }

    async fn seal_limits(&self, tx: &mut Tx, kept: TimeDelta) -> Result<SealLimits, Error> {
        let mut up_to = i64::MAX;
        for target in self.audit_exports() {
            up_to = up_to.min(exported_entries(tx, self.chain_head.key(), target).await?);
        }
        Ok(SealLimits { before: millis(self.clock.now() - kept), up_to, count: BATCH_SIZE })
    }
}

/// Returns the start of the day (UTC) of the last deleted entry. `None` if none was deleted.
pub(super) async fn audit_deleted_before(tx: &mut Tx) -> Result<Option<DateTime<Utc>>, Error> {
    let last: Option<i64> =
        sql::query_scalar("SELECT max(last_at) FROM audit_segments").fetch_one(tx).await?;
    let Some(last) = last.map(time_from_millis).transpose()? else { return Ok(None) };
    Ok(last.date_naive().and_hms_opt(0, 0, 0).map(|start| start.and_utc()))
}

async fn discard(archive: Option<PathBuf>) -> Result<(), Error> {
    if let Some(file) = archive {
        tokio::task::spawn_blocking(move || remove_archive(file)).await??;
    }
    Ok(())
}
