use std::collections::{BTreeSet, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use futures_util::stream;
use studio_users_contract::{EventKind, Problem, UserChanged, path};
use studio_users_domain::{Access, NodeId, UserId};
use tokio::time::{Interval, MissedTickBehavior, interval};
use uuid::Uuid;

use crate::app::App;
use crate::events::{Change, Follower, Step};
use crate::problem::Refusal;
use crate::reader::Reader;
use crate::store::UserKey;
use crate::token::TokenHash;
use crate::viewing::Viewing;

/// How often a stream in which nothing happens shows that it is there, and looks whether it may be.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// When it is worth trying again with too many streams.
const TOO_MANY_LAST: TimeDelta = TimeDelta::minutes(1);

/// What changes, as it does: server-sent events of the kinds `user` (with its id as data), `tree`, `session` and
/// `reset`. A stream that was cut goes on where it was by `Last-Event-ID`.
#[utoipa::path(
    get, path = path::EVENTS,
    params(("last-event-id" = Option<String>, Header, description = "The id that was received last.")),
    responses((status = 200, description = "Events, until the session ends.", body = UserChanged, content_type = "text/event-stream"),
        (status = "4XX", description = "Refused.", body = Problem, content_type = "application/problem+json"))
)]
pub(crate) async fn follow(
    State(app): State<App>,
    reader: Reader,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let (user, token) = (reader.account.id, reader.token);
    let view = reader.view.as_ref().map(Viewing::id);
    let viewed = reader.view.as_ref().map(Viewing::user);
    drop(reader);
    let last = headers.get("last-event-id");
    let place = last.and_then(|id| id.to_str().ok()).and_then(|id| id.parse().ok());
    let (follower, is_resumed) =
        app.store.events().follow(user.into(), place).ok_or(Refusal::RateLimited(TOO_MANY_LAST))?;
    // Looked at after the place is taken, so that nothing falls between.
    let seen = Seen::by(Reader::of(&app, token, view).await?)?;
    let mut heartbeat = interval(HEARTBEAT);
    heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    heartbeat.reset();
    let mut stream =
        Stream { app, user, token, view, viewed, seen, follower, heartbeat, ready: VecDeque::new() };
    if !is_resumed {
        stream.begin(last.is_some())?;
    }
    let events =
        stream::unfold(stream, async |mut stream| Some((Ok::<_, Infallible>(stream.next().await?), stream)));
    Ok(Sse::new(events).into_response())
}

/// A stream under way.
struct Stream {
    app: App,
    user: UserId,
    token: TokenHash,
    view: Option<Uuid>,
    /// As whom the view is: what is given to them is what it shows.
    viewed: Option<UserId>,
    seen: Seen,
    follower: Follower,
    heartbeat: Interval,
    ready: VecDeque<Event>,
}

/// By what it is decided which changes concern a reader.
struct Seen {
    access: Access,
    parts: Vec<i64>,
    nodes: BTreeSet<NodeId>,
}

impl Seen {
    fn by(reader: Reader) -> Result<Self, Refusal> {
        let nodes = reader.organisation.tree.nodes();
        Ok(Self {
            parts: reader.organisation.part_keys(&reader.scope)?,
            nodes: reader.visible_nodes().into_iter().map(|position| nodes[position].id).collect(),
            access: reader.access,
        })
    }

    fn has_any(&self, parts: &BTreeSet<i64>) -> bool {
        self.parts.iter().any(|part| parts.contains(part))
    }
}

impl Stream {
    /// The next event; none where the stream ends.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Some(event);
            }
            match self.follower.step() {
                Step::Closed => return None,
                Step::Change(id, change) => self.consider(id, &change).await.ok()?,
                Step::Lost => {
                    self.look().await.ok()?;
                    self.begin(true).ok()?;
                }
                Step::Wait => tokio::select! {
                    () = self.follower.wait() => {}
                    _ = self.heartbeat.tick() => {
                        self.beat().await.ok()?;
                        return Some(Event::default().comment(""));
                    }
                },
            }
        }
    }

    /// Names the place where the stream is, with a reset where what came before it is not known.
    fn begin(&mut self, is_lost: bool) -> Result<(), Refusal> {
        let mark = self.follower.mark().map_err(|_| Refusal::Unavailable)?;
        if is_lost {
            self.push(EventKind::Reset, "{}");
        } else {
            self.ready.push_back(Event::default());
        }
        self.name_place(mark);
        Ok(())
    }

    /// Makes ready what is to be told of a change. Nothing is told to whom it does not concern, nor to whose
    /// session has ended by now.
    async fn consider(&mut self, id: Uuid, change: &Arc<Change>) -> Result<(), Refusal> {
        match &**change {
            Change::User { id: user, parts } => {
                let is_own = *user == self.user || Some(*user) == self.viewed;
                if !is_own && !self.seen.has_any(parts) {
                    return Ok(());
                }
                let was_visible = self.seen.has_any(parts);
                let is_changed = self.look().await?;
                if was_visible || self.seen.has_any(parts) {
                    let changed = UserChanged { id: *user };
                    let data = serde_json::to_string(&changed).map_err(|_| Refusal::Unavailable)?;
                    self.push(EventKind::User, &data);
                }
                // Of somebody who was away it is not known any more what they had.
                if is_own && (is_changed || self.follower.is_catching_up()) {
                    self.push(EventKind::Session, "{}");
                }
            }
            Change::ManyUsers { parts } => {
                let was_visible = self.seen.has_any(parts);
                let is_changed = self.look().await?;
                if was_visible || is_changed || self.seen.has_any(parts) {
                    self.push(EventKind::Reset, "{}");
                }
            }
            Change::Tree { nodes } => {
                let was_visible = !self.seen.nodes.is_disjoint(nodes);
                self.look().await?;
                if was_visible || !self.seen.nodes.is_disjoint(nodes) {
                    self.push(EventKind::Tree, "{}");
                }
            }
            Change::SessionEnded { user } => {
                if *user == UserKey::from(self.user) {
                    self.look().await?;
                }
            }
        }
        self.name_place(id);
        Ok(())
    }

    /// Looks what the reader sees now, and answers whether what is given to them has changed. Refused where their
    /// session has ended.
    async fn look(&mut self) -> Result<bool, Refusal> {
        let seen = Seen::by(Reader::of(&self.app, self.token, self.view).await?)?;
        let is_changed = seen.access != self.seen.access;
        self.seen = seen;
        Ok(is_changed)
    }

    /// Looks whether the session lasts, and for what nobody tells of: the clock, and whoever imports nodes.
    async fn beat(&mut self) -> Result<(), Refusal> {
        let reader = Reader::of(&self.app, self.token, self.view).await?;
        self.app.store.settle(reader.tx, self.app.clock.now()).await?;
        Ok(())
    }

    fn push(&mut self, kind: EventKind, data: &str) {
        self.ready.push_back(Event::default().event(kind.name()).data(data));
    }

    /// Gives the last of what is ready the id of the place: whoever has received it has received all.
    fn name_place(&mut self, id: Uuid) {
        if let Some(event) = self.ready.pop_back() {
            self.ready.push_back(event.id(id.to_string()));
        }
    }
}
