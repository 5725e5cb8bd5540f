//! The places of the exports of the audit log.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;

use super::{Error, RunnerId, Store, Tx, millis};
use crate::audit::{
    ExportBatch, ExportLease, ExportState, ExportTarget, claim, export_state, next_batch, store_place,
};
use crate::sql;

/// The time after which another server may take over a target whose lease was not renewed.
const LEASE: TimeDelta = TimeDelta::seconds(20);

/// Where entries of the audit log are exported and archived.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct AuditOutputs {
    /// The targets of the export.
    pub(crate) exports: Vec<ExportTarget>,
    /// The folder for entries that are deleted. `None` deletes them without an archive.
    pub(crate) archive: Option<PathBuf>,
}

impl Store {
    /// Returns the targets of the export.
    pub(crate) fn audit_exports(&self) -> &[ExportTarget] {
        &self.audit_outputs.exports
    }

    /// Returns a receiver that is notified when a change of this server has appended entries.
    pub(crate) fn audit_appended(&self) -> watch::Receiver<()> {
        self.audit_appended.subscribe()
    }

    /// Returns what this server can export to a target.
    pub(crate) async fn audit_export_state(
        &self,
        target: &ExportTarget,
        runner: RunnerId,
    ) -> Result<ExportState, Error> {
        let lease = lease(&runner, self.clock.now());
        Ok(export_state(&mut self.read().await?, self.chain_head.key(), target, lease).await?)
    }

    /// Claims a target for a server, or renews its claim. Returns false if another server exports to it.
    pub(crate) async fn claim_audit_export(
        &self,
        target: &ExportTarget,
        runner: RunnerId,
    ) -> Result<bool, Error> {
        let mut write = self.write().await?;
        let lease = lease(&runner, write.now());
        let is_claimed = claim(&mut write, self.chain_head.key(), target, lease).await?;
        if is_claimed {
            write.commit().await?;
        }
        Ok(is_claimed)
    }

    /// Returns the next entries for a target.
    pub(crate) async fn next_audit_batch(&self, target: &ExportTarget) -> Result<ExportBatch, Error> {
        Ok(next_batch(&mut self.read().await?, self.chain_head.key(), target).await?)
    }

    /// Stores that a target has a batch, and renews the claim. Returns false if another server has taken over.
    pub(crate) async fn store_audit_place(
        &self,
        target: &ExportTarget,
        batch: &ExportBatch,
        runner: RunnerId,
    ) -> Result<bool, Error> {
        let mut write = self.write().await?;
        let lease = lease(&runner, write.now());
        let is_stored = store_place(&mut write, self.chain_head.key(), target, batch, lease).await?;
        if is_stored {
            write.commit().await?;
        }
        Ok(is_stored)
    }

    /// Returns the number of entries that each target does not have.
    pub(super) async fn waiting_audit_entries(&self, tx: &mut Tx) -> Result<Vec<(String, i64)>, Error> {
        let now = self.clock.now();
        let nobody = ExportLease { owner: &[], now: millis(now), until: millis(now + LEASE) };
        let mut waiting = Vec::new();
        for target in self.audit_exports() {
            let state = export_state(tx, self.chain_head.key(), target, nobody).await?;
            waiting.push((target.to_string(), state.waiting));
        }
        Ok(waiting)
    }
}

/// Returns the names of all targets that have ever had entries.
pub(super) async fn known_exports(tx: &mut Tx) -> Result<Vec<String>, Error> {
    Ok(sql::query_scalar("SELECT target FROM audit_exports ORDER BY target").fetch_all(tx).await?)
}

fn lease(runner: &RunnerId, now: DateTime<Utc>) -> ExportLease<'_> {
    ExportLease { owner: runner.as_bytes(), now: millis(now), until: millis(now + LEASE) }
}
