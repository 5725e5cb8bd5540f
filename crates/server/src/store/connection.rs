use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqlitePool};

use super::pool::pool_options;
use super::{Error, MetaKey, Store, directory, email_keys, folded_texts};
use crate::audit::ChainHead;
use crate::private_files::{open_file, restrict_files};

/// Earlier versions can corrupt the write-ahead log when two connections checkpoint at once
/// (<https://www.sqlite.org/wal.html#walresetbug>).
const MIN_SQLITE_VERSION: (u32, u32, u32) = (3, 51, 3);
const READ_CONNECTIONS: u32 = 4;
pub(super) const MIGRATIONS: [(i64, &str, &str); 9] = [
    (1, "accounts", include_str!("../../migrations/0001_accounts.sql")),
    (2, "audit", include_str!("../../migrations/0002_audit.sql")),
    (3, "outbox", include_str!("../../migrations/0003_outbox.sql")),
    (4, "changes", include_str!("../../migrations/0004_changes.sql")),
    (5, "views", include_str!("../../migrations/0005_views.sql")),
    (6, "sequences_and_erasure", include_str!("../../migrations/0006_sequences_and_erasure.sql")),
    (7, "mail_budgets", include_str!("../../migrations/0007_mail_budgets.sql")),
    (8, "jobs", include_str!("../../migrations/0008_jobs.sql")),
    (9, "delivery", include_str!("../../migrations/0009_delivery.sql")),
];

/// How the schema of a database relates to that of this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SchemaState {
    /// Migrations are pending, derived data has another structure, or there is no database.
    Older,
    /// The database has the same schema.
    Current,
    /// A later version of the program has migrated the database.
    Newer,
}

impl Store {
    /// Opens a database file, creates it if it is missing, and runs the pending migrations.
    ///
    /// The caller holds the [`DataLock`](crate::data_lock::DataLock) of the folder, because migrations must not run
    /// beside a server.
    pub(crate) async fn open(file: &Path) -> Result<Self, Error> {
        restrict(file)?;
        let writer = connect_writer(file).await?;
        prepare(&writer).await?;
        let chain_head = ChainHead::open(folder_of(file), &mut *writer.acquire().await?).await?;
        let store = Self::new(connect_readers(file).await?, writer, chain_head)?;
        store.ensure_email_keys().await?;
        store.ensure_folded_texts().await?;
        store.ensure_directory().await?;
        Ok(store)
    }

    /// Creates a database with an earlier version of the schema.
    #[cfg(test)]
    pub(crate) async fn create_version(file: &Path, version: i64) -> Result<(), Error> {
        let writer = connect_writer(file).await?;
        migrator(version).run(&writer).await?;
        writer.close().await;
        Ok(())
    }

    /// Opens a database whose schema is [`SchemaState::Current`], beside a server. Runs no migrations.
    pub(crate) async fn attach(file: &Path) -> Result<Self, Error> {
        restrict(file)?;
        let writer = connect_writer(file).await?;
        let chain_head = ChainHead::attach(folder_of(file), &mut *writer.acquire().await?).await?;
        Self::new(connect_readers(file).await?, writer, chain_head)
    }

    /// Compares the schema of a database file with that of this program.
    pub(crate) async fn schema_state(file: &Path) -> Result<SchemaState, Error> {
        if !file.exists() {
            return Ok(SchemaState::Older);
        }
        let mut connection = options(file).read_only(true).create_if_missing(false).connect().await?;
        let has_table: bool =
            sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM sqlite_master WHERE name = '_sqlx_migrations')")
                .fetch_one(&mut connection)
                .await?;
        let applied: Vec<(i64, Vec<u8>)> = if has_table {
            sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations WHERE success")
                .fetch_all(&mut connection)
                .await?
        } else {
            Vec::new()
        };
        let is_derived = directory::is_current(&mut connection).await?
            && email_keys::are_current(&mut connection).await?
            && folded_texts::are_current(&mut connection).await?;
        connection.close().await?;
        let ours: BTreeMap<i64, Vec<u8>> =
            migrations().map(|migration| (migration.version, migration.checksum.to_vec())).collect();
        let applied: BTreeMap<i64, Vec<u8>> = applied.into_iter().collect();
        Ok(if applied == ours && is_derived {
            SchemaState::Current
        } else if applied.keys().any(|version| !ours.contains_key(version)) {
            SchemaState::Newer
        } else {
            SchemaState::Older
        })
    }

    /// Reads values of the `meta` table without running migrations, so that any version of the file can be checked.
    pub(crate) async fn read_meta<const N: usize>(
        file: &Path,
        keys: [MetaKey; N],
    ) -> Result<[Option<i64>; N], Error> {
        let mut connection = options(file).read_only(true).create_if_missing(false).connect().await?;
        let has_table: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'")
                .fetch_optional(&mut connection)
                .await?;
        let mut values = [None; N];
        if has_table.is_some() {
            for (value, meta) in values.iter_mut().zip(keys) {
                *value = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
                    .bind(meta.key())
                    .fetch_optional(&mut connection)
                    .await?;
            }
        }
        connection.close().await?;
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
        Self::new(pool.clone(), pool, ChainHead::build(folder_of(file))?)
    }

    /// Completes a file that [`Store::build`] created: switches the journal on and stores the key of the audit log.
    pub(crate) async fn finish(self) -> Result<(), Error> {
        sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&self.writer).await?;
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

async fn connect_readers(file: &Path) -> Result<SqlitePool, Error> {
    let pool = pool_options()
        .max_connections(READ_CONNECTIONS)
        .min_connections(READ_CONNECTIONS)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_with(durable_options(file).read_only(true).create_if_missing(false))
        .await?;
    Ok(pool)
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
    migrator(i64::MAX).run(pool).await?;
    Ok(())
}

/// Returns a migrator up to a version of the schema.
pub(super) fn migrator(version: i64) -> Migrator {
    Migrator::with_migrations(migrations().filter(|migration| migration.version <= version).collect())
}

fn migrations() -> impl Iterator<Item = Migration> {
    MIGRATIONS.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    })
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
