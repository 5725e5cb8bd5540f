//! What changes by others' hands, as it does: server-sent events, by `fetch`.

use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, is_server, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{EventKind, UserChanged};
use web_sys::AbortController;

use super::{Change, Changes};
use crate::api::{ApiError, Client};

/// How long to wait before trying again, the first time and at most, in milliseconds.
const WAIT: (u32, u32) = (1_000, 30_000);

/// Whether the backend is reached, as far as the stream of events knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// It is, or nobody knows yet.
    Up,
    /// It is not, since the stream was cut.
    Down,
}

/// Follows the events for as long as the part of the page that calls this is there.
pub fn follow(client: Client, changes: Changes) -> Live {
    let live = Live {
        link: RwSignal::new(Link::Up),
        client: StoredValue::new(client),
        state: StoredValue::new_local(State::default()),
        changes,
    };
    if !is_server() {
        live.connect();
    }
    // The browser may know before the stream is cut.
    let gone = window_event_listener(leptos::ev::offline, move |_| {
        let _ = live.link.try_set(Link::Down);
    });
    let back = window_event_listener(leptos::ev::online, move |_| live.reconnect());
    on_cleanup(move || {
        gone.remove();
        back.remove();
        live.state.try_update_value(|state| {
            state.is_over = true;
            if let Some(call) = state.call.take() {
                call.abort();
            }
            if let Some(retry) = state.retry.take() {
                retry.clear();
            }
        });
    });
    live
}

/// The stream of events.
#[derive(Clone, Copy)]
pub struct Live {
    /// Whether the backend is reached.
    pub link: RwSignal<Link>,
    client: StoredValue<Client>,
    state: StoredValue<State, LocalStorage>,
    changes: Changes,
}

#[derive(Default)]
struct State {
    last: Option<String>,
    failures: u32,
    call: Option<AbortController>,
    retry: Option<TimeoutHandle>,
    is_over: bool,
}

impl Live {
    /// Tries at once, where it waits before trying again.
    pub fn try_now(self) {
        self.reconnect();
    }

    /// Begins anew, whatever was under way: of a stream from before nobody knows whether it still lives.
    fn reconnect(self) {
        let (call, retry) =
            self.state.try_update_value(|state| (state.call.take(), state.retry.take())).unwrap_or_default();
        if let Some(call) = call {
            call.abort();
        }
        if let Some(retry) = retry {
            retry.clear();
        }
        self.connect();
    }

    fn connect(self) {
        let Ok(abort) = AbortController::new() else { return };
        let signal = abort.signal();
        let last = self.state.try_update_value(|state| {
            state.call = Some(abort);
            state.last.clone()
        });
        let (Some(last), Some(client)) = (last, self.client.try_get_value()) else { return };
        spawn_local(async move {
            let mut parser = Parser::default();
            let on_text = Box::new(move |text: String| {
                self.is_up();
                for event in parser.take(&text) {
                    self.told(&event);
                }
            });
            match client.events(last.as_deref(), &signal, on_text).await {
                Err(ApiError::Aborted) => {}
                // A stream that ends is begun anew, a refused one (too many of them) as well.
                Ok(()) => self.wait(false),
                Err(_) => self.wait(true),
            }
        });
    }

    fn is_up(self) {
        self.state.try_update_value(|state| state.failures = 0);
        if self.link.try_get_untracked() == Some(Link::Down) {
            let _ = self.link.try_set(Link::Up);
        }
    }

    fn wait(self, has_failed: bool) {
        let failures = self.state.try_update_value(|state| {
            state.failures += u32::from(has_failed);
            (!state.is_over).then_some(state.failures)
        });
        let Some(Some(failures)) = failures else { return };
        if failures > 1 {
            let _ = self.link.try_set(Link::Down);
        }
        let (first, most) = WAIT;
        let longest = first.saturating_mul(1 << failures.min(6)).min(most);
        // Between half of it and all of it, so that not all pages come back at the same moment.
        let wait = f64::from(longest) * (0.5 + js_sys::Math::random() / 2.0);
        let retry = set_timeout_with_handle(
            move || {
                self.state.try_update_value(|state| state.retry = None);
                self.connect();
            },
            Duration::from_secs_f64(wait / 1_000.0),
        );
        self.state.try_update_value(|state| state.retry = retry.ok());
    }

    fn told(self, event: &Event) {
        if let Some(id) = &event.id {
            self.state.try_update_value(|state| state.last = Some(id.clone()));
        }
        let is = |kind: EventKind| event.name == kind.name();
        if is(EventKind::User) {
            // Who cannot be read from it is looked for.
            let user = serde_json::from_str::<UserChanged>(&event.data).map(|changed| changed.id);
            self.changes.tell(user.map_or(Change::Users, Change::User));
        } else if is(EventKind::Tree) || is(EventKind::Session) {
            self.changes.tell(Change::Tree);
        } else if is(EventKind::Reset) {
            self.changes.tell(Change::Tree);
            self.changes.tell(Change::Users);
        }
    }
}

/// One event.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Event {
    id: Option<String>,
    name: String,
    data: String,
}

/// Reads server-sent events from text that comes in pieces.
#[derive(Default)]
struct Parser {
    line: String,
    event: Event,
}

impl Parser {
    /// The events that this piece completes.
    fn take(&mut self, text: &str) -> Vec<Event> {
        let mut events = Vec::new();
        for letter in text.chars() {
            if letter != '\n' {
                self.line.push(letter);
                continue;
            }
            let line = std::mem::take(&mut self.line);
            let line = line.trim_end_matches('\r');
            if line.is_empty() {
                let event = std::mem::take(&mut self.event);
                if !event.name.is_empty() {
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
                // A comment, or something newer.
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
    fn events_are_read_wherever_the_pieces_are_cut() {
        let text = "id: 1\nevent: user\ndata: {\"id\":\"x\"}\n\n: heartbeat\n\nevent:tree\r\n\r\n";
        let user = Event { id: Some("1".into()), name: "user".into(), data: "{\"id\":\"x\"}".into() };
        let tree = Event { name: "tree".into(), ..Event::default() };
        for cut in 0..text.len() {
            let mut parser = Parser::default();
            let mut events = parser.take(&text[..cut]);
            events.extend(parser.take(&text[cut..]));
            assert_eq!(events, [user.clone(), tree.clone()]);
        }
    }

    #[test]
    fn data_of_several_lines_is_one() {
        let events = Parser::default().take("event: a\ndata: 1\ndata: 2\n\n");
        assert_eq!(events[0].data, "1\n2");
    }
}
