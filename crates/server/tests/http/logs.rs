//! The log: ids of requests, the access log, and what is never logged.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::mail::eventually;
use crate::server::{ALIVE, LOG, Server, binary, request};
use crate::smtp::{MailServer, Stage};
use crate::world::{A, A1, World, with_id};

/// Every entry of this program, and all statements.
const EVERYTHING: &str =
    "info,studio_users_server=trace,access=trace,sqlx=trace,tower_http=trace,hyper=trace,lettre=trace";

/// Returns the entries of the access log as JSON.
fn access_log(log: &str) -> Vec<Value> {
    let entries = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    entries.filter(|entry| entry["target"] == "access").collect()
}

/// Waits for the access log of a request.
fn entry_of(server: &Server, id: &str) -> Value {
    eventually(|| access_log(&server.log()).into_iter().find(|entry| entry["span"]["id"] == id))
}

#[test]
fn a_request_has_one_id_in_the_log_the_response_and_the_problem() {
    let server = Server::start(&["--demo", "40", "--log-format", "json"]);
    let refused = request(&server.url, "GET", "/api/v1/users?search=nobody-may-see-this", &[], b"");
    let id = refused.header("x-request-id");
    assert_eq!(refused.json::<Value>()["request_id"], id);
    let entry = entry_of(&server, id);
    assert_eq!(
        (&entry["method"], &entry["route"], &entry["status"], &entry["complete"]),
        (&json!("GET"), &json!("/api/v1/users"), &json!(401), &json!(true)),
    );
    assert_eq!(entry["bytes"], refused.body.len());
    assert!(entry["duration_ms"].is_number() && entry["timestamp"].is_string(), "{entry}");

    for (path, route) in [
        ("/api/v1/users/00000000-0000-4000-8000-000000000000?a=b", path::USER),
        ("/api/v1/no-such-thing/secret", "unknown"),
        ("/users?search=secret", "page"),
    ] {
        let response = request(&server.url, "GET", path, &[], b"");
        assert_eq!(entry_of(&server, response.header("x-request-id"))["route"], route);
    }
    let other = request(&server.url, "GET", path::USERS, &[], b"");
    assert_ne!(other.header("x-request-id"), id, "each request has its own id");
}

#[test]
fn only_a_trusted_proxy_names_requests() {
    let given = [("x-request-id", "edge-7f3a.1")];
    let open = Server::start(&["--demo", "40"]);
    let response = request(&open.url, "GET", ALIVE, &given, b"");
    assert_ne!(response.header("x-request-id"), "edge-7f3a.1");

    let behind = Server::start(&["--demo", "40", "--trusted-proxy", "127.0.0.1"]);
    let response = request(&behind.url, "GET", ALIVE, &given, b"");
    assert_eq!(response.header("x-request-id"), "edge-7f3a.1");
    behind.wait_for_log("edge-7f3a.1");
    for forged in ["a b", "a\u{e9}", "{\"level\":\"ERROR\"}", &"a".repeat(65)] {
        let response = request(&behind.url, "GET", ALIVE, &[("x-request-id", forged)], b"");
        assert_ne!(response.header("x-request-id"), forged);
    }
}

#[test]
fn the_access_log_can_be_switched_off() {
    let server = Server::start(&["--demo", "40", "--log", "info,access=off"]);
    assert_eq!(request(&server.url, "GET", ALIVE, &[], b"").status, 200);
    let (_, data) = server.stop();
    let log = std::fs::read_to_string(data.path().join(LOG)).unwrap();
    assert!(log.contains("stopped") && !log.contains("healthz"), "{log}");
}

#[test]
fn wrong_options_of_the_log_are_errors() {
    for (option, value) in [("--log", "loud"), ("--log", "info,access=loud"), ("--log-format", "xml")] {
        let output = binary().args(["serve", option, value]).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && error.contains(option), "{error}");
    }
}

