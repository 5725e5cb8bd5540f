//! Copies into a database of PostgreSQL, and reads one.

use chrono::{DateTime, Utc};
use sqlx::Connection;
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};

use super::super::event_feed::write_events;
use super::super::postgres::{copy_options, prepare};
use super::super::{Error, MetaKey, SchemaState, meta};
use super::rows::Rows;
use super::tables::{META, TABLES, Table};
use super::{TableCount, compare_counts, copy, copy_text};
use crate::events::Change;
use crate::sql::{self, Pool, QueryBuilder, Tx};
use crate::token::random_id;

/// The size of the data that are sent at once, in bytes.
const SENT_BYTES: usize = 1 << 20;

/// The number of attempts to take the write lock, of 4 seconds each. The server notices only after its current statement
/// that an earlier copy was interrupted.
const LOCK_ATTEMPTS: usize = 30;

/// A database that a copy fills. No other process can prepare it or copy into it at the same time.
pub(crate) struct PostgresTarget {
    /// Holds the lock of processes that prepare the database.
    connection: PgConnection,
    pool: Pool,
}

/// The content of a database: nothing, a demo, or real data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// Neither accounts nor nodes nor entries of the audit log.
    Empty,
    /// A demo.
    Demo {
        /// The number of its users.
        users: i64,
        /// The version of the generator.
        generator: Option<i64>,
    },
    /// The data of an organisation.
    Real,
}

impl PostgresTarget {
    /// Creates the tables that are missing. Waits for other processes that prepare the database.
    ///
    /// `connection` is a first connection with the same options.
    pub(crate) async fn prepare(
        mut connection: PgConnection,
        options: PgConnectOptions,
    ) -> Result<Self, Error> {
        prepare(&mut connection).await?;
        Ok(Self { connection, pool: single(options).await? })
    }

    /// Returns what the database contains.
    pub(crate) async fn content(&self) -> Result<Content, Error> {
        content(&mut self.pool.begin_read().await?).await
    }

    /// Copies all tables into an empty database, in one transaction that holds the write lock. Replaces a demo.
    ///
    /// The caller commits the transaction. Until then, the database is as it was.
    pub(crate) async fn fill(
        &self,
        source: &mut Tx,
        now: DateTime<Utc>,
    ) -> Result<(Tx, Vec<TableCount>), Error> {
        let mut tx = self.lock().await?;
        let content = content(&mut tx).await?;
        let versions = match content {
            Content::Empty => [0; 3],
            Content::Demo { .. } => versions(&mut tx).await?,
            Content::Real => return Err(Error::NotEmpty),
        };
        // The triggers of the audit log refuse to empty it, and look each new entry up. They are in force again at the
        // commit, and the whole log is verified after the copy.
        sql::raw_sql(
            "ALTER TABLE audit DISABLE TRIGGER USER; ALTER TABLE audit_segments DISABLE TRIGGER USER",
        )
        .execute(&mut tx)
        .await?;
        if content != Content::Empty {
            empty(&mut tx).await?;
        }
        let counts = copy(source, &mut tx, now).await?;
        sql::raw_sql("ALTER TABLE audit ENABLE TRIGGER USER; ALTER TABLE audit_segments ENABLE TRIGGER USER")
            .execute(&mut tx)
            .await?;
        for (key, version) in VERSIONS.into_iter().zip(versions) {
            raise(&mut tx, key, version).await?;
        }
        // Without statistics, the first queries would have bad plans.
        sql::raw_sql(
            "ANALYZE users, assignments, pending_grants, search_texts, audit, directory, directory_counts",
        )
        .execute(&mut tx)
        .await?;
        write_events(&mut tx, now, &[(random_id()?, Change::Reset)], &[]).await?;
        Ok((tx, counts))
    }

    /// Returns the number of rows of each table if the database has as many as the source in all of them, and a
    /// transaction for further comparisons.
    pub(crate) async fn counts_if_equal(
        &self,
        source: &mut Tx,
    ) -> Result<(Tx, Option<Vec<TableCount>>), Error> {
        let mut tx = self.pool.begin_read().await?;
        let counts = compare_counts(source, &mut tx).await?;
        Ok((tx, counts.ok()))
    }

    async fn lock(&self) -> Result<Tx, Error> {
        for _ in 0..LOCK_ATTEMPTS {
            match self.pool.begin_write().await {
                Err(error) if sql::is_busy(&error) => {
                    tracing::info!("waiting for the write lock of the database");
                }
                other => return Ok(other?),
            }
        }
        Err(Error::Busy)
    }

