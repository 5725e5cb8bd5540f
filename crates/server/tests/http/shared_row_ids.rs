//! Ids that share their first bits, from which the database takes the row id of a user.

use serde_json::{Value, json};
use studio_users_contract::path;
use uuid::Uuid;

use crate::server::Server;
use crate::world::{A, A1, A2, Person, World, with_id};

/// Returns another id with the row id of this one.
fn twin(id: &str) -> String {
    let mut bytes = id.parse::<Uuid>().unwrap().into_bytes();
    // The row id is the first 31 bits, so also the last bit of the fourth byte may differ.
    bytes[3] ^= 1;
    bytes[15] ^= 1;
    Uuid::from_bytes(bytes).to_string()
}

/// Everything that may change: the access and the activity of the users, and the removed users.
fn state(by: &Person, users: [&str; 3]) -> Vec<String> {
    let of_user =
        |user| [path::USER_ACCESS, path::USER_ACTIVITY].map(|path| by.get(&with_id(path, user)).text());
    let states = users.into_iter().flat_map(of_user);
    states.chain([by.get(path::REMOVED_USERS).text()]).collect()
}

#[test]
fn an_id_with_the_row_id_of_another_user_reaches_nobody() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let gone = world.join("gone", &[(A1, &["agent"])]);
    assert_eq!(maud.delete(&with_id(path::USER, &gone.id)).status, 204);
    assert_eq!(maud.invite(&["ina@x.example"], &[(A1, &["agent"])]).status, 200);
    let ina = maud.id_of("ina@x.example");
    let users = [olga.id.as_str(), &gone.id, &ina];
    let before = state(&maud, users);

    let document: Value = maud.get(path::OPENAPI).json();
    let bodies = [
        (path::USER_ACCESS, json!({ "changes": [{ "node_id": A2, "roles": ["agent"] }] })),
        (path::USER_INVITATION_CORRECT, json!({ "email": "other@x.example" })),
    ];
    let mut calls = 0;
    for (template, operations) in document["paths"].as_object().unwrap() {
        if !template.starts_with("/api/v1/users/{id}") {
            continue;
        }
        for method in operations.as_object().unwrap().keys() {
            let body = bodies
                .iter()
                .find(|(path, _)| path == template)
                .map_or(Value::Null, |(_, body)| body.clone());
            for user in users {
                let method = method.to_uppercase();
                let body = if method == "GET" { &Value::Null } else { &body };
                let tag = [("if-match", "*")];
                let response = maud.call(&method, &with_id(template, &twin(user)), body, &tag);
                assert_eq!(response.problem(), (404, "not_found".into()), "{method} {template}");
                calls += 1;
            }
        }
    }
    assert!(calls >= 27, "the document names the calls");

    let twins = users.map(twin);
    for action in ["remove", "restore", "resend", "add_role"] {
        let mut body = json!({ "select": { "ids": twins }, "action": action });
        if action == "add_role" {
            body["node_id"] = A2.into();
            body["role"] = "agent".into();
        }
        let result: Value = maud.bulk(&body).json();
        assert_eq!(
            [&result["done"], &result["unchanged"], &result["refused"]],
            [0, 0, 3],
            "{action}: {result}"
        );
    }
    for user in &twins {
        let view = json!({ "user_id": user, "reason": "A question" });
        assert_eq!(maud.post(path::VIEWS, &view).problem(), (404, "not_found".into()));
        let entries: Value = world.administrator.get(&format!("{}?user={user}", path::AUDIT)).json();
        assert_eq!(entries["items"], json!([]));
    }
    assert_eq!(state(&maud, users), before);
}

#[test]
fn nobody_signs_in_to_a_demo_with_the_row_id_of_another_user() {
    let server = Server::demo("40");
    let people: Value = server.request("GET", path::DEMO_PEOPLE, &[], b"").json();
    let person =
        people["people"].as_array().or(people.as_array()).unwrap()[0]["id"].as_str().unwrap().to_owned();
    let body = json!({ "user_id": twin(&person) }).to_string();
    let headers = [("sec-fetch-site", "same-origin"), ("content-type", "application/json")];
    let response = server.request("POST", path::DEMO_SESSIONS, &headers, body.as_bytes());
    assert_eq!(response.problem(), (404, "not_found".into()));
}
