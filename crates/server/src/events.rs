//! What changed, told to those who follow it: a log in memory of the last changes.
//!
//! A follower has a place in the log and no buffer of its own, so that whoever reads slowly costs nothing, and
//! falls behind the log's beginning at last. Places are named by random ids, of which no order and no number of
//! changes can be read.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use studio_users_domain::{NodeId, UserId};
use tokio::sync::watch;
use uuid::Uuid;

use crate::store::UserKey;
use crate::token::random_id;

#[cfg(test)]
mod tests;

/// How many changes are remembered.
const MOST_CHANGES: usize = 1_000;
/// How many followers can be remembered who came when nothing had been told to them yet.
const MOST_MARKS: usize = 1_000;
/// How many can follow under one name.
const MOST_FOLLOWERS: u32 = 20;

/// Something that has been committed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// A user changed, in the eyes of the readers of these scope parts.
    User { id: UserId, parts: BTreeSet<i64> },
    /// So many users changed that it is quicker to read everything anew, for the readers of these parts.
    ManyUsers { parts: BTreeSet<i64> },
    /// These nodes changed, or were moved away from.
    Tree { nodes: BTreeSet<NodeId> },
    /// A session of this user ended.
    SessionEnded { user: UserKey },
}

/// The log, and who follows it.
#[derive(Debug)]
pub(crate) struct Events {
    log: watch::Sender<Log>,
    followers: Mutex<HashMap<UserKey, u32>>,
}

#[derive(Debug, Default)]
struct Log {
    changes: VecDeque<(Uuid, Arc<Change>)>,
    /// The number of the oldest change that is remembered.
    oldest: u64,
    /// Where followers began to whom no change was told that could name their place.
    marks: VecDeque<(Uuid, u64)>,
    tree_version: Option<i64>,
    is_closed: bool,
}

/// One who follows the log.
pub(crate) struct Follower {
    events: Arc<Events>,
    log: watch::Receiver<Log>,
    user: UserKey,
    next: u64,
    /// What came before is told to somebody who was away when it happened.
    began_at: u64,
}

/// What a follower finds next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// A change, and the id of the place after it.
    Change(Uuid, Arc<Change>),
    /// More than is remembered has happened since.
    Lost,
    /// Nothing yet.
    Wait,
    /// Nothing will come any more.
    Closed,
}

impl Events {
    pub(crate) fn new() -> Self {
        Self { log: watch::Sender::default(), followers: Mutex::default() }
    }

    /// Tells of changes that were committed, each under an id of its own.
    pub(crate) fn tell(&self, changes: Vec<(Uuid, Change)>) {
        let is_followed = |user: &UserKey| self.followers().contains_key(user);
        let changes: Vec<_> = changes
            .into_iter()
            // Whoever comes back later hears by the session itself that it ended.
            .filter(|(_, change)| !matches!(change, Change::SessionEnded { user } if !is_followed(user)))
            .collect();
        if !changes.is_empty() {
            self.log.send_modify(|log| log.append(changes));
        }
    }

    /// Tells that the organisation has this version now, and which nodes differ, unless it is known.
    pub(crate) fn tell_tree(&self, version: i64, nodes: Option<BTreeSet<NodeId>>, id: Uuid) {
        self.log.send_if_modified(|log| {
            let is_newer = log.tree_version.is_none_or(|known| known < version);
            if is_newer {
                log.tree_version = Some(version);
            }
            match nodes {
                Some(nodes) if is_newer => log.append(vec![(id, Change::Tree { nodes })]),
                _ => return false,
            }
            true
        });
    }

    /// Ends every follower.
    pub(crate) fn close(&self) {
        self.log.send_modify(|log| log.is_closed = true);
    }

    /// Follows from the place of this id, or from here on where the place is not known; nobody more than so many
    /// times at once.
    pub(crate) fn follow(self: &Arc<Self>, user: UserKey, place: Option<Uuid>) -> Option<(Follower, bool)> {
        {
            let mut followers = self.followers();
            let count = followers.entry(user).or_default();
            if *count >= MOST_FOLLOWERS {
                return None;
            }
            *count += 1;
        }
        let log = self.log.subscribe();
        let (found, end) = {
            let log = log.borrow();
            (place.and_then(|id| log.place(id)), log.end())
        };
        let next = found.unwrap_or(end);
        let follower = Follower { events: self.clone(), log, user, next, began_at: end };
        Some((follower, found.is_some()))
    }

    fn followers(&self) -> std::sync::MutexGuard<'_, HashMap<UserKey, u32>> {
        self.followers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn end(&self) -> u64 {
        self.oldest + self.changes.len() as u64
    }

    fn append(&mut self, changes: Vec<(Uuid, Change)>) {
        for (id, change) in changes {
            if self.changes.len() >= MOST_CHANGES {
                self.changes.pop_front();
                self.oldest += 1;
            }
            self.changes.push_back((id, Arc::new(change)));
        }
    }

    fn place(&self, id: Uuid) -> Option<u64> {
        let after = self.changes.iter().position(|(known, _)| *known == id);
        let marked = || self.marks.iter().find(|(known, _)| *known == id).map(|&(_, place)| place);
        after
            .map(|position| self.oldest + position as u64 + 1)
            .or_else(marked)
            .filter(|&place| place >= self.oldest)
    }
}

impl Follower {
    /// What comes next.
    pub(crate) fn step(&mut self) -> Step {
        let log = self.log.borrow_and_update();
        if log.is_closed {
            return Step::Closed;
        }
        let Some(position) = self.next.checked_sub(log.oldest) else {
            self.next = log.end();
            return Step::Lost;
        };
        let found = usize::try_from(position).ok().and_then(|position| log.changes.get(position));
        let Some((id, change)) = found else { return Step::Wait };
        self.next += 1;
        Step::Change(*id, change.clone())
    }

    /// Whether what [`Self::step`] answered last happened while its reader was away.
    pub(crate) fn is_catching_up(&self) -> bool {
        self.next <= self.began_at
    }

    /// Names the place after what [`Self::step`] answered last, so that it can be followed from there.
    pub(crate) fn mark(&self) -> Result<Uuid, getrandom::Error> {
        let id = random_id()?;
        self.events.log.send_if_modified(|log| {
            if log.marks.len() >= MOST_MARKS {
                log.marks.pop_front();
            }
            log.marks.push_back((id, self.next));
            false
        });
        Ok(id)
    }

    /// Waits until there may be something.
    pub(crate) async fn wait(&mut self) {
        // The sender lives as long as the follower does.
        let _ = self.log.changed().await;
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let mut followers = self.events.followers();
        if let Some(count) = followers.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                followers.remove(&self.user);
            }
        }
    }
}
