//! The table, as the chain needs it.

use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row, Sqlite, SqliteConnection};

use super::chain::{Hash, Head, Key, Record};

/// SQLite takes 32,766 values in one statement.
const AT_ONCE: usize = 2_000;

/// One row, as far as it can be read.
pub(super) struct Line {
    pub(super) seq: i64,
    /// The entry and its hash; none where something stands there that is never written.
    pub(super) content: Option<(Record, Hash)>,
}

/// How far the log has come. What is written there is taken at its word; where no hash stands there, the chain is
/// broken already, and goes on from anything.
pub(super) async fn end(connection: &mut SqliteConnection) -> Result<Head, sqlx::Error> {
    let row = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
        .fetch_optional(connection)
        .await?;
    let Some(row) = row else { return Ok(Head::ORIGIN) };
    let hash = row.try_get::<&[u8], _>(1).ok().and_then(Hash::of).unwrap_or(Head::ORIGIN.hash);
    Ok(Head { entries: row.try_get(0)?, hash })
}

/// Writes entries after the head, and answers where the log ends since.
pub(crate) async fn append(
    connection: &mut SqliteConnection,
    key: &Key,
    mut head: Head,
    records: &[Record],
) -> Result<Head, sqlx::Error> {
    for some in records.chunks(AT_ONCE) {
        let mut query = QueryBuilder::<Sqlite>::new(
            "INSERT INTO audit (seq, id, at, action, actor, actor_name, target, target_name, node, view, details, hash) ",
        );
        query.push_values(some, |mut row, record| {
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
        });
        query.build().execute(&mut *connection).await?;
    }
    Ok(head)
}

/// Some rows after another, in order.
pub(super) async fn after(connection: &mut SqliteConnection, seq: i64) -> Result<Vec<Line>, sqlx::Error> {
    let rows = sqlx::query("SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?")
        .bind(seq)
        .bind(i64::try_from(AT_ONCE).unwrap_or(i64::MAX))
        .fetch_all(connection)
        .await?;
    rows.iter().map(|row| Ok(Line { seq: row.try_get("seq")?, content: content(row) })).collect()
}

/// The hash of one row, as it stands there.
pub(super) async fn hash_at(
    connection: &mut SqliteConnection,
    seq: i64,
) -> Result<Option<Hash>, sqlx::Error> {
    let row =
        sqlx::query("SELECT hash FROM audit WHERE seq = ?").bind(seq).fetch_optional(connection).await?;
    Ok(row.and_then(|row| Hash::of(row.try_get(0).ok()?)))
}

/// Whoever tampers can write anything into any column, so nothing is expected of it.
fn content(row: &SqliteRow) -> Option<(Record, Hash)> {
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
    Some((record, Hash::of(row.try_get("hash").ok()?)?))
}
