use std::collections::{BTreeMap, BTreeSet};
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use studio_users_domain::UserId;

use super::{Error, Store, Tx, UserKey};
use crate::events::{Change, Events};
use crate::token::random_id;

/// More users than this are not told of one by one.
const MOST_USERS_TOLD: usize = 100;

/// A change under way: a transaction, and what follows once it is committed. Dropped without a commit, nothing
/// of it has happened.
pub(crate) struct Write {
    tx: Tx,
    events: Arc<Events>,
    users: BTreeMap<UserId, BTreeSet<i64>>,
    sessions: BTreeSet<UserKey>,
}

impl Store {
    /// Begins to write; waits for whoever writes now.
    pub(crate) async fn write(&self) -> Result<Write, Error> {
        Ok(Write {
            tx: self.writer.begin_with("BEGIN IMMEDIATE").await?,
            events: self.events.clone(),
            users: BTreeMap::new(),
            sessions: BTreeSet::new(),
        })
    }
}

impl Write {
    /// Makes the change last, and tells of it.
    pub(crate) async fn commit(self) -> Result<(), Error> {
        let Self { tx, events, users, sessions } = self;
        let changes = changes(users, sessions)?;
        if changes.is_empty() {
            return Ok(tx.commit().await?);
        }
        // Whoever asked for the change may be gone by now: what is committed is told of all the same.
        let committing = tokio::spawn(async move {
            tx.commit().await?;
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
) -> Result<Vec<(uuid::Uuid, Change)>, Error> {
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
