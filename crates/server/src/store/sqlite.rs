//! Opens SQLite files.

use std::path::Path;
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, SqlitePool};

use super::pool::pool_options;
use super::schema::migrator;
use super::schema_state::SchemaState;
use super::{Error, MetaKey, Pools, Store, meta};
use crate::audit::ChainHead;
use crate::private_files::{open_file, restrict_files};
use crate::sql::{self, Dialect, Pool};

/// Earlier versions can corrupt the write-ahead log when two connections checkpoint at once
/// (<https://www.sqlite.org/wal.html#walresetbug>).
const MIN_SQLITE_VERSION: (u32, u32, u32) = (3, 51, 3);
impl Store {
    /// Opens a database file, creates it if it is missing, and runs the pending migrations.
    ///
    /// The caller holds the [`DataLock`](crate::data_lock::DataLock) of the folder, because migrations must not run
    /// beside a server.
    pub(crate) async fn open(file: &Path, read_connections: u32) -> Result<Self, Error> {
        restrict(file)?;
        let writer = connect_writer(file).await?;
        prepare(&writer).await?;
        let pools = connect(file, writer, read_connections).await?;
        let chain_head = ChainHead::open(folder_of(file), &pools.writer).await?;
        let store = Self::new(pools, chain_head)?;
        store.ensure_derived_data().await?;
        Ok(store)
    }

    /// Creates a database with an earlier version of the schema.
    #[cfg(test)]
    pub(crate) async fn create_version(file: &Path, version: i64) -> Result<(), Error> {
        let writer = connect_writer(file).await?;
        migrator(Dialect::Sqlite, version).run(&writer).await?;
        writer.close().await;
        Ok(())
    }

    /// Opens a database whose schema is [`SchemaState::Current`], beside a server. Runs no migrations.
    pub(crate) async fn attach(file: &Path) -> Result<Self, Error> {
        restrict(file)?;
        let pools = connect(file, connect_writer(file).await?, 1).await?;
        let chain_head = ChainHead::attach(folder_of(file), &pools.writer).await?;
        Self::new(pools, chain_head)
    }

    /// Compares the schema of a database file with that of this program.
    pub(crate) async fn schema_state(file: &Path) -> Result<SchemaState, Error> {
        if !file.exists() {
            return Ok(SchemaState::Older);
        }
        let pool = Pool::single(options(file).read_only(true).create_if_missing(false)).await?;
        let state = SchemaState::of(&mut pool.begin_read().await?).await;
        pool.close().await;
        state
    }

    /// Reads values of the `meta` table without running migrations, so that any version of the file can be checked.
    pub(crate) async fn read_meta<const N: usize>(
        file: &Path,
        keys: [MetaKey; N],
    ) -> Result<[Option<i64>; N], Error> {
        let pool = Pool::single(options(file).read_only(true).create_if_missing(false)).await?;
        let mut values = [None; N];
        {
            let mut tx = pool.begin_read().await?;
            if sql::has_table(&mut tx, "meta").await? {
                for (value, key) in values.iter_mut().zip(keys) {
                    *value = meta(&mut tx, key).await?;
                }
            }
        }
        pool.close().await;
        Ok(values)
    }

    /// Creates a database file for a bulk load, without a journal and without waiting for the disk.
    ///
    /// No other process may use the file, and a crash leaves it unusable. [`Store::finish`] completes it.
    pub(crate) async fn build(file: &Path) -> Result<Self, Error> {
        restrict(file)?;
        let options = options(file)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .foreign_keys(false)
            .pragma("cache_size", "-262144")
            // Lets SQLite sort the rows of an index in parallel.
            .pragma("threads", "2")
            // Bulk statements are slow; the slow-statement log would report each of them.
            .disable_statement_logging();
        let pool = pool_options().max_connections(1).connect_with(options).await?;
        prepare(&pool).await?;
        let pool = Pool::Sqlite(pool);
        let pools = Pools { readers: pool.clone(), follower: pool.clone(), writer: pool };
        Self::new(pools, ChainHead::build(folder_of(file))?)
    }

    /// Completes a file that [`Store::build`] created: switches the journal on and stores the key of the audit log.
    pub(crate) async fn finish(self) -> Result<(), Error> {
        if let Pool::Sqlite(writer) = &self.writer {
            sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(writer).await?;
        }
        self.close().await;
        Ok(self.chain_head.finish()?)
    }
}

/// Creates the file if it is missing. Restricts it, and the files that SQLite keeps beside it, to their owner. SQLite
/// creates those with the mode of the database.
fn restrict(file: &Path) -> Result<(), Error> {
    let restrict = || {
        open_file(file)?;
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        restrict_files(folder_of(file), |other| other.starts_with(&*name))
    };
    restrict().map_err(|error| Error::Database(error.into()))
}

async fn connect_writer(file: &Path) -> Result<SqlitePool, Error> {
    Ok(pool_options().max_connections(1).connect_with(durable_options(file)).await?)
}

/// Opens the pools of a store.
async fn connect(file: &Path, writer: SqlitePool, read_connections: u32) -> Result<Pools, Error> {
    let follower = pool_options().max_connections(1).connect_lazy_with(reader_options(file));
    let readers = connect_readers(file, read_connections).await?;
    Ok(Pools { readers: readers.into(), follower: follower.into(), writer: writer.into() })
}

async fn connect_readers(file: &Path, connections: u32) -> Result<SqlitePool, Error> {
    let pool = pool_options()
        .max_connections(connections)
        .min_connections(connections)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(reader_options(file))
        .await?;
    Ok(pool)
}

fn reader_options(file: &Path) -> SqliteConnectOptions {
    durable_options(file).read_only(true).create_if_missing(false)
}

fn durable_options(file: &Path) -> SqliteConnectOptions {
    options(file).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full)
}

/// Returns the folder of the key and the head of the audit log. They are stored next to the database, not in it, so
/// that write access to the database does not allow forging the log.
fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new("."))
}

pub(super) fn options(file: &Path) -> SqliteConnectOptions {
    let options = SqliteConnectOptions::new();
    // Tests run side by side in one process, and tell the connections in a log apart by their threads.
    #[cfg(test)]
    let options = {
        let name = file.display().to_string();
        options.thread_name(move |_| name.clone())
    };
    options
        .filename(file)
        .create_if_missing(true)
        .foreign_keys(true)
        // Shorter than the longest wait for the write lock, so that SQLite reports a lock of another process itself.
        .busy_timeout(Duration::from_secs(4))
        .statement_cache_capacity(200)
        .pragma("cache_size", "-65536")
        .pragma("mmap_size", "4294967296")
        // Overwrites deleted rows, so that nothing of an erased person stays in the file.
        .pragma("secure_delete", "ON")
}

async fn prepare(pool: &SqlitePool) -> Result<(), Error> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    if !is_safe(&version) {
        return Err(Error::OldSqlite(version));
    }
    migrator(Dialect::Sqlite, i64::MAX).run(pool).await?;
    Ok(())
}

fn is_safe(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next()) >= MIN_SQLITE_VERSION
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rejects_an_older_sqlite() {
        assert!(is_safe("3.51.3") && is_safe("3.52.0") && is_safe("4.0"));
        assert!(!is_safe("3.51.2") && !is_safe("3.9.9") && !is_safe(""));
    }
}
