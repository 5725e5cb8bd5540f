//! Converts the entries of format 1, whose texts cannot be erased, to the current format.
//!
//! The conversion changes every hash. So the new chain starts from the hash of the old end, which a table records. An
//! operator who has copied the old end can still compare it.

use chrono::Utc;
use studio_users_contract::{Action, AuditDetails};

use super::chain::{Head, Record, Texts};
use super::details::split_details;
use super::hash::{Hash, Key};
use super::text::Text;
use super::{Error, log};
use crate::keys::millis;
use crate::sql::{self, Dialect, Pool, Tx};

/// The name of the trigger that refuses changes of entries.
const TRIGGER: &str = "audit_changes_nothing";

/// Returns the end of the log before the conversion. `None` if the log was never converted. Expects any version of the
/// database.
pub(super) async fn old_end(tx: &mut Tx) -> Result<Option<Head>, sqlx::Error> {
    if !sql::has_table(tx, "audit_conversion").await? {
        return Ok(None);
    }
    let row = sql::query("SELECT entries, hash FROM audit_conversion ORDER BY entries DESC LIMIT 1")
        .fetch_optional(tx)
        .await?;
    let Some(row) = row else { return Ok(None) };
    let hash = row.try_get::<&[u8], _>("hash").ok().and_then(Hash::from_bytes).unwrap_or(Hash::ZERO);
    Ok(Some(Head { entries: row.try_get("entries")?, hash }))
}

/// Returns the head before the first entry.
pub(super) async fn start(tx: &mut Tx, key: &Key) -> Result<Head, sqlx::Error> {
    let old_end = old_end(tx).await?;
    let hash = old_end.map_or(Hash::ZERO, |end| Hash::of(key, "audit conversion", &end.encode()));
    Ok(Head { entries: 0, hash })
}

/// Returns the head in the current format. A crash after the conversion leaves the old head in its file.
pub(super) async fn current_head(tx: &mut Tx, head: Head) -> Result<Head, sqlx::Error> {
    if old_end(tx).await? == Some(head)
        && let Some(hash) = log::hash_at(tx, head.entries).await?
    {
        return Ok(Head { hash, ..head });
    }
    Ok(head)
}

/// Converts a verified log that ends at `end`, unless all its entries have the current format. Returns the new end.
///
/// A log that was moved to PostgreSQL is converted already, if it can be.
pub(super) async fn convert(pool: &Pool, key: &Key, end: Head) -> Result<Head, Error> {
    if pool.dialect() == Dialect::Postgres {
        return Ok(end);
    }
    let mut tx = pool.begin_read().await?;
    // A log with entries of both formats was not verified at an earlier start, and keeps its entries.
    for sql in [
        "SELECT format FROM audit ORDER BY seq LIMIT 1",
        "SELECT format FROM audit ORDER BY seq DESC LIMIT 1",
    ] {
        let format: Option<i64> = sql::query_scalar(sql).fetch_optional(&mut tx).await?;
        if format != Some(1) {
            return Ok(end);
        }
    }
    tx.rollback().await?;
    let mut tx = pool.begin_write().await?;
    if log::end(&mut tx).await? != end {
        tx.rollback().await?;
        return Ok(end);
    }
    let trigger: String =
        sql::query_scalar("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?")
            .bind(TRIGGER)
            .fetch_one(&mut tx)
            .await?;
    sql::raw_sql("DROP TRIGGER audit_changes_nothing").execute(&mut tx).await?;
    sql::query("INSERT INTO audit_conversion (entries, hash, converted_at) VALUES (?, ?, ?)")
        .bind(end.entries)
        .bind(end.hash.as_bytes().to_vec())
        .bind(millis(Utc::now()))
        .execute(&mut tx)
        .await?;
    let mut head = start(&mut tx, key).await?;
    loop {
        let rows = log::rows_after(&mut tx, head.entries).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            let Some((record, _)) = row.entry else { continue };
            let record = converted(record, key)?;
            head = Head { entries: row.seq, hash: record.hash(key, &head.hash) };
            log::replace(&mut tx, head, &record).await?;
        }
    }
    sql::query_built(trigger).execute(&mut tx).await?;
    tx.commit().await?;
    tracing::info!(entries = head.entries, "the names in the audit log can be erased from now on");
    Ok(head)
}

fn converted(record: Record, key: &Key) -> Result<Record, Error> {
    let Texts::Hashed { actor_name, target_name } = record.texts else { return Ok(record) };
    let text = |text: Option<String>| text.map(|text| Text::new(key, text)).transpose();
    let action = Action::from_wire_name(&record.action).unwrap_or(Action::Unknown);
    let details: AuditDetails = serde_json::from_str(&record.details)?;
    let (details, personal) = split_details(action, &details);
    let personal = personal.map(|personal| serde_json::to_string(&personal)).transpose()?;
    let texts = Texts::Erasable {
        actor_name: text(actor_name)?,
        target_name: text(target_name)?,
        details: text(personal)?,
    };
    Ok(Record { details: serde_json::to_string(&details)?, texts, ..record })
}
