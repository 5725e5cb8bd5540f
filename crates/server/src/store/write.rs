use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::slice;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sqlx::SqlitePool;
use studio_users_domain::UserId;
use tokio::sync::Notify;
use uuid::Uuid;

use super::writer_status::WriteOutcome;
use super::{Error, Limits, Store, Tx, UserKey};
use crate::audit::{self, Appended, ChainHead, Entry};
use crate::events::{Change, Events};
use crate::token::random_id;

/// The maximum number of changed users for which one transaction emits an event each. Above it, one event covers all.
const MAX_USER_EVENTS: usize = 100;

/// A write transaction, and the notifications to send once it is committed. Dropping it rolls everything back.
pub(crate) struct Write {
    tx: Tx,
    now: DateTime<Utc>,
    chain_head: Arc<ChainHead>,
    read_pool: SqlitePool,
    appended: Option<Appended>,
    mail_queued: Arc<Notify>,
    expiry_changed: Arc<Notify>,
    pub(super) has_mail: bool,
    pub(super) limits: Limits,
    events: Arc<Events>,
    users: BTreeMap<UserId, BTreeSet<i64>>,
    sessions: BTreeSet<UserKey>,
    outcome: WriteOutcome,
}

impl Store {
    /// Begins a write transaction. Waits until the current one ends, because SQLite allows one writer at a time.
    pub(crate) async fn write(&self) -> Result<Write, Error> {
        let outcome = self.writer_status.watch();
        let tx = self.writer.begin_with("BEGIN IMMEDIATE").await?;
        Ok(Write {
            tx,
            // Reads the clock only now, because the transaction may have waited for another one.
            now: self.clock.now(),
            chain_head: self.chain_head.clone(),
            read_pool: self.read_pool.clone(),
            appended: None,
            mail_queued: Arc::clone(&self.mail_queued),
            expiry_changed: Arc::clone(&self.expiry_changed),
            has_mail: false,
            limits: self.limits,
            events: self.events.clone(),
            users: BTreeMap::new(),
            sessions: BTreeSet::new(),
            outcome,
        })
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

    /// Commits the transaction. Then moves the head of the audit log, wakes the outbox and expiry workers, and emits
    /// the events.
    ///
    /// All of it runs in a task of its own, so that it completes even if the client disconnects.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        let has_changed_users = !self.users.is_empty();
        let changes = changes(self.users, self.sessions)?;
        let Self {
            tx,
            chain_head,
            read_pool,
            appended,
            mail_queued,
            expiry_changed,
            has_mail,
            events,
            outcome,
            ..
        } = self;
        let committing = tokio::spawn(async move {
            if let Some(appended) = appended {
                let guard = chain_head.lock().await;
                tx.commit().await?;
                outcome.committed();
                chain_head.advance(guard, appended, &read_pool).await;
            } else {
                tx.commit().await?;
                outcome.committed();
            }
            if has_mail {
                mail_queued.notify_one();
            }
            if has_changed_users {
                expiry_changed.notify_one();
            }
            events.publish(changes);
            Ok(())
        });
        committing.await?
    }

    /// Registers an event for the managers of these scope parts: their view of the user changed.
    pub(super) fn mark_user_changed(&mut self, user: UserId, parts: impl IntoIterator<Item = i64>) {
        let mut parts = parts.into_iter().peekable();
        if parts.peek().is_some() {
            self.users.entry(user).or_default().extend(parts);
        }
    }

    /// Registers an event: a session of the user ended.
    pub(super) fn mark_session_ended(&mut self, user: UserKey) {
        self.sessions.insert(user);
    }
}

fn changes(
    users: BTreeMap<UserId, BTreeSet<i64>>,
    sessions: BTreeSet<UserKey>,
) -> Result<Vec<(Uuid, Change)>, Error> {
    let mut changes: Vec<Change> = sessions.into_iter().map(|user| Change::SessionEnded { user }).collect();
    if users.len() > MAX_USER_EVENTS {
        changes.push(Change::ManyUsers { parts: users.into_values().flatten().collect() });
    } else {
        changes.extend(users.into_iter().map(|(id, parts)| Change::User { id, parts }));
    }
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
