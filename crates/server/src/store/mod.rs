//! What is kept, in SQLite. Readers have a pool of connections, writers take turns on one.

mod accounts;
mod activity;
mod bulk;
mod connection;
mod directory;
mod export;
mod grants;
mod idempotency;
mod joining;
mod links;
mod list;
mod managers;
mod organisation;
mod outbox;
#[cfg(test)]
mod outbox_tests;
mod profile;
mod question;
mod removals;
mod search;
mod seen;
mod sessions;
#[cfg(test)]
mod tests;
mod totals;
mod value;
mod views;
mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, RwLock};

use sqlx::{Sqlite, SqlitePool, Transaction};
use thiserror::Error;
use tokio::sync::Notify;

use crate::audit::{self, Keeper};

use crate::events::Events;
pub(crate) use accounts::{Account, NewAccount};
pub(crate) use activity::{ActivityWindow, Happened};
pub(crate) use bulk::{Bulk, BulkGrant};
pub(crate) use export::{Following, Place};
pub(crate) use grants::{Letter, Pending};
pub(crate) use idempotency::Known;
pub(crate) use joining::InvitationLinkRow;
pub(crate) use links::{end_invitation_links, end_link, mint_invitation_link};
pub(crate) use list::{Row, Selection, Window};
pub(crate) use organisation::{ImportedNode, NodeKey, Organisation};
pub(crate) use outbox::{MailLimit, NewMail};
pub(crate) use removals::{Loot, Removed};
pub(crate) use seen::InvitationLife;
pub(crate) use sessions::Visitor;
pub(crate) use value::{UserKey, millis, roles_to_bits, time_of};
pub(crate) use views::{KeptView, ViewTop};
pub(crate) use write::Write;

/// A transaction: what is read in one is read at one moment.
pub(crate) type Tx = Transaction<'static, Sqlite>;

/// The store.
#[derive(Debug)]
pub(crate) struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
    keeper: Arc<Keeper>,
    organisation: RwLock<Option<Arc<Organisation>>>,
    totals: Mutex<totals::Totals>,
    mail_waits: Arc<Notify>,
    events: Arc<Events>,
}

/// Why the store did not do what it was asked to.
#[derive(Debug, Error)]
pub(crate) enum Error {
    /// The database refused, or is not there.
    #[error("the database: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the tables cannot be brought up to date: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// No random numbers.
    #[error("the machine gives no random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// The audit log cannot be written to.
    #[error(transparent)]
    Audit(#[from] audit::Error),
    /// The work was cut off.
    #[error("the work was cut off: {0}")]
    CutOff(#[from] tokio::task::JoinError),
    /// The nodes are not a tree.
    #[error(transparent)]
    Tree(#[from] studio_users_domain::TreeError),
    /// The database holds something that this program does not write.
    #[error("the database holds {0}, which this program does not understand")]
    Foreign(String),
    /// The `SQLite` that was linked can corrupt a database.
    #[error("SQLite {0} is linked, which can corrupt a write-ahead log; 3.51.3 or later is needed")]
    OldSqlite(String),
}

/// The file in which the store lives within a data folder.
pub(crate) fn database_file(data: &Path) -> PathBuf {
    data.join("studio-users.db")
}

/// Facts about the store as a whole, each a number under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fact {
    /// Counts the changes of the organisation.
    TreeVersion,
    /// Counts the changes of who is seen where.
    DirectoryVersion,
    /// Present while the root is the one that stood in for an organisation not yet imported.
    PlaceholderRoot,
    /// How many users the demo was made with; absent where the data are real.
    DemoUsers,
    /// Which generator made the demo.
    DemoGenerator,
}

impl Fact {
    const fn key(self) -> &'static str {
        match self {
            Self::TreeVersion => "tree_version",
            Self::DirectoryVersion => "directory_version",
            Self::PlaceholderRoot => "placeholder_root",
            Self::DemoUsers => "demo_users",
            Self::DemoGenerator => "demo_generator",
        }
    }
}

impl Store {
    /// Begins to read.
    pub(crate) async fn read(&self) -> Result<Tx, Error> {
        Ok(self.readers.begin().await?)
    }

    /// What is told of changes.
    pub(crate) fn events(&self) -> &Arc<Events> {
        &self.events
    }

    /// Ends every connection.
    pub(crate) async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }

    fn new(readers: SqlitePool, writer: SqlitePool, keeper: Keeper) -> Self {
        Self {
            readers,
            writer,
            keeper: Arc::new(keeper),
            organisation: RwLock::new(None),
            totals: Mutex::new(HashMap::new()),
            mail_waits: Arc::default(),
            events: Arc::new(Events::new()),
        }
    }
}

/// Reads a fact.
pub(crate) async fn fact(tx: &mut Tx, fact: Fact) -> Result<Option<i64>, Error> {
    let value = sqlx::query_scalar("SELECT value FROM meta WHERE key = ?")
        .bind(fact.key())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(value)
}

/// Sets a fact, or takes it away.
pub(crate) async fn set_fact(tx: &mut Tx, fact: Fact, value: Option<i64>) -> Result<(), Error> {
    match value {
        Some(value) => {
            sqlx::query("INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value")
                .bind(fact.key())
                .bind(value)
                .execute(&mut **tx)
                .await?
        }
        None => sqlx::query("DELETE FROM meta WHERE key = ?").bind(fact.key()).execute(&mut **tx).await?,
    };
    Ok(())
}

async fn count_up(tx: &mut Tx, fact: Fact) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO meta (key, value) VALUES (?, 1) ON CONFLICT (key) DO UPDATE SET value = meta.value + 1",
    )
    .bind(fact.key())
    .execute(&mut **tx)
    .await?;
    Ok(())
}
