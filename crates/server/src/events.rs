//! The event log: the latest committed changes, in memory. The event streams subscribe to it.
//!
//! A subscription is a position in the log and has no buffer. A slow subscriber therefore costs no memory; it
//! lags once the log has dropped its position. Clients name positions by random ids, which reveal neither the
//! order nor the number of changes. They send the last one as
//! [`Last-Event-ID`](https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header).

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use studio_users_contract::JobChanged;
use studio_users_domain::{NodeId, UserId};
use tokio::sync::watch;
use uuid::Uuid;

use crate::keys::UserKey;
use crate::token::random_id;

#[cfg(test)]
mod tests;

/// The maximum number of changes in the log.
const MAX_CHANGES: usize = 1_000;
/// The maximum number of checkpoints. See [`Subscription::checkpoint`].
const MAX_CHECKPOINTS: usize = 1_000;
/// The maximum number of subscriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StreamLimits {
    /// Of all users.
    pub(crate) total: u32,
    /// Of each user.
    pub(crate) per_user: u32,
}

impl StreamLimits {
    /// The defaults.
    pub(crate) const DEFAULT: Self = Self { total: 2_000, per_user: 20 };

    /// Leaves a quarter of the connections to other requests.
    pub(crate) fn within(self, connections: u32) -> Self {
        Self { total: self.total.min((connections - connections / 4).max(1)), ..self }
    }
}

/// A committed change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Change {
    /// A user changed. Concerns everyone who can see one of these scope parts.
    User { id: UserId, parts: BTreeSet<i64> },
    /// So many users changed that reloading is faster. Concerns everyone who can see one of these scope
    /// parts.
    ManyUsers { parts: BTreeSet<i64> },
    /// These nodes changed, or another node was moved away from them.
    Tree { nodes: BTreeSet<NodeId> },
    /// A job of this user has made progress or ended.
    Job { owner: UserKey, changed: JobChanged },
    /// A session of this user ended.
    SessionEnded { user: UserKey },
}

/// The event log and its subscriptions.
#[derive(Debug)]
pub(crate) struct Events {
    log: watch::Sender<Log>,
    subscriptions: Mutex<Subscriptions>,
}

/// The open subscriptions.
#[derive(Debug)]
struct Subscriptions {
    limits: StreamLimits,
    total: u32,
    /// The number of each user who has any.
    by_user: HashMap<UserKey, u32>,
}

#[derive(Debug, Default)]
struct Log {
    changes: VecDeque<(Uuid, Arc<Change>)>,
    /// The position of the oldest change in the log.
    oldest: u64,
    /// The positions of subscribers that have received no change whose id could name their position.
    checkpoints: VecDeque<(Uuid, u64)>,
    tree_version: Option<i64>,
    is_closed: bool,
}

/// A position in the log. Dropping it unsubscribes.
pub(crate) struct Subscription {
    events: Arc<Events>,
    log: watch::Receiver<Log>,
    user: UserKey,
    /// The position of the next change.
    next: u64,
    /// The end of the log at the time of subscribing. Earlier changes are replayed.
    live_from: u64,
}

/// The result of [`Subscription::try_recv`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Received {
    /// The next change, and the id of the position after it.
    Change(Uuid, Arc<Change>),
    /// The log has dropped changes that this subscription has not received.
    Lagged,
    /// There is no new change.
    Empty,
    /// The log is closed.
    Closed,
}

impl Events {
    pub(crate) fn new() -> Self {
        let subscriptions =
            Subscriptions { limits: StreamLimits::DEFAULT, total: 0, by_user: HashMap::new() };
        Self { log: watch::Sender::default(), subscriptions: Mutex::new(subscriptions) }
    }

    /// Changes the limits for new subscriptions.
    pub(crate) fn set_limits(&self, limits: StreamLimits) {
        self.subscriptions().limits = limits;
    }

    /// Publishes committed changes. Each has an id of its own.
    pub(crate) fn publish(&self, changes: Vec<(Uuid, Change)>) {
        let is_subscribed = |user: &UserKey| self.subscriptions().by_user.contains_key(user);
        let changes: Vec<_> = changes
            .into_iter()
            // A client that reconnects later gets 401, so the end of a session is only for open streams. So is the
            // progress of a job, because that client fetches the job again.
            .filter(|(_, change)| match change {
                Change::SessionEnded { user: only } | Change::Job { owner: only, .. } => is_subscribed(only),
                _ => true,
            })
            .collect();
        if !changes.is_empty() {
            self.log.send_modify(|log| log.append(changes));
        }
    }

