use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;
use std::time::{Duration, Instant};
use std::{mem, slice};

use chrono::{DateTime, Utc};
use studio_users_domain::UserId;
use tokio::sync::watch;
use tokio::time::timeout;
use uuid::Uuid;

use super::directory_changes::{ChangeNotification, DirectoryChanges};
use super::event_feed::{EventFeed, write_events};
use super::job_kind::{JobKind, JobNotifications};
use super::writer_status::WriteOutcome;
use super::{Error, Limits, MetaKey, Store, Tx, UserKey, count_up, time_from_millis};
use crate::audit::{self, Appended, ChainHead, Entry};
use crate::events::{Change, Events, Series, UserChanges};
use crate::sql::{self, Dialect, Pool};
use crate::token::random_id;

/// The longest time that a change waits for the write lock.
pub(super) const WRITE_WAIT: Duration = Duration::from_secs(5);

/// A write transaction, and the notifications to send once it is committed. Dropping it rolls everything back.
pub(crate) struct Write {
    tx: Tx,
    now: DateTime<Utc>,
    chain_head: Arc<ChainHead>,
    read_pool: Pool,
    appended: Option<Appended>,
    audit_appended: watch::Sender<()>,
    job_queued: Arc<JobNotifications>,
    queued_jobs: Vec<JobKind>,
    pub(super) limits: Limits,
    events: Arc<Events>,
    event_feed: Option<Arc<EventFeed>>,
    users: UserChanges,
    /// Further changes to publish.
    pub(super) changes: Vec<Change>,
    sessions: BTreeSet<UserKey>,
    pub(super) directory: DirectoryChanges,
    directory_notification: Arc<ChangeNotification>,
    outcome: WriteOutcome,
}

impl Store {
    /// Begins a write transaction. Waits until the current one ends, because SQLite allows one writer at a time.
    ///
    /// # Errors
    /// [`Error::Busy`] after 5 seconds.
    pub(crate) async fn write(&self) -> Result<Write, Error> {
        let outcome = self.writer_status.watch();
        let mut tx = self.lock_for_writing().await?;
        // Reads the clock only now, because the transaction may have waited for another one.
        let now = self.read_clock(&mut tx).await?;
        Ok(Write {
            tx,
            now,
            chain_head: self.chain_head.clone(),
            read_pool: self.read_pool.clone(),
            appended: None,
            audit_appended: self.audit_appended.clone(),
            job_queued: self.job_queued.clone(),
            queued_jobs: Vec::new(),
            limits: self.limits,
            events: self.events.clone(),
            event_feed: self.event_feed.clone(),
            users: BTreeMap::new(),
            changes: Vec::new(),
            sessions: BTreeSet::new(),
            directory: DirectoryChanges::default(),
            directory_notification: self.directory_memory.notification().clone(),
            outcome,
        })
    }

    /// Begins a transaction that holds the write lock. Waits at most [`WRITE_WAIT`] for changes of this process and of
    /// others.
    pub(super) async fn lock_for_writing(&self) -> Result<Tx, Error> {
        let start = Instant::now();
        let Ok(begun) = timeout(WRITE_WAIT, self.writer.begin_write()).await else {
            self.metrics.count_write_given_up();
            return Err(Error::Busy);
        };
        self.metrics.count_write(start.elapsed());
        Ok(begun?)
    }

    /// Reads the clock. Servers that share a database of PostgreSQL have the same time: that of the database.
    async fn read_clock(&self, tx: &mut Tx) -> Result<DateTime<Utc>, Error> {
        if tx.dialect() == Dialect::Postgres && self.clock.can_follow() {
            let now = "SELECT CAST(floor(extract(epoch FROM clock_timestamp()) * 1000) AS BIGINT)";
            self.clock.follow(time_from_millis(sql::query_scalar(now).fetch_one(tx).await?)?);
        }
        Ok(self.clock.now())
    }

    /// Whether no change of this process runs or waits, so that a small write begins at once.
    pub(crate) fn is_writer_idle(&self) -> bool {
        !self.writer_status.is_busy()
    }
}

impl Write {
    /// Returns the time of the change: the wall clock when the transaction began.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Appends an entry to the audit log in this transaction, so that a change and its entry are stored together or not
    /// at all.
    pub(crate) async fn record(&mut self, entry: &Entry) -> Result<(), Error> {
        self.record_all(slice::from_ref(entry)).await
    }

    /// Appends entries to the audit log, in this order.
    pub(crate) async fn record_all(&mut self, entries: &[Entry]) -> Result<(), Error> {
        if entries.is_empty() {
            // An empty log must not count as a log that has had entries.
            return Ok(());
        }
        let mut with_ids = Vec::with_capacity(entries.len());
        for entry in entries {
            with_ids.push((random_id()?, entry));
        }
        self.record_with_ids(with_ids).await
    }

