use serde_json::{Value, json};
use studio_users_contract::{Session, StartedSession, path};
use tempfile::TempDir;

use crate::database::assert_contains_no;
use crate::server::{Response, Server, binary};

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

fn own_origin(server: &Server) -> String {
    server.url.replace("127.0.0.1", "localhost")
}

/// Starts a session of Maud. Returns the response and the `Authorization` header.
fn bearer(server: &Server, headers: &[(&str, &str)]) -> (Response, String) {
    let person = server.sign_in_as("Maud").get(path::SESSION).json::<Session>().user.id;
    let body = json!({ "user_id": person, "bearer": true }).to_string();
    let response = server.request("POST", path::DEMO_SESSIONS, headers, body.as_bytes());
    assert_eq!(response.status, 201, "{}", response.text());
    let started: StartedSession = response.json();
    (response, format!("Bearer {}", started.token.unwrap()))
}

#[test]
fn returns_either_a_cookie_or_a_bearer_token() {
    let server = server();
    let response = server.client().sign_in(&server.token());
    assert!(!response.header("set-cookie").is_empty());
    assert!(response.json::<Value>().get("token").is_none());
    let (response, bearer) = bearer(&server, &[]);
    assert_eq!(response.header("set-cookie"), "");
    assert_eq!(response.json::<Session>().user.email, "maud@northwind.example");
    let secret = bearer.strip_prefix("Bearer ").unwrap();
    assert_contains_no(server.data.path(), secret);
}

#[test]
fn exchanges_a_sign_in_link_for_a_bearer_token() {
    let server = Server::start(&["--allow-origin", HOST]);
    let body = json!({ "token": server.token(), "bearer": true }).to_string();
    let headers = [("origin", HOST), ("sec-fetch-site", "cross-site")];
    let response = server.request("POST", path::SESSIONS, &headers, body.as_bytes());
    assert_eq!((response.status, response.header("set-cookie")), (201, ""));
    assert_eq!(response.header("access-control-allow-origin"), HOST);
    assert_eq!(response.json::<StartedSession>().token.unwrap().len(), 43);
}

#[test]
fn accepts_bearer_requests_from_allowed_origins_only() {
    let server = server();
    let site = [("origin", HOST), ("sec-fetch-site", "cross-site")];
    let (_, token) = bearer(&server, &site);
    let from = |origin: &'static str| {
        vec![("origin", origin), ("sec-fetch-site", "cross-site"), ("authorization", token.as_str())]
    };
    let response = server.request("GET", path::SESSION, &from(HOST), b"");
    assert_eq!((response.status, response.header("access-control-allow-origin")), (200, HOST));
    assert!(response.header("access-control-expose-headers").eq_ignore_ascii_case("etag,x-request-id"));
    assert_eq!(response.header("access-control-allow-credentials"), "");
    let response = server.request("PATCH", path::SESSION, &from(HOST), b"{\"name\":\"Maud from afar\"}");
    assert_eq!((response.status, response.header("access-control-allow-origin")), (200, HOST));
    let response = server.request("PATCH", path::SESSION, &from(EVIL), b"{\"name\":\"Evil\"}");
    assert_eq!(response.problem(), (403, "cross_site".into()));
    assert_eq!(response.header("access-control-allow-origin"), "");
    assert_eq!(
        server.request("GET", path::SESSION, &from(EVIL), b"").header("access-control-allow-origin"),
        ""
    );

    // A client that is not a browser sends neither an origin nor a cookie.
    let alone = [("authorization", token.as_str())];
    let session: Session = server.request("GET", path::SESSION, &alone, b"").json();
    assert_eq!(session.user.name.as_deref(), Some("Maud from afar"));
    let response = server.request("DELETE", path::SESSION, &from(HOST), b"");
    assert_eq!((response.status, response.header("set-cookie")), (204, ""));
    assert_eq!(server.request("GET", path::SESSION, &alone, b"").status, 401);
}

#[test]
fn answers_preflights_of_allowed_origins_only() {
    let server = server();
    let preflight = |origin: &str| {
        let headers = [("origin", origin), ("access-control-request-method", "PATCH")];
        server.request("OPTIONS", path::SESSION, &headers, b"")
    };
    let response = preflight(HOST);
    assert_eq!(response.header("access-control-allow-origin"), HOST);
    let list = |name: &str| response.header(name).to_ascii_lowercase();
    for method in ["get", "post", "patch", "delete"] {
        assert!(list("access-control-allow-methods").contains(method), "{method}");
    }
    for header in ["authorization", "content-type", "if-match", "idempotency-key", "studio-view"] {
        assert!(list("access-control-allow-headers").contains(header), "{header}");
    }
    assert_eq!(response.header("access-control-allow-credentials"), "");
    for origin in [EVIL, "null", "https://host.example.evil.example", "http://host.example"] {
        assert_eq!(preflight(origin).header("access-control-allow-origin"), "", "{origin}");
    }
    let without_allowed_origins = Server::start(&[]);
    let headers = [("origin", HOST), ("access-control-request-method", "PATCH")];
    let response = without_allowed_origins.request("OPTIONS", path::SESSION, &headers, b"");
    assert_eq!(response.problem(), (405, "method_not_allowed".into()));
}

