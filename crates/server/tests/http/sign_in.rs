use serde_json::{Value, json};
use studio_users_contract::{Session, path};

use crate::database::assert_contains_no;
use crate::mail::{eventually, mails_in};
use crate::server::{Server, run, stdout_of, token_of};

#[test]
fn the_printed_link_works_once() {
    let server = Server::start(&["--admin", "Ada@studio.example"]);
    assert!(server.sign_in.as_deref().unwrap().starts_with("http://localhost:"));
    let mut first = server.client();
    assert_eq!(first.get(path::SESSION).problem(), (401, "unauthenticated".into()));
    let response = first.sign_in(&server.token());
    assert_eq!(response.status, 201);
    let session: Session = response.json();
    assert_eq!((session.user.email.as_str(), session.managed.len()), ("Ada@studio.example", 1));
    assert_eq!(server.client().sign_in(&server.token()).problem(), (403, "link_invalid".into()));
    assert_eq!(first.get(path::SESSION).json::<Session>(), session);
}

#[test]
fn sets_an_http_only_same_site_cookie() {
    let server = Server::start(&[]);
    let response = server.client().sign_in(&server.token());
    let cookie = response.header("set-cookie");
    let port = server.sign_in.as_deref().unwrap().split(['/', ':']).nth(4).unwrap();
    assert!(cookie.starts_with(&format!("studio_users_session_{port}=")), "{cookie}");
    for flag in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"));
    assert_eq!(response.header("cache-control"), "no-store");
}

#[test]
fn uses_a_host_prefixed_secure_cookie_over_tls() {
    let server = Server::start(&["--public-url", "https://users.example/"]);
    assert!(server.sign_in.as_deref().unwrap().starts_with("https://users.example/sign-in#"));
    let response = server.client().sign_in(&server.token());
    let cookie = response.header("set-cookie");
    assert!(cookie.starts_with("__Host-studio_users_session=") && cookie.ends_with("; Secure"), "{cookie}");
}

#[test]
fn signing_in_again_replaces_the_session() {
    let server = Server::demo("40");
    let mut client = server.sign_in_as("Maud");
    let old = client.cookie.clone();
    client.sign_in(&server.token());
    assert_ne!(client.cookie, old);
    let session: Session = client.get(path::SESSION).json();
    assert_eq!(session.user.name.as_deref(), Some("Charlotte Pemberton"));
    let stale = crate::server::Client { server: &server, cookie: old };
    assert_eq!(stale.get(path::SESSION).status, 401);

    let response = client.send("DELETE", path::SESSION, b"");
    assert_eq!(response.status, 204);
    assert!(response.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(client.get(path::SESSION).status, 401);
}

#[test]
fn refuses_cross_site_changes() {
    let server = Server::start(&["--public-url", "http://users.test"]);
    let mut client = server.client();
    client.sign_in(&server.token());
    let cookie = client.cookie.as_deref().unwrap();
    let refused: [&[(&str, &str)]; 5] = [
        &[("cookie", cookie), ("sec-fetch-site", "cross-site"), ("origin", "http://users.test")],
        &[("cookie", cookie), ("sec-fetch-site", "same-site")],
        &[("cookie", cookie), ("origin", "http://evil.test")],
        &[("cookie", cookie), ("origin", "null")],
        &[("cookie", cookie)],
    ];
    for headers in refused {
        let response = server.request("DELETE", path::SESSION, headers, b"");
        assert_eq!(response.problem(), (403, "cross_site".into()), "{headers:?}");
    }
    assert_eq!(client.get(path::SESSION).status, 200);
    let own = [("cookie", cookie), ("origin", "http://users.test")];
    assert_eq!(server.request("DELETE", path::SESSION, &own, b"").status, 204);
    // Without a cookie, cross-site requests are harmless.
    assert_eq!(server.request("POST", path::SESSIONS, &[], b"{\"token\":\"x\"}").problem().1, "link_invalid");
}

#[test]
fn mails_a_link_and_does_not_reveal_unknown_addresses() {
    let server = Server::demo("40");
    let mut client = server.client();
    for email in ["nobody@else.example", "nora@clinic.example", " Maud@Northwind.example"] {
        let response = client.post(path::SIGN_IN_LINKS, &json!({ "email": email }));
        assert_eq!((response.status, response.body.len()), (202, 0));
    }
    // Invited users cannot sign in before they join.
    let mails = eventually(|| Some(mails_in(&server.data)).filter(|mails| !mails.is_empty()));
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(mail.to, "Maud Jansen <maud@northwind.example>");
    let link = mail.link("/sign-in#");
    let session: Session = client.sign_in(&token_of(&link)).json();
    assert_eq!(session.user.email, "maud@northwind.example");
}

#[test]
fn accepts_links_from_the_command_line() {
    let server = Server::demo("40");
    let link = stdout_of(&run(server.data.path(), &["sign-in-link", "INGRID@clinic.example"]));
    let session: Session = server.client().sign_in(&token_of(&link)).json();
    assert_eq!(session.user.email, "ingrid@clinic.example");

    let output = run(server.data.path(), &["sign-in-link", "nobody@else.example"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody@else.example"));
}

#[test]
fn stores_no_secrets() {
    let server = Server::demo("40");
    let token = server.token();
    let mut client = server.client();
    client.sign_in(&token);
    let secret = client.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
    for secret in [&token, &secret] {
        assert_contains_no(server.data.path(), secret);
    }
    let session: Value = client.get(path::SESSION).json();
    assert_eq!(session["view"], Value::Null);
}

#[test]
fn requests_by_others_lock_nobody_out() {
    let server = Server::demo("40");
    let mut client = server.client();
    for _ in 0..30 {
        let response = client.post(path::SIGN_IN_LINKS, &json!({ "email": "maud@northwind.example" }));
        assert_eq!(response.status, 202);
    }
    // This mail is sent after any further mails to the first user.
    client.post(path::SIGN_IN_LINKS, &json!({ "email": "ingrid@clinic.example" }));
    eventually(|| mails_in(&server.data).iter().any(|mail| mail.to.contains("ingrid@")).then_some(()));
    let mails = mails_in(&server.data);
    let links: Vec<_> = mails.iter().filter(|mail| mail.to.contains("maud@")).collect();
    assert!((1..=3).contains(&links.len()), "{}", links.len());
    for mail in links {
        assert_eq!(server.client().sign_in(&token_of(&mail.link("/sign-in#"))).status, 201);
    }
}
