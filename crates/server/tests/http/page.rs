use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use studio_users_contract::{DemoPerson, path};
use tempfile::TempDir;

use crate::server::Server;

const INDEX: &str = concat!(
    "<!doctype html><html><head><style>a{}</style><script type=\"module\">go();</script>",
    "<link rel=\"modulepreload\" href=\"/a.js\"></head><body></body></html>",
);

pub(crate) fn built_page() -> TempDir {
    let folder = TempDir::new().unwrap();
    let files: [(&str, &[u8]); 6] = [
        ("index.html", INDEX.as_bytes()),
        ("studio-users-0123456789abcdef_bg.wasm", b"plain"),
        ("studio-users-0123456789abcdef_bg.wasm.br", b"compressed"),
        ("icon.svg", b"<svg/>"),
        ("embed/studio-users.js", b"export {}"),
        ("sub/style-0123456789abcdef.css", b"a{}"),
    ];
    for (name, bytes) in files {
        let file = folder.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
    folder
}

#[test]
fn serves_files_with_content_type_and_cache_headers() {
    let page = built_page();
    let server = Server::start(&["--page", page.path().to_str().unwrap()]);
    let wasm = "/studio-users-0123456789abcdef_bg.wasm";
    let plain = server.request("GET", wasm, &[], b"");
    assert_eq!((plain.status, plain.text().as_str()), (200, "plain"));
    assert_eq!(plain.header("content-type"), "application/wasm");
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(plain.header("x-content-type-options"), "nosniff");
    let compressed = server.request("GET", wasm, &[("accept-encoding", "gzip, br")], b"");
    assert_eq!((compressed.header("content-encoding"), compressed.text().as_str()), ("br", "compressed"));
    assert_eq!(compressed.header("vary"), "accept-encoding");

    let icon = server.request("GET", "/icon.svg", &[], b"");
    assert_eq!((icon.header("content-type"), icon.header("cache-control")), ("image/svg+xml", "no-cache"));
    let again = server.request("GET", "/icon.svg", &[("if-none-match", icon.header("etag"))], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(server.request("GET", "/sub/style-0123456789abcdef.css", &[], b"").status, 200);
}

#[test]
fn allows_any_origin_to_load_the_element_only() {
    let page = built_page();
    let allowed = ["--allow-origin", "https://studio.example"];
    let server = Server::start(&["--page", page.path().to_str().unwrap(), allowed[0], allowed[1]]);
    for origin in ["https://studio.example", "https://other.example"] {
        let fetch = |path| server.request("GET", path, &[("origin", origin)], b"");
        let element = fetch("/embed/studio-users.js");
        assert!(["*", origin].contains(&element.header("access-control-allow-origin")), "{origin}");
        assert_eq!(element.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(element.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(fetch("/icon.svg").header("cross-origin-resource-policy"), "");
    }
    let foreign = server.request("GET", "/icon.svg", &[("origin", "https://other.example")], b"");
    assert_eq!(foreign.header("access-control-allow-origin"), "");
}

#[test]
fn allows_framing_by_configured_origins_only() {
    let page = built_page();
    let framed = ["--framed-by", "https://studio.example", "--framed-by", "https://other.example"];
    let server = Server::start(&[&["--page", page.path().to_str().unwrap()], &framed[..]].concat());
    let policy = server.request("GET", "/users", &[], b"");
    let policy = policy.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors https://studio.example https://other.example"), "{policy}");
}

#[test]
fn serves_the_page_at_all_routes_and_404_for_missing_files() {
    let page = built_page();
    let server = Server::start(&["--page", page.path().to_str().unwrap()]);
    for path in ["/", "/users", "/users/7?tab=access", "/sign-in"] {
        let response = server.request("GET", path, &[], b"");
        assert_eq!((response.status, response.text().as_str()), (200, INDEX), "{path}");
        assert_eq!(response.header("cache-control"), "no-store");
        assert_eq!(response.header("referrer-policy"), "no-referrer");
        let policy = response.header("content-security-policy");
        let hash = STANDARD.encode(Sha256::digest(b"go();"));
        assert!(
            policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' 'sha256-{hash}';")),
            "{policy}"
        );
        let hash = STANDARD.encode(Sha256::digest(b"a{}"));
        assert!(policy.contains(&format!("style-src 'self' 'sha256-{hash}'")), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe-inline"), "{policy}");
    }
    for path in ["/missing.js", "/../Cargo.toml", "/%2e%2e/Cargo.toml"] {
        assert_eq!(server.request("GET", path, &[], b"").status, 404, "{path}");
    }
}

#[test]
fn explains_how_to_build_a_missing_page() {
    let server = Server::start(&[]);
    let response = server.request("GET", "/", &[], b"");
    assert_eq!(response.status, 404);
    assert!(response.text().contains("cargo xtask run"), "{}", response.text());
}

#[test]
fn embeds_the_initial_responses_for_signed_in_users() {
    let page = built_page();
    let server = Server::start(&["--demo", "40", "--page", page.path().to_str().unwrap()]);
    let (maud, nobody) = (server.sign_in_as("Maud"), server.client());
    let hostile = "</script><script>alert(1)</script>";
    assert_eq!(maud.patch(path::SESSION, &json!({ "name": hostile })).status, 200);
    for page_url in ["/", "/users", "/roles"] {
        let response = maud.get(page_url);
        assert_eq!(response.header("cache-control"), "no-store");
        let text = response.text();
        let mut rest = text.as_str();
        for url in path::INITIAL_REQUESTS {
            let tag =
                format!("<script type=\"application/json\" data-answer=\"{}\">", url.replace('&', "&amp;"));
            let (_, after) = rest.split_once(&tag).unwrap_or_else(|| panic!("{url} is not in {text}"));
            let (body, after) = after.split_once("</script>").unwrap();
            let embedded: Value = serde_json::from_str(body).unwrap();
            assert_eq!(embedded, maud.get(url).json::<Value>(), "{url}");
            rest = after;
        }
        assert!(!text.contains("alert(1)</script>") && !rest.contains("<script"), "{text}");
    }
    assert!(!nobody.get("/users").text().contains("data-answer"));
    // Only GET requests for the page contain them.
    assert_eq!(maud.send("POST", "/index.html", b"").status, 405);
    assert!(maud.get("/index.html").text().contains("data-answer"));
    assert!(!maud.get("/studio-users-0123456789abcdef_bg.wasm").text().contains("data-answer"));
}

#[test]
#[cfg(feature = "prerender")]
fn prerenders_the_user_list() {
    let page = built_page();
    let server = Server::start(&["--demo", "40", "--page", page.path().to_str().unwrap()]);
    let maud = server.sign_in_as("Maud");
    let users = maud.users("sort=-created_at");
    for page_url in ["/", "/users"] {
        let response = maud.get(page_url);
        let html = response.text();
        let (head, prerendered) =
            html.split_once("<body><div id=\"prerendered\" lang=\"en\">").expect("is prerendered");
        let (prerendered, rest) = prerendered.split_once("<script type=\"application/json\"").unwrap();
        for row in &users.items[..20] {
            assert!(prerendered.contains(&row.email), "{}", row.email);
        }
        assert!(!prerendered.contains("style="), "the content security policy blocks style attributes");
        // The policy allows its style sheet, and the prerendered HTML comes before the preloads.
        let css = head.split_once("<style data-prerendered>").unwrap().1.split_once("</style>").unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(css));
        assert!(response.header("content-security-policy").contains(&format!("'sha256-{hash}';")));
        assert!(!head.contains("modulepreload") && rest.contains("modulepreload"));
    }
    // Other routes and users without a user list get no prerendered HTML.
    let is_prerendered = |response: crate::server::Response| response.text().contains("id=\"prerendered\"");
    assert!(!is_prerendered(maud.get("/roles")) && !is_prerendered(maud.get("/users?invite=1")));
    assert!(!is_prerendered(server.sign_in_as("Femke").get("/")));
    assert!(!is_prerendered(server.client().get("/users")));
}

#[test]
#[cfg(feature = "prerender")]
fn prerenders_in_the_users_language_and_time_zone() {
    let page = built_page();
    let server = Server::start(&["--demo", "40", "--page", page.path().to_str().unwrap()]);
    let maud = server.sign_in_as("Maud");
    let fetch = |cookie: &str, language: &str| {
        let cookie = format!("{}; {cookie}", maud.cookie.as_deref().unwrap());
        let headers = [("sec-fetch-site", "same-origin"), ("cookie", &cookie), ("accept-language", language)];
        server.request("GET", "/users", &headers, b"").text()
    };
    let html = fetch("studio-users-zone=-330", "nl-NL,nl;q=0.9,en;q=0.8");
    assert!(html.contains("<div id=\"prerendered\" lang=\"nl\">") && html.contains("Laatst actief"));
    let created = maud.users("sort=-created_at").items[0].created_at;
    let clock = |minutes| (created + chrono::TimeDelta::minutes(minutes)).format("%H:%M\"").to_string();
    assert!(html.contains(&clock(330)));
    // The zone decides the offset of each time, because of daylight saving time.
    let html = fetch("studio-users-zone=Europe/Amsterdam", "nl");
    for user in &maud.users("").items[..20] {
        let local =
            user.created_at.with_timezone(&chrono_tz::Europe::Amsterdam).format("%H:%M\"").to_string();
        assert!(html.contains(&local), "{local}");
    }
    // An invalid time zone counts as UTC.
    for zone in ["x", "99999999999", "2147483647"] {
        assert!(fetch(&format!("studio-users-zone={zone}"), "fr").contains(&clock(0)), "{zone}");
    }
}

#[test]
fn compresses_responses() {
    let server = Server::demo("40");
    let mut client = server.client();
    let people: Vec<DemoPerson> = client.get(path::DEMO_PEOPLE).json();
    let request = json!({ "user_id": people[0].id, "bearer": true });
    let session: Value = client.post(path::DEMO_SESSIONS, &request).json();
    let bearer = format!("Bearer {}", session["token"].as_str().unwrap());
    let fetch = |path, coding| {
        let headers = [("authorization", bearer.as_str()), ("accept-encoding", coding)];
        server.request("GET", path, &headers, b"")
    };
    let (plain, compressed) = (fetch(path::USERS, "identity"), fetch(path::USERS, "br"));
    assert_eq!((plain.header("content-encoding"), compressed.header("content-encoding")), ("", "br"));
    assert!(
        compressed.body.len() * 3 < plain.body.len(),
        "{} of {}",
        compressed.body.len(),
        plain.body.len()
    );
}