#[test]
fn a_bearer_token_takes_precedence_over_a_cookie() {
    let server = server();
    let charlotte = server.sign_in_as("Charlotte");
    let (_, token) = bearer(&server, &[]);
    let cookie = charlotte.cookie.as_deref().unwrap();
    let both = |token: &str| {
        let headers = [("cookie", cookie), ("authorization", token), ("sec-fetch-site", "same-origin")];
        server.request("GET", path::SESSION, &headers, b"")
    };
    assert_eq!(both(&token).json::<Session>().user.email, "maud@northwind.example");
    assert_eq!(both("Bearer guess").problem(), (401, "unauthenticated".into()));
    assert_eq!(both("Basic Z3Vlc3M=").status, 200, "ignores other authorization schemes");
}

#[test]
fn ignores_cookies_of_cross_site_requests() {
    let server = server();
    let charlotte = server.sign_in_as("Charlotte");
    let cookie = charlotte.cookie.as_deref().unwrap();
    for (site, origin) in [("cross-site", HOST), ("same-site", HOST), ("cross-site", EVIL)] {
        let headers = [("cookie", cookie), ("sec-fetch-site", site), ("origin", origin)];
        assert_eq!(server.request("GET", path::SESSION, &headers, b"").status, 401, "{site} {origin}");
    }
    // The server sets no cookie either: otherwise an allowed origin could sign its visitor in as another
    // user.
    let body = json!({ "user_id": charlotte.get(path::SESSION).json::<Session>().user.id }).to_string();
    let headers = [("sec-fetch-site", "cross-site"), ("origin", HOST)];
    let response = server.request("POST", path::DEMO_SESSIONS, &headers, body.as_bytes());
    assert_eq!(response.problem(), (403, "cross_site".into()));
    assert_eq!(response.header("set-cookie"), "");
}

/// Returns the method and path of each operation that changes something. Paths contain an unknown id.
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
fn refuses_all_cross_site_changes_with_a_cookie() {
    let server = server();
    let charlotte = server.sign_in_as("Charlotte");
    let cookie = charlotte.cookie.as_deref().unwrap();
    let before = (charlotte.get(path::SESSION).body, charlotte.all_users("").len());
    let own_origin = own_origin(&server);
    let own_token = server.token();
    let body = json!({ "token": own_token, "name": "Evil", "email": "maud@northwind.example" }).to_string();
    let (changes, mut refused) = (changes(), 0);
    assert!(changes.len() >= 6, "{changes:?}");
    for (method, path) in &changes {
        for (origin, is_own) in [(own_origin.as_str(), true), (HOST, false), (EVIL, false)] {
            for site in [None, Some("same-origin"), Some("same-site"), Some("cross-site")] {
                // `Sec-Fetch-Site` takes precedence over `Origin`.
                if site.map_or(is_own, |site| site == "same-origin") {
                    continue;
                }
                for content_type in ["application/json", "text/plain"] {
                    let mut headers =
                        vec![("cookie", cookie), ("origin", origin), ("content-type", content_type)];
                    headers.extend(site.map(|site| ("sec-fetch-site", site)));
                    let response = server.request(method, path, &headers, body.as_bytes());
                    assert_eq!(response.problem(), (403, "cross_site".into()), "{method} {path} {headers:?}");
                    assert_eq!(response.header("set-cookie"), "");
                    refused += 1;
                }
            }
        }
    }
    assert_eq!(refused, changes.len() * 16);
    assert_eq!((charlotte.get(path::SESSION).body, charlotte.all_users("").len()), before);
    assert!(std::fs::read_dir(server.data.path().join("mail")).unwrap().next().is_none());
    assert_eq!(server.client().sign_in(&own_token).status, 201, "the link was not used");
}

#[test]
fn requires_json_bodies() {
    let server = server();
    let charlotte = server.sign_in_as("Charlotte");
    let cookie = charlotte.cookie.as_deref().unwrap();
    let own_origin = own_origin(&server);
    let send = |kind: &str| {
        let headers = [("cookie", cookie), ("origin", own_origin.as_str()), ("content-type", kind)];
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
fn rejects_invalid_allowed_origins() {
    let folder = TempDir::new().unwrap();
    for wrong in ["*", "https://*.example", "host.example", "https://host.example/path"] {
        let output =
            binary().args(["serve", "--allow-origin", wrong, "--data"]).arg(folder.path()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{wrong}");
        assert!(String::from_utf8_lossy(&output.stderr).contains("--allow-origin"));
    }
}
