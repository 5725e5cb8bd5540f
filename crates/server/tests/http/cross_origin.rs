use serde_json::{Value, json};
use studio_users_contract::{Session, StartedSession, path};
use tempfile::TempDir;

use crate::server::{Answer, Server, binary};

const HOST: &str = "https://host.example";
const EVIL: &str = "https://evil.example";

fn server() -> Server {
    Server::start(&[
        "--demo",
        "40",
        "--allow-origin",
        "https://Host.example:443/",
        "--allow-origin",
        "http://b.example",
    ])
}

fn own(server: &Server) -> String {
    server.url.replace("127.0.0.1", "localhost")
}

/// A session of Maud's for a bearer.
fn bearer(server: &Server, headers: &[(&str, &str)]) -> (Answer, String) {
    let person = server.as_person("Maud").get(path::SESSION).json::<Session>().user.id;
    let body = json!({ "user_id": person, "bearer": true }).to_string();
    let answer = server.request("POST", path::DEMO_SESSIONS, headers, body.as_bytes());
    assert_eq!(answer.status, 201, "{}", answer.text());
    let started: StartedSession = answer.json();
    (answer, format!("Bearer {}", started.token.unwrap()))
}

#[test]
fn a_token_is_answered_only_where_it_is_asked_for_and_then_no_cookie_is_set() {
    let server = server();
    let answer = server.visitor().sign_in(&server.token());
    assert!(!answer.header("set-cookie").is_empty());
    assert!(answer.json::<Value>().get("token").is_none());
    let (answer, bearer) = bearer(&server, &[]);
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(answer.json::<Session>().user.email, "maud@northwind.example");
    let secret = bearer.strip_prefix("Bearer ").unwrap();
    for name in ["studio-users.db", "studio-users.db-wal"] {
        let bytes = std::fs::read(server.data.path().join(name)).unwrap();
        assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{name}");
    }
}

#[test]
fn a_link_is_answered_with_a_token_too() {
    let server = Server::start(&["--allow-origin", HOST]);
    let body = json!({ "token": server.token(), "bearer": true }).to_string();
    let headers = [("origin", HOST), ("sec-fetch-site", "cross-site")];
    let answer = server.request("POST", path::SESSIONS, &headers, body.as_bytes());
    assert_eq!((answer.status, answer.header("set-cookie")), (201, ""));
    assert_eq!(answer.header("access-control-allow-origin"), HOST);
    assert_eq!(answer.json::<StartedSession>().token.unwrap().len(), 43);
}

#[test]
fn a_bearer_from_an_allowed_origin_may_do_what_the_page_may_and_others_are_not_answered() {
    let server = server();
    let site = [("origin", HOST), ("sec-fetch-site", "cross-site")];
    let (_, token) = bearer(&server, &site);
    let from = |origin: &'static str| {
        vec![("origin", origin), ("sec-fetch-site", "cross-site"), ("authorization", token.as_str())]
    };
    let answer = server.request("GET", path::SESSION, &from(HOST), b"");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, HOST));
    assert!(answer.header("access-control-expose-headers").eq_ignore_ascii_case("etag"));
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    let answer = server.request("PATCH", path::SESSION, &from(HOST), b"{\"name\":\"Maud from afar\"}");
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, HOST));
    let answer = server.request("PATCH", path::SESSION, &from(EVIL), b"{\"name\":\"Evil\"}");
    assert_eq!(answer.problem(), (403, "cross_site".into()));
    assert_eq!(answer.header("access-control-allow-origin"), "");
    assert_eq!(
        server.request("GET", path::SESSION, &from(EVIL), b"").header("access-control-allow-origin"),
        ""
    );

    // No browser: neither origin nor cookie.
    let alone = [("authorization", token.as_str())];
    let session: Session = server.request("GET", path::SESSION, &alone, b"").json();
    assert_eq!(session.user.name.as_deref(), Some("Maud from afar"));
    let answer = server.request("DELETE", path::SESSION, &from(HOST), b"");
    assert_eq!((answer.status, answer.header("set-cookie")), (204, ""));
    assert_eq!(server.request("GET", path::SESSION, &alone, b"").status, 401);
}

#[test]
fn a_preflight_tells_what_may_be_sent_and_only_to_allowed_origins() {
    let server = server();
    let ask = |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "PATCH")];
        server.request("OPTIONS", path::SESSION, &headers, b"")
    };
    let answer = ask(HOST);
    assert_eq!(answer.header("access-control-allow-origin"), HOST);
    let list = |name: &str| answer.header(name).to_ascii_lowercase();
    for method in ["get", "post", "patch", "delete"] {
        assert!(list("access-control-allow-methods").contains(method), "{method}");
    }
    for header in ["authorization", "content-type", "if-match", "idempotency-key", "studio-view"] {
        assert!(list("access-control-allow-headers").contains(header), "{header}");
    }
    assert_eq!(answer.header("access-control-allow-credentials"), "");
    for origin in [EVIL, "null", "https://host.example.evil.example", "http://host.example"] {
        assert_eq!(ask(origin).header("access-control-allow-origin"), "", "{origin}");
    }
    let closed = Server::start(&[]);
    let headers = [("origin", HOST), ("access-control-request-method", "PATCH")];
    let answer = closed.request("OPTIONS", path::SESSION, &headers, b"");
    assert_eq!(answer.problem(), (405, "method_not_allowed".into()));
}

