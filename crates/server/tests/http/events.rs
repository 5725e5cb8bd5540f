use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use serde_json::{Value, json};
use studio_users_contract::{OwnSession, Session, path};
use studio_users_domain::UserId;
use ureq::http::Request;

use crate::server::{Client, Server, agent, run, stdout_of};
use crate::world::{A, A1, Person, World, with_id};

/// A stream of server-sent events, parsed like a browser does.
pub(crate) struct EventStream {
    lines: std::io::Lines<BufReader<Box<dyn Read + Send>>>,
    last_id: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) data: Value,
}

impl EventStream {
    pub(crate) fn open(client: &Client<'_>, last_id: Option<&str>) -> Result<Self, u16> {
        let mut request = Request::builder()
            .uri(format!("{}{}", client.server.url, path::EVENTS))
            .header("sec-fetch-site", "same-origin")
            .header("cookie", client.cookie.as_deref().unwrap_or_default());
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        // A missing event fails the test by this timeout.
        let agent = agent();
        let request = agent.configure_request(request.body(()).unwrap());
        let response = agent.run(request.timeout_recv_body(Some(Duration::from_mins(1))).build()).unwrap();
        if response.status() != 200 {
            return Err(response.status().as_u16());
        }
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        assert_eq!(response.headers()["cache-control"], "no-store");
        let reader: Box<dyn Read + Send> = Box::new(response.into_body().into_reader());
        Ok(Self { lines: BufReader::new(reader).lines(), last_id: last_id.unwrap_or_default().into() })
    }

    /// Reads the next event. Returns `None` at the end of the stream.
    pub(crate) fn next(&mut self) -> Option<Event> {
        let (mut kind, mut data) = (String::new(), String::new());
        for line in self.lines.by_ref() {
            let line = line.unwrap();
            let (field, value) = line.split_once(": ").unwrap_or((&line, ""));
            match field {
                "event" => kind = value.into(),
                "data" => data = value.into(),
                "id" => self.last_id = value.into(),
                "" if line.is_empty() && !data.is_empty() => {
                    return Some(Event { kind, data: serde_json::from_str(&data).unwrap() });
                }
                _ => {}
            }
        }
        None
    }

    /// Returns the last event id. Waits for the first one.
    pub(crate) fn event_id(&mut self) -> String {
        while self.last_id.is_empty() {
            let line = self.lines.next().unwrap().unwrap();
            self.last_id = line.strip_prefix("id: ").unwrap_or_default().into();
        }
        self.last_id.clone()
    }
}

pub(crate) fn subscribe(client: &Client<'_>) -> EventStream {
    EventStream::open(client, None).unwrap()
}

fn user(id: UserId) -> Event {
    Event { kind: "user".into(), data: json!({ "id": id }) }
}

fn bare(kind: &str) -> Event {
    Event { kind: kind.into(), data: json!({}) }
}

fn rename(client: &Client<'_>, name: &str) -> UserId {
    let response = client.patch(path::SESSION, &json!({ "name": name }));
    assert_eq!(response.status, 200);
    response.json::<Session>().user.id
}

#[test]
fn sends_events_about_visible_users_only() {
    let server = Server::demo("600");
    let [administrator, clinic, agent] = ["Charlotte", "Ingrid", "Femke"].map(|name| server.sign_in_as(name));
    let (mut administrator_events, mut clinic_events, mut agent_events) =
        (subscribe(&administrator), subscribe(&clinic), subscribe(&agent));
    // The agent works at the bank, which the manager of the clinic cannot see.
    let agent_id = rename(&agent, "Femke Renamed");
    let seen = rename(&clinic, "Ingrid Renamed");
    rename(&clinic, "Ingrid Renamed");
    let last = rename(&clinic, "Ingrid Again");
    assert_eq!(
        [administrator_events.next(), administrator_events.next(), administrator_events.next()],
        [Some(user(agent_id)), Some(user(seen)), Some(user(last))]
    );
    assert_eq!(
        [clinic_events.next(), clinic_events.next()],
        [Some(user(seen)), Some(user(last))],
        "the same name is no change"
    );
    let id = agent.get(path::SESSIONS).json::<Vec<OwnSession>>()[0].id;
    assert_eq!(agent.send("DELETE", &format!("{}/{id}", path::SESSIONS), b"").status, 204);
    assert_eq!(agent_events.next(), None, "a user who sees nobody gets no events, not even about themselves");
}

#[test]
fn resumes_after_the_last_event_id() {
    let server = Server::demo("40");
    let (administrator, maud) = (server.sign_in_as("Charlotte"), server.sign_in_as("Maud"));
    let mut interrupted = subscribe(&administrator);
    let start = interrupted.event_id();
    let id = rename(&maud, "One");
    assert_eq!(interrupted.next(), Some(user(id)));
    let after_one = interrupted.last_id.clone();
    drop(interrupted);
    rename(&maud, "Two");
    let own = rename(&administrator, "Three");
    for (event_id, missed) in [(start, 2), (after_one, 1)] {
        let mut resumed = EventStream::open(&administrator, Some(&event_id)).unwrap();
        for _ in 0..missed {
            assert_eq!(resumed.next(), Some(user(id)));
        }
        assert_eq!(resumed.next(), Some(user(own)));
        assert_ne!(resumed.last_id, event_id);
    }
}

#[test]
fn resets_after_an_unknown_event_id() {
    let server = Server::demo("40");
    let administrator = server.sign_in_as("Charlotte");
    for event_id in ["00000000-0000-4000-8000-000000000000", "seven"] {
        let mut events = EventStream::open(&administrator, Some(event_id)).unwrap();
        assert_eq!(events.next(), Some(bare("reset")));
        assert_ne!(events.last_id, event_id);
        let id = rename(&administrator, &format!("After {event_id}"));
        assert_eq!(events.next(), Some(user(id)));
    }
}

