//! The store, on SQLite or PostgreSQL. Reads use a pool of connections. Writes of all processes run one after another,
//! each under the write lock of the database: SQLite allows one writer at a time anyway
//! (<https://www.sqlite.org/wal.html#concurrency>), and on PostgreSQL every rule then sees what it sees on SQLite.

mod accounts;
mod activity;
mod audit_exports;
mod audit_log;
mod audit_retention;
mod backup;
mod bulk;
mod bulk_jobs;
mod columns;
mod counted_mails;
mod delivery;
mod digests;
mod directory;
mod directory_changes;
mod directory_memory;
mod email_keys;
mod erasure;
mod event_feed;
mod export;
#[cfg(test)]
mod fault_tests;
mod first_administrator;
mod folded_texts;
mod grants;
mod idempotency;
mod import;
mod insert;
mod invitation_dates;
mod job_events;
mod job_kind;
mod jobs;
mod joining;
mod limits;
mod links;
mod list;
mod mail_budgets;
mod managers;
mod new_account;
mod organisation;
mod outbox;
#[cfg(test)]
mod outbox_tests;
mod outcome;
mod person_export;
mod pool;
mod postgres;
mod profile;
mod rate_limits;
mod readings;
mod removals;
mod retention;
mod schema;
mod schema_state;
mod search_index;
mod sessions;
mod sqlite;
mod targets;
#[cfg(test)]
mod tests;
mod totals;
mod transfer;
mod undelivered_mail;
#[cfg(test)]
mod upgrade_tests;
mod user_lookup;
mod value;
mod views;
mod write;
mod writer_status;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use sqlx::migrate::MigrateError;
use studio_users_domain::NodeId;
use thiserror::Error;
use tokio::sync::{Notify, watch};

use crate::audit::{self, ChainHead};
use crate::clock::Clock;
use crate::events::Events;
pub(crate) use crate::keys::{NodeKey, UserKey, millis};
use crate::metrics::Metrics;
pub(crate) use crate::sql::Tx;
use crate::sql::{self, Pool};
pub(crate) use accounts::{AccessRecord, Account};
pub(crate) use audit_exports::AuditOutputs;
pub(crate) use audit_log::{ActivityPage, ActivityWindow, AuditLogEntry, RecordedView};
pub(crate) use bulk::BulkLoader;
pub(crate) use bulk_jobs::{BulkJob, JobChange, JobOutcome, JobUser, NewBulkJob};
pub(crate) use counted_mails::{MailLimit, Sender};
pub(crate) use delivery::delete_failed_invitations;
pub(crate) use directory::query::ListWindow;
pub(crate) use erasure::{ErasureRefusal, ErasureSummary, PersonQuery};
pub(crate) use export::{Cursor, CursorPage};
pub(crate) use grants::{GrantRecord, InvitationContent, Mailing};
pub(crate) use idempotency::IdempotencyStatus;
pub(crate) use import::ImportedNode;
pub(crate) use insert::NewGrant;
pub(crate) use job_kind::JobKind;
#[cfg(test)]
pub(crate) use jobs::LEASE;
pub(crate) use jobs::{JobKey, Lease, RunnerId, hold_lease};
pub(crate) use joining::InvitationLinkRow;
pub(crate) use limits::Limits;
pub(crate) use links::{
    InvitationLinkKind, mint_invitation_link, revoke_invitation_links, revoke_link, revoke_other_links,
};
pub(crate) use list::{Scopes, UserRecord};
pub(crate) use mail_budgets::NewMail;
pub(crate) use new_account::NewAccount;
pub(crate) use organisation::Organisation;
pub(crate) use outbox::{ClaimedMail, MailClaim};
pub(crate) use removals::{NewRemoval, RemovalRecord, RemovedAccess};
pub(crate) use schema_state::SchemaState;
pub(crate) use sessions::ActiveSession;
#[cfg(test)]
pub(crate) use transfer::tests::compare;
pub(crate) use transfer::{Content, PostgresSource, PostgresTarget, SqliteTarget, TableCount};
pub(crate) use undelivered_mail::UndeliveredMailRecord;
pub(crate) use user_lookup::InvitationTimeline;
pub(crate) use value::{roles_to_bits, time_from_millis};
pub(crate) use views::{StoredView, ViewParties, ViewRoot};
pub(crate) use write::Write;
use writer_status::WriterStatus;

