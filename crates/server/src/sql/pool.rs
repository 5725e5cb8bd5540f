use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{PgPool, SqlitePool};

use super::{Dialect, SharedPool, Tx};

/// With this level, each statement sees what the transactions before the write lock have committed.
const BEGIN_POSTGRES_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// Takes the write lock.
const TAKE_WRITE_LOCK: &str =
    "SET LOCAL lock_timeout = 4000; SELECT pg_advisory_xact_lock(7308324465751913569)";

const BEGIN_POSTGRES_READ: &str = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// `LOCK` takes no snapshot, unlike the first statement after it
/// (<https://www.postgresql.org/docs/current/sql-lock.html>).
const LOCK_DIRECTORY: &str = "LOCK TABLE directory IN ACCESS SHARE MODE";

/// A pool of connections to a database.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    /// Connections to a file of SQLite.
    Sqlite(SqlitePool),
    /// Connections to a server of PostgreSQL.
    Postgres(SharedPool),
}

impl Pool {
    /// Returns the dialect of the database.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Opens one connection to a file of SQLite.
    pub(crate) async fn single(options: SqliteConnectOptions) -> Result<Self, sqlx::Error> {
        Ok(Self::Sqlite(SqlitePoolOptions::new().max_connections(1).connect_with(options).await?))
    }

    /// Begins a transaction that may write. It holds the write lock of the database until it ends, so that all such
    /// transactions, of this process and of others, run one after another.
    ///
    /// Waits at most 4 seconds for transactions of other processes. The caller limits the whole wait.
    pub(crate) async fn begin_write(&self) -> Result<Tx, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => Ok(Tx::Sqlite(Box::pin(pool.begin_with("BEGIN IMMEDIATE")).await?)),
            Self::Postgres(pool) => {
                Ok(Tx::Postgres(Box::pin(pool.begin(BEGIN_POSTGRES_WRITE, Some(TAKE_WRITE_LOCK))).await?))
            }
        }
    }

    /// Begins a transaction that only reads. All its statements see the same snapshot.
    pub(crate) async fn begin_read(&self) -> Result<Tx, sqlx::Error> {
        self.begin_read_with(None).await
    }

    /// Begins a transaction that only reads, and that reads the directory. A rebuild of the directory replaces its table.
    /// On PostgreSQL, a transaction with an older snapshot would find the new table empty. So the transaction takes a lock
    /// on the table before its snapshot: it waits for a rebuild, and a rebuild waits for it.
    pub(crate) async fn begin_directory_read(&self) -> Result<Tx, sqlx::Error> {
        self.begin_read_with(Some(LOCK_DIRECTORY)).await
    }

    async fn begin_read_with(&self, lock: Option<&'static str>) -> Result<Tx, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => Ok(Tx::Sqlite(Box::pin(pool.begin()).await?)),
            Self::Postgres(pool) => Ok(Tx::Postgres(Box::pin(pool.begin(BEGIN_POSTGRES_READ, lock)).await?)),
        }
    }

    /// Whether the server of the database is not known to be unreachable. A file always is reachable.
    pub(crate) fn is_reachable(&self) -> bool {
        match self {
            Self::Sqlite(_) => true,
            Self::Postgres(pool) => pool.is_reachable(),
        }
    }

    /// Waits while the server of the database is known to be unreachable. A file always is reachable.
    pub(crate) async fn wait_until_reachable(&self) {
        if let Self::Postgres(pool) = self {
            pool.wait_until_reachable().await;
        }
    }

    /// Closes all connections, after their transactions have ended.
    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite(pool) => pool.close().await,
            Self::Postgres(pool) => pool.close().await,
        }
    }
}

impl From<SqlitePool> for Pool {
    fn from(pool: SqlitePool) -> Self {
        Self::Sqlite(pool)
    }
}

impl From<PgPool> for Pool {
    fn from(pool: PgPool) -> Self {
        Self::Postgres(SharedPool::new(pool))
    }
}

impl From<SharedPool> for Pool {
    fn from(pool: SharedPool) -> Self {
        Self::Postgres(pool)
    }
}