#[test]
fn a_failure_is_logged_with_its_request_and_its_cause() {
    let world = World::with(&["--log-format", "json"]);
    world.server.execute("ALTER TABLE nodes RENAME TO lost_nodes");
    let failed = world.administrator.get(path::NODES);
    assert_eq!(failed.problem(), (503, "unavailable".into()));
    let id = failed.header("x-request-id");
    let lines = || world.server.log().lines().map(str::to_owned).collect::<Vec<_>>();
    let failure = eventually(|| {
        let entries = lines().into_iter().filter_map(|line| serde_json::from_str::<Value>(&line).ok());
        entries.filter(|entry| entry["level"] == "ERROR").find(|entry| entry["span"]["id"] == id)
    });
    assert!(failure["cause"].as_str().unwrap().contains("nodes"), "{failure}");
    assert_eq!(failure["route"], path::NODES);
    let repeated = lines().iter().filter(|line| line.contains(id) && line.contains("\"ERROR\"")).count();
    assert_eq!(repeated, 1, "each failure is logged once");
}

#[test]
fn no_address_name_token_or_query_is_logged() {
    for format in ["text", "json"] {
        let mails = MailServer::start();
        mails.answer(
            "grimhilde@x.example",
            Stage::Recipient,
            "550 5.1.1 <grimhilde@x.example> Grimhilde is unknown",
        );
        mails.answer("zebulon@x.example", Stage::Content, "451 4.7.1 zebulon: try again");
        let world = World::with(&["--smtp", &mails.url(), "--log", EVERYTHING, "--log-format", format]);
        let admin = &world.administrator;
        let emails = ["grimhilde@x.example", "zebulon@x.example", "quirina@x.example", "ottokar@x.example"];
        assert_eq!(admin.invite(&emails, &[(A1, &["agent"])]).status, 200);
        let copied = admin.copied_token(&admin.id_of("quirina@x.example"));
        let joined = world.accept(&copied, "Quirina Wolkenstein");
        eventually(|| (mails.attempts("grimhilde@x.example") > 0).then_some(()));
        eventually(|| (mails.attempts("zebulon@x.example") > 0).then_some(()));

        // What people type, and what clients get wrong.
        admin.get(&format!("{}?search=wolkenstein", path::USERS));
        admin.get(&format!("{}?search=wolkenstein&limit=quirina", path::USERS));
        admin.get(&format!("{}?user=ottokar", path::AUDIT));
        admin.get("/api/v1/users/grimhilde@x.example");
        admin.get(&format!("/join?token={copied}"));
        admin.get(&format!("/api/v1/invitations/{copied}"));
        admin.post(path::SIGN_IN_LINKS, &json!({ "email": "quirina@x.example" }));
        admin.post(path::SESSIONS, &json!({ "token": copied }));
        admin.post(path::INVITATIONS, &json!({ "emails": "ottokar@x.example" }));
        joined.post(path::VIEWS, &json!({ "user_id": "ottokar", "reason": "Wolkenstein fragte" }));
        let body = json!({ "select": { "ids": [admin.id_of("ottokar@x.example")] }, "action": "resend" });
        admin.bulk(&body);
        admin.assign(&joined.id, A, Some(&["planner"]));
        admin.delete(&with_id(path::USER, &joined.id));
        assert_eq!(admin.get(&format!("{}?search=ottokar", path::USERS_CSV)).status, 200);
        let cookie = admin.cookie.split_once('=').map(|(_, value)| value.to_owned());

        // A statement that fails, with values in it.
        world.server.execute("ALTER TABLE pending_grants RENAME TO lost_grants");
        let failed = admin.invite(&["leopoldine@x.example"], &[(A1, &["agent"])]);
        assert_eq!(failed.status, 503);

        let (_, data) = world.server.stop();
        let log = std::fs::read_to_string(data.path().join(LOG)).unwrap();
        assert!(log.contains("sqlx::query") && log.contains("550 5.1.1"), "{log}");
        let folded = log.to_lowercase();
        for secret in [
            "grimhilde",
            "zebulon",
            "quirina",
            "ottokar",
            "leopoldine",
            "wolkenstein",
            "x.example",
            "search=",
            "fragte",
        ]
        .into_iter()
        .chain([copied.as_str(), cookie.as_deref().unwrap()])
        {
            let line = folded.lines().find(|line| line.contains(&secret.to_lowercase()));
            assert_eq!(line, None, "{format}: {secret} is in the log");
        }
    }
}
