use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

use serde_json::{Value, json};
use studio_users_contract::{OwnSession, Session, path};
use studio_users_domain::UserId;
use ureq::http::Request;

use crate::server::{Server, Visitor, agent, printed, run};
use crate::world::{A, A1, Person, World, of};

/// A stream of events, read as browsers do.
pub(crate) struct Events {
    lines: std::io::Lines<BufReader<Box<dyn Read + Send>>>,
    last_id: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: String,
    pub(crate) data: Value,
}

impl Events {
    fn open(visitor: &Visitor<'_>, last_id: Option<&str>) -> Result<Self, u16> {
        let mut request = Request::builder()
            .uri(format!("{}{}", visitor.server.url, path::EVENTS))
            .header("sec-fetch-site", "same-origin")
            .header("cookie", visitor.cookie.as_deref().unwrap_or_default());
        if let Some(id) = last_id {
            request = request.header("last-event-id", id);
        }
        // A stream that stays silent where it should speak fails the test.
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

    /// The next event; none where the stream has ended as it should.
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

    /// The id of the place where the stream is, once there is one.
    pub(crate) fn place(&mut self) -> String {
        while self.last_id.is_empty() {
            let line = self.lines.next().unwrap().unwrap();
            self.last_id = line.strip_prefix("id: ").unwrap_or_default().into();
        }
        self.last_id.clone()
    }
}

pub(crate) fn follow(visitor: &Visitor<'_>) -> Events {
    Events::open(visitor, None).unwrap()
}

fn user(id: UserId) -> Event {
    Event { kind: "user".into(), data: json!({ "id": id }) }
}

fn bare(kind: &str) -> Event {
    Event { kind: kind.into(), data: json!({}) }
}

fn rename(visitor: &Visitor<'_>, name: &str) -> UserId {
    let answer = visitor.patch(path::SESSION, &json!({ "name": name }));
    assert_eq!(answer.status, 200);
    answer.json::<Session>().user.id
}

#[test]
fn readers_are_told_of_the_users_they_see_and_of_nobody_else() {
    let server = Server::demo("600");
    let [administrator, clinic, agent] = ["Charlotte", "Ingrid", "Femke"].map(|name| server.as_person(name));
    let (mut all, mut some, mut none) = (follow(&administrator), follow(&clinic), follow(&agent));
    // The agent works at the bank, which the clinic's manager does not see.
    let hidden = rename(&agent, "Femke Renamed");
    let seen = rename(&clinic, "Ingrid Renamed");
    rename(&clinic, "Ingrid Renamed");
    let last = rename(&clinic, "Ingrid Again");
    assert_eq!(
        [all.next(), all.next(), all.next()],
        [Some(user(hidden)), Some(user(seen)), Some(user(last))]
    );
    assert_eq!(
        [some.next(), some.next()],
        [Some(user(seen)), Some(user(last))],
        "the same name is no change"
    );
    let id = agent.get(path::SESSIONS).json::<Vec<OwnSession>>()[0].id;
    assert_eq!(agent.send("DELETE", &format!("{}/{id}", path::SESSIONS), b"").status, 204);
    assert_eq!(none.next(), None, "whoever sees nobody is told of nobody, not even of themselves");
}

#[test]
fn a_stream_goes_on_where_it_was_cut() {
    let server = Server::demo("40");
    let (administrator, maud) = (server.as_person("Charlotte"), server.as_person("Maud"));
    let mut cut = follow(&administrator);
    let start = cut.place();
    let id = rename(&maud, "One");
    assert_eq!(cut.next(), Some(user(id)));
    let after_one = cut.last_id.clone();
    drop(cut);
    rename(&maud, "Two");
    let own = rename(&administrator, "Three");
    for (place, missed) in [(start, 2), (after_one, 1)] {
        let mut again = Events::open(&administrator, Some(&place)).unwrap();
        for _ in 0..missed {
            assert_eq!(again.next(), Some(user(id)));
        }
        assert_eq!(again.next(), Some(user(own)));
        assert_ne!(again.last_id, place);
    }
}

#[test]
fn a_place_that_is_not_known_is_a_reset_and_goes_on_from_there() {
    let server = Server::demo("40");
    let administrator = server.as_person("Charlotte");
    for place in ["00000000-0000-4000-8000-000000000000", "seven"] {
        let mut events = Events::open(&administrator, Some(place)).unwrap();
        assert_eq!(events.next(), Some(bare("reset")));
        assert_ne!(events.last_id, place);
        let id = rename(&administrator, &format!("After {place}"));
        assert_eq!(events.next(), Some(user(id)));
    }
}

#[test]
fn a_stream_ends_with_its_session_and_no_other_does() {
    let server = Server::demo("40");
    let (here, there) = (server.as_person("Maud"), server.as_person("Maud"));
    let (mut stays, mut ends) = (follow(&here), follow(&there));
    let other = here.get(path::SESSIONS).json::<Vec<OwnSession>>().into_iter().find(|one| !one.current);
    let path = format!("{}/{}", path::SESSIONS, other.unwrap().id);
    assert_eq!(here.send("DELETE", &path, b"").status, 204);
    let id = rename(&here, "After the end");
    assert_eq!(ends.next(), None);
    assert_eq!(stays.next(), Some(user(id)));
    assert_eq!(Events::open(&there, None).err(), Some(401));
}

#[test]
fn an_import_is_told_to_those_who_see_what_it_changes() {
    let server = Server::demo("40");
    let [administrator, clinic] = ["Charlotte", "Ingrid"].map(|name| server.as_person(name));
    let (mut all, mut some) = (follow(&administrator), follow(&clinic));
    let nodes: Value = administrator.get(path::NODES).json();
    let node = nodes.as_array().unwrap().iter().find(|node| node["name"] == "Harbor Bank").unwrap();
    let mut changed = json!({ "name": "Harbour Bank" });
    for field in ["id", "parent_id", "kind"] {
        changed[field] = node[field].clone();
    }
    let file = server.data.path().join("nodes.json");
    std::fs::write(&file, json!([changed]).to_string()).unwrap();
    printed(&run(server.data.path(), &["nodes", "import", file.to_str().unwrap()]));
    // Whoever asks something first finds out for all; if nobody does, a heartbeat does.
    assert_eq!(administrator.get(path::NODES).status, 200);
    assert_eq!(all.next(), Some(bare("tree")));
    let id = rename(&clinic, "Ingrid Renamed");
    assert_eq!(some.next(), Some(user(id)), "the bank is not the clinic's business");
}

#[test]
fn the_server_ends_with_open_streams_and_ends_them_well() {
    let server = Server::demo("40");
    let mut events: Vec<_> = ["Charlotte", "Maud"].map(|name| follow(&server.as_person(name))).into();
    let (ended_well, _) = server.stop();
    assert!(ended_well);
    for events in &mut events {
        assert_eq!(events.next(), None);
    }
}

#[test]
fn nobody_has_more_than_twenty_streams() {
    let server = Server::demo("40");
    let (maud, ingrid) = (server.as_person("Maud"), server.as_person("Ingrid"));
    let streams: Vec<_> = (0..20).map(|_| follow(&maud)).collect();
    let answer = maud.get(path::EVENTS);
    assert_eq!(answer.problem(), (429, "rate_limited".into()));
    assert!(!answer.header("retry-after").is_empty());
    assert!(Events::open(&ingrid, None).is_ok());
    drop(streams);
    assert_eq!(server.visitor().get(path::EVENTS).problem(), (401, "unauthenticated".into()));
}

#[test]
fn whose_access_changes_hears_of_it_and_whose_account_ends_hears_no_more() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let agent = world.join("agent", &[(A1, &["agent"])]);
    let visitor = |person: &Person| Visitor { server: &world.server, cookie: Some(person.cookie.clone()) };
    let (seeing, changed) = (visitor(&manager), visitor(&agent));
    let (mut seen, mut own) = (follow(&seeing), follow(&changed));
    // Both streams are where nothing of this has happened yet.
    seen.place();
    own.place();
    assert_eq!(manager.assign(&agent.id, A1, Some(&["planner"])).status, 200);
    assert_eq!(own.next(), Some(bare("session")), "what they may do is another by now");
    let id = agent.id.parse().unwrap();
    assert_eq!(seen.next(), Some(user(id)));
    assert_eq!(manager.delete(&of(path::USER, &agent.id)).status, 204);
    assert_eq!(seen.next(), Some(user(id)));
    assert_eq!(own.next(), None);
}