/// The database, with its in-memory caches and notifications.
#[derive(Debug)]
pub(crate) struct Store {
    read_pool: Pool,
    /// One connection for reading beside the requests, which may hold all others while they wait for it.
    follower: Pool,
    writer: Pool,
    clock: Clock,
    limits: Limits,
    audit_outputs: AuditOutputs,
    /// Wakes the exports of the audit log after new entries.
    audit_appended: watch::Sender<()>,
    chain_head: Arc<ChainHead>,
    organisation: RwLock<Option<Arc<Organisation>>>,
    totals: Mutex<totals::Totals>,
    directory_memory: Arc<directory_memory::DirectoryMemory>,
    activity: Arc<activity::PendingActivity>,
    job_queued: Arc<job_kind::JobNotifications>,
    job_progressed: Notify,
    job_events: job_events::JobEvents,
    events: Arc<Events>,
    /// Reads the events of other servers. `None` on SQLite.
    event_feed: Option<Arc<event_feed::EventFeed>>,
    writer_status: Arc<WriterStatus>,
    metrics: Arc<Metrics>,
}

/// The connections of a store.
#[derive(Debug, Clone)]
struct Pools {
    readers: Pool,
    follower: Pool,
    writer: Pool,
}

/// Errors of the store.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The database returned an error.
    #[error("database error: {0}")]
    Database(sqlx::Error),
    /// Other requests held the write lock for [`WRITE_WAIT`](write::WRITE_WAIT) or all connections, or a statement took too
    /// long.
    #[error("the database is busy with other requests")]
    Busy,
    /// The database server cannot be reached, or the connection to it was lost. The change may have been committed if that
    /// happened during the commit.
    #[error("the database is unreachable: {0}")]
    Unreachable(sqlx::Error),
    /// A migration failed.
    #[error("database migration failed: {0}")]
    Migration(MigrateError),
    /// The operating system returned no random numbers.
    #[error("the operating system returned no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The audit log cannot be read or written.
    #[error(transparent)]
    Audit(audit::Error),
    /// A task that commits a change or computes a list panicked or was cancelled.
    #[error("a task was aborted: {0}")]
    Task(#[from] tokio::task::JoinError),
    /// The nodes do not form a tree.
    #[error(transparent)]
    Tree(#[from] studio_users_domain::TreeError),
    /// An import would put a node of one kind below a node of another kind where it must not be.
    #[error("{problem}")]
    Kind {
        /// The lower node.
        node: NodeId,
        /// The node above. `None` for the root.
        parent: Option<NodeId>,
        /// The message.
        problem: String,
    },
    /// The database contains a value that this program never writes.
    #[error("unexpected value in the database: {0}")]
    InvalidData(String),
    /// The linked SQLite version can corrupt a database.
    #[error("SQLite {0} can corrupt its write-ahead log; version 3.51.3 or later is required")]
    OldSqlite(String),
    /// A command does not migrate a database that servers of another version may use.
    #[error("the database has another schema")]
    NotMigrated,
    /// A later version of this program has migrated the database, or has derived its data.
    #[error("a later version of this program has migrated the database")]
    Newer,
    /// A copy never overwrites data.
    #[error("the database is not empty")]
    NotEmpty,
    /// The check of the database file found a problem.
    #[error("the database is damaged: {0}")]
    Damaged(String),
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        if sql::is_unreachable(&error) {
            Self::Unreachable(error)
        } else if sql::is_busy(&error) {
            Self::Busy
        } else {
            Self::Database(error)
        }
    }
}

impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::VersionMissing(_) => Self::Newer,
            other => Self::Migration(other),
        }
    }
}

impl From<audit::Error> for Error {
    fn from(error: audit::Error) -> Self {
        if let audit::Error::Database(error) = error { error.into() } else { Self::Audit(error) }
    }
}

/// Returns the path of the database file in a data folder.
pub(crate) fn database_file(data: &Path) -> PathBuf {
    data.join("studio-users.db")
}

/// The keys of the `meta` table, which holds one number for each key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MetaKey {
    /// The version of the organisation tree. Each change increments it.
    TreeVersion,
    /// The version of the directory. Each change of it increments the version; activity does not.
    DirectoryVersion,
    /// The highest position of the deleted rows of `directory_changes`.
    DirectoryChangesFrom,
    /// The version of the statuses in the directory. A change of roles alone does not increment it.
    StatusVersion,
    /// Present while the root is a placeholder, because no organisation has been imported yet.
    PlaceholderRoot,
    /// The number of users in the demo. Absent if the database contains real data.
    DemoUsers,
    /// The version of the generator that created the demo.
    DemoGenerator,
    /// Exists only for a moment, while the server checks whether the database accepts writes.
    Probe,
    /// The version of the keys of e-mail addresses.
    EmailKeys,
    /// The version of the tables, indexes and triggers of the directory.
    DirectorySchema,
    /// The version of the folded texts, for searching and sorting.
    Folding,
    /// The last audit log entry before sent invitations were recorded when they were sent, not when they were queued.
    SentWhenQueued,
    /// The last sequence number of a link, grant, session, removal or impersonation.
    Sequence,
}

