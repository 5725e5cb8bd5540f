//! How far each target has got, and which server exports to it.

use super::{ExportBatch, ExportTarget};
use crate::audit::chain::Head;
use crate::audit::hash::{Hash, Key};
use crate::audit::integrity::IntegrityError;
use crate::audit::{convert, log};
use crate::sql::{self, Tx};

/// The right of a server to export to a target, until the lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExportLease<'a> {
    /// The server. Each start of a server is another one.
    pub(crate) owner: &'a [u8],
    /// The time of the claim or renewal, in milliseconds since 1970.
    pub(crate) now: i64,
    /// The time at which the lease ends.
    pub(crate) until: i64,
}

/// What there is to export to a target.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ExportState {
    /// The number of entries that the target does not have.
    pub(crate) waiting: i64,
    /// Whether another server holds the lease.
    pub(crate) is_held_by_other: bool,
}

/// Returns what there is to export, for a server that would claim this lease. Reads a few rows.
pub(crate) async fn export_state(
    tx: &mut Tx,
    key: &Key,
    target: &ExportTarget,
    lease: ExportLease<'_>,
) -> Result<ExportState, sqlx::Error> {
    let end = log::end(tx).await?;
    let place = read(tx, key, target).await?.unwrap_or(None);
    let sealed: Option<i64> =
        sql::query_scalar("SELECT max(last_entry) FROM audit_segments").fetch_one(tx).await?;
    let waiting = match place {
        Some(place) if place.entries >= end.entries => i64::from(place != end && end != Head::EMPTY),
        place => end.entries - place.map_or(0, |place| place.entries).max(sealed.unwrap_or(0)),
    };
    let held = "SELECT EXISTS (SELECT 1 FROM audit_exports WHERE target = ? AND lease_owner <> ? \
         AND lease_until > ? AND lease_until <= ?)";
    let is_held_by_other = sql::query_scalar(held)
        .bind(target.to_string())
        .bind(lease.owner)
        .bind(lease.now)
        .bind(lease.until)
        .fetch_one(tx)
        .await?;
    Ok(ExportState { waiting, is_held_by_other })
}

/// Claims a target, or renews the claim. Returns false if another server holds it. A lease from before the clock was set
/// back holds nothing.
pub(crate) async fn claim(
    tx: &mut Tx,
    key: &Key,
    target: &ExportTarget,
    lease: ExportLease<'_>,
) -> Result<bool, sqlx::Error> {
    let start = convert::start(tx, key).await?;
    sql::query(
        "INSERT INTO audit_exports (target, entries, hash, seal) VALUES (?, ?, ?, ?) ON CONFLICT (target) DO NOTHING",
    )
    .bind(target.to_string())
    .bind(start.entries)
    .bind(start.hash.as_bytes())
    .bind(seal(key, target, start).as_bytes())
    .execute(tx)
    .await?;
    let claimed = sql::query(
        "UPDATE audit_exports SET lease_owner = ?1, lease_until = ?3 WHERE target = ?4 \
         AND (lease_owner IS NULL OR lease_owner = ?1 OR lease_until <= ?2 OR lease_until > ?3)",
    )
    .bind(lease.owner)
    .bind(lease.now)
    .bind(lease.until)
    .bind(target.to_string())
    .execute(tx)
    .await?;
    Ok(claimed > 0)
}

/// Stores that a target has the entries of a batch, and renews the lease. Returns false if another server has taken over.
pub(crate) async fn store_place(
    tx: &mut Tx,
    key: &Key,
    target: &ExportTarget,
    batch: &ExportBatch,
    lease: ExportLease<'_>,
) -> Result<bool, sqlx::Error> {
    let stored = sql::query(
        "UPDATE audit_exports SET entries = ?, hash = ?, seal = ?, lease_until = ? WHERE target = ? AND lease_owner = ?",
    )
    .bind(batch.end.entries)
    .bind(batch.end.hash.as_bytes())
    .bind(seal(key, target, batch.end).as_bytes())
    .bind(lease.until)
    .bind(target.to_string())
    .bind(lease.owner)
    .execute(tx)
    .await?;
    Ok(stored > 0)
}

/// Ends the leases of a server that has stopped.
pub(crate) async fn end_export_leases_of(tx: &mut Tx, owner: &[u8]) -> Result<(), sqlx::Error> {
    sql::query("UPDATE audit_exports SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ?")
        .bind(owner)
        .execute(tx)
        .await?;
    Ok(())
}

/// Ends all leases. Call this only when no other server exports.
pub(crate) async fn end_export_leases(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sql::query(
        "UPDATE audit_exports SET lease_owner = NULL, lease_until = NULL WHERE lease_owner IS NOT NULL",
    )
    .execute(tx)
    .await?;
    Ok(())
}

/// Returns the last entry that a target has, with its hash. `None` if it has had none.
pub(super) async fn read(
    tx: &mut Tx,
    key: &Key,
    target: &ExportTarget,
) -> Result<Result<Option<Head>, IntegrityError>, sqlx::Error> {
    let row = sql::query("SELECT entries, hash, seal FROM audit_exports WHERE target = ?")
        .bind(target.to_string())
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(Ok(None)) };
    let hash = |column: &str| row.try_get(column).ok().and_then(Hash::from_bytes);
    let head = match (row.try_get("entries"), hash("hash")) {
        (Ok(entries), Some(hash)) => Some(Head { entries, hash }),
        _ => None,
    };
    let is_valid = |head: &Head| hash("seal").is_some_and(|stored| stored == seal(key, target, *head));
    Ok(match head.filter(is_valid) {
        Some(head) => Ok(Some(head)),
        None => Err(IntegrityError::ExportPlace(target.to_string())),
    })
}

/// Returns the keyed hash of a place. So nobody can move it without the key, and entries are never left out.
fn seal(key: &Key, target: &ExportTarget, head: Head) -> Hash {
    Hash::of(key, "audit export", &[head.encode(), target.to_string().into_bytes()].concat())
}