    /// Closes the connections, which releases the lock.
    pub(crate) async fn close(self) -> Result<(), Error> {
        self.pool.close().await;
        Ok(self.connection.close().await?)
    }
}

/// A database that a copy reads. No server can change it until this is dropped.
pub(crate) struct PostgresSource {
    /// A snapshot of the data.
    pub(crate) tx: Tx,
    pool: Pool,
}

impl PostgresSource {
    /// Takes the write lock, and begins to read.
    ///
    /// # Errors
    /// [`Error::NotMigrated`] or [`Error::Newer`] if the database has another version of the schema. [`Error::Busy`] if a change of another
    /// process does not end.
    pub(crate) async fn open(options: PgConnectOptions) -> Result<Self, Error> {
        let pool = single(options).await?;
        pool.hold_write_lock().await?;
        let mut tx = pool.begin_read().await?;
        SchemaState::of(&mut tx).await?.require_current()?;
        Ok(Self { tx, pool })
    }

    /// Closes the connection, which releases the lock.
    pub(crate) async fn close(self) {
        drop(self.tx);
        self.pool.close().await;
    }
}

/// Returns a pool with one connection, which stays open.
async fn single(options: PgConnectOptions) -> Result<Pool, Error> {
    let pool = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
    Ok(pool.connect_with(copy_options(options)).await?.into())
}

/// Caches of other servers depend on these numbers. A number must not have two meanings.
const VERSIONS: [MetaKey; 3] = [MetaKey::TreeVersion, MetaKey::DirectoryVersion, MetaKey::StatusVersion];

async fn versions(tx: &mut Tx) -> Result<[i64; 3], Error> {
    let mut versions = [0; 3];
    for (version, key) in versions.iter_mut().zip(VERSIONS) {
        *version = meta(tx, key).await?.unwrap_or(0);
    }
    Ok(versions)
}

async fn raise(tx: &mut Tx, key: MetaKey, by: i64) -> Result<(), Error> {
    sql::query("UPDATE meta SET value = value + ? WHERE key = ?")
        .bind(by)
        .bind(key.key())
        .execute(tx)
        .await?;
    Ok(())
}

async fn content(tx: &mut Tx) -> Result<Content, Error> {
    if let Some(users) = meta(tx, MetaKey::DemoUsers).await? {
        return Ok(Content::Demo { users, generator: meta(tx, MetaKey::DemoGenerator).await? });
    }
    let has_rows: bool = sql::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM users) OR EXISTS (SELECT 1 FROM nodes) OR EXISTS (SELECT 1 FROM audit)",
    )
    .fetch_one(tx)
    .await?;
    Ok(if has_rows { Content::Real } else { Content::Empty })
}

/// Deletes the rows of all tables that are copied, and the head of the audit log. Keeps the events: other servers read
/// them by their positions.
async fn empty(tx: &mut Tx) -> Result<(), Error> {
    let names: Vec<_> = TABLES.into_iter().chain([&META]).map(|table| table.name).collect();
    let mut sql = QueryBuilder::new(tx.dialect(), "TRUNCATE ");
    sql.push(names.join(", ")).push(", audit_head, rate_limits");
    sql.build().execute(tx).await?;
    Ok(())
}

/// Copies the rows of a table in one statement, so that references between its rows are checked at its end.
pub(super) async fn copy_rows(source: &mut Tx, target: &mut Tx, table: &Table) -> Result<(), Error> {
    let Tx::Postgres(target) = target else {
        return Err(Error::InvalidData("not a database of PostgreSQL".into()));
    };
    let statement = format!("COPY {} ({}) FROM STDIN", table.name, table.names().join(", "));
    let mut copying = target.copy_in_raw(&statement).await?;
    let (mut rows, mut text) = (Rows::of(table), Vec::new());
    let read = async {
        loop {
            let page = rows.next(source).await?;
            if page.is_empty() {
                copying.send(text).await?;
                return Ok::<_, Error>(());
            }
            for row in &page {
                copy_text::push_row(&mut text, table, row)?;
            }
            if text.len() >= SENT_BYTES {
                copying.send(std::mem::take(&mut text)).await?;
            }
        }
    };
    match read.await {
        Ok(()) => {
            copying.finish().await?;
            Ok(())
        }
        Err(error) => {
            // The error of the source is the one to report.
            let _ = copying.abort("the source could not be read").await;
            Err(error)
        }
    }
}
