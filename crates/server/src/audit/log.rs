//! Reads and appends rows of the table `audit`.

use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqliteConnection};

use super::chain::{Hash, Head, Key, Record};
use crate::batch;

/// The number of rows that are read at a time.
const BATCH_SIZE: usize = 2_000;

/// A row of the table.
pub(super) struct StoredRow {
    pub(super) seq: i64,
    /// The entry and its hash. `None` if the row contains values that the server never writes.
    pub(super) entry: Option<(Record, Hash)>,
}

/// Returns the head that the last row implies. Does not verify it. If the row has no valid hash, the chain is
/// already broken and may continue from any hash.
pub(super) async fn end(connection: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    let row = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(Head::EMPTY) };
    let hash = row.try_get::<&[u8], _>(1).ok().and_then(Hash::from_bytes).unwrap_or(Head::EMPTY.hash);
    Ok(Head { entries: row.try_get(0)?, hash })
}

/// Appends entries after `head`. Returns the new head.
pub(crate) async fn append(
    connection: &mut SqliteConnection,
    key: &Key,
    mut head: Head,
    records: &[Record],
) -> Result<Head, sqlx::Error> {
    let columns = [
        "seq",
        "id",
        "at",
        "action",
        "actor",
        "actor_name",
        "target",
        "target_name",
        "node",
        "view",
        "details",
        "hash",
    ];
    batch::insert(connection, "audit", columns, records, |row, record| {
        head = Head { entries: head.entries + 1, hash: record.hash(key, &head.hash) };
        let bytes = |id: Option<[u8; 16]>| id.map(Vec::from);
        row.push_bind(head.entries)
            .push_bind(record.id.to_vec())
            .push_bind(record.at)
            .push_bind(record.action.clone())
            .push_bind(bytes(record.actor))
            .push_bind(record.actor_name.clone())
            .push_bind(bytes(record.target))
            .push_bind(record.target_name.clone())
            .push_bind(record.node)
            .push_bind(bytes(record.view))
            .push_bind(record.details.clone())
            .push_bind(head.hash.as_bytes().to_vec());
    })
    .await?;
    Ok(head)
}

/// Returns the next batch of rows after `seq`, in order.
pub(super) async fn rows_after(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<Vec<StoredRow>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?")
        .bind(seq)
        .bind(i64::try_from(BATCH_SIZE).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(StoredRow { seq: row.try_get("seq")?, entry: parse(row) })).collect()
}

/// Returns the stored hash of a row.
pub(super) async fn hash_at(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<Option<Hash>, sqlx::Error> {
    let row =
        sqlx::query("SELECT hash FROM audit WHERE seq = ?").bind(seq).fetch_optional(connection).await?;
    Ok(row.and_then(|row| Hash::from_bytes(row.try_get(0).ok()?)))
}

/// Parses a row. Expects any value in any column, because a manipulated database can contain anything.
fn parse(row: &SqliteRow) -> Option<(Record, Hash)> {
    let id = |column: &str| -> Option<Option<[u8; 16]>> {
        let bytes: Option<&[u8]> = row.try_get(column).ok()?;
        bytes.map(|bytes| bytes.try_into().ok()).map_or(Some(None), |id| id.map(Some))
    };
    let record = Record {
        id: id("id")??,
        at: row.try_get("at").ok()?,
        action: row.try_get("action").ok()?,
        actor: id("actor")?,
        actor_name: row.try_get("actor_name").ok()?,
        target: id("target")?,
        target_name: row.try_get("target_name").ok()?,
        node: row.try_get("node").ok()?,
        view: id("view")?,
        details: row.try_get("details").ok()?,
    };
    Some((record, Hash::from_bytes(row.try_get("hash").ok()?)?))
}