    /// Publishes a new version of the organisation and what changed. Ignores versions that are not newer.
    pub(crate) fn publish_tree(&self, version: i64, change: Option<Change>, id: Uuid) {
        self.log.send_if_modified(|log| {
            let is_newer = log.tree_version.is_none_or(|published| published < version);
            if is_newer {
                log.tree_version = Some(version);
            }
            match change {
                Some(change) if is_newer => log.append(vec![(id, change)]),
                _ => return false,
            }
            true
        });
    }

    /// Ends all subscriptions.
    pub(crate) fn close(&self) {
        self.log.send_modify(|log| log.is_closed = true);
    }

    /// Subscribes from the position of an event id, or from the end of the log if the id is unknown. Also
    /// returns whether the id was known. Returns `None` if there are too many subscriptions, of the user or in all.
    pub(crate) fn subscribe(
        self: &Arc<Self>,
        user: UserKey,
        last_event_id: Option<Uuid>,
    ) -> Option<(Subscription, bool)> {
        {
            let mut subscriptions = self.subscriptions();
            let count = subscriptions.by_user.get(&user).copied().unwrap_or(0);
            let limits = subscriptions.limits;
            if count >= limits.per_user || subscriptions.total >= limits.total {
                return None;
            }
            subscriptions.total += 1;
            subscriptions.by_user.insert(user, count + 1);
        }
        let log = self.log.subscribe();
        let (found, end) = {
            let log = log.borrow();
            (last_event_id.and_then(|id| log.position_of(id)), log.end())
        };
        let next = found.unwrap_or(end);
        let subscription = Subscription { events: self.clone(), log, user, next, live_from: end };
        Some((subscription, found.is_some()))
    }

    fn subscriptions(&self) -> std::sync::MutexGuard<'_, Subscriptions> {
        self.subscriptions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log {
    fn end(&self) -> u64 {
        self.oldest + self.changes.len() as u64
    }

    fn append(&mut self, changes: Vec<(Uuid, Change)>) {
        for (id, change) in changes {
            if self.changes.len() >= MAX_CHANGES {
                self.changes.pop_front();
                self.oldest += 1;
            }
            self.changes.push_back((id, Arc::new(change)));
        }
    }

    fn position_of(&self, id: Uuid) -> Option<u64> {
        let after = self.changes.iter().position(|(known_id, _)| *known_id == id);
        let at_checkpoint =
            || self.checkpoints.iter().find(|(known_id, _)| *known_id == id).map(|&(_, position)| position);
        after
            .map(|index| self.oldest + index as u64 + 1)
            .or_else(at_checkpoint)
            .filter(|&position| position >= self.oldest)
    }
}

impl Subscription {
    /// Receives the next change, if there is one.
    pub(crate) fn try_recv(&mut self) -> Received {
        let log = self.log.borrow_and_update();
        if log.is_closed {
            return Received::Closed;
        }
        let Some(index) = self.next.checked_sub(log.oldest) else {
            self.next = log.end();
            return Received::Lagged;
        };
        let found = usize::try_from(index).ok().and_then(|index| log.changes.get(index));
        let Some((id, change)) = found else { return Received::Empty };
        self.next += 1;
        Received::Change(*id, change.clone())
    }

    /// Whether the change that [`Self::try_recv`] returned last was published before this subscription began.
    pub(crate) fn is_replayed(&self) -> bool {
        self.next <= self.live_from
    }

    /// Creates an id for the position after the last received change, so that a client can resume there.
    pub(crate) fn checkpoint(&self) -> Result<Uuid, getrandom::Error> {
        let id = random_id()?;
        self.events.log.send_if_modified(|log| {
            if log.checkpoints.len() >= MAX_CHECKPOINTS {
                log.checkpoints.pop_front();
            }
            log.checkpoints.push_back((id, self.next));
            false
        });
        Ok(id)
    }

    /// Waits until there may be a new change.
    pub(crate) async fn changed(&mut self) {
        // Fails only without a sender, and the subscription owns a reference to it.
        let _ = self.log.changed().await;
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut subscriptions = self.events.subscriptions();
        subscriptions.total = subscriptions.total.saturating_sub(1);
        if let Some(count) = subscriptions.by_user.get_mut(&self.user) {
            *count -= 1;
            if *count == 0 {
                subscriptions.by_user.remove(&self.user);
            }
        }
    }
}
