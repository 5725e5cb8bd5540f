//! The address of clients behind proxies, and the open demo, which accepts neither proxies nor other hosts.

use serde_json::json;
use studio_users_contract::path;

use crate::server::Server;

/// Signs in with a wrong token until the limit is reached. Returns the number of attempts, at most 100.
fn attempts(server: &Server, headers: &[(&str, &str)]) -> usize {
    let body = json!({ "token": "guess" }).to_string();
    let send = || server.request("POST", path::SESSIONS, headers, body.as_bytes()).status;
    (0..100).take_while(|_| send() == 403).count()
}

#[test]
fn clients_of_a_trusted_proxy_have_limits_of_their_own() {
    let server = Server::start(&["--trusted-proxy", "10.0.0.0/8", "--trusted-proxy", "127.0.0.1"]);
    let limited = |client: &str| attempts(&server, &[("x-forwarded-for", client)]);
    assert!(limited("192.0.2.1") < 60);
    assert!(limited("192.0.2.2") >= 30, "another client is not limited");
    assert!(limited("1.1.1.1, 192.0.2.1, 10.0.0.7") < 5, "a client cannot choose its address");
    assert!(limited("2001:db8::1") >= 30);
    assert!(limited("[2001:db8::2]:4711") < 5, "a /64 has one limit");
    assert!(attempts(&server, &[("forwarded", "for=\"[2001:db8:0:1::1]\"")]) >= 30);
}

#[test]
fn headers_of_other_peers_do_not_count() {
    for proxies in [&[][..], &["--trusted-proxy", "10.0.0.0/8"]] {
        let server = Server::start(proxies);
        assert!(attempts(&server, &[("x-forwarded-for", "192.0.2.1")]) < 60);
        assert!(attempts(&server, &[("forwarded", "for=192.0.2.2")]) < 5);
    }
}

#[test]
fn an_open_demo_answers_its_own_host_only() {
    let server = Server::demo("40");
    let port = server.url.rsplit_once(':').unwrap().1;
    let status = |path: &str, headers: &[(&str, &str)]| server.request("GET", path, headers, b"").status;
    for path in [path::DEMO_PEOPLE, path::DEMO_MAIL, path::LIVENESS, "/", "/users"] {
        let is_refused = |headers: &[(&str, &str)]| status(path, headers) == 421;
        for host in ["localhost", "127.0.0.1", "[::1]"] {
            assert!(!is_refused(&[("host", &format!("{host}:{port}"))]), "{path} {host}");
            assert!(is_refused(&[("host", &format!("{host}:1"))]), "{path} {host}");
        }
        assert!(is_refused(&[("host", &format!("evil.example:{port}"))]), "{path}");
        assert!(is_refused(&[("x-forwarded-for", "127.0.0.1")]), "{path}");
        assert!(is_refused(&[("forwarded", "for=192.0.2.1")]), "{path}");
    }
    let refused = server.request("GET", path::DEMO_PEOPLE, &[("host", "evil.example")], b"");
    assert_eq!(refused.problem(), (421, "cross_site".into()));
    server.wait_for_log("refuses requests that a proxy has forwarded");
    assert_eq!(server.log().matches("refuses requests that a proxy").count(), 1);
}

#[test]
fn a_demo_behind_a_trusted_proxy_is_not_open() {
    let server = Server::start(&["--demo", "40", "--trusted-proxy", "127.0.0.1"]);
    let headers = [("host", "users.example"), ("x-forwarded-for", "192.0.2.1")];
    assert_eq!(server.request("GET", path::DEMO_PEOPLE, &headers, b"").status, 404);
    assert_eq!(server.request("GET", path::LIVENESS, &headers, b"").status, 204);
}