    /// Appends entries that already have ids to the audit log.
    pub(super) async fn record_with_ids(
        &mut self,
        entries: impl IntoIterator<Item = (Uuid, &Entry)>,
    ) -> Result<(), Error> {
        let records: Vec<_> = entries
            .into_iter()
            .map(|(id, entry)| entry.record(self.chain_head.key(), id))
            .collect::<Result<_, _>>()?;
        let (before, end) = if let Some(appended) = self.appended {
            (appended.before, appended.after)
        } else {
            let end = self.chain_head.end(&mut self.tx).await?;
            audit::mark_recorded(&mut self.tx).await?;
            (end, end)
        };
        let after = audit::append(&mut self.tx, self.chain_head.key(), end, &records).await?;
        self.appended = Some(Appended { before, after });
        Ok(())
    }

    /// Commits the transaction. Then moves the head of the audit log, wakes its exports and the lanes of new jobs, and emits
    /// the events.
    ///
    /// All of it runs in a task of its own, so that it completes even if the client disconnects.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        let ended = self.sessions.into_iter().map(|user| Change::SessionEnded { user });
        let changes = with_ids(ended.chain(self.changes).chain(Change::of_users(self.users)))?;
        let Self { mut tx, now, chain_head, read_pool, appended, job_queued, queued_jobs, outcome, .. } =
            self;
        let (events, event_feed) = (self.events, self.event_feed);
        let audit_appended = self.audit_appended;
        let (directory, notification) = (self.directory, self.directory_notification);
        let committing = tokio::spawn(async move {
            if let Some(appended) = appended {
                audit::advance_shared_head(&mut tx, chain_head.key(), appended).await?;
            }
            directory.write(&mut tx).await?;
            // Before the commit, so that a reader who sees the version waits for it.
            directory.version().inspect(|&version| notification.expect(version));
            if event_feed.is_some() {
                write_events(&mut tx, now, &changes, &queued_jobs).await?;
            }
            if let Some(appended) = appended {
                let guard = chain_head.lock().await;
                tx.commit().await?;
                outcome.committed();
                audit_appended.send_replace(());
                chain_head.advance(guard, appended, &read_pool).await;
            } else {
                tx.commit().await?;
                outcome.committed();
            }
            notification.wake();
            for kind in queued_jobs {
                job_queued.of(kind).notify_one();
            }
            match event_feed {
                None => events.publish(changes),
                // In the order in which the table has the changes of all servers.
                Some(feed) if !changes.is_empty() => {
                    if let Err(error) = feed.catch_up().await {
                        // The change is committed. The server reads its events again soon.
                        tracing::warn!(%error, "the events of a change could not be published");
                    }
                }
                Some(_) => {}
            }
            Ok(())
        });
        committing.await?
    }

    /// Wakes the lane of a kind after the commit.
    pub(super) fn wake_lane(&mut self, kind: JobKind) {
        if !self.queued_jobs.contains(&kind) {
            self.queued_jobs.push(kind);
        }
    }

    /// Registers a user whose rows of the directory, texts or last activity changed.
    pub(super) fn mark_listed_user_changed(&mut self, user: UserKey) {
        self.directory.add(user);
    }

    /// Counts the version of the directory up. Call this after each change of it, apart from activity.
    pub(super) async fn count_directory_change(&mut self) -> Result<(), Error> {
        let version = count_up(self, MetaKey::DirectoryVersion).await?;
        self.directory.set_version(version);
        Ok(())
    }

    /// Registers an event for the managers of these scope parts: their view of the user changed.
    pub(super) fn mark_user_changed(&mut self, user: UserId, parts: impl IntoIterator<Item = i64>) {
        let mut parts = parts.into_iter().peekable();
        if parts.peek().is_some() {
            self.users.entry(user).or_default().extend(parts);
        }
    }

    /// Makes the changed users a part of a series of transactions, whose events each stream merges.
    pub(super) fn join_series(&mut self, is_last: bool) {
        let series = Series::new(mem::take(&mut self.users), is_last);
        if !series.is_irrelevant() {
            self.changes.push(Change::Series(series));
        }
    }

    /// Registers an event: a session of the user ended.
    pub(super) fn mark_session_ended(&mut self, user: UserKey) {
        self.sessions.insert(user);
    }
}

fn with_ids(changes: impl IntoIterator<Item = Change>) -> Result<Vec<(Uuid, Change)>, Error> {
    changes.into_iter().map(|change| Ok((random_id()?, change))).collect()
}

impl Deref for Write {
    type Target = Tx;

    fn deref(&self) -> &Tx {
        &self.tx
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Tx {
        &mut self.tx
    }
}
