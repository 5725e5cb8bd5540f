use super::*;
use crate::events::{EventStream, subscribe};

/// The name that the administrator gives to a person, so that each change is another one.
fn rename(by: &Person, number: usize) {
    let response = by.call("PATCH", path::SESSION, &json!({ "name": format!("Name {number}") }), &[]);
    assert_eq!(response.status, 200, "{}", response.text());
}

/// Reads events up to the change of a user. Returns how many were about each user before.
fn read_up_to(stream: &mut EventStream, last: &str) -> Vec<String> {
    let mut users = Vec::new();
    loop {
        let event = stream.next().unwrap();
        assert_eq!(event.kind, "user", "{event:?}");
        let id = text(&event.data["id"]).to_owned();
        if id == last {
            return users;
        }
        users.push(id);
    }
}

/// Joins several users, whose changes the tests follow, and one whose change is the last.
fn people(pair: &Pair, count: usize) -> (Vec<Person>, Person) {
    let grants: [(&str, &[&str]); 1] = [(crate::world::A1, &["operator"])];
    let people = (0..count).map(|number| pair.join(&format!("p{number}"), &grants)).collect();
    (people, pair.join("last", &grants))
}

fn ids(people: &[Person]) -> Vec<String> {
    people.iter().map(|person| person.id.clone()).collect()
}

#[test]
fn a_change_reaches_the_streams_of_both_backends_in_the_same_order() {
    let Some(pair) = Pair::start() else { return };
    let (people, last) = people(&pair, 6);
    let mut streams = [0, 1].map(|backend| subscribe(&pair.client(&pair.administrator, backend)));
    for stream in &mut streams {
        stream.event_id();
    }
    for (number, person) in people.iter().enumerate() {
        rename(&pair.at(person, number % 2), number);
    }
    rename(&last, 0);
    for stream in &mut streams {
        assert_eq!(read_up_to(stream, &last.id), ids(&people));
    }
}

#[test]
fn a_stream_resumes_at_the_other_backend_without_loss_or_duplication() {
    let Some(pair) = Pair::start() else { return };
    let (people, last) = people(&pair, 8);
    let mut backend = 0;
    let mut stream = subscribe(&pair.client(&pair.administrator, backend));
    let mut last_id = stream.event_id();
    let mut received = Vec::new();
    for (number, person) in people.iter().enumerate() {
        if number % 2 == 0 {
            drop(stream);
            rename(&pair.at(person, backend), number);
            backend = 1 - backend;
            stream = EventStream::open(&pair.client(&pair.administrator, backend), Some(&last_id)).unwrap();
        } else {
            rename(&pair.at(person, 1 - backend), number);
        }
        let event = stream.next().unwrap();
        assert_eq!(event.kind, "user", "{event:?}");
        received.push(text(&event.data["id"]).to_owned());
        last_id = stream.event_id();
    }
    rename(&last, 0);
    assert_eq!(read_up_to(&mut stream, &last.id), [""; 0]);
    assert_eq!(received, ids(&people));
}

#[test]
fn a_stream_loses_no_event_when_connections_to_the_database_are_cut() {
    let Some(pair) = Pair::start() else { return };
    let (people, last) = people(&pair, 12);
    let mut streams = [0, 1].map(|backend| subscribe(&pair.client(&pair.administrator, backend)));
    for stream in &mut streams {
        stream.event_id();
    }
    for (number, person) in people.iter().enumerate() {
        let cut = match number % 3 {
            0 => pair.database.cut_connections("query LIKE 'LISTEN%'"),
            1 => pair.database.cut_connections("true"),
            _ => 1,
        };
        assert!(cut >= 1, "a connection was cut");
        // A request whose connection was cut may fail. The others go on.
        eventually(|| {
            let name = json!({ "name": format!("Name {number}") });
            let response = pair.at(person, number % 2).call("PATCH", path::SESSION, &name, &[]);
            assert!([200, 503].contains(&response.status), "{}", response.text());
            (response.status == 200).then_some(())
        });
    }
    eventually(|| {
        let response = last.call("PATCH", path::SESSION, &json!({ "name": "Last" }), &[]);
        (response.status == 200).then_some(())
    });
    for stream in &mut streams {
        let received = read_up_to(stream, &last.id);
        // A change whose answer was lost may have been committed, and was then repeated without an effect.
        let distinct: BTreeSet<_> = received.iter().cloned().collect();
        assert_eq!(distinct, ids(&people).into_iter().collect());
        assert_eq!(received, ids(&people));
    }
    pair.assert_consistent();
}
