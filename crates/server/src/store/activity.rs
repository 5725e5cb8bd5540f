//! The last activity of sessions. One transaction records that of all sessions that became active meanwhile.

use std::collections::HashMap;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Error, Store, UserKey};
use crate::token::TokenHash;

/// The maximum number of sessions that wait. The next request of a further session records its activity.
const MAX_WAITING: usize = 10_000;

/// The sessions whose activity was not written yet.
#[derive(Debug, Default)]
pub(super) struct PendingActivity(Mutex<Pending>);

#[derive(Debug, Default)]
struct Pending {
    users: HashMap<TokenHash, UserKey>,
    is_writing: bool,
}

/// The right to write the activity of all waiting sessions. Only one task has it at a time.
pub(crate) struct ActivityWriter {
    waiting: Arc<PendingActivity>,
    is_done: bool,
}

impl PendingActivity {
    fn lock(&self) -> MutexGuard<'_, Pending> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for ActivityWriter {
    fn drop(&mut self) {
        if self.is_done {
            return;
        }
        let mut pending = self.waiting.lock();
        pending.is_writing = false;
        // Sessions that wait after a failure are dropped: their next request records the activity again.
        pending.users.clear();
    }
}

impl Store {
    /// Adds a session to those whose activity is written next. Returns `None` if another task writes them.
    pub(crate) fn queue_activity(&self, user: UserKey, token: TokenHash) -> Option<ActivityWriter> {
        let mut pending = self.activity.lock();
        if pending.users.len() < MAX_WAITING {
            pending.users.insert(token, user);
        }
        let is_writing = mem::replace(&mut pending.is_writing, true);
        (!is_writing).then(|| ActivityWriter { waiting: self.activity.clone(), is_done: false })
    }

    /// Writes the activity of all waiting sessions.
    pub(crate) async fn write_activity(&self, mut writer: ActivityWriter) -> Result<(), Error> {
        loop {
            let mut tx = self.write().await?;
            let users = mem::take(&mut writer.waiting.lock().users);
            for (token, user) in users {
                self.record_activity(&mut tx, user, token).await?;
            }
            tx.commit().await?;
            let waiting = writer.waiting.clone();
            let mut pending = waiting.lock();
            if pending.users.is_empty() {
                // Under the same lock as the check, so that no session is queued without a writer.
                pending.is_writing = false;
                writer.is_done = true;
                return Ok(());
            }
        }
    }
}
