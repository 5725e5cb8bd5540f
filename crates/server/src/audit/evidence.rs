//! Evidence in the database that the audit log once had entries. Without it, a deleted log would look like a new one.

use crate::sql::{self, Tx, either};

/// The key in the table `meta` that is present once the log has had an entry.
const MARKER: &str = "audit_recorded";
/// The version of the migration that created the log.
const LOG_MIGRATION: i64 = 2;

/// The version of that migration on PostgreSQL.
const POSTGRES_LOG_MIGRATION: i64 = 1;

/// Finds rows whose creation is always recorded: each with its table and the column of its time. Rows that are older
/// than the log have no entries.
const RECORDED_ROWS: [(&str, &str, &str); 5] = [
    ("sessions", "created_at", "SELECT EXISTS (SELECT 1 FROM sessions WHERE created_at > ?)"),
    ("pending_grants", "created_at", "SELECT EXISTS (SELECT 1 FROM pending_grants WHERE created_at > ?)"),
    ("invitation_links", "created_at", "SELECT EXISTS (SELECT 1 FROM invitation_links WHERE created_at > ?)"),
    ("removals", "removed_at", "SELECT EXISTS (SELECT 1 FROM removals WHERE removed_at > ?)"),
    ("views", "started_at", "SELECT EXISTS (SELECT 1 FROM views WHERE started_at > ?)"),
];

/// Marks the database as one whose log has had an entry. Call this in the transaction of the first entry.
pub(crate) async fn mark_recorded(tx: &mut Tx) -> Result<(), sqlx::Error> {
    sql::query("INSERT INTO meta (key, value) VALUES (?, 1) ON CONFLICT (key) DO NOTHING")
        .bind(MARKER)
        .execute(tx)
        .await?;
    Ok(())
}

/// Whether the database has the marker. Expects any version of the database.
pub(super) async fn is_marked(tx: &mut Tx) -> Result<bool, sqlx::Error> {
    if !sql::has_column(tx, "meta", "key").await? {
        return Ok(false);
    }
    sql::query_scalar("SELECT EXISTS (SELECT 1 FROM meta WHERE key = ?)").bind(MARKER).fetch_one(tx).await
}

/// Whether the log must have had entries: the database has the marker, or rows that are always recorded. Expects any
/// version of the database.
pub(super) async fn exists(tx: &mut Tx) -> Result<bool, sqlx::Error> {
    if is_marked(tx).await? {
        return Ok(true);
    }
    let Some(since) = log_created_at(tx).await? else { return Ok(false) };
    for (table, column, sql) in RECORDED_ROWS {
        if sql::has_column(tx, table, column).await?
            && sql::query_scalar(sql).bind(since).fetch_one(tx).await?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the time at which the migration created the log, in milliseconds, rounded up to the next second.
async fn log_created_at(tx: &mut Tx) -> Result<Option<i64>, sqlx::Error> {
    if !sql::has_column(tx, "_sqlx_migrations", "installed_on").await? {
        return Ok(None);
    }
    let seconds: Option<Option<i64>> = sql::query_scalar(either(
        "SELECT CAST(strftime('%s', installed_on) AS INTEGER) FROM _sqlx_migrations WHERE version = ?",
        "SELECT CAST(floor(extract(epoch FROM installed_on)) AS BIGINT) FROM _sqlx_migrations WHERE version = ?",
    ))
    .bind(tx.dialect().select(LOG_MIGRATION, POSTGRES_LOG_MIGRATION))
    .fetch_optional(tx)
    .await?;
    Ok(seconds.flatten().map(|seconds| (seconds + 1) * 1_000))
}
