//! Connections to a server of PostgreSQL, which may be unreachable for a while.

use std::ops::{Deref, DerefMut};

use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{Executor, PgPool, Postgres, Transaction};

use super::breaker::Breaker;

/// A pool of connections to a server. While the server is unreachable, requests fail at once. The pool replaces connections
/// that were lost, so that requests succeed again when the server is back.
#[derive(Debug, Clone)]
pub(crate) struct SharedPool {
    pool: PgPool,
    breaker: Breaker<PgConnectOptions>,
}

/// A transaction on a server. Dropping it rolls everything back.
#[derive(Debug)]
pub(crate) struct SharedTx {
    tx: Transaction<'static, Postgres>,
    breaker: Breaker<PgConnectOptions>,
}

impl SharedPool {
    /// Returns a pool that probes the server with its own options.
    pub(crate) fn new(pool: PgPool) -> Self {
        let breaker = Breaker::new(pool.connect_options().as_ref().clone());
        Self { pool, breaker }
    }

    /// Returns another pool on the same server, which is unreachable at the same time.
    pub(crate) fn with_pool(&self, pool: PgPool) -> Self {
        Self { pool, breaker: self.breaker.clone() }
    }

    /// Returns the pool of connections, for statements outside of a transaction. Pass them to [`Self::run`].
    pub(crate) fn connections(&self) -> &PgPool {
        &self.pool
    }

    /// Waits for a statement on [`Self::connections`].
    ///
    /// # Errors
    /// At once while the server is unreachable.
    pub(crate) async fn run<T>(
        &self,
        statement: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        self.breaker.connect(statement).await
    }

    /// Whether the server is not known to be unreachable.
    pub(super) fn is_reachable(&self) -> bool {
        self.breaker.is_reachable()
    }

    /// Waits while the server is known to be unreachable.
    pub(crate) async fn wait_until_reachable(&self) {
        self.breaker.wait_until_reachable().await;
    }

    /// Begins a transaction, and takes a lock. The lock is a statement of its own: if the first one fails or is
    /// cancelled, sqlx ends no transaction, and the connection would stay in it, perhaps with the lock.
    pub(super) async fn begin(
        &self,
        begin: &'static str,
        lock: Option<&'static str>,
    ) -> Result<SharedTx, sqlx::Error> {
        let tx = self.breaker.connect(self.pool.begin_with(begin)).await?;
        let mut tx = SharedTx { tx, breaker: self.breaker.clone() };
        if let Some(lock) = lock {
            let locked = tx.execute(lock).await;
            tx.observe(locked)?;
        }
        Ok(tx)
    }

    pub(super) async fn close(&self) {
        self.pool.close().await;
    }
}

impl SharedTx {
    /// Reports the result of a statement, so that a lost connection is noticed.
    pub(super) fn observe<T>(&self, result: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
        self.breaker.observe(result)
    }

    pub(super) async fn commit(self) -> Result<(), sqlx::Error> {
        self.breaker.observe(self.tx.commit().await)
    }

    pub(super) async fn rollback(self) -> Result<(), sqlx::Error> {
        self.breaker.observe(self.tx.rollback().await)
    }
}

impl Deref for SharedTx {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        &self.tx
    }
}

impl DerefMut for SharedTx {
    fn deref_mut(&mut self) -> &mut PgConnection {
        &mut self.tx
    }
}
