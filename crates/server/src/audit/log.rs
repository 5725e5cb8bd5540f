//! Reads and appends rows of the table `audit`.

use super::chain::{Head, Record, Texts};
use super::hash::{Hash, Key};
use super::text::Text;
use crate::batch;
use crate::sql::{self, QueryBuilder, Row, Separated, Tx, either};

/// The format of entries that are written now. The texts of format 1 cannot be erased.
pub(super) const FORMAT: i64 = 2;
const COLUMNS: [&str; 20] = [
    "seq",
    "id",
    "at",
    "action",
    "actor",
    "target",
    "node",
    "view",
    "details",
    "hash",
    "format",
    "actor_name",
    "actor_salt",
    "actor_digest",
    "target_name",
    "target_salt",
    "target_digest",
    "texts",
    "texts_salt",
    "texts_digest",
];
/// The number of rows that are read at a time.
const BATCH_SIZE: usize = 2_000;

/// A row of the table.
pub(super) struct StoredRow {
    pub(super) seq: i64,
    /// The hash, even if the rest of the entry cannot be read.
    pub(super) hash: Option<Hash>,
    /// The entry and its hash. `None` if the row contains values that the server never writes.
    pub(super) entry: Option<(Record, Hash)>,
}

/// Returns the head that the last row implies. Does not verify it. If the row has no valid hash, the chain is
/// already broken and may continue from any hash. A log whose rows were all removed continues after its sealed part.
/// Expects any version of the database.
pub(super) async fn end(tx: &mut Tx) -> Result<Head, sqlx::Error> {
    let last = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1";
    let mut row = sql::query(last).fetch_optional(tx).await?;
    if row.is_none() && sql::has_table(tx, "audit_segments").await? {
        let last = "SELECT last_entry, hash_after FROM audit_segments ORDER BY first_entry DESC LIMIT 1";
        row = sql::query(last).fetch_optional(tx).await?;
    }
    let Some(row) = row else { return Ok(Head::EMPTY) };
    let hash = row.try_get::<&[u8], _>(1).ok().and_then(Hash::from_bytes).unwrap_or(Head::EMPTY.hash);
    Ok(Head { entries: row.try_get(0)?, hash })
}

/// Appends entries after `head`. Returns the new head.
pub(crate) async fn append(
    tx: &mut Tx,
    key: &Key,
    mut head: Head,
    records: &[Record],
) -> Result<Head, sqlx::Error> {
    batch::insert(tx, "audit", COLUMNS, records, |row, record| {
        head = Head { entries: head.entries + 1, hash: record.hash(key, &head.hash) };
        push_record(row, head, record);
    })
    .await?;
    Ok(head)
}

/// Binds a value for each of [`COLUMNS`].
fn push_record(row: &mut Separated<'_>, head: Head, record: &Record) {
    let bytes = |id: Option<[u8; 16]>| id.map(Vec::from);
    row.push_bind(head.entries)
        .push_bind(record.id.to_vec())
        .push_bind(record.at)
        .push_bind(record.action.clone())
        .push_bind(bytes(record.actor))
        .push_bind(bytes(record.target))
        .push_bind(record.node)
        .push_bind(bytes(record.view))
        .push_bind(record.details.clone())
        .push_bind(head.hash.as_bytes().to_vec());
    let texts = match &record.texts {
        Texts::Hashed { actor_name, target_name } => {
            row.push_bind(1_i64);
            for name in [actor_name, target_name] {
                row.push_bind(name.clone()).push_bind(None::<Vec<u8>>).push_bind(None::<Vec<u8>>);
            }
            row.push_bind(None::<String>).push_bind(None::<Vec<u8>>).push_bind(None::<Vec<u8>>);
            return;
        }
        Texts::Erasable { actor_name, target_name, details } => [actor_name, target_name, details],
    };
    row.push_bind(FORMAT);
    for text in texts {
        let text = text.as_ref();
        row.push_bind(text.and_then(Text::text).map(str::to_owned))
            .push_bind(text.and_then(Text::salt).map(Vec::from))
            .push_bind(text.map(|text| text.digest().as_bytes().to_vec()));
    }
}

