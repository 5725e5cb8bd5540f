//! Opens databases of PostgreSQL.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor};

use super::event_feed::EventFeed;
use super::schema::migrator;
use super::schema_state::SchemaState;
use super::{Error, Pools, Store};
use crate::audit::ChainHead;
use crate::sql::{self, Dialect, Pool, SharedPool};

/// The advisory lock of processes that prepare the database. Closing the connection releases it.
const PREPARE_LOCK: i64 = 7_308_324_465_751_913_570;
/// The time for which a migration waits for running statements before it lets others pass.
const MIGRATION_LOCK_TIMEOUT: Duration = Duration::from_secs(1);
/// The number of times that a migration waits for running statements. The longest statement of a server takes 12 seconds.
const MIGRATION_ATTEMPTS: u32 = 40;
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
        SchemaState::of(&mut pools.readers.begin_read().await?).await?.require_current()?;
        let chain_head = ChainHead::attach(folder, &pools.writer).await?;
        Self::new(pools, chain_head)?.with_event_feed().await
    }

    /// Compares the schema of a database with that of this program.
    pub(crate) async fn postgres_schema_state(options: PgConnectOptions) -> Result<SchemaState, Error> {
        let pools = connect(options, 1).await?;
        let state = SchemaState::of(&mut pools.readers.begin_read().await?).await;
        for pool in [pools.readers, pools.follower, pools.writer] {
            pool.close().await;
        }
        state
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
    migrate(connection, &migrator(Dialect::Postgres, i64::MAX), MIGRATION_LOCK_TIMEOUT).await
}

/// Runs the pending migrations. A statement that changes a table waits for the running statements of other servers, and all
/// later ones wait behind it. So it gives up soon, lets them pass, and tries again.
async fn migrate(connection: &mut PgConnection, migrator: &Migrator, wait: Duration) -> Result<(), Error> {
    let milliseconds = wait.as_millis();
    connection.execute(AssertSqlSafe(format!("SET lock_timeout = {milliseconds}"))).await?;
    let mut attempt = 1;
    loop {
        let error = match migrator.run(&mut *connection).await {
            Ok(()) => break,
            Err(error) => error,
        };
        let (MigrateError::Execute(cause) | MigrateError::ExecuteMigration(cause, _)) = &error else {
            return Err(error.into());
        };
        if !sql::is_busy(cause) || attempt == MIGRATION_ATTEMPTS {
            return Err(error.into());
        }
        tracing::info!(attempt, "a migration waits for the statements of other servers");
        attempt += 1;
        tokio::time::sleep(wait / 2).await;
    }
    connection.execute("RESET lock_timeout").await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use sqlx::SqlSafeStr as _;
    use sqlx::migrate::{Migration, MigrationType};

    use super::*;
    use crate::testing::empty_postgres;

    #[tokio::test]
    async fn a_migration_lets_other_statements_pass_and_tries_again() {
        let Some(url) = empty_postgres("migration_lock").await else { return };
        let options: PgConnectOptions = url.parse().unwrap();
        let connect = async || options.connect().await.unwrap();
        let (mut migrating, mut reader, mut other) = (connect().await, connect().await, connect().await);
        reader.execute("CREATE TABLE busy (pk bigint)").await.unwrap();
        reader.execute("BEGIN; SELECT * FROM busy").await.unwrap();
        let later = "ALTER TABLE busy ADD COLUMN later text".into_sql_str();
        let migration = Migration::new(1, "later".into(), MigrationType::Simple, later, false);
        let migrator = Migrator::with_migrations(vec![migration]);
        let others = async {
            let waits =
                "SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted AND relation = 'busy'::regclass)";
            while !sqlx::query_scalar::<_, bool>(waits).fetch_one(&mut other).await.unwrap() {
                tokio::task::yield_now().await;
            }
            // This statement waits behind the migration, and passes when that gives up.
            other.execute("SELECT * FROM busy").await.unwrap();
            reader.execute("COMMIT").await.unwrap();
        };
        let (migrated, ()) =
            tokio::join!(migrate(&mut migrating, &migrator, Duration::from_millis(100)), others);
        migrated.unwrap();
        other.execute("SELECT later FROM busy").await.unwrap();
    }
}
