//! Copies into a new file of SQLite, and reads a file.

use std::path::Path;

use chrono::{DateTime, Utc};

use super::super::sqlite::options;
use super::super::{Error, SchemaState, Store};
use super::{TableCount, copy};
use crate::sql::{self, Pool, Tx};

/// The trigger that checks each new entry of the audit log. The whole log is verified after the copy.
const AUDIT_TRIGGER: &str = "audit_appends_only";

/// A new file, which a copy fills.
pub(crate) struct SqliteTarget {
    store: Store,
    tx: Tx,
}

impl SqliteTarget {
    /// Creates the file. Its folder contains the key of the audit log.
    pub(crate) async fn create(file: &Path) -> Result<Self, Error> {
        let store = Store::build(file).await?;
        let tx = store.writer.begin_write().await?;
        Ok(Self { store, tx })
    }

    /// Copies all tables.
    pub(crate) async fn fill(
        &mut self,
        source: &mut Tx,
        now: DateTime<Utc>,
    ) -> Result<Vec<TableCount>, Error> {
        let trigger: String =
            sql::query_scalar("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?")
                .bind(AUDIT_TRIGGER)
                .fetch_one(&mut self.tx)
                .await?;
        sql::raw_sql("DROP TRIGGER audit_appends_only").execute(&mut self.tx).await?;
        let counts = copy(source, &mut self.tx, now).await?;
        sql::query_built(trigger).execute(&mut self.tx).await?;
        Ok(counts)
    }

    /// Completes the file, and writes it to the disk.
    pub(crate) async fn finish(self, file: &Path) -> Result<(), Error> {
        self.tx.commit().await?;
        self.store.finish().await?;
        let sync = || std::fs::File::open(file)?.sync_all();
        sync().map_err(|error| Error::Database(error.into()))
    }
}

impl Store {
    /// Opens a file for a copy, which reads one snapshot. Changes nothing.
    ///
    /// # Errors
    /// [`Error::NotMigrated`] or [`Error::Newer`] if the file has another version of the schema.
    pub(crate) async fn read_file(file: &Path) -> Result<(Pool, Tx), Error> {
        let pool = Pool::single(options(file).read_only(true).create_if_missing(false)).await?;
        let mut tx = pool.begin_read().await?;
        SchemaState::of(&mut tx).await?.require_current()?;
        Ok((pool, tx))
    }
}
