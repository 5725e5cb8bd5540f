//! The event log: the latest committed changes, in memory. The event streams subscribe to it.
//!
//! A subscription is a position in the log and has no buffer. A slow subscriber therefore costs no memory; it
//! lags once the log has dropped its position. Clients name a position by the random id of the last change before it,
//! which reveals neither the order nor the number of changes. So a client can resume at every process that knows the same
//! changes. It sends the id as
//! [`Last-Event-ID`](https://html.spec.whatwg.org/multipage/server-sent-events.html#the-last-event-id-header).

mod change;
mod collected;
mod log;
#[cfg(test)]
mod tests;

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use studio_users_domain::NodeId;
use tokio::sync::watch;
use uuid::Uuid;

use crate::keys::UserKey;
use crate::token::random_id;
pub(crate) use change::{Change, Series, UserChanges};
pub(crate) use collected::Collected;
use log::{Dropped, Log};

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
    /// The next change, and the id of the position after it. `None` if only some processes know that id.
    Change(Option<Uuid>, Arc<Change>),
    /// The log has dropped changes that this subscription has not received.
    Lagged,
    /// There is no new change.
    Empty,
    /// The log is closed.
    Closed,
}

impl Events {
    /// Creates a log that starts now.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let subscriptions =
            Subscriptions { limits: StreamLimits::DEFAULT, total: 0, by_user: HashMap::new() };
        let events = Self { log: watch::Sender::default(), subscriptions: Mutex::new(subscriptions) };
        events.load(vec![(random_id()?, Change::Start)]);
        Ok(events)
    }

    /// Replaces the log by the latest changes, the oldest first. The first one only names the position before the
    /// others. Open streams tell their clients to reload everything, because they may have missed changes.
    pub(crate) fn load(&self, changes: Vec<(Uuid, Change)>) {
        self.log.send_modify(|log| log.replace(changes));
    }

    /// Changes the limits for new subscriptions.
    pub(crate) fn set_limits(&self, limits: StreamLimits) {
        self.subscriptions().limits = limits;
    }

    /// Publishes committed changes, each with an id of its own. Ignores those that are in the log already.
    pub(crate) fn publish(&self, changes: Vec<(Uuid, Change)>) {
        let by_user = &self.subscriptions().by_user;
        let is_received = |(_, change): &(Uuid, Change)| {
            change.only_live_for().is_none_or(|user| by_user.contains_key(&user))
        };
        self.log.send_if_modified(|log| log.append(changes.into_iter().filter(is_received)));
    }

    /// Publishes a change of the organisation that this process has detected. Ignores versions that are not newer.
    pub(crate) fn publish_tree(&self, version: i64, nodes: BTreeSet<NodeId>, id: Uuid) {
        self.log.send_if_modified(|log| {
            !log.has_tree_version(version) && log.append([(id, Change::Tree { version, nodes })])
        });
    }

    /// Returns the number of subscriptions.
    pub(crate) fn subscription_count(&self) -> u32 {
        self.subscriptions().total
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

impl Subscription {
    /// Receives the next change, if there is one.
    pub(crate) fn try_recv(&mut self) -> Received {
        let log = self.log.borrow_and_update();
        if log.is_closed {
            return Received::Closed;
        }
        match log.at(self.next) {
            Ok(Some((id, change))) => {
                self.next += 1;
                Received::Change(change.only_live_for().is_none().then_some(*id), change.clone())
            }
            Ok(None) => Received::Empty,
            Err(Dropped) => {
                self.next = log.end();
                Received::Lagged
            }
        }
    }

    /// Whether the change that [`Self::try_recv`] returned last was published before this subscription began.
    pub(crate) fn is_replayed(&self) -> bool {
        self.next <= self.live_from
    }

    /// Returns the id of the position after the last received change, so that a client can resume there.
    pub(crate) fn position(&self) -> Uuid {
        self.log.borrow().id_of(self.next)
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
