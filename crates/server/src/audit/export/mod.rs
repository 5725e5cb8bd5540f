//! The export of the log to other systems: what each target gets next, and how far it has got.
//!
//! The place of a target is in the database, so any server can go on. It moves after the target has the entries. So each
//! entry arrives at least once, in the order of the chain.

mod ascii;
mod file;
mod sink;
mod syslog;
mod target;

use super::chain::Head;
use super::hash::{Hash, Key};
use super::line::{NodeLabel, time_text, to_line};
use super::{Error, convert, log, segment};
use crate::sql::{self, Tx};

pub(crate) use sink::Sink;
pub(crate) use target::ExportTarget;

/// The maximum number of entries that a target gets at once.
const BATCH_SIZE: usize = 500;

/// An entry as a target gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ExportedEntry {
    seq: i64,
    hash: Hash,
    /// The time as text. `None` for an entry that cannot be read.
    at: Option<String>,
    action: Option<String>,
    /// The line of JSON.
    json: String,
}

/// The next entries for a target.
#[derive(Debug)]
pub(crate) struct ExportBatch {
    /// The entries in the order of the log. Empty if the target has all.
    pub(crate) entries: Vec<ExportedEntry>,
    end: Head,
}

/// Returns the next entries for a target.
pub(crate) async fn next_batch(
    tx: &mut Tx,
    key: &Key,
    target: &ExportTarget,
    node: impl Fn(i64) -> Option<NodeLabel>,
) -> Result<ExportBatch, Error> {
    let start = convert::start(tx, key).await?;
    // A manipulated seal hides nothing here: the entries that are left are exported.
    let sealed = segment::last_end(tx, key, start).await?.unwrap_or(start);
    let place = place(tx, target).await?.unwrap_or(start);
    if place.entries < sealed.entries && place.entries > 0 {
        let (first, last) = (place.entries + 1, sealed.entries);
        tracing::warn!(%target, first, last, "audit entries were deleted before they were exported");
    }
    let mut end = if place.entries < sealed.entries { sealed } else { place };
    let mut entries = Vec::new();
    for row in log::rows_up_to(tx, end.entries, BATCH_SIZE).await? {
        let seq = row.seq;
        let entry = row.entry.as_ref().and_then(|(record, hash)| {
            let json = to_line(seq, &end.hash, (record, hash), record.node.and_then(&node))?;
            let action = Some(record.action.clone());
            Some(ExportedEntry { seq, hash: *hash, at: time_text(record.at), action, json })
        });
        let entry = entry.unwrap_or_else(|| ExportedEntry::unreadable(seq));
        end = Head { entries: seq, hash: entry.hash };
        entries.push(entry);
    }
    Ok(ExportBatch { entries, end })
}

/// Stores that a target has the entries of a batch.
pub(crate) async fn store_place(
    tx: &mut Tx,
    target: &ExportTarget,
    batch: &ExportBatch,
) -> Result<(), sqlx::Error> {
    sql::query(
        "INSERT INTO audit_exports (target, entries, hash) VALUES (?, ?, ?) ON CONFLICT (target) DO UPDATE \
         SET entries = excluded.entries, hash = excluded.hash",
    )
    .bind(target.to_string())
    .bind(batch.end.entries)
    .bind(batch.end.hash.as_bytes())
    .execute(tx)
    .await?;
    Ok(())
}

/// Returns the number of the last entry that a target has.
pub(crate) async fn exported_entries(tx: &mut Tx, target: &ExportTarget) -> Result<i64, sqlx::Error> {
    Ok(place(tx, target).await?.map_or(0, |place| place.entries))
}

/// Returns the number of the last entry of the log.
pub(crate) async fn last_entry(tx: &mut Tx) -> Result<i64, sqlx::Error> {
    Ok(log::end(tx).await?.entries)
}

async fn place(tx: &mut Tx, target: &ExportTarget) -> Result<Option<Head>, sqlx::Error> {
    let row = sql::query("SELECT entries, hash FROM audit_exports WHERE target = ?")
        .bind(target.to_string())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let hash = row.try_get::<&[u8], _>("hash").ok().and_then(Hash::from_bytes).unwrap_or(Hash::ZERO);
    Ok(Some(Head { entries: row.try_get("entries")?, hash }))
}

impl ExportedEntry {
    /// Stands for an entry with values that the server never writes. Someone has changed the database. The export goes
    /// on, and `verify-audit` reports the entry.
    fn unreadable(seq: i64) -> Self {
        let json = serde_json::json!({ "seq": seq, "unreadable": true }).to_string();
        Self { seq, hash: Hash::ZERO, at: None, action: None, json }
    }
}