impl MetaKey {
    pub(crate) const fn key(self) -> &'static str {
        match self {
            Self::TreeVersion => "tree_version",
            Self::DirectoryVersion => "directory_version",
            Self::DirectoryChangesFrom => "directory_changes_from",
            Self::StatusVersion => "status_version",
            Self::PlaceholderRoot => "placeholder_root",
            Self::DemoUsers => "demo_users",
            Self::DemoGenerator => "demo_generator",
            Self::DirectorySchema => "directory_schema",
            Self::EmailKeys => "email_keys",
            Self::Folding => "folding",
            Self::Probe => "probe",
            Self::SentWhenQueued => "sent_when_queued",
            Self::Sequence => "sequence",
        }
    }
}

impl Store {
    /// Sets the clock, which is the system clock otherwise.
    #[must_use]
    pub(crate) fn with_clock(self, clock: Clock) -> Self {
        Self { clock, ..self }
    }

    /// Sets the limits of sessions and the retention, which are [`Limits::DEFAULT`] otherwise.
    #[must_use]
    pub(crate) fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// Sets where entries of the audit log are exported and archived. Nowhere otherwise.
    #[must_use]
    pub(crate) fn with_audit_outputs(self, audit_outputs: AuditOutputs) -> Self {
        Self { audit_outputs, ..self }
    }

    /// Whether several servers may share the database.
    pub(crate) fn is_shared(&self) -> bool {
        self.event_feed.is_some()
    }

    /// Begins a read transaction.
    pub(crate) async fn read(&self) -> Result<Tx, Error> {
        Ok(self.read_pool.begin_directory_read().await?)
    }

    /// Whether the server of the database is not known to be unreachable.
    pub(crate) fn is_reachable(&self) -> bool {
        self.read_pool.is_reachable()
    }

    /// Waits while the server of the database is known to be unreachable.
    pub(crate) async fn wait_until_reachable(&self) {
        self.read_pool.wait_until_reachable().await;
    }

    /// Returns the log of committed changes, to which event streams subscribe.
    pub(crate) fn events(&self) -> &Arc<Events> {
        &self.events
    }

    /// Writes the head of the audit log again, if that failed before, or if other servers may have appended entries.
    pub(crate) async fn retry_audit_head(&self) {
        self.chain_head.retry(&self.read_pool).await;
    }

    /// Closes all connections.
    pub(crate) async fn close(&self) {
        self.read_pool.close().await;
        self.follower.close().await;
        self.writer.close().await;
    }

    fn new(pools: Pools, chain_head: ChainHead) -> Result<Self, Error> {
        let Pools { readers: read_pool, follower, writer } = pools;
        Ok(Self {
            read_pool,
            follower,
            writer,
            clock: Clock::system(),
            limits: Limits::DEFAULT,
            audit_outputs: AuditOutputs::default(),
            audit_appended: watch::Sender::new(()),
            chain_head: Arc::new(chain_head),
            organisation: RwLock::new(None),
            totals: Mutex::default(),
            directory_memory: Arc::default(),
            activity: Arc::default(),
            job_queued: Arc::default(),
            job_progressed: Notify::new(),
            job_events: job_events::JobEvents::default(),
            events: Arc::new(Events::new()?),
            event_feed: None,
            writer_status: Arc::default(),
            metrics: Arc::default(),
        })
    }
}

/// Reads a value of the `meta` table.
pub(crate) async fn meta(tx: &mut Tx, meta: MetaKey) -> Result<Option<i64>, Error> {
    let value =
        sql::query_scalar("SELECT value FROM meta WHERE key = ?").bind(meta.key()).fetch_optional(tx).await?;
    Ok(value)
}

/// Reads the version of derived data from the `meta` table. Returns `None` for a database without tables.
async fn derived_version(tx: &mut Tx, meta: MetaKey) -> Result<Option<i64>, Error> {
    if sql::has_table(tx, "meta").await? { self::meta(tx, meta).await } else { Ok(None) }
}

/// Sets a value of the `meta` table. `None` deletes it.
pub(crate) async fn set_meta(tx: &mut Tx, meta: MetaKey, value: Option<i64>) -> Result<(), Error> {
    match value {
        Some(value) => {
            sql::query("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
                .bind(meta.key())
                .bind(value)
                .execute(tx)
                .await?
        }
        None => sql::query("DELETE FROM meta WHERE key = ?").bind(meta.key()).execute(tx).await?,
    };
    Ok(())
}

/// Increments a value of the `meta` table, and returns it.
async fn count_up(tx: &mut Tx, meta: MetaKey) -> Result<i64, Error> {
    let value = sql::query_scalar(
        "INSERT INTO meta (key, value) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = meta.value + 1 \
         RETURNING value",
    )
    .bind(meta.key())
    .fetch_one(tx)
    .await?;
    Ok(value)
}

/// Returns the next sequence number. Rows are ordered by it instead of by their time, because the clock may be set back.
async fn next_sequence(tx: &mut Tx) -> Result<i64, Error> {
    count_up(tx, MetaKey::Sequence).await
}
