use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::future;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use studio_users_contract::{EventKind, Problem, UserChanged, path};
use studio_users_domain::{Access, NodeId, UserId};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, sleep_until};
use uuid::Uuid;

use crate::error::AppError;
use crate::events::{Change, Collected, Received, Subscription};
use crate::http::header_names::LAST_EVENT_ID;
use crate::services::impersonation::Impersonation;
use crate::services::{AuthUser, ContinuedAccess};
use crate::state::AppState;
use crate::store::UserKey;

#[cfg(test)]
mod tests;

/// The interval at which an idle stream checks the session and sends a comment, which keeps proxies from closing the
/// connection ([WHATWG HTML](https://html.spec.whatwg.org/multipage/server-sent-events.html#authoring-notes)).
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The pause before the database is asked again.
const RETRY_PAUSE: Duration = Duration::from_millis(250);
/// The time to wait after too many streams.
const RETRY_AFTER: Duration = Duration::from_mins(1);

/// Streams changes as server-sent events of the kinds `user` (with the user's id as data), `tree`, `session`, `job` (with
/// a `JobChanged` as data) and `reset`. A client that reconnects with `Last-Event-ID` receives the events that it has missed.
#[utoipa::path(
    get, path = path::EVENTS,
    params(("last-event-id" = Option<String>, Header, description = "The id of the last event that was received.")),
    responses((status = 200, description = "Events, until the session ends.", body = UserChanged, content_type = "text/event-stream"),
        (status = "4XX", description = "Error.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn follow(
    State(state): State<AppState>,
    auth: AuthUser,
    headers: HeaderMap,
) -> Result<Response, AppError> {
    let (user, key) = (auth.account.id, auth.account.key());
    let reader = ContinuedAccess::of(&state, &auth);
    let impersonated = auth.impersonation.as_ref().map(Impersonation::user);
    drop(auth);
    let header = headers.get(LAST_EVENT_ID);
    let last_event_id = header.and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let (subscription, is_resumed) =
        state.store.events().subscribe(key, last_event_id).ok_or(AppError::RateLimited(RETRY_AFTER))?;
    // Loads the visibility after subscribing, so that no change is missed in between.
    let visibility = Visibility::of(reader.authenticate().await?)?;
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.reset();
    let mut stream = Stream {
        user,
        key,
        reader,
        impersonated,
        visibility,
        subscription,
        heartbeat,
        queue: VecDeque::new(),
        collected: Collected::default(),
        position: None,
    };
    if !is_resumed {
        stream.queue_start(header.is_some());
    }
    let events =
        stream::unfold(stream, async |mut stream| Some((Ok::<_, Infallible>(stream.next().await?), stream)));
    Ok(Sse::new(events).into_response())
}

/// An open event stream.
struct Stream {
    user: UserId,
    /// The row id of the user, which names them in changes.
    key: UserKey,
    reader: ContinuedAccess,
    /// The impersonated user, whose access decides what the stream shows.
    impersonated: Option<UserId>,
    visibility: Visibility,
    subscription: Subscription,
    heartbeat: Interval,
    queue: VecDeque<Event>,
    /// The changes of series that wait to be sent together.
    collected: Collected,
    /// The id of the position after the last received change, which no event has carried yet.
    position: Option<Uuid>,
}

/// The parts of the organisation that the user sees. They decide which changes concern the user.
struct Visibility {
    access: Access,
    parts: Vec<i64>,
    nodes: BTreeSet<NodeId>,
}

impl Visibility {
    fn of(auth: AuthUser) -> Result<Self, AppError> {
        let nodes = auth.organisation.tree.nodes();
        Ok(Self {
            parts: auth.organisation.part_keys(&auth.scope)?,
            nodes: auth.visible_nodes().into_iter().map(|position| nodes[position].id).collect(),
            access: auth.access,
        })
    }

    fn sees_users(&self) -> bool {
        !self.parts.is_empty()
    }

    fn sees_any(&self, parts: &BTreeSet<i64>) -> bool {
        self.parts.iter().any(|part| parts.contains(part))
    }
}

impl Stream {
    /// Returns the next event, or `None` at the end of the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Some(event);
            }
            match self.subscription.try_recv() {
                Received::Closed => return None,
                Received::Change(id, change) => {
                    self.position = id.or(self.position);
                    let is_replayed = self.subscription.is_replayed();
                    self.collected.add(&change, is_replayed);
                    self.handle_change(&change, is_replayed).await.ok()?;
                    self.set_last_event_id();
                }
                Received::Lagged => {
                    self.refresh_visibility().await.ok()?;
                    self.queue_start(true);
                }
                Received::Empty => tokio::select! {
                    () = wait_until(self.collected.due_at()) => self.handle_collected().await.ok()?,
                    () = self.subscription.changed() => {}
                    _ = self.heartbeat.tick() => {
                        self.check_session().await.ok()?;
                        return Some(Event::default().comment(""));
                    }
                },
            }
        }
    }

    /// Queues an event with the id of the current position. The event is a reset if the client has missed changes
    /// that are no longer in the log.
    fn queue_start(&mut self, has_missed_changes: bool) {
        if has_missed_changes {
            self.push(EventKind::Reset, "{}");
        } else {
            self.queue.push_back(Event::default());
        }
        self.collected.clear();
        self.position = Some(self.subscription.position());
        self.set_last_event_id();
    }

    /// Queues the events of the collected changes that concern the user. Fails if the session has ended.
    async fn handle_collected(&mut self) -> Result<(), AppError> {
        let is_replayed = self.collected.is_replayed();
        for change in self.collected.take(|parts| self.visibility.sees_any(parts)) {
            self.handle_change(&change, is_replayed).await?;
        }
        self.set_last_event_id();
        Ok(())
    }

    /// Queues the events of a change, if it concerns the user. Fails if the session has ended.
    async fn handle_change(&mut self, change: &Change, is_replayed: bool) -> Result<(), AppError> {
        match change {
            // Collected changes are handled later.
            Change::Start | Change::Series(_) => {}
            Change::User { id: user, parts } => {
                let is_own = *user == self.user || Some(*user) == self.impersonated;
                if !is_own && !self.visibility.sees_any(parts) {
                    return Ok(());
                }
                let was_visible = self.visibility.sees_any(parts);
                let is_changed = self.refresh_visibility().await?;
                if was_visible || self.visibility.sees_any(parts) {
                    let changed = UserChanged { id: *user };
                    let data = serde_json::to_string(&changed).map_err(AppError::unexpected)?;
                    self.push(EventKind::User, &data);
                }
                // While catching up, the access before the change is unknown.
                if is_own && (is_changed || is_replayed) {
                    self.push(EventKind::Session, "{}");
                }
            }
            Change::ManyUsers { parts } => {
                let was_visible = self.visibility.sees_any(parts);
                let is_changed = self.refresh_visibility().await?;
                if was_visible || is_changed || self.visibility.sees_any(parts) {
                    self.push(EventKind::Reset, "{}");
                }
            }
            Change::Tree { nodes, .. } if nodes.is_empty() => {
                let was_manager = self.visibility.sees_users();
                self.refresh_visibility().await?;
                if was_manager || self.visibility.sees_users() {
                    self.push(EventKind::Reset, "{}");
                }
            }
            Change::Tree { nodes, .. } => {
                let was_visible = !self.visibility.nodes.is_disjoint(nodes);
                self.refresh_visibility().await?;
                if was_visible || !self.visibility.nodes.is_disjoint(nodes) {
                    self.push(EventKind::Tree, "{}");
                }
            }
            Change::Job { owner, changed } => {
                // An impersonation shows no jobs.
                if *owner != self.key || self.impersonated.is_some() {
                    return Ok(());
                }
                self.reader.authenticate().await?;
                let data = serde_json::to_string(changed).map_err(AppError::unexpected)?;
                self.push(EventKind::Job, &data);
            }
            Change::SessionEnded { user } => {
                if *user == self.key {
                    self.refresh_visibility().await?;
                }
            }
            Change::Reset => {
                self.refresh_visibility().await?;
                self.push(EventKind::Reset, "{}");
            }
        }
        Ok(())
    }

    /// Loads the current visibility, and returns whether the user's access has changed. Fails if the session has
    /// ended. Waits while the database is unreachable, because the client would only connect again and again.
    async fn refresh_visibility(&mut self) -> Result<bool, AppError> {
        let auth = loop {
            match self.reader.authenticate().await {
                Err(AppError::DatabaseUnreachable | AppError::Busy) => sleep(RETRY_PAUSE).await,
                other => break other?,
            }
        };
        let visibility = Visibility::of(auth)?;
        let is_changed = visibility.access != self.visibility.access;
        self.visibility = visibility;
        Ok(is_changed)
    }

    /// Checks whether the session is still valid, because its expiry is no event. Loading the user also detects nodes
    /// that another process has imported, and publishes that change.
    ///
    /// While the database is unreachable, the stream goes on: it has no events then. The client would only connect again
    /// and again.
    async fn check_session(&mut self) -> Result<(), AppError> {
        match self.reader.authenticate().await {
            Ok(_) | Err(AppError::DatabaseUnreachable | AppError::Busy) => Ok(()),
            Err(error) => Err(error),
        }
    }

    fn push(&mut self, kind: EventKind, data: &str) {
        self.queue.push_back(Event::default().event(kind.name()).data(data));
    }

    /// Gives the last queued event the id of the current position. A client that has received it has received all before
    /// it. While changes are collected, events keep the earlier id, so that a client that resumes receives them.
    fn set_last_event_id(&mut self) {
        if !self.collected.is_empty() {
            return;
        }
        if let Some(event) = self.queue.pop_back() {
            let event = match self.position.take() {
                Some(id) => event.id(id.to_string()),
                None => event,
            };
            self.queue.push_back(event);
        }
    }
}

/// Waits until a time, or for ever without one.
async fn wait_until(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => future::pending().await,
    }
}
