use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Executor, PgPool, SqlitePool};

use super::{Dialect, Tx};

/// With this level, each statement sees what the transactions before the write lock have committed.
const BEGIN_POSTGRES_WRITE: &str = "BEGIN ISOLATION LEVEL READ COMMITTED";
/// Takes the write lock. Not a part of the statement that begins the transaction: if that fails or is cancelled, sqlx
/// ends no transaction, and the connection would stay in it, perhaps with the lock.
const TAKE_WRITE_LOCK: &str =
    "SET LOCAL lock_timeout = 4000; SELECT pg_advisory_xact_lock(7308324465751913569)";

/// A pool of connections to a database.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    /// Connections to a file of SQLite.
    Sqlite(SqlitePool),
    /// Connections to a server of PostgreSQL.
    Postgres(PgPool),
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
            Self::Sqlite(pool) => Ok(Tx::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?)),
            Self::Postgres(pool) => {
                let mut tx = pool.begin_with(BEGIN_POSTGRES_WRITE).await?;
                tx.execute(TAKE_WRITE_LOCK).await?;
                Ok(Tx::Postgres(tx))
            }
        }
    }

    /// Begins a transaction that only reads. All its statements see the same snapshot.
    pub(crate) async fn begin_read(&self) -> Result<Tx, sqlx::Error> {
        match self {
            Self::Sqlite(pool) => Ok(Tx::Sqlite(pool.begin().await?)),
            Self::Postgres(pool) => {
                Ok(Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?))
            }
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
        Self::Postgres(pool)
    }
}
