use std::collections::BTreeSet;
use std::pin::Pin;

use axum::body::{Body, BodyDataStream};
use chrono::TimeDelta;
use futures_util::StreamExt;
use studio_users_contract::path;
use studio_users_domain::{Role, UserId};
use uuid::Uuid;

use crate::events::{Change, Series, UserChanges};
use crate::testing::{AGENCY, BANK, Cookie, TestApp};

/// An event: its kind, its data and its id.
type Sent = (String, String, Option<Uuid>);

struct Reader(Pin<Box<BodyDataStream>>);

impl Reader {
    fn new(body: Body) -> Self {
        Self(Box::pin(body.into_data_stream()))
    }

    async fn next(&mut self) -> Sent {
        let chunk = self.0.next().await.unwrap().unwrap();
        let text = String::from_utf8(chunk.to_vec()).unwrap();
        assert_eq!(text.matches("\n\n").count(), 1, "one event at a time: {text}");
        let field = |name: &str| {
            let mut values = text.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
            values.next().map(str::to_owned)
        };
        let id = field("id").map(|id| id.parse().unwrap());
        (field("event").unwrap_or_default(), field("data").unwrap_or_default(), id)
    }
}

fn number(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

/// The scope parts of all nodes.
fn everywhere() -> BTreeSet<i64> {
    (0..100).collect()
}

fn user(id: u128) -> Change {
    Change::User { id: UserId(number(id)), parts: everywhere() }
}

fn series(id: u128, is_last: bool) -> Change {
    let users = UserChanges::from([(UserId(number(id)), everywhere())]);
    Change::Series(Series::new(users, is_last))
}

/// Returns the event of a user with the id of the position after it.
fn sent(id: u128, position: Option<u128>) -> Sent {
    ("user".into(), format!(r#"{{"id":"{}"}}"#, number(id)), position.map(number))
}

fn reset(position: u128) -> Sent {
    ("reset".into(), "{}".into(), Some(number(position)))
}

async fn app_with_manager() -> (TestApp, Cookie) {
    let app = TestApp::new().await;
    let manager = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
    let cookie = app.session(manager).await;
    (app, cookie)
}

/// A change during a series gets no id of its own: after it, a client would not resume before the series.
#[tokio::test]
async fn names_no_position_while_changes_of_a_series_wait() {
    let (app, cookie) = app_with_manager().await;
    let events = app.state.store.events();
    let mut reader = Reader::new(app.open(&cookie, path::EVENTS).await);
    let (kind, _, start) = reader.next().await;
    assert!(kind.is_empty() && start.is_some());

    events.publish(vec![
        (number(1), series(101, false)),
        (number(2), series(102, false)),
        (number(3), user(103)),
        (number(4), series(101, false)),
    ]);
    assert_eq!(reader.next().await, sent(103, None));
    assert_eq!([reader.next().await, reader.next().await], [sent(101, None), sent(102, Some(4))]);

    // These wait for two seconds, or until the series has ended.
    events.publish(vec![(number(5), series(104, false))]);
    events.publish(vec![(number(6), user(105))]);
    assert_eq!(reader.next().await, sent(105, None));
    events.publish(vec![(number(7), series(106, true))]);
    assert_eq!([reader.next().await, reader.next().await], [sent(104, None), sent(106, Some(7))]);
}

/// The expiry of a session is no event, so the heartbeat finds it.
#[tokio::test]
async fn ends_when_the_session_expires() {
    let (app, cookie) = app_with_manager().await;
    let mut stream = Box::pin(app.open(&cookie, path::EVENTS).await.into_data_stream());
    // The first event names the position.
    stream.next().await.unwrap().unwrap();
    let mut next_heartbeat = async || {
        // Only the timers move: the database needs real time.
        tokio::time::pause();
        tokio::time::advance(super::HEARTBEAT).await;
        tokio::time::resume();
        stream.next().await.map(|chunk| String::from_utf8(chunk.unwrap().to_vec()).unwrap())
    };
    assert!(next_heartbeat().await.is_some_and(|comment| comment.starts_with(':')), "the session is valid");
    app.advance_clock(TimeDelta::days(91));
    assert_eq!(next_heartbeat().await, None);
}

#[tokio::test]
async fn resets_after_an_unknown_change_and_after_an_erasure_by_another_process() {
    let (app, cookie) = app_with_manager().await;
    let agent = app.person("olga", &[(BANK, Role::Agent)]).await;
    let agent = app.session(agent).await;
    let events = app.state.store.events();
    let mut readers = Vec::new();
    for cookie in [&cookie, &agent] {
        let mut reader = Reader::new(app.open(cookie, path::EVENTS).await);
        reader.next().await;
        readers.push(reader);
    }
    events.publish(vec![
        (number(1), Change::Tree { version: i64::MAX, nodes: BTreeSet::new() }),
        (number(2), Change::Start),
        (number(3), Change::Reset),
    ]);
    assert_eq!([readers[0].next().await, readers[0].next().await], [reset(1), reset(3)]);
    assert_eq!(readers[1].next().await, reset(3), "an agent sees no users");
}
