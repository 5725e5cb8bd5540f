//! The export of the log to other systems: what each target gets next, and how far it has got.
//!
//! The place of a target is in the database, so any server can go on. It moves after the target has the entries. So each
//! entry arrives at least once, in the order of the chain.

mod ascii;
mod file;
mod place;
mod sink;
mod syslog;
mod target;
#[cfg(test)]
mod tests;

use super::chain::Head;
use super::hash::{Hash, Key};
use super::integrity::IntegrityError;
use super::line::{time_text, to_line};
use super::log::StoredRow;
use super::node_label::{NodeLabel, NodeLabels};
use super::{convert, log, segment};
use crate::sql::Tx;

pub(crate) use place::{
    ExportLease, ExportState, claim, end_export_leases, end_export_leases_of, export_state, store_place,
};
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
    /// The first and the last of the entries that were deleted before the target had them. `None` if there are none.
    pub(crate) missed: Option<(i64, i64)>,
    end: Head,
}

/// Returns the next entries for a target. If its place is not one of this log, the export starts again.
pub(crate) async fn next_batch(
    tx: &mut Tx,
    key: &Key,
    target: &ExportTarget,
) -> Result<ExportBatch, sqlx::Error> {
    let start = convert::start(tx, key).await?;
    // A manipulated seal hides nothing here: the entries that are left are exported.
    let sealed = segment::last_end(tx, key, start).await?.unwrap_or(start);
    let place = match valid_place(tx, key, target, sealed).await? {
        Ok(place) => place,
        Err(error) => {
            error.report("All entries are exported again");
            None
        }
    };
    let is_behind = |place: &Head| place.entries > 0 && place.entries < sealed.entries;
    let missed = place.filter(is_behind).map(|place| (place.entries + 1, sealed.entries));
    let mut end = place.filter(|place| place.entries > sealed.entries).unwrap_or(sealed);
    let rows = log::rows_up_to(tx, end.entries, BATCH_SIZE).await?;
    let last = rows.last().map_or(end.entries, |row| row.seq);
    let nodes = NodeLabels::of_entries(tx, end.entries, last).await?;
    let mut entries = Vec::with_capacity(rows.len());
    for row in &rows {
        let node = row.entry.as_ref().and_then(|(record, _)| nodes.of(record.node));
        let entry = ExportedEntry::of(row, &end.hash, node).unwrap_or_else(|| ExportedEntry::unreadable(row));
        end = Head { entries: row.seq, hash: entry.hash };
        entries.push(entry);
    }
    Ok(ExportBatch { entries, missed, end })
}

/// Returns the number of the last entry that a target has. It is 0 if that is unknown.
pub(crate) async fn exported_entries(
    tx: &mut Tx,
    key: &Key,
    target: &ExportTarget,
) -> Result<i64, sqlx::Error> {
    let place = place::read(tx, key, target).await?.unwrap_or(None);
    Ok(place.map_or(0, |place| place.entries))
}

/// Returns the place of a target. Fails if the log has another entry there, because it was rewritten.
async fn valid_place(
    tx: &mut Tx,
    key: &Key,
    target: &ExportTarget,
    sealed: Head,
) -> Result<Result<Option<Head>, IntegrityError>, sqlx::Error> {
    let place = match place::read(tx, key, target).await? {
        Ok(Some(place)) if place.entries > sealed.entries => place,
        other => return Ok(other),
    };
    // The place after an entry without a valid hash has none either.
    let hash = log::hash_at(tx, place.entries).await?.unwrap_or(Hash::ZERO);
    let is_valid = hash == place.hash && log::end(tx).await?.entries >= place.entries;
    Ok(if is_valid { Ok(Some(place)) } else { Err(IntegrityError::ExportPlace(target.to_string())) })
}

impl ExportedEntry {
    fn of(row: &StoredRow, previous: &Hash, node: Option<&NodeLabel>) -> Option<Self> {
        let (record, hash) = row.entry.as_ref()?;
        let json = to_line(row.seq, previous, (record, hash), node)?;
        let (at, action) = (time_text(record.at), Some(record.action.clone()));
        Some(Self { seq: row.seq, hash: *hash, at, action, json })
    }

    /// Stands for an entry with values that the server never writes. Someone has changed the database. The export goes
    /// on, and `verify-audit` reports the entry.
    fn unreadable(row: &StoredRow) -> Self {
        let json = serde_json::json!({ "seq": row.seq, "unreadable": true }).to_string();
        Self { seq: row.seq, hash: row.hash.unwrap_or(Hash::ZERO), at: None, action: None, json }
    }
}
