//! E-mail addresses: which of them are accepted, which are the same, and what the mail server gets.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::mail::eventually;
use crate::server::LOG;
use crate::smtp::MailServer;
use crate::world::{A, A1, World};

#[test]
fn refuses_addresses_to_which_no_mail_can_go() {
    let world = World::new();
    let long = format!("{}@example.org", "a".repeat(65));
    for (email, reason) in [
        ("mailto:tina@example.org", "local_part"),
        ("<vera@example.org>", "local_part"),
        ("zoe\u{200b}@example.org", "invisible"),
        ("wim.@example.org", "local_part"),
        (long.as_str(), "local_part_too_long"),
        ("a..b@x", "local_part"),
        ("ann@x", "ending"),
        ("zoe＠example.org", "look_alike"),
        ("zoe@exаmple.org", "look_alike"),
        ("zoe@192.0.2.1", "domain"),
        ("la rs@example.org", "white_space"),
        ("a@b@example.org", "at_sign"),
    ] {
        let result: Value = world.administrator.invite(&[email], &[(A1, &["agent"])]).json();
        let failed = json!([{ "email": email, "code": "invalid", "address_error": reason }]);
        assert_eq!((&result["failed"], &result["invited"]), (&failed, &json!(0)), "{email}");
        let draft = json!({ "emails": [email], "grants": [{ "node_id": A1, "roles": ["agent"] }] });
        let preview: Value = world.administrator.post(path::INVITATIONS_PREVIEW, &draft).json();
        let address = json!({ "email": email, "kind": "invalid", "address_error": reason });
        assert_eq!(preview["addresses"], json!([address]), "{email}");
    }
}

#[test]
fn an_international_domain_is_one_account_and_gets_mail_in_ascii() {
    let world = World::new();
    let spellings = ["zoe@bücher.example", "Zoe@BÜCHER.example", "zoe@xn--bcher-kva.example"];
    for (number, email) in (1..).zip(spellings) {
        let result: Value = world.administrator.invite(&[email], &[(A, &["agent"])]).json();
        assert_eq!(result["invited"], 1, "{email}");
        // A mail that waits is replaced by that of the next invitation.
        world.wait_for_mails("zoe@xn--bcher-kva.example", "/join#", number);
    }
    let page: Value = world.administrator.get(&format!("{}?status=invited", path::USERS)).json();
    assert_eq!((&page["total"]["value"], &page["items"][0]["email"]), (&json!(1), &json!(spellings[0])));
    assert_eq!(world.mails_to("bücher"), 0);

    let draft = json!({ "emails": spellings, "grants": [{ "node_id": A1, "roles": ["agent"] }] });
    let preview: Value = world.administrator.post(path::INVITATIONS_PREVIEW, &draft).json();
    let kinds: Vec<_> =
        preview["addresses"].as_array().unwrap().iter().map(|it| it["kind"].clone()).collect();
    assert_eq!(kinds, ["invited", "repeated", "repeated"]);

    world.accept(&world.mailed_token("zoe@xn--bcher-kva.example"), "Zoë");
    world.server.client().post(path::SIGN_IN_LINKS, &json!({ "email": "ZOE@Bücher.example" }));
    world.wait_for_mails("zoe@xn--bcher-kva.example", "/sign-in#", 1);
}

#[test]
fn refuses_an_address_that_the_mail_server_cannot_take() {
    let mails = MailServer::start();
    let world = World::with(&["--smtp", &mails.url()]);
    let result: Value =
        world.administrator.invite(&["zoë@x.example", "zoe@bücher.example"], &[(A1, &["agent"])]).json();
    let failed = json!([{ "email": "zoë@x.example", "code": "invalid", "address_error": "mail_server" }]);
    assert_eq!((&result["failed"], &result["invited"]), (&failed, &json!(1)));
    let accepted = eventually(|| mails.accepted().first().cloned());
    assert_eq!(accepted.to, "zoe@xn--bcher-kva.example");
}

#[test]
fn gives_up_a_mail_at_once_that_the_mail_server_can_never_take() {
    let world = World::new();
    world.administrator.invite(&["zoë@x.example"], &[(A1, &["agent"])]);
    world.accept(&world.mailed_token("zoë@x.example"), "Zoë");
    let (_, data) = world.server.stop();
    let mails = MailServer::start();
    let server = crate::server::Server::start_on(data, &["--smtp", &mails.url()]);
    server.client().post(path::SIGN_IN_LINKS, &json!({ "email": "zoë@x.example" }));
    server.wait_for_log("was refused for good");
    let log = std::fs::read_to_string(server.data.path().join(LOG)).unwrap();
    assert!(log.contains("the mail server does not support") && !log.contains("will be retried"), "{log}");
}

#[test]
fn mails_to_an_international_local_part_if_the_mail_server_supports_it() {
    let mails = MailServer::with_smtputf8();
    let world = World::with(&["--smtp", &mails.url()]);
    let result: Value = world.administrator.invite(&["zoë@bücher.example"], &[(A1, &["agent"])]).json();
    assert_eq!(result["invited"], 1);
    assert_eq!(eventually(|| mails.accepted().first().cloned()).to, "zoë@xn--bcher-kva.example");
}

#[test]
fn text_without_a_visible_character_is_empty() {
    let world = World::new();
    for (number, blank) in [
        "",
        " ",
        "\u{200b}",
        "\u{2800}",
        "\u{3164}",
        "\u{ad}\u{feff}",
        "\u{202e}",
        "\u{2066}\u{2069}\u{200f}",
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("ann{number}@x.example");
        let name = json!({ "name": blank });
        let patch = |body: &Value| world.administrator.call("PATCH", path::SESSION, body, &[]);
        assert_eq!(patch(&name).problem(), (422, "invalid".into()), "{blank:?}");
        let view = json!({ "user_id": world.administrator.id, "reason": blank });
        assert_eq!(
            world.administrator.post(path::VIEWS, &view).problem(),
            (422, "invalid".into()),
            "{blank:?}"
        );

        let invitation = json!({
            "emails": [email], "message": blank, "grants": [{ "node_id": A1, "roles": ["agent"] }],
        });
        assert_eq!(world.administrator.post(path::INVITATIONS, &invitation).status, 200);
        let details: Value = world
            .administrator
            .post(path::INVITATIONS_INSPECT, &json!({ "token": world.mailed_token(&email) }))
            .json();
        assert_eq!(details["message"], Value::Null, "{blank:?}");
        let response = world.try_accept(&world.mailed_token(&email), blank);
        assert_eq!(response.problem(), (422, "invalid".into()), "{blank:?}");
    }
    let name = json!({ "name": "\u{feff} Zoë\u{202e} \u{200b}" });
    assert_eq!(world.administrator.call("PATCH", path::SESSION, &name, &[]).status, 200);
    let session: Value = world.administrator.get(path::SESSION).json();
    assert_eq!(session["user"]["name"], "Zoë");
}
