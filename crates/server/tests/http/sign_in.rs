use serde_json::{Value, json};
use studio_users_contract::{Session, path};

use crate::mail::{eventually, mails_in};
use crate::server::{Server, printed, run, token_of};

#[test]
fn the_printed_link_signs_in_once_and_only_once() {
    let server = Server::start(&["--admin", "Ada@studio.example"]);
    assert!(server.sign_in.as_deref().unwrap().starts_with("http://localhost:"));
    let mut first = server.visitor();
    assert_eq!(first.get(path::SESSION).problem(), (401, "unauthenticated".into()));
    let answer = first.sign_in(&server.token());
    assert_eq!(answer.status, 201);
    let session: Session = answer.json();
    assert_eq!((session.user.email.as_str(), session.managed.len()), ("Ada@studio.example", 1));
    assert_eq!(server.visitor().sign_in(&server.token()).problem(), (403, "link_invalid".into()));
    assert_eq!(first.get(path::SESSION).json::<Session>(), session);
}

#[test]
fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let server = Server::start(&[]);
    let answer = server.visitor().sign_in(&server.token());
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("studio_users_session="), "{cookie}");
    for flag in ["; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(flag), "{cookie}");
    }
    assert!(!cookie.contains("Secure") && !cookie.contains("Domain"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[test]
fn over_tls_the_cookie_is_bound_to_the_host() {
    let server = Server::start(&["--public-url", "https://users.example/"]);
    assert!(server.sign_in.as_deref().unwrap().starts_with("https://users.example/sign-in#"));
    let answer = server.visitor().sign_in(&server.token());
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-studio_users_session=") && cookie.ends_with("; Secure"), "{cookie}");
}

#[test]
fn signing_in_again_ends_the_session_before_and_signing_out_the_last() {
    let server = Server::demo("40");
    let mut visitor = server.as_person("Maud");
    let old = visitor.cookie.clone();
    visitor.sign_in(&server.token());
    assert_ne!(visitor.cookie, old);
    let session: Session = visitor.get(path::SESSION).json();
    assert_eq!(session.user.name.as_deref(), Some("Charlotte Pemberton"));
    let stale = crate::server::Visitor { server: &server, cookie: old };
    assert_eq!(stale.get(path::SESSION).status, 401);

    let answer = visitor.send("DELETE", path::SESSION, b"");
    assert_eq!(answer.status, 204);
    assert!(answer.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(visitor.get(path::SESSION).status, 401);
}

#[test]
fn a_change_that_another_site_asks_for_is_refused() {
    let server = Server::start(&["--public-url", "http://users.test"]);
    let mut visitor = server.visitor();
    visitor.sign_in(&server.token());
    let cookie = visitor.cookie.as_deref().unwrap();
    let refused: [&[(&str, &str)]; 5] = [
        &[("cookie", cookie), ("sec-fetch-site", "cross-site"), ("origin", "http://users.test")],
        &[("cookie", cookie), ("sec-fetch-site", "same-site")],
        &[("cookie", cookie), ("origin", "http://evil.test")],
        &[("cookie", cookie), ("origin", "null")],
        &[("cookie", cookie)],
    ];
    for headers in refused {
        let answer = server.request("DELETE", path::SESSION, headers, b"");
        assert_eq!(answer.problem(), (403, "cross_site".into()), "{headers:?}");
    }
    assert_eq!(visitor.get(path::SESSION).status, 200);
    let own = [("cookie", cookie), ("origin", "http://users.test")];
    assert_eq!(server.request("DELETE", path::SESSION, &own, b"").status, 204);
    // Without a cookie there is nothing that another site could use.
    assert_eq!(server.request("POST", path::SESSIONS, &[], b"{\"token\":\"x\"}").problem().1, "link_invalid");
}

#[test]
fn a_mailed_link_signs_in_and_an_unknown_address_is_answered_alike() {
    let server = Server::demo("40");
    let mut visitor = server.visitor();
    for email in ["nobody@else.example", "nora@clinic.example", " Maud@Northwind.example"] {
        let answer = visitor.post(path::SIGN_IN_LINKS, &json!({ "email": email }));
        assert_eq!((answer.status, answer.body.len()), (202, 0));
    }
    // The invited have no account to sign in to yet.
    let mails = eventually(|| Some(mails_in(&server.data)).filter(|mails| !mails.is_empty()));
    let [mail] = mails.as_slice() else { panic!("{mails:?}") };
    assert_eq!(mail.to, "Maud Jansen <maud@northwind.example>");
    let link = mail.link("/sign-in#");
    let session: Session = visitor.sign_in(&token_of(&link)).json();
    assert_eq!(session.user.email, "maud@northwind.example");
}

#[test]
fn a_link_from_the_command_line_works_on_the_running_server() {
    let server = Server::demo("40");
    let link = printed(&run(server.data.path(), &["sign-in-link", "INGRID@clinic.example"]));
    let session: Session = server.visitor().sign_in(&token_of(&link)).json();
    assert_eq!(session.user.email, "ingrid@clinic.example");

    let output = run(server.data.path(), &["sign-in-link", "nobody@else.example"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nobody@else.example"));
}

#[test]
fn secrets_are_not_kept() {
    let server = Server::demo("40");
    let token = server.token();
    let mut visitor = server.visitor();
    visitor.sign_in(&token);
    let secret = visitor.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
    for name in ["studio-users.db", "studio-users.db-wal"] {
        let bytes = std::fs::read(server.data.path().join(name)).unwrap();
        for secret in [&token, &secret] {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{name}");
        }
    }
    let session: Value = visitor.get(path::SESSION).json();
    assert_eq!(session["view"], Value::Null);
}

#[test]
fn nobody_is_mailed_more_than_twenty_links_a_day() {
    let server = Server::demo("40");
    let mut visitor = server.visitor();
    for _ in 0..30 {
        let answer = visitor.post(path::SIGN_IN_LINKS, &json!({ "email": "maud@northwind.example" }));
        assert_eq!(answer.status, 202);
    }
    eventually(|| (mails_in(&server.data).len() == 20).then_some(()));
    // Who asks later is mailed after whatever else there was for the first.
    visitor.post(path::SIGN_IN_LINKS, &json!({ "email": "ingrid@clinic.example" }));
    eventually(|| mails_in(&server.data).iter().any(|mail| mail.to.contains("ingrid@")).then_some(()));
    assert_eq!(mails_in(&server.data).len(), 21);
}
