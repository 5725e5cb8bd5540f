use serde_json::{Value, json};
use studio_users_contract::path;

use crate::server::{Server, percent};
use crate::world::World;

#[test]
fn rejects_invalid_queries_and_names_the_field() {
    let server = Server::demo("40");
    let client = server.sign_in_as("Charlotte");
    let long = format!("search={}", "x".repeat(201));
    let cases = [
        ("colour=red", "colour"),
        ("sort=age", "sort"),
        ("sort=--name", "sort"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=many", "limit"),
        ("offset=-1", "offset"),
        ("node=seven", "node"),
        ("role=king", "role"),
        ("status=gone", "status"),
        ("active_since=yesterday", "active_since"),
        (&long, "search"),
    ];
    for (query, field) in cases {
        let response = client.get(&format!("{}?{query}", path::USERS));
        assert_eq!(response.problem(), (422, "invalid".into()), "{query}");
        assert_eq!(response.json::<Value>()["fields"][0]["field"], field, "{query}");
    }
    let exact = format!("search={}", percent(&"é".repeat(200)));
    assert_eq!(client.users(&exact).total.value, 0);
}

#[test]
fn answers_unknown_paths_and_methods_with_problems() {
    let server = Server::start(&[]);
    for (method, path, status, code) in [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api", 404, "not_found"),
        ("PUT", path::USERS, 405, "method_not_allowed"),
        ("DELETE", path::NODES, 405, "method_not_allowed"),
        ("PUT", path::SESSIONS, 405, "method_not_allowed"),
        ("POST", "/", 405, "method_not_allowed"),
    ] {
        let response = server.request(method, path, &[], b"");
        assert_eq!(response.problem(), (status, code.into()), "{method} {path}");
    }
}

#[test]
fn paths_that_cannot_be_decoded_are_not_found() {
    let world = World::new();
    let document: Value = world.server.request("GET", path::OPENAPI, &[], b"").json();
    let mut tried = 0;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let Some((before, after)) = path.split_once('{') else { continue };
        let after = after.split_once('}').unwrap().1;
        assert!(!after.contains('{'), "{path}");
        for method in methods.as_object().unwrap().keys() {
            for value in ["%FF", "a%C3", "%00", "7"] {
                let path = format!("{before}{value}{after}");
                let body = if method == "get" { Value::Null } else { json!({}) };
                let response = world.administrator.call(&method.to_uppercase(), &path, &body, &[]);
                assert_eq!(response.problem(), (404, "not_found".into()), "{method} {path}");
                tried += 1;
            }
        }
    }
    assert!(tried >= 4 * 17, "{tried}");
}

#[test]
fn pages_with_paths_that_cannot_be_decoded_are_not_found() {
    let server = Server::demo("40");
    let unknown = server.request("GET", "/unsubscribe/unknown", &[], b"");
    for method in ["GET", "POST"] {
        let response = server.request(method, "/unsubscribe/%FF", &[("sec-fetch-site", "same-origin")], b"");
        assert_eq!((response.status, &response.body), (404, &unknown.body), "{method}");
        assert_eq!(response.header("content-type"), "text/html; charset=utf-8");
    }
    for path in ["/demo/mail/%FF", "/demo/mail/%FF/html"] {
        assert_eq!(server.request("GET", path, &[], b"").problem(), (404, "not_found".into()), "{path}");
    }
}

#[test]
fn requires_a_session() {
    let server = Server::demo("40");
    for path in [path::SESSION, path::NODES, path::ROLES, path::USERS] {
        let response = server.request("GET", path, &[("cookie", "studio_users_session=guess")], b"");
        assert_eq!(response.problem(), (401, "unauthenticated".into()), "{path}");
        assert_eq!(response.header("cache-control"), "no-store");
    }
    assert_eq!(server.request("GET", path::HEALTH, &[], b"").status, 204);
}

#[test]
fn rejects_invalid_bodies() {
    let server = Server::start(&[]);
    for body in ["{", "[]", "[\"x\"]", "{\"token\":1}", "{\"token\":\"x\",\"role\":\"administrator\"}", "{}"]
    {
        let response = server.request("POST", path::SESSIONS, &[], body.as_bytes());
        assert_eq!(response.problem(), (422, "invalid".into()), "{body}");
    }
    let large = format!("{{\"token\":\"{}\"}}", "x".repeat(1_000_000));
    let response = server.request("POST", path::SESSIONS, &[], large.as_bytes());
    assert_eq!(response.problem(), (413, "too_large".into()));
}
