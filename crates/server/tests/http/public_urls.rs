//! The URLs under which browsers reach the server.

use serde_json::json;
use studio_users_contract::path;
use tempfile::TempDir;

use crate::mail::{eventually, mails_in};
use crate::server::{Client, Server, binary, request, token_of};

/// Signs in with an `Origin` header, as a browser without `Sec-Fetch-Site` does. Returns the status,
/// or 0 without a session cookie.
fn sign_in_from(server: &Server, origin: &str) -> u16 {
    let body = json!({ "token": server.token() }).to_string();
    let headers = [("origin", origin), ("content-type", "application/json")];
    let response = server.request("POST", path::SESSIONS, &headers, body.as_bytes());
    if response.header("set-cookie").is_empty() { 0 } else { response.status }
}

#[test]
fn accepts_the_origin_that_browsers_send() {
    for (url, origin) in [
        ("https://users.example:443", "https://users.example"),
        ("http://bücher.lan", "http://xn--bcher-kva.lan"),
        ("HTTP://Users.Example:80/", "http://users.example"),
        ("http://[0::1]:8080", "http://[::1]:8080"),
        ("https://example.org/users/", "https://example.org"),
    ] {
        let server = Server::start(&["--public-url", url]);
        for other in ["https://other.example", url, "null"] {
            if other != origin {
                assert_eq!(sign_in_from(&server, other), 0, "{url} {other}");
            }
        }
        assert_eq!(sign_in_from(&server, origin), 201, "{url}");
    }
}

#[test]
fn refuses_what_is_no_origin() {
    let folder = TempDir::new().unwrap();
    for option in ["--public-url", "--allow-origin", "--framed-by"] {
        for wrong in
            ["http://:8080", "https://*", "https://*.example.org", "users.example", "http://a b", "ftp://x"]
        {
            let output =
                binary().args(["serve", "--data"]).arg(folder.path()).args([option, wrong]).output().unwrap();
            assert_eq!(output.status.code(), Some(2), "{option} {wrong}");
        }
    }
}

#[test]
fn the_printed_link_reaches_the_server() {
    for (listen, begin) in [
        ("[::1]:0", "http://[::1]:"),
        ("127.0.0.2:0", "http://127.0.0.2:"),
        ("127.0.0.1:0", "http://localhost:"),
    ] {
        let server = Server::start_listening(listen);
        let link = server.sign_in.clone().unwrap();
        assert!(link.starts_with(begin), "{link}");
        let (url, _) = link.split_once("/sign-in#").unwrap();
        assert_eq!(request(url, "GET", path::LIVENESS, &[], b"").status, 204, "{listen}");
    }
}

#[test]
fn two_servers_on_one_host_have_different_cookies() {
    let [first, second] = [Server::start(&[]), Server::start(&[])];
    let cookies: Vec<_> = [&first, &second]
        .map(|server| {
            let mut client = server.client();
            client.sign_in(&server.token());
            client.cookie.unwrap()
        })
        .into();
    // Browsers send the cookies of a host to each of its ports.
    let both = Some(cookies.join("; "));
    for server in [&first, &second] {
        let client = Client { server, cookie: both.clone() };
        assert_eq!(client.get(path::SESSION).status, 200);
        let port = server.sign_in.as_deref().unwrap().split(['/', ':']).nth(4).unwrap().to_owned();
        assert!(cookies.iter().any(|cookie| cookie.starts_with(&format!("studio_users_session_{port}="))));
    }
}

#[test]
fn serves_everything_below_a_path() {
    let page = TempDir::new().unwrap();
    let index = "<!doctype html><html><head><link href=\"/icon.png\"></head><body></body></html>";
    std::fs::write(page.path().join("index.html"), index).unwrap();
    std::fs::write(page.path().join("icon.png"), "icon").unwrap();
    std::fs::create_dir(page.path().join("embed")).unwrap();
    std::fs::write(page.path().join("embed/studio-users.js"), "export {}").unwrap();
    let server = Server::start(&[
        "--page",
        page.path().to_str().unwrap(),
        "--public-url",
        "https://example.org/users/",
    ]);
    let link = server.sign_in.clone().unwrap();
    assert!(link.starts_with("https://example.org/users/sign-in#"), "{link}");

    let get = |path: &str| server.request("GET", path, &[], b"");
    for page in ["/users", "/users/", "/users/sign-in", "/users/users"] {
        let response = get(page);
        assert_eq!(response.status, 200, "{page}");
        let text = response.text();
        assert!(text.contains("href=\"/users/icon.png\"") && text.contains("content=\"/users\""), "{text}");
    }
    assert_eq!(get("/users/icon.png").text(), "icon");
    assert_eq!(get("/users/embed/studio-users.js").header("access-control-allow-origin"), "*");
    assert_eq!(get("/users/api/v1/livez").status, 204);
    assert_eq!(get("/users/api/v1/nothing").problem().0, 404);
    // A proxy may have removed the path.
    assert_eq!(get("/api/v1/livez").status, 204);

    let mut client = server.client();
    let body = json!({ "token": token_of(&link) });
    let response = client.send("POST", "/users/api/v1/sessions", body.to_string().as_bytes());
    let cookie = response.header("set-cookie").to_owned();
    assert!(
        cookie.starts_with("__Secure-studio_users_session=") && cookie.contains("; Path=/users;"),
        "{cookie}"
    );
    client.cookie = cookie.split(';').next().map(str::to_owned);
    assert_eq!(client.get("/users/api/v1/session").status, 200);
    let embedded = client.get("/users/").text();
    assert!(embedded.contains("data-answer=\"/api/v1/session\""), "{embedded}");
    assert_eq!(client.get("/users/api/v1/users?limit=1&sort=email").status, 200, "the query stays");

    client.post("/users/api/v1/sign-in-links", &json!({ "email": "administrator@studio.localhost" }));
    let mail = eventually(|| mails_in(&server.data).pop());
    assert!(mail.link("/sign-in#").starts_with("https://example.org/users/sign-in#"), "{}", mail.plain);
}
