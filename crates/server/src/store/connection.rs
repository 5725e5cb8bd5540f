use std::path::Path;
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlSafeStr, SqlitePool};

use super::{Error, Fact, Store};
use crate::audit::Keeper;

/// Earlier ones can corrupt a write-ahead log when two connections checkpoint at once.
const OLDEST_SQLITE: (u32, u32, u32) = (3, 51, 3);
const READERS: u32 = 4;
const MIGRATIONS: [(i64, &str, &str); 5] = [
    (1, "accounts", include_str!("../../migrations/0001_accounts.sql")),
    (2, "audit", include_str!("../../migrations/0002_audit.sql")),
    (3, "outbox", include_str!("../../migrations/0003_outbox.sql")),
    (4, "changes", include_str!("../../migrations/0004_changes.sql")),
    (5, "views", include_str!("../../migrations/0005_views.sql")),
];

impl Store {
    /// Opens the store in a file, which is made where it does not exist, and brings its tables up to date.
    pub(crate) async fn open(file: &Path) -> Result<Self, Error> {
        let options = options(file).journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
        let writer = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
        prepare(&writer).await?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .min_connections(READERS)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.read_only(true).create_if_missing(false))
            .await?;
        let keeper = Keeper::open(folder_of(file), &mut *writer.acquire().await?).await?;
        let store = Self::new(readers, writer, keeper);
        store.ensure_directory().await?;
        Ok(store)
    }

    /// Facts about a file as it is, whatever made it: its tables are not brought up to date.
    pub(crate) async fn peek<const N: usize>(
        file: &Path,
        facts: [Fact; N],
    ) -> Result<[Option<i64>; N], Error> {
        let mut connection = options(file).read_only(true).create_if_missing(false).connect().await?;
        let has_facts: Option<i64> =
            sqlx::query_scalar("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'")
                .fetch_optional(&mut connection)
                .await?;
        let mut values = [None; N];
        if has_facts.is_some() {
            for (value, fact) in values.iter_mut().zip(facts) {
                *value = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
                    .bind(fact.key())
                    .fetch_optional(&mut connection)
                    .await?;
            }
        }
        connection.close().await?;
        Ok(values)
    }

    /// Opens a new file that nobody else uses and that is thrown away if it does not become whole: nothing
    /// waits for the disk. [`Store::finish`] ends it.
    pub(crate) async fn build(file: &Path) -> Result<Self, Error> {
        let options = options(file)
            .journal_mode(SqliteJournalMode::Off)
            .synchronous(SqliteSynchronous::Off)
            .foreign_keys(false)
            .pragma("cache_size", "-262144")
            // Sorts for an index by more than one processor.
            .pragma("threads", "2")
            // What is done in bulk takes its time, and says so by itself.
            .disable_statement_logging();
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await?;
        prepare(&pool).await?;
        Ok(Self::new(pool.clone(), pool, Keeper::build(folder_of(file))?))
    }

    /// Makes a file that was built one that is used.
    pub(crate) async fn finish(self) -> Result<(), Error> {
        sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&self.writer).await?;
        self.close().await;
        self.keeper.finish()
    }
}

/// Where the key and the head of the audit log are kept: beside the database, not in it.
fn folder_of(file: &Path) -> &Path {
    file.parent().unwrap_or(Path::new("."))
}

fn options(file: &Path) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(200)
        .pragma("cache_size", "-65536")
        .pragma("mmap_size", "4294967296")
}

async fn prepare(pool: &SqlitePool) -> Result<(), Error> {
    let version: String = sqlx::query_scalar("SELECT sqlite_version()").fetch_one(pool).await?;
    if !is_safe(&version) {
        return Err(Error::OldSqlite(version));
    }
    let migrations = MIGRATIONS.iter().map(|&(version, name, sql)| {
        Migration::new(version, name.into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect()).run(pool).await?;
    Ok(())
}

fn is_safe(version: &str) -> bool {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    (next(), next(), next()) >= OLDEST_SQLITE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_older_sqlite_is_refused() {
        assert!(is_safe("3.51.3") && is_safe("3.52.0") && is_safe("4.0"));
        assert!(!is_safe("3.51.2") && !is_safe("3.9.9") && !is_safe(""));
    }
}
