//! Copies a file of SQLite into a database of PostgreSQL.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::open::explain_store;
use super::url::PostgresUrl;
use crate::audit::LogCopy;
use crate::failure::Failure;
use crate::sql::Pool;
use crate::store::{self, PostgresTarget, Store, TableCount, Tx};

/// The result of a copy.
pub(crate) struct Copied {
    /// The number of rows of each table.
    pub(crate) counts: Vec<TableCount>,
    /// The summary of the verification of the audit log.
    pub(crate) audit_log: String,
}

/// Opens a file of SQLite for a copy.
pub(crate) async fn read_file(file: &Path) -> Result<(Pool, Tx), Failure> {
    Store::read_file(file).await.map_err(|error| match error {
        store::Error::NotMigrated => format!(
            "{} has the tables of another version of the program; start a server with this version on it once",
            file.display()
        )
        .into(),
        other => other.into(),
    })
}

/// Copies a file, with the key and the head of its audit log in the same folder, into an empty database. The key and the
/// head are also written to `folder`, the data folder of a server.
///
/// All rows are copied in one transaction, so that an interrupted copy leaves the database as it was. The caller holds the
/// locks of both folders.
///
/// # Errors
/// Fails if the database is not empty, if a value cannot be copied, or if the copied audit log fails its check.
pub(crate) async fn copy_to_postgres(
    file: &Path,
    target: &PostgresTarget,
    url: &PostgresUrl,
    folder: &Path,
    now: DateTime<Utc>,
) -> Result<Copied, Failure> {
    let log = LogCopy::begin(file.parent().unwrap_or(Path::new(".")))?;
    // A key without a log does no harm, but nobody can continue a log without its key. So the key comes first.
    log.install_key(folder)?;
    let (pool, mut source) = read_file(file).await?;
    let explain = |error| explain_store(error, url);
    let (mut tx, counts) = target.fill(&mut source, now).await.map_err(explain)?;
    let copied = log.seal(&mut tx).await?;
    tx.commit().await.map_err(|error| explain(error.into()))?;
    copied.install(folder)?;
    drop(source);
    pool.close().await;
    Ok(Copied { counts, audit_log: copied.summary })
}
