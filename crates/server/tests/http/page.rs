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

fn built_page() -> TempDir {
    let folder = TempDir::new().unwrap();
    let files: [(&str, &[u8]); 6] = [
        ("index.html", INDEX.as_bytes()),
        ("studio-users-0123456789abcdef_bg.wasm", b"plain"),
        ("studio-users-0123456789abcdef_bg.wasm.br", b"small"),
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
fn files_are_served_with_their_type_and_kept_as_long_as_their_name_holds() {
    let page = built_page();
    let server = Server::start(&["--page", page.path().to_str().unwrap()]);
    let wasm = "/studio-users-0123456789abcdef_bg.wasm";
    let plain = server.request("GET", wasm, &[], b"");
    assert_eq!((plain.status, plain.text().as_str()), (200, "plain"));
    assert_eq!(plain.header("content-type"), "application/wasm");
    assert_eq!(plain.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(plain.header("x-content-type-options"), "nosniff");
    let small = server.request("GET", wasm, &[("accept-encoding", "gzip, br")], b"");
    assert_eq!((small.header("content-encoding"), small.text().as_str()), ("br", "small"));
    assert_eq!(small.header("vary"), "accept-encoding");

    let icon = server.request("GET", "/icon.svg", &[], b"");
    assert_eq!((icon.header("content-type"), icon.header("cache-control")), ("image/svg+xml", "no-cache"));
    let again = server.request("GET", "/icon.svg", &[("if-none-match", icon.header("etag"))], b"");
    assert_eq!((again.status, again.body.len()), (304, 0));
    assert_eq!(server.request("GET", "/sub/style-0123456789abcdef.css", &[], b"").status, 200);
}

#[test]
fn the_element_is_for_pages_of_any_origin_and_the_rest_is_not() {
    let page = built_page();
    let allowed = ["--allow-origin", "https://studio.example"];
    let server = Server::start(&["--page", page.path().to_str().unwrap(), allowed[0], allowed[1]]);
    for origin in ["https://studio.example", "https://other.example"] {
        let ask = |path| server.request("GET", path, &[("origin", origin)], b"");
        let element = ask("/embed/studio-users.js");
        assert!(["*", origin].contains(&element.header("access-control-allow-origin")), "{origin}");
        assert_eq!(element.header("cross-origin-resource-policy"), "cross-origin");
        assert_eq!(element.header("content-type"), "text/javascript; charset=utf-8");
        assert_eq!(ask("/icon.svg").header("cross-origin-resource-policy"), "");
    }
    let foreign = server.request("GET", "/icon.svg", &[("origin", "https://other.example")], b"");
    assert_eq!(foreign.header("access-control-allow-origin"), "");
}

#[test]
fn only_who_is_named_may_frame_the_page() {
    let page = built_page();
    let framed = ["--framed-by", "https://studio.example", "--framed-by", "https://other.example"];
    let server = Server::start(&[&["--page", page.path().to_str().unwrap()], &framed[..]].concat());
    let policy = server.request("GET", "/users", &[], b"");
    let policy = policy.header("content-security-policy");
    assert!(policy.ends_with("frame-ancestors https://studio.example https://other.example"), "{policy}");
}

#[test]
fn every_place_within_the_page_is_the_page_and_a_missing_file_is_not() {
    let page = built_page();
    let server = Server::start(&["--page", page.path().to_str().unwrap()]);
    for path in ["/", "/users", "/users/7?tab=access", "/sign-in"] {
        let answer = server.request("GET", path, &[], b"");
        assert_eq!((answer.status, answer.text().as_str()), (200, INDEX), "{path}");
        assert_eq!(answer.header("cache-control"), "no-store");
        assert_eq!(answer.header("referrer-policy"), "no-referrer");
        let policy = answer.header("content-security-policy");
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
fn without_a_built_page_it_is_said_how_to_build_it() {
    let server = Server::start(&[]);
    let answer = server.request("GET", "/", &[], b"");
    assert_eq!(answer.status, 404);
    assert!(answer.text().contains("cargo xtask run"), "{}", answer.text());
}

#[test]
fn the_page_comes_with_what_it_asks_first_for_whoever_is_signed_in() {
    let page = built_page();
    let server = Server::start(&["--demo", "40", "--page", page.path().to_str().unwrap()]);
    let (maud, nobody) = (server.as_person("Maud"), server.visitor());
    let hostile = "</script><script>alert(1)</script>";
    assert_eq!(maud.patch(path::SESSION, &json!({ "name": hostile })).status, 200);
    for place in ["/", "/users", "/users?search=x"] {
        let answer = maud.get(place);
        assert_eq!(answer.header("cache-control"), "no-store");
        let text = answer.text();
        let mut rest = text.as_str();
        for url in path::FIRST {
            let tag =
                format!("<script type=\"application/json\" data-answer=\"{}\">", url.replace('&', "&amp;"));
            let (_, after) = rest.split_once(&tag).unwrap_or_else(|| panic!("{url} is not in {text}"));
            let (body, after) = after.split_once("</script>").unwrap();
            let told: Value = serde_json::from_str(body).unwrap();
            assert_eq!(told, maud.get(url).json::<Value>(), "{url}");
            rest = after;
        }
        assert!(!text.contains("alert(1)</script>") && !rest.contains("<script"), "{text}");
    }
    assert!(!nobody.get("/users").text().contains("data-answer"));
    // Only who reads the page gets them.
    assert_eq!(maud.send("POST", "/index.html", b"").status, 405);
    assert!(maud.get("/index.html").text().contains("data-answer"));
    assert!(!maud.get("/studio-users-0123456789abcdef_bg.wasm").text().contains("data-answer"));
}

#[test]
#[cfg(feature = "prerender")]
fn the_first_view_comes_drawn_for_whoever_starts_at_the_users() {
    let page = built_page();
    let server = Server::start(&["--demo", "40", "--page", page.path().to_str().unwrap()]);
    let maud = server.as_person("Maud");
    let users = maud.users("sort=-created_at");
    for place in ["/", "/users"] {
        let answer = maud.get(place);
        let html = answer.text();
        let (before, drawn) = html.split_once("<body><div id=\"drawn\" lang=\"en\">").expect("it is drawn");
        let (drawn, after) = drawn.split_once("<script type=\"application/json\"").unwrap();
        for row in &users.items[..20] {
            assert!(drawn.contains(&row.email), "{}", row.email);
        }
        assert!(!drawn.contains("style="), "the policy allows no styles of elements");
        // What draws it is allowed, and nothing else; and what is seen comes before what is loaded.
        let sheet = before.split_once("<style data-drawn>").unwrap().1.split_once("</style>").unwrap().0;
        let hash = STANDARD.encode(Sha256::digest(sheet));
        assert!(answer.header("content-security-policy").contains(&format!("'sha256-{hash}';")));
        assert!(!before.contains("modulepreload") && after.contains("modulepreload"));
    }
    // Others would see something else.
    let is_drawn = |answer: crate::server::Answer| answer.text().contains("id=\"drawn\"");
    assert!(!is_drawn(maud.get("/users?search=x")) && !is_drawn(maud.get("/roles")));
    assert!(!is_drawn(server.as_person("Femke").get("/")) && !is_drawn(server.visitor().get("/users")));
}

#[test]
#[cfg(feature = "prerender")]
fn what_is_drawn_speaks_the_readers_language_and_knows_their_time_of_day() {
    let page = built_page();
    let server = Server::start(&["--demo", "40", "--page", page.path().to_str().unwrap()]);
    let maud = server.as_person("Maud");
    let ask = |cookie: &str, language: &str| {
        let cookie = format!("{}; {cookie}", maud.cookie.as_deref().unwrap());
        let headers = [("sec-fetch-site", "same-origin"), ("cookie", &cookie), ("accept-language", language)];
        server.request("GET", "/users", &headers, b"").text()
    };
    let html = ask("studio-users-zone=-330", "nl-NL,nl;q=0.9,en;q=0.8");
    assert!(html.contains("<div id=\"drawn\" lang=\"nl\">") && html.contains("Laatst actief"));
    let created = maud.users("sort=-created_at").items[0].created_at;
    let clock = |minutes| (created + chrono::TimeDelta::minutes(minutes)).format("%H:%M\"").to_string();
    assert!(html.contains(&clock(330)));
    // What is no time zone counts as none.
    for zone in ["x", "99999999999", "2147483647"] {
        assert!(ask(&format!("studio-users-zone={zone}"), "fr").contains(&clock(0)), "{zone}");
    }
}

#[test]
fn answers_are_compressed_for_who_takes_that() {
    let server = Server::demo("40");
    let mut visitor = server.visitor();
    let people: Vec<DemoPerson> = visitor.get(path::DEMO_PEOPLE).json();
    let asked = json!({ "user_id": people[0].id, "bearer": true });
    let session: Value = visitor.post(path::DEMO_SESSIONS, &asked).json();
    let bearer = format!("Bearer {}", session["token"].as_str().unwrap());
    let ask = |path, coding| {
        let headers = [("authorization", bearer.as_str()), ("accept-encoding", coding)];
        server.request("GET", path, &headers, b"")
    };
    let (plain, small) = (ask(path::USERS, "identity"), ask(path::USERS, "br"));
    assert_eq!((plain.header("content-encoding"), small.header("content-encoding")), ("", "br"));
    assert!(small.body.len() * 3 < plain.body.len(), "{} of {}", small.body.len(), plain.body.len());
}
