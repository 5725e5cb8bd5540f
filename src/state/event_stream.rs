//! Changes made by other users, received live as server-sent events over `fetch`
//! ([WHATWG HTML](https://html.spec.whatwg.org/multipage/server-sent-events.html)).

use std::time::Duration;

use js_sys::Date;
use leptos::leptos_dom::helpers::{TimeoutHandle, is_server, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{EventKind, UserChanged};
use web_sys::AbortController;

use super::{Change, Changes};
use crate::api::{ApiError, Client};

/// The delay before a retry, in milliseconds: the first one and the maximum of the exponential backoff.
const RETRY_DELAY: (u32, u32) = (1_000, 30_000);
/// The longest pause of a live stream, in milliseconds: its heartbeat comes every 15 s.
const LONGEST_PAUSE: f64 = 20_000.0;

/// Whether the backend is reachable, as observed by the event stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connection {
    /// Reachable, or not known yet.
    Up,
    /// Unreachable since the stream was interrupted.
    Down,
}

/// Subscribes to the events until the current reactive owner is cleaned up.
pub fn subscribe(client: Client, changes: Changes) -> EventStream {
    let event_stream = EventStream {
        connection: RwSignal::new(Connection::Up),
        client: StoredValue::new(client),
        state: StoredValue::new_local(State::default()),
        changes,
        on_job: StoredValue::new(None),
    };
    if !is_server() {
        event_stream.connect();
    }
    // The browser may notice that it is offline before the stream fails.
    let offline = window_event_listener(leptos::ev::offline, move |_| {
        let _ = event_stream.connection.try_set(Connection::Down);
    });
    let online = window_event_listener(leptos::ev::online, move |_| event_stream.reconnect());
    // A stream may have died while the page was in the background, where timers are delayed.
    let returned = ["visibilitychange", "pageshow", "focus"]
        .map(|event| window_event_listener_untyped(event, move |_| event_stream.reconnect_if_silent()));
    on_cleanup(move || {
        offline.remove();
        online.remove();
        for listener in returned {
            listener.remove();
        }
        event_stream.state.try_update_value(|state| {
            state.is_closed = true;
            if let Some(request) = state.request.take() {
                request.abort();
            }
            if let Some(retry) = state.retry.take() {
                retry.clear();
            }
        });
    });
    event_stream
}

/// The connection to the backend's event stream.
#[derive(Clone, Copy)]
pub struct EventStream {
    /// Whether the backend is reachable.
    pub connection: RwSignal<Connection>,
    client: StoredValue<Client>,
    state: StoredValue<State, LocalStorage>,
    changes: Changes,
    on_job: StoredValue<Option<Callback<String>>>,
}

#[derive(Default)]
struct State {
    last_event_id: Option<String>,
    failures: u32,
    request: Option<AbortController>,
    retry: Option<TimeoutHandle>,
    /// The time of the last text, or of the last attempt to connect, by the browser's clock.
    heard_at: f64,
    is_closed: bool,
}

impl EventStream {
    /// Registers the handler for the data of `job` events. The handler parses it, so that the first view loads no parser.
    pub fn on_job(self, on_job: impl Fn(String) + Send + Sync + 'static) {
        self.on_job.set_value(Some(Callback::new(on_job)));
    }

    /// Reconnects at once instead of waiting for the next retry.
    pub fn retry_now(self) {
        self.reconnect();
    }

    /// Aborts the current request or retry and connects again. An existing stream may be dead without an error.
    fn reconnect(self) {
        let (request, retry) = self
            .state
            .try_update_value(|state| (state.request.take(), state.retry.take()))
            .unwrap_or_default();
        if let Some(request) = request {
            request.abort();
        }
        if let Some(retry) = retry {
            retry.clear();
        }
        self.connect();
    }

    /// Reconnects if the stream has been silent for too long.
    fn reconnect_if_silent(self) {
        let heard_at = self.state.try_with_value(|state| state.heard_at);
        if heard_at.is_some_and(|heard_at| Date::now() - heard_at > LONGEST_PAUSE) {
            self.reconnect();
        }
    }

    fn connect(self) {
        let Ok(abort) = AbortController::new() else { return };
        let signal = abort.signal();
        let last_event_id = self.state.try_update_value(|state| {
            state.request = Some(abort);
            state.heard_at = Date::now();
            state.last_event_id.clone()
        });
        let (Some(last_event_id), Some(client)) = (last_event_id, self.client.try_get_value()) else {
            return;
        };
        spawn_local(async move {
            let mut parser = Parser::default();
            let on_text = Box::new(move |text: String| {
                self.mark_up();
                for event in parser.push(&text) {
                    self.dispatch(&event);
                }
            });
            match client.events(last_event_id.as_deref(), &signal, on_text).await {
                Err(ApiError::Aborted) => {}
                // Reconnects after the end of a stream, and after a refusal (too many streams).
                Ok(()) => self.schedule_retry(false),
                Err(_) => self.schedule_retry(true),
            }
        });
    }

