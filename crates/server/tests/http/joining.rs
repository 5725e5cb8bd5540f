//! Inviting and joining: what a link does, and what it does not.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::server::Answer;
use crate::world::{A, A1, A2, B1, World, grants_of, of};

const MANAGER: &[&str] = &["organisation_manager"];

fn inspect(world: &World, token: &str) -> Answer {
    let body = json!({ "token": token }).to_string();
    world.server.request(
        "POST",
        path::INVITATIONS_INSPECT,
        &[("sec-fetch-site", "same-origin")],
        body.as_bytes(),
    )
}

#[test]
fn opening_a_link_tells_what_it_is_for_and_uses_nothing_up() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    let body = json!({
        "emails": ["new@x.example"], "grants": grants_of(&[(A1, &["agent"])]),
        "message": "Welcome", "locale": "nl", "expires_in_days": 3,
    });
    assert_eq!(manager.post(path::INVITATIONS, &body).status, 200);
    let token = world.mailed_token("new@x.example");
    for _ in 0..50 {
        let seen: Value = inspect(&world, &token).json();
        assert_eq!((&seen["email"], &seen["invited_by"]), (&json!("new@x.example"), &json!("maud")));
        assert_eq!((&seen["organisation"], &seen["message"]), (&json!("Provider"), &json!("Welcome")));
        assert_eq!(seen["grants"][0]["node"], "Environment A1");
    }
    assert_eq!(world.try_accept(&token, "  ").problem(), (422, "invalid".into()), "a name is needed");
    assert_eq!(manager.row("new@x.example").unwrap()["status"], "invited");
    let joined = world.accept(&token, "New");
    let session: Value = joined.get(path::SESSION).json();
    assert_eq!((&session["user"]["name"], &session["user"]["locale"]), (&json!("New"), &json!("nl")));
    assert_eq!(world.wait_for_mails("maud@x.example", "New", 1).len(), 1, "the inviter is told");
    let actions = manager.actions(&joined.id);
    assert_eq!(actions, ["session.started", "invitation.accepted", "invitation.sent", "user.invited"]);
}

#[test]
fn links_that_give_nothing_are_told_apart_by_nothing() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    let mut tokens = vec!["unknown".to_owned()];
    for name in ["used", "revoked", "removed", "replaced"] {
        let email = format!("{name}@x.example");
        assert_eq!(manager.invite(&[&email], &[(A1, &["agent"])]).status, 200);
        let token = world.mailed_token(&email);
        let user = manager.id_of(&email);
        match name {
            "used" => drop(world.accept(&token, "Used")),
            "revoked" => assert_eq!(manager.delete(&of(path::USER_INVITATION, &user)).status, 204),
            "removed" => assert_eq!(manager.delete(&of(path::USER, &user)).status, 204),
            _ => {
                assert_eq!(manager.post(&of(path::USER_INVITATION_RESEND, &user), &Value::Null).status, 204);
                world.wait_for_mails(&email, "/join#", 2);
            }
        }
        tokens.push(token);
    }
    let answers = tokens.iter().map(|token| (inspect(&world, token).body, world.try_accept(token, "X").body));
    let answers: Vec<_> = answers.collect();
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    assert_eq!(inspect(&world, "unknown").problem(), (403, "link_invalid".into()));
    // A link from before does not open what comes after.
    assert_eq!(manager.invite(&["revoked@x.example"], &[(A1, &["agent"])]).status, 200);
    assert_eq!(world.try_accept(&tokens[2], "X").problem(), (403, "link_invalid".into()));
}

#[test]
fn resending_ends_the_mailed_link_and_leaves_the_copied_one() {
    let world = World::new();
    assert_eq!(world.administrator.invite(&["new@x.example"], &[(A1, &["agent"])]).status, 200);
    let mailed = world.mailed_token("new@x.example");
    let user = world.administrator.id_of("new@x.example");
    let copied = world.administrator.copied_token(&user);
    let resend = world.administrator.post(&of(path::USER_INVITATION_RESEND, &user), &Value::Null);
    assert_eq!(resend.status, 204);
    world.wait_for_mails("new@x.example", "/join#", 2);
    let details: Value = world.administrator.get(&of(path::USER, &user)).json();
    assert_eq!(details["pending"]["links"], 3);
    assert_eq!(inspect(&world, &mailed).status, 403);
    assert_eq!(inspect(&world, &copied).status, 200);
    let actions = world.administrator.actions(&user);
    assert_eq!(actions, ["invitation.resent", "invitation.link_copied", "invitation.sent", "user.invited"]);
    world.accept(&copied, "New");
    let link = of(path::USER_INVITATION_LINK, &user);
    assert_eq!(world.administrator.post(&link, &Value::Null).problem(), (409, "no_invitation".into()));
}