#[test]
fn ends_with_its_own_session_only() {
    let server = Server::demo("40");
    let (here, there) = (server.sign_in_as("Maud"), server.sign_in_as("Maud"));
    let (mut kept, mut ended) = (subscribe(&here), subscribe(&there));
    let other = here.get(path::SESSIONS).json::<Vec<OwnSession>>().into_iter().find(|one| !one.current);
    let path = format!("{}/{}", path::SESSIONS, other.unwrap().id);
    assert_eq!(here.send("DELETE", &path, b"").status, 204);
    let id = rename(&here, "After the end");
    assert_eq!(ended.next(), None);
    assert_eq!(kept.next(), Some(user(id)));
    assert_eq!(EventStream::open(&there, None).err(), Some(401));
}

#[test]
fn sends_tree_events_about_visible_nodes_only() {
    let server = Server::demo("40");
    let [administrator, clinic] = ["Charlotte", "Ingrid"].map(|name| server.sign_in_as(name));
    let (mut administrator_events, mut clinic_events) = (subscribe(&administrator), subscribe(&clinic));
    let nodes: Value = administrator.get(path::NODES).json();
    let node = nodes.as_array().unwrap().iter().find(|node| node["name"] == "Harbor Bank").unwrap();
    let mut changed = json!({ "name": "Harbour Bank" });
    for field in ["id", "parent_id", "kind"] {
        changed[field] = node[field].clone();
    }
    let file = server.data.path().join("nodes.json");
    std::fs::write(&file, json!([changed]).to_string()).unwrap();
    stdout_of(&run(server.data.path(), &["nodes", "import", file.to_str().unwrap()]));
    // The first request loads the new tree and publishes the event. Without requests, the heartbeat does.
    assert_eq!(administrator.get(path::NODES).status, 200);
    assert_eq!(administrator_events.next(), Some(bare("tree")));
    let id = rename(&clinic, "Ingrid Renamed");
    assert_eq!(clinic_events.next(), Some(user(id)), "the manager of the clinic cannot see the bank");
}

#[test]
fn shuts_down_with_open_streams() {
    let server = Server::demo("40");
    let mut events: Vec<_> = ["Charlotte", "Maud"].map(|name| subscribe(&server.sign_in_as(name))).into();
    let (is_success, _) = server.stop();
    assert!(is_success);
    for events in &mut events {
        assert_eq!(events.next(), None);
    }
}

#[test]
fn limits_streams_to_twenty_per_user() {
    let server = Server::demo("40");
    let (maud, ingrid) = (server.sign_in_as("Maud"), server.sign_in_as("Ingrid"));
    let streams: Vec<_> = (0..20).map(|_| subscribe(&maud)).collect();
    let response = maud.get(path::EVENTS);
    assert_eq!(response.problem(), (429, "rate_limited".into()));
    assert!(!response.header("retry-after").is_empty());
    assert!(EventStream::open(&ingrid, None).is_ok());
    drop(streams);
    assert_eq!(server.client().get(path::EVENTS).problem(), (401, "unauthenticated".into()));
}

#[test]
fn sends_session_events_until_the_account_ends() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let agent = world.join("agent", &[(A1, &["agent"])]);
    let client = |person: &Person| Client { server: &world.server, cookie: Some(person.cookie.clone()) };
    let (manager_client, agent_client) = (client(&manager), client(&agent));
    let (mut manager_events, mut agent_events) = (subscribe(&manager_client), subscribe(&agent_client));
    // Waits until both streams are open.
    manager_events.event_id();
    agent_events.event_id();
    assert_eq!(manager.assign(&agent.id, A1, Some(&["planner"])).status, 200);
    assert_eq!(agent_events.next(), Some(bare("session")), "their permissions have changed");
    let id = agent.id.parse().unwrap();
    assert_eq!(manager_events.next(), Some(user(id)));
    assert_eq!(manager.delete(&with_id(path::USER, &agent.id)).status, 204);
    assert_eq!(manager_events.next(), Some(user(id)));
    assert_eq!(agent_events.next(), None);
}

#[test]
fn tells_only_the_owner_about_the_progress_of_a_job() {
    let world = World::new();
    let [maud, mia] = ["maud", "mia"].map(|name| world.join(name, &[(A, &["organisation_manager"])]));
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let client = |person: &Person| Client { server: &world.server, cookie: Some(person.cookie.clone()) };
    let (mut own, mut other) = (subscribe(&client(&maud)), subscribe(&client(&mia)));
    let add =
        json!({ "select": { "ids": [olga.id] }, "action": "add_role", "node_id": A1, "role": "planner" });
    let job: Value = maud.bulk(&add).json();
    let mut events = Vec::new();
    while events.last().is_none_or(|event: &Value| event["state"] == "running") {
        let event = own.next().unwrap();
        if event.kind == "job" {
            assert_eq!(event.data["id"], job["id"]);
            events.push(event.data);
        }
    }
    assert_eq!((&events[0]["state"], &events[0]["total"]), (&json!("running"), &json!(1)));
    let last = events.last().unwrap();
    assert_eq!((&last["state"], &last["done"]), (&json!("done"), &json!(1)));

    let renamed = rename(&client(&mia), "Mia Renamed").to_string();
    loop {
        let event = other.next().unwrap();
        assert_eq!(event.kind, "user", "nobody else sees the job");
        if event.data["id"] == renamed.as_str() {
            break;
        }
    }
}
