//! Copies and checks database files, for backups.

use std::path::Path;

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};

use super::sqlite::options;
use super::{Error, Store};
use crate::private_files::open_file;

/// Returns the options of a connection that only reads. Its statements read the whole database, so the slow-statement
/// log would report each of them.
fn read_options(file: &Path) -> SqliteConnectOptions {
    options(file).read_only(true).create_if_missing(false).disable_statement_logging()
}

impl Store {
    /// Copies a database into a new file, beside a running server.
    ///
    /// The copy is one snapshot and contains the write-ahead log. Writers are not blocked: `VACUUM INTO` only reads
    /// (<https://www.sqlite.org/lang_vacuum.html#vacuuminto>). It does not sync the copy, so this does.
    pub(crate) async fn copy_database(source: &Path, target: &Path) -> Result<(), Error> {
        // SQLite accepts an empty file as the target, and keeps its mode.
        let copy = open_file(target).map_err(sqlx::Error::from)?;
        // SQLite would read a relative path that begins with `file:` as a URI.
        let target = std::path::absolute(target).map_err(sqlx::Error::from)?;
        let target =
            target.to_str().ok_or_else(|| Error::InvalidData(format!("the path {}", target.display())))?;
        let mut connection = read_options(source).connect().await?;
        sqlx::query("VACUUM INTO ?").bind(target).execute(&mut connection).await?;
        connection.close().await?;
        copy.sync_all().map_err(sqlx::Error::from)?;
        Ok(())
    }

    /// Merges the write-ahead log of a copied database into it, and removes the log.
    pub(crate) async fn merge_wal(file: &Path) -> Result<(), Error> {
        let mut connection = options(file).create_if_missing(false).connect().await?;
        sqlx::raw_sql("PRAGMA journal_mode = DELETE").execute(&mut connection).await?;
        connection.close().await?;
        Ok(())
    }

    /// Checks the structure of a database file. Returns the first problem as an error.
    pub(crate) async fn check_integrity(file: &Path) -> Result<(), Error> {
        let mut connection = read_options(file).connect().await?;
        let result: String =
            sqlx::query_scalar("PRAGMA integrity_check(1)").fetch_one(&mut connection).await?;
        connection.close().await?;
        if result == "ok" { Ok(()) } else { Err(Error::Damaged(result)) }
    }
}