#[test]
fn who_has_joined_gets_the_roles_at_once_beside_what_they_have() {
    let world = World::new();
    let user = world.join("user", &[(A, &["operator"])]);
    let manager = world.join("maud", &[(A, MANAGER)]);
    let result: Value = manager.invite(&["USER@x.example"], &[(A1, &["planner"])]).json();
    assert_eq!((&result["invited"], &result["updated"]), (&json!(0), &json!(1)));
    assert_eq!(manager.effective(&user.id, A1), ["operator", "planner"]);
    assert_eq!(manager.effective(&user.id, A2), ["operator"]);
    for _ in 0..100 {
        if world.mails_to("user@x.example") == 2 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(25));
    }
    panic!("no mail told of it");
}

#[test]
fn a_request_that_makes_no_sense_is_refused_by_its_field() {
    let world = World::new();
    let grants = grants_of(&[(A1, &["agent"])]);
    let many: Vec<String> = (0..201).map(|number| format!("p{number}@x.example")).collect();
    let cases = [
        (json!({ "emails": [], "grants": grants }), "emails"),
        (json!({ "emails": many, "grants": grants }), "emails"),
        (json!({ "emails": ["a@x.example"], "grants": [] }), "grants"),
        (json!({ "emails": ["a@x.example"], "grants": grants_of(&[(A1, &[])]) }), "grants"),
        (
            json!({ "emails": ["a@x.example"], "grants": grants_of(&[(A1, &["agent"]), (A1, &["planner"])]) }),
            "grants",
        ),
        (json!({ "emails": ["a@x.example"], "grants": grants, "expires_in_days": 0 }), "expires_in_days"),
        (json!({ "emails": ["a@x.example"], "grants": grants, "expires_in_days": 31 }), "expires_in_days"),
        (json!({ "emails": ["a@x.example"], "grants": grants, "message": "x".repeat(1_001) }), "message"),
    ];
    for (body, field) in cases {
        let answer = world.administrator.post(path::INVITATIONS, &body);
        assert_eq!(answer.problem(), (422, "invalid".into()), "{field}");
        assert_eq!(answer.json::<Value>()["fields"][0]["field"], field);
    }
    let manager = world.join("maud", &[(A, MANAGER)]);
    for node in [B1, "00000000-0000-4000-8000-00000000ffff"] {
        assert_eq!(
            manager.invite(&["a@x.example"], &[(node, &["agent"])]).problem(),
            (404, "not_found".into())
        );
    }
}

#[test]
fn a_mailbox_is_not_filled_and_what_was_not_mailed_was_not_done() {
    let world = World::new();
    let invite = || world.administrator.invite(&["new@x.example"], &[(A1, &["agent"])]).json::<Value>();
    for _ in 0..20 {
        assert_eq!(invite()["invited"], 1);
    }
    let user = world.administrator.id_of("new@x.example");
    let before = world.administrator.actions(&user);
    assert_eq!(invite()["failed"], json!([{ "email": "new@x.example", "code": "rate_limited" }]));
    let resend = world.administrator.post(&of(path::USER_INVITATION_RESEND, &user), &Value::Null);
    assert_eq!(resend.problem(), (429, "rate_limited".into()));
    assert_eq!(world.administrator.actions(&user), before);
}

#[test]
fn the_secret_of_a_link_is_found_nowhere_but_where_it_was_handed_out() {
    let world = World::new();
    let mut secrets = Vec::new();
    for number in 0..20 {
        let email = format!("p{number}@x.example");
        assert_eq!(world.administrator.invite(&[&email], &[(A1, &["agent"])]).status, 200);
        secrets.push(world.mailed_token(&email));
        secrets.push(world.administrator.copied_token(&world.administrator.id_of(&email)));
        world.accept(&secrets[secrets.len() - 1], "Somebody");
    }
    let mut read = 0;
    for entry in std::fs::read_dir(world.server.data.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        read += 1;
        for secret in &secrets {
            let is_found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
            assert!(!is_found, "{}", path.display());
        }
    }
    assert!(read >= 4, "the database, its log, the audit's files and the server's log");
}