/// Replaces an entry in a conversion.
pub(super) async fn replace(tx: &mut Tx, head: Head, record: &Record) -> Result<(), sqlx::Error> {
    let mut sql = QueryBuilder::new(tx.dialect(), "UPDATE audit SET (");
    sql.push(COLUMNS.join(", ")).push(") = (");
    push_record(&mut sql.separated(", "), head, record);
    sql.push(") WHERE seq = ").push_bind(head.entries);
    sql.build().execute(tx).await?;
    Ok(())
}

/// Returns the next batch of rows after `seq`, in order.
pub(super) async fn rows_after(tx: &mut Tx, seq: i64) -> Result<Vec<StoredRow>, sqlx::Error> {
    rows_up_to(tx, seq, BATCH_SIZE).await
}

/// Returns at most `limit` rows after `seq`, in order.
pub(super) async fn rows_up_to(tx: &mut Tx, seq: i64, limit: usize) -> Result<Vec<StoredRow>, sqlx::Error> {
    let rows = sql::query(either(
        // A database that is not migrated yet has fewer columns.
        "SELECT * FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
        "SELECT seq, id, at, action, actor, target, node, view, details, hash, format, actor_name, actor_salt, \
         actor_digest, target_name, target_salt, target_digest, texts, texts_salt, texts_digest \
         FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
    ))
        .bind(seq)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .fetch_all(tx)
        .await?;
    let stored = |row: &Row| {
        let hash = row.try_get("hash").ok().and_then(Hash::from_bytes);
        Ok(StoredRow { seq: row.try_get("seq")?, hash, entry: parse(row) })
    };
    rows.iter().map(stored).collect()
}

/// Returns the stored hash of a row.
pub(super) async fn hash_at(tx: &mut Tx, seq: i64) -> Result<Option<Hash>, sqlx::Error> {
    let row = sql::query("SELECT hash FROM audit WHERE seq = ?").bind(seq).fetch_optional(tx).await?;
    Ok(row.and_then(|row| Hash::from_bytes(row.try_get(0).ok()?)))
}

/// Parses a row. Expects any value in any column, because a manipulated database can contain anything.
fn parse(row: &Row) -> Option<(Record, Hash)> {
    let id = |column: &str| -> Option<Option<[u8; 16]>> {
        let bytes: Option<&[u8]> = row.try_get(column).ok()?;
        bytes.map(|bytes| bytes.try_into().ok()).map_or(Some(None), |id| id.map(Some))
    };
    let bytes = |column: &str| row.try_get::<Option<&[u8]>, _>(column).ok();
    let text = |text: &str, salt: &str, digest: &str| {
        Text::stored(row.try_get(text).ok()?, bytes(salt)?, bytes(digest)?).ok()
    };
    // A database that is not migrated yet has no column for the format.
    let format =
        if row.column_names().contains(&"format") { row.try_get::<i64, _>("format").ok()? } else { 1 };
    let texts = match format {
        1 => Texts::Hashed {
            actor_name: row.try_get("actor_name").ok()?,
            target_name: row.try_get("target_name").ok()?,
        },
        FORMAT => Texts::Erasable {
            actor_name: text("actor_name", "actor_salt", "actor_digest")?,
            target_name: text("target_name", "target_salt", "target_digest")?,
            details: text("texts", "texts_salt", "texts_digest")?,
        },
        _ => return None,
    };
    let record = Record {
        id: id("id")??,
        at: row.try_get("at").ok()?,
        action: row.try_get("action").ok()?,
        actor: id("actor")?,
        target: id("target")?,
        node: row.try_get("node").ok()?,
        view: id("view")?,
        details: row.try_get("details").ok()?,
        texts,
    };
    Some((record, Hash::from_bytes(row.try_get("hash").ok()?)?))
}