#[test]
fn of_a_cookie_and_a_bearer_the_bearer_counts() {
    let server = server();
    let charlotte = server.as_person("Charlotte");
    let (_, token) = bearer(&server, &[]);
    let cookie = charlotte.cookie.as_deref().unwrap();
    let both = |token: &str| {
        let headers = [("cookie", cookie), ("authorization", token), ("sec-fetch-site", "same-origin")];
        server.request("GET", path::SESSION, &headers, b"")
    };
    assert_eq!(both(&token).json::<Session>().user.email, "maud@northwind.example");
    assert_eq!(both("Bearer guess").problem(), (401, "unauthenticated".into()));
    assert_eq!(both("Basic Z3Vlc3M=").status, 200, "what is no bearer is not for this server");
}

#[test]
fn a_cookie_counts_for_the_own_site_only_even_to_read() {
    let server = server();
    let charlotte = server.as_person("Charlotte");
    let cookie = charlotte.cookie.as_deref().unwrap();
    for (site, origin) in [("cross-site", HOST), ("same-site", HOST), ("cross-site", EVIL)] {
        let headers = [("cookie", cookie), ("sec-fetch-site", site), ("origin", origin)];
        assert_eq!(server.request("GET", path::SESSION, &headers, b"").status, 401, "{site} {origin}");
    }
    // Nor is one set: an allowed origin would sign its visitor in as somebody else.
    let body = json!({ "user_id": charlotte.get(path::SESSION).json::<Session>().user.id }).to_string();
    let headers = [("sec-fetch-site", "cross-site"), ("origin", HOST)];
    let answer = server.request("POST", path::DEMO_SESSIONS, &headers, body.as_bytes());
    assert_eq!(answer.problem(), (403, "cross_site".into()));
    assert_eq!(answer.header("set-cookie"), "");
}

/// The operations that change something, with ids for what their paths name.
fn changes() -> Vec<(String, String)> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../openapi.json");
    let contract: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let mut changes = Vec::new();
    for (path, calls) in contract["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "00000000-0000-4000-8000-000000000000");
        assert!(!path.contains('{'), "{path}");
        for (method, call) in calls.as_object().unwrap() {
            if call["x-changes"] == json!(true) {
                changes.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    changes
}

#[test]
fn a_cross_site_request_with_a_cookie_changes_nothing_whatever_it_says() {
    let server = server();
    let charlotte = server.as_person("Charlotte");
    let cookie = charlotte.cookie.as_deref().unwrap();
    let before = (charlotte.get(path::SESSION).body, charlotte.all_users("").len());
    let own = own(&server);
    let own_token = server.token();
    let body = json!({ "token": own_token, "name": "Evil", "email": "maud@northwind.example" }).to_string();
    let (changes, mut refused) = (changes(), 0);
    assert!(changes.len() >= 6, "{changes:?}");
    for (method, path) in &changes {
        for (origin, is_own) in [(own.as_str(), true), (HOST, false), (EVIL, false)] {
            for site in [None, Some("same-origin"), Some("same-site"), Some("cross-site")] {
                // Who the site is, the browser says best; without that, the origin does.
                if site.map_or(is_own, |site| site == "same-origin") {
                    continue;
                }
                for kind in ["application/json", "text/plain"] {
                    let mut headers = vec![("cookie", cookie), ("origin", origin), ("content-type", kind)];
                    headers.extend(site.map(|site| ("sec-fetch-site", site)));
                    let answer = server.request(method, path, &headers, body.as_bytes());
                    assert_eq!(answer.problem(), (403, "cross_site".into()), "{method} {path} {headers:?}");
                    assert_eq!(answer.header("set-cookie"), "");
                    refused += 1;
                }
            }
        }
    }
    assert_eq!(refused, changes.len() * 16);
    assert_eq!((charlotte.get(path::SESSION).body, charlotte.all_users("").len()), before);
    assert!(std::fs::read_dir(server.data.path().join("mail")).unwrap().next().is_none());
    assert_eq!(server.visitor().sign_in(&own_token).status, 201, "the link was not used up");
}

#[test]
fn a_body_is_json_or_none_whoever_sends_it() {
    let server = server();
    let charlotte = server.as_person("Charlotte");
    let cookie = charlotte.cookie.as_deref().unwrap();
    let own = own(&server);
    let send = |kind: &str| {
        let headers = [("cookie", cookie), ("origin", own.as_str()), ("content-type", kind)];
        server.request("PATCH", path::SESSION, &headers, b"{\"name\":\"Plain\"}")
    };
    for kind in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
        assert_eq!(send(kind).problem(), (422, "invalid".into()), "{kind}");
    }
    let name = || charlotte.get(path::SESSION).json::<Session>().user.name;
    assert_eq!(name().as_deref(), Some("Charlotte Pemberton"));
    assert_eq!(send("Application/JSON; charset=utf-8").status, 200);
    assert_eq!(name().as_deref(), Some("Plain"));
}

#[test]
fn an_origin_that_is_none_is_refused_at_the_start() {
    let folder = TempDir::new().unwrap();
    for wrong in ["*", "https://*.example", "host.example", "https://host.example/path"] {
        let output =
            binary().args(["serve", "--allow-origin", wrong, "--data"]).arg(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-origin"));
    }
}
