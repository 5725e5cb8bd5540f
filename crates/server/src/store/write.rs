use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::slice;
use std::sync::Arc;

use sqlx::SqlitePool;
use studio_users_domain::UserId;
use tokio::sync::Notify;
use uuid::{Builder, Uuid};

use super::{Error, Store, Tx, UserKey};
use crate::audit::{self, Appended, Entry, Keeper};
use crate::events::{Change, Events};
use crate::token::random_id;

/// More users than this are not told of one by one.
const MOST_USERS_TOLD: usize = 100;

/// A change under way: a transaction, and what follows once it is committed. Dropped without a commit, nothing
/// of it has happened.
pub(crate) struct Write {
    tx: Tx,
    keeper: Arc<Keeper>,
    readers: SqlitePool,
    appended: Option<Appended>,
    mail_waits: Arc<Notify>,
    pub(super) has_mail: bool,
    events: Arc<Events>,
    users: BTreeMap<UserId, BTreeSet<i64>>,
    sessions: BTreeSet<UserKey>,
}

impl Store {
    /// Begins to write; waits for whoever writes now.
    pub(crate) async fn write(&self) -> Result<Write, Error> {
        Ok(Write {
            tx: self.writer.begin_with("BEGIN IMMEDIATE").await?,
            keeper: self.keeper.clone(),
            readers: self.readers.clone(),
            appended: None,
            mail_waits: Arc::clone(&self.mail_waits),
            has_mail: false,
            events: self.events.clone(),
            users: BTreeMap::new(),
            sessions: BTreeSet::new(),
        })
    }
}

impl Write {
    /// Puts an entry into the audit log, as a part of the change: neither is without the other.
    pub(crate) async fn record(&mut self, entry: &Entry) -> Result<(), Error> {
        self.record_all(slice::from_ref(entry)).await
    }

    /// Puts many entries into the audit log, in this order.
    pub(crate) async fn record_all(&mut self, entries: &[Entry]) -> Result<(), Error> {
        let mut named = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut bytes = [0; 16];
            getrandom::fill(&mut bytes)?;
            named.push((Builder::from_random_bytes(bytes).into_uuid(), entry));
        }
        self.record_named(named).await
    }

    /// Puts entries into the audit log whose ids are drawn already.
    pub(super) async fn record_named(
        &mut self,
        entries: impl IntoIterator<Item = (Uuid, &Entry)>,
    ) -> Result<(), Error> {
        let records: Vec<_> = entries
            .into_iter()
            .map(|(id, entry)| entry.record(id))
            .collect::<Result<_, _>>()
            .map_err(|error| Error::Foreign(error.to_string()))?;
        let (before, end) = if let Some(appended) = self.appended {
            (appended.before, appended.after)
        } else {
            let end = self.keeper.end(&mut self.tx).await?;
            (end, end)
        };
        let after = audit::append(&mut self.tx, self.keeper.key(), end, &records).await?;
        self.appended = Some(Appended { before, after });
        Ok(())
    }

    /// Makes the change last, and does what follows from it: the head of the audit log moves on, mail is brought, and
    /// readers are told. Whoever asked for the change may be gone by now: what is committed is followed all the same.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        let changes = changes(self.users, self.sessions)?;
        let Self { tx, keeper, readers, appended, mail_waits, has_mail, events, .. } = self;
        let committing = tokio::spawn(async move {
            if let Some(appended) = appended {
                let held = keeper.hold().await;
                tx.commit().await?;
                keeper.keep(held, appended, &readers).await;
            } else {
                tx.commit().await?;
            }
            if has_mail {
                mail_waits.notify_one();
            }
            events.tell(changes);
            Ok(())
        });
        committing.await?
    }

    /// Notes that a user changed in the eyes of the readers of these scope parts.
    pub(super) fn note_user(&mut self, user: UserId, parts: impl IntoIterator<Item = i64>) {
        let mut parts = parts.into_iter().peekable();
        if parts.peek().is_some() {
            self.users.entry(user).or_default().extend(parts);
        }
    }

    /// Notes that a session of a user ended.
    pub(super) fn note_session_end(&mut self, user: UserKey) {
        self.sessions.insert(user);
    }
}

fn changes(
    users: BTreeMap<UserId, BTreeSet<i64>>,
    sessions: BTreeSet<UserKey>,
) -> Result<Vec<(Uuid, Change)>, Error> {
    let mut changes: Vec<Change> = sessions.into_iter().map(|user| Change::SessionEnded { user }).collect();
    if users.len() > MOST_USERS_TOLD {
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
