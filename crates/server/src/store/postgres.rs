//! Opens databases of PostgreSQL.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};

use super::event_feed::EventFeed;
use super::schema::{SchemaState, migrator};
use super::{Error, Pools, Store};
use crate::audit::ChainHead;
use crate::sql::{Dialect, Pool, SharedPool};

/// The advisory lock of processes that prepare the database. Closing the connection releases it.
const PREPARE_LOCK: i64 = 7_308_324_465_751_913_570;
/// The longest time that a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(4);
/// Settings of all connections. The statements are short: a parallel plan or compiled code costs more than it saves, and
/// the default `random_page_cost` is that of spinning disks. If a backend hangs within a change, the others must get the
/// write lock.
const SETTINGS: [(&str, &str); 7] = [
    ("client_min_messages", "warning"),
    ("random_page_cost", "1.1"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("timezone", "UTC"),
    ("standard_conforming_strings", "on"),
    ("idle_in_transaction_session_timeout", "30s"),
];
/// Settings of the readers. A generic plan does not know which part of the directory a list shows.
const READER_SETTINGS: [(&str, &str); 2] =
    [("plan_cache_mode", "force_custom_plan"), ("statement_timeout", "12s")];

/// Vacuums the tables that contain names, addresses or texts of people.
const VACUUM: &str = "VACUUM users, search_texts, directory, audit, outbox, pending_grants, removals, sessions, \
                      idempotency_keys, view_tops";

impl Store {
    /// Opens a database of PostgreSQL, and runs the pending migrations. Several processes may do that at the same time.
    ///
    /// `connection` is a first connection with the same options. `folder` contains the key and a copy of the head of the
    /// audit log.
    pub(crate) async fn open_postgres(
        mut connection: PgConnection,
        options: PgConnectOptions,
        read_connections: u32,
        folder: &Path,
    ) -> Result<Self, Error> {
        prepare(&mut connection).await?;
        let pools = connect(options, read_connections).await?;
        let chain_head = ChainHead::open(folder, &pools.writer).await?;
        let store = Self::new(pools, chain_head)?.with_event_feed().await?;
        store.ensure_derived_data().await?;
        // Of servers that start at the same time, one begins the audit log and derives the data, and the others see that.
        connection.close().await?;
        Ok(store)
    }

    /// Opens a database of this version of the schema for a command, beside the servers.
    pub(crate) async fn attach_postgres(
        connection: PgConnection,
        options: PgConnectOptions,
        folder: &Path,
    ) -> Result<Self, Error> {
        connection.close().await?;
        let pools = connect(options, 1).await?;
        if SchemaState::of(&mut pools.readers.begin_read().await?).await? != SchemaState::Current {
            return Err(Error::NotMigrated);
        }
        let chain_head = ChainHead::attach(folder, &pools.writer).await?;
        Self::new(pools, chain_head)?.with_event_feed().await
    }

    async fn with_event_feed(mut self) -> Result<Self, Error> {
        let feed = EventFeed::new(self.events.clone(), self.read_pool.clone()).await?;
        self.event_feed = Some(Arc::new(feed));
        Ok(self)
    }

    /// Removes the earlier versions of erased rows from the files of PostgreSQL, which would do that some time later. Call
    /// this after an erasure was committed. A failure is only logged.
    pub(super) async fn vacuum_erased(&self) {
        if let Pool::Postgres(pool) = &self.writer
            && let Err(error) = vacuum(&pool.connections().connect_options()).await
        {
            tracing::warn!(%error, "erased rows stay in the files of the database until its next vacuum");
        }
    }
}

/// Opens a connection of its own, because a vacuum takes long in large tables.
async fn vacuum(options: &PgConnectOptions) -> Result<(), sqlx::Error> {
    let mut connection = options.connect().await?;
    connection.execute(VACUUM).await?;
    connection.close().await
}

/// Opens the pools of a store.
async fn connect(options: PgConnectOptions, read_connections: u32) -> Result<Pools, Error> {
    let options = options.options(SETTINGS).application_name("studio-users");
    let pool = || PgPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT);
    // Changes of this process wait for the connection, and those of all processes wait for the write lock.
    let writer = pool().max_connections(1).connect_with(options.clone()).await?;
    // One connection more listens for the changes of other servers.
    let readers = pool().max_connections(read_connections + 1);
    let follower = pool().max_connections(1);
    let reader_options = options.options(READER_SETTINGS);
    let follower = follower.connect_lazy_with(reader_options.clone());
    let readers = readers.connect_with(reader_options).await?;
    let writer = SharedPool::new(writer);
    Ok(Pools {
        readers: writer.with_pool(readers).into(),
        follower: writer.with_pool(follower).into(),
        writer: writer.into(),
    })
}

/// Returns the options of a connection that copies a database. It may wait for the other side between statements.
pub(super) fn copy_options(options: PgConnectOptions) -> PgConnectOptions {
    options
        .options(SETTINGS)
        .options([("idle_in_transaction_session_timeout", "0"), ("statement_timeout", "0")])
        .application_name("studio-users-copy")
        .disable_statement_logging()
}

/// Creates the extension and the tables that are missing. Processes that start at the same time do it one after another:
/// the connection holds a lock afterwards, until it is closed.
pub(super) async fn prepare(connection: &mut PgConnection) -> Result<(), Error> {
    sqlx::query("SELECT pg_advisory_lock($1)").bind(PREPARE_LOCK).execute(&mut *connection).await?;
    let has_extension: bool =
        sqlx::query_scalar("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm')")
            .fetch_one(&mut *connection)
            .await?;
    if !has_extension {
        connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm").await?;
    }
    migrator(Dialect::Postgres, i64::MAX).run(connection).await?;
    Ok(())
}