    fn mark_up(self) {
        self.state.try_update_value(|state| {
            state.failures = 0;
            state.heard_at = Date::now();
        });
        if self.connection.try_get_untracked() == Some(Connection::Down) {
            let _ = self.connection.try_set(Connection::Up);
        }
    }

    fn schedule_retry(self, has_failed: bool) {
        let failures = self.state.try_update_value(|state| {
            state.failures += u32::from(has_failed);
            (!state.is_closed).then_some(state.failures)
        });
        let Some(Some(failures)) = failures else { return };
        if failures > 1 {
            let _ = self.connection.try_set(Connection::Down);
        }
        let (first, maximum) = RETRY_DELAY;
        let backoff = first.saturating_mul(1 << failures.min(6)).min(maximum);
        // Adds jitter between 50 % and 100 %, so that pages do not reconnect at the same moment.
        let delay = f64::from(backoff) * (0.5 + js_sys::Math::random() / 2.0);
        let retry = set_timeout_with_handle(
            move || {
                self.state.try_update_value(|state| state.retry = None);
                self.connect();
            },
            Duration::from_secs_f64(delay / 1_000.0),
        );
        self.state.try_update_value(|state| state.retry = retry.ok());
    }

    fn dispatch(self, event: &Event) {
        if let Some(id) = &event.id {
            self.state.try_update_value(|state| state.last_event_id = Some(id.clone()));
        }
        let is = |kind: EventKind| event.name == kind.name();
        if is(EventKind::User) {
            // If the id is unreadable, all users are refetched.
            let user = serde_json::from_str::<UserChanged>(&event.data).map(|changed| changed.id);
            self.changes.notify(user.map_or(Change::Users, Change::User));
        } else if is(EventKind::Tree) || is(EventKind::Session) {
            self.changes.notify(Change::Tree);
        } else if is(EventKind::Job) {
            if let Some(on_job) = self.on_job.try_get_value().flatten() {
                // The handler may have been disposed.
                let _ = on_job.try_run(event.data.clone());
            }
        } else if is(EventKind::Reset) {
            self.changes.notify(Change::Tree);
            self.changes.notify(Change::Users);
        }
    }
}

/// One server-sent event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Event {
    id: Option<String>,
    name: String,
    data: String,
}

/// An incremental parser of server-sent events.
#[derive(Default)]
struct Parser {
    line: String,
    event: Event,
}

impl Parser {
    /// Adds a chunk of text and returns the events that it completes.
    fn push(&mut self, text: &str) -> Vec<Event> {
        let mut events = Vec::new();
        for character in text.chars() {
            if character != '\n' {
                self.line.push(character);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = line.trim_end_matches('\r');
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                // The start of a stream has an id only.
                if event.id.is_some() || !event.name.is_empty() {
                    events.push(event);
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => self.event.id = Some(value.into()),
                "event" => self.event.name = value.into(),
                "data" => {
                    if !self.event.data.is_empty() {
                        self.event.data.push('\n');
                    }
                    self.event.data.push_str(value);
                }
                // Ignores comments and unknown fields, as the specification demands.
                _ => {}
            }
        }
        events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parses_events_across_any_chunk_boundary() {
        let text = "id: 1\nevent: user\ndata: {\"id\":\"x\"}\n\n: heartbeat\n\nevent:tree\r\n\r\n";
        let user = Event { id: Some("1".into()), name: "user".into(), data: "{\"id\":\"x\"}".into() };
        let tree = Event { name: "tree".into(), ..Event::default() };
        for cut in 0..text.len() {
            let mut parser = Parser::default();
            let mut events = parser.push(&text[..cut]);
            events.extend(parser.push(&text[cut..]));
            assert_eq!(events, [user.clone(), tree.clone()]);
        }
    }

    #[test]
    fn keeps_the_id_of_the_start_of_a_stream() {
        let start = Event { id: Some("1".into()), ..Event::default() };
        assert_eq!(Parser::default().push("id: 1\n\n: heartbeat\n\n"), [start]);
    }

    #[test]
    fn joins_several_data_lines() {
        let events = Parser::default().push("event: a\ndata: 1\ndata: 2\n\n");
        assert_eq!(events[0].data, "1\n2");
    }
}
