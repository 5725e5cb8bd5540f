use sqlx::{Sqlite, Transaction};

use super::{Dialect, SharedTx};

/// A transaction. Dropping it rolls everything back.
#[derive(Debug)]
pub(crate) enum Tx {
    /// A transaction of SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// A transaction of PostgreSQL.
    Postgres(SharedTx),
}

impl Tx {
    /// Returns the dialect of the database.
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(_) => Dialect::Postgres,
        }
    }

    /// Commits the transaction.
    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => Box::pin(tx.commit()).await,
            Self::Postgres(tx) => Box::pin(tx.commit()).await,
        }
    }

    /// Rolls the transaction back, and waits until that is done.
    pub(crate) async fn rollback(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx) => Box::pin(tx.rollback()).await,
            Self::Postgres(tx) => Box::pin(tx.rollback()).await,
        }
    }
}
