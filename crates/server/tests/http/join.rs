//! Joining with an invitation link.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::mail::eventually;
use crate::server::Response;
use crate::world::{A, A1, B, B1, Person, ROOT, World, with_id};

impl World {
    fn inspect(&self, token: &str) -> Response {
        self.server.request(
            "POST",
            path::INVITATIONS_INSPECT,
            &[],
            json!({ "token": token }).to_string().as_bytes(),
        )
    }

    /// Invites a user. Returns their id and the mailed token.
    fn invited(&self, by: &Person, email: &str, grants: &[(&str, &[&str])]) -> (String, String) {
        let response = by.invite(&[email], grants);
        assert_eq!(response.status, 200, "{}", response.text());
        let (id, token) = (by.id_of(email), self.mailed_token(email));
        // The server records that a mail was sent after it has sent it.
        eventually(|| {
            let user: Value = by.get(&with_id(path::USER, &id)).json();
            Some(()).filter(|()| user["pending"]["delivery"]["state"] != "queued")
        });
        (id, token)
    }

    /// Waits for a number of mailed sign-in links, and signs in with the latest.
    pub(crate) fn sign_in_by_mail(&self, email: &str, count: usize) -> Person {
        let token = self.wait_for_mails(email, "/sign-in#", count).pop().unwrap();
        let mut client = self.server.client();
        let response = client.sign_in(&token);
        assert_eq!(response.status, 201, "{}", response.text());
        self.person(&response)
    }
}

/// Accepts an invitation with the session of a user.
fn accept_as(person: &Person, token: &str, name: Option<&str>) -> Response {
    person.post(path::INVITATIONS_ACCEPT, &json!({ "token": token, "name": name }))
}

fn is_signed_in(person: &Person) -> bool {
    person.get(path::SESSION).status == 200
}

#[test]
fn inspecting_a_link_changes_nothing() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let (id, token) = world.invited(&manager, "nina@x.example", &[(A1, &["agent"])]);
    let before = (manager.get(&with_id(path::USER, &id)).body, manager.actions(&id));
    let first = world.inspect(&token);
    assert_eq!(first.status, 200, "{}", first.text());
    let seen: Value = first.json();
    assert_eq!((&seen["email"], &seen["invited_by"]), (&json!("nina@x.example"), &json!("maud")));
    assert_eq!(seen["organisation"], "Provider");
    let grants = json!([{ "node": "Environment A1", "kind": "environment", "roles": ["agent"] }]);
    assert_eq!(seen["grants"], grants);
    for _ in 0..50 {
        assert_eq!(world.inspect(&token).body, first.body);
    }
    assert_eq!((manager.get(&with_id(path::USER, &id)).body, manager.actions(&id)), before);
    world.accept(&token, "Nina");
}

#[test]
fn joining_requires_a_name_and_gives_the_granted_roles() {
    let world = World::with(&["--digest-minutes", "0"]);
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let mails = eventually(|| Some(world.mails_to("maud@x.example")).filter(|&mails| mails == 1));
    let (id, token) = world.invited(&manager, "nina@x.example", &[(A1, &["agent", "analyst"])]);
    for name in ["", "  ", "a\u{7}b"] {
        let response = world.try_accept(&token, name);
        assert_eq!(response.problem(), (422, "invalid".into()), "{name}");
        assert_eq!(response.json::<Value>()["fields"][0]["field"], "name");
    }
    let response = world.try_accept(&token, " Nina ");
    assert_eq!(response.status, 201, "{}", response.text());
    assert!(response.header("set-cookie").contains("HttpOnly"));
    assert_eq!(response.json::<Value>()["token"], Value::Null);
    let nina = world.person(&response);
    assert!(is_signed_in(&nina) && nina.id == id);
    let row = manager.row("nina@x.example").unwrap();
    assert_eq!((&row["status"], &row["name"]), (&json!("active"), &json!("Nina")));
    assert_eq!(manager.effective(&id, A1).len(), 2);
    assert_eq!(manager.effective(&id, A), [""; 0]);
    let actions = ["session.started", "invitation.accepted", "invitation.sent", "user.invited"];
    manager.wait_for_actions(&id, &actions);
    eventually(|| (world.mails_to("maud@x.example") == mails + 1).then_some(()));
}

#[test]
fn rejects_extra_fields() {
    let world = World::new();
    let (id, token) = world.invited(&world.administrator, "nina@x.example", &[(A1, &["agent"])]);
    for field in ["role", "user_id"] {
        let mut body = json!({ "token": token, "name": "Nina" });
        body[field] = json!("administrator");
        let response =
            world.server.request("POST", path::INVITATIONS_ACCEPT, &[], body.to_string().as_bytes());
        assert_eq!(response.problem(), (422, "invalid".into()));
        assert!(response.text().contains(field), "{}", response.text());
    }
    assert_eq!(world.administrator.row("nina@x.example").unwrap()["status"], "invited");
    assert_eq!(world.accept(&token, "Nina").id, id);
}

#[test]
fn returns_a_bearer_token_without_a_cookie() {
    let world = World::new();
    let (_, token) = world.invited(&world.administrator, "nina@x.example", &[(A1, &["agent"])]);
    let body = json!({ "token": token, "name": "Nina", "bearer": true }).to_string();
    let response = world.server.request("POST", path::INVITATIONS_ACCEPT, &[], body.as_bytes());
    assert_eq!((response.status, response.header("set-cookie")), (201, ""));
    let bearer = format!("Bearer {}", response.json::<Value>()["token"].as_str().unwrap());
    assert_eq!(world.server.request("GET", path::SESSION, &[("authorization", &bearer)], b"").status, 200);
}

#[test]
fn answers_all_invalid_links_alike() {
    let world = World::new();
    let admin = &world.administrator;
    let mut invalid_tokens = vec!["unknown".to_owned(), "A".repeat(43)];
    let (_, used) = world.invited(admin, "used@x.example", &[(A1, &["agent"])]);
    world.accept(&used, "Used");
    let (revoked_id, revoked) = world.invited(admin, "revoked@x.example", &[(A1, &["agent"])]);
    assert_eq!(admin.delete(&with_id(path::USER_INVITATION, &revoked_id)).status, 204);
    let (removed_id, removed) = world.invited(admin, "removed@x.example", &[(A1, &["agent"])]);
    assert_eq!(admin.delete(&with_id(path::USER, &removed_id)).status, 204);
    let (_, expired) = world.invited(admin, "expired@x.example", &[(A1, &["agent"])]);
    world.server.execute("UPDATE pending_grants SET expires_at = 1");
    invalid_tokens.extend([used, revoked, removed, expired]);
    let inspected = world.inspect(&invalid_tokens[0]);
    let accepted = world.try_accept(&invalid_tokens[0], "Nina");
    assert_eq!(inspected.problem(), (403, "link_invalid".into()));
    assert_eq!(accepted.body, inspected.body);
    for token in &invalid_tokens {
        assert_eq!(world.inspect(token).body, inspected.body);
        let response = world.try_accept(token, "Nina");
        assert_eq!((response.status, response.body), (403, accepted.body.clone()));
    }
}

#[test]
fn never_signs_in_to_an_existing_account() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B1, &["agent"])]);
    manager.invite(&["bert@x.example"], &[(A1, &["agent"])]);
    let token = world.wait_for_mails("bert@x.example", "/join#", 2).pop().unwrap();
    let response = world.try_accept(&token, "Mallory");
    assert_eq!(response.problem(), (403, "sign_in_required".into()));
    assert_eq!(response.header("set-cookie"), "");
    assert_eq!(manager.row("bert@x.example").unwrap()["status"], "invited");
    assert!(is_signed_in(&world.sign_in_by_mail("bert@x.example", 1)));
    // Bert can accept it with his own session, which continues.
    let response = accept_as(&bert, &token, None);
    assert_eq!((response.status, response.header("set-cookie")), (201, ""), "{}", response.text());
    assert!(is_signed_in(&bert));
    assert_eq!(manager.effective(&bert.id, A1), ["agent"]);
    assert_eq!(manager.row("bert@x.example").unwrap()["name"], "bert");
    assert_eq!(accept_as(&bert, &token, None).problem(), (403, "link_invalid".into()));
}

#[test]
fn a_copied_link_gives_no_session_of_an_existing_user() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B, &["administrator"])]);
    manager.invite(&["bert@x.example"], &[(A1, &["agent"])]);
    let token = manager.copied_token(&bert.id);
    for response in [world.try_accept(&token, "Bert"), accept_as(&manager, &token, Some("Bert"))] {
        assert_eq!(response.problem(), (403, "sign_in_required".into()));
        assert_eq!(response.header("set-cookie"), "");
    }
    assert_eq!(manager.get(path::SESSION).json::<Value>()["user"]["id"], manager.id);
    assert_eq!(manager.effective(&bert.id, A1), [""; 0]);
}

#[test]
fn joins_as_the_invitee_while_another_user_is_signed_in() {
    let world = World::new();
    let other = world.join("otto", &[(A1, &["agent"])]);
    let (id, token) = world.invited(&world.administrator, "nina@x.example", &[(A1, &["analyst"])]);
    let response = accept_as(&other, &token, Some("Nina"));
    assert_eq!(response.status, 201, "{}", response.text());
    let nina = world.person(&response);
    assert_eq!(nina.id, id);
    assert!(!is_signed_in(&other), "the other session of the browser ends");
    assert_eq!(world.administrator.effective(&other.id, A1), ["agent"]);
    // An existing account has to sign in first.
    let manager = world.join("maud", &[(B, &["organisation_manager"])]);
    manager.invite(&["otto@x.example"], &[(B1, &["agent"])]);
    let token = world.wait_for_mails("otto@x.example", "/join#", 2).pop().unwrap();
    assert_eq!(accept_as(&nina, &token, Some("Otto")).problem(), (403, "sign_in_required".into()));
    assert!(is_signed_in(&nina));
}

#[test]
fn requires_a_mailed_link_for_an_unverified_address() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    manager.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    let nina = world.accept(&manager.copied_token(&manager.id_of("nina@x.example")), "Nina");
    // The creator of the link can assign roles at once. Grants of other managers stay pending, although they
    // can see the user.
    let response: Value = manager.invite(&["nina@x.example"], &[(A1, &["analyst"])]).json();
    assert_eq!(response["updated"], 1);
    let response: Value = world.administrator.invite(&["nina@x.example"], &[(A1, &["producer"])]).json();
    assert_eq!(response["invited"], 1);
    let copied = world.administrator.copied_token(&nina.id);
    assert_eq!(accept_as(&nina, &copied, None).problem(), (403, "sign_in_required".into()));
    assert_eq!(world.administrator.effective(&nina.id, A1).len(), 2);
    // The mailed link verifies the address. It ends earlier sessions and replaces this one.
    let mailed = world.wait_for_mails("nina@x.example", "/join#", 2).pop().unwrap();
    let response = accept_as(&nina, &mailed, None);
    assert_eq!(response.status, 201, "{}", response.text());
    assert!(!is_signed_in(&nina) && is_signed_in(&world.person(&response)));
    assert_eq!(world.administrator.effective(&nina.id, A1).len(), 3);
    let response: Value = world.administrator.invite(&["nina@x.example"], &[(A1, &["planner"])]).json();
    assert_eq!(response["updated"], 1);
}

#[test]
fn a_mailed_sign_in_link_verifies_the_address() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    manager.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    let nina = world.accept(&manager.copied_token(&manager.id_of("nina@x.example")), "Nina");
    let response = world.server.client().post(path::SIGN_IN_LINKS, &json!({ "email": "nina@x.example" }));
    assert_eq!(response.status, 202);
    let verified = world.sign_in_by_mail("nina@x.example", 1);
    assert!(is_signed_in(&verified) && !is_signed_in(&nina));
    let ended = format!("{}?action=session.ended&user={}", path::AUDIT, nina.id);
    let page: Value = world.administrator.get(&ended).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["details"]["reason"], "address_verified");
    let response: Value = world.administrator.invite(&["nina@x.example"], &[(A1, &["producer"])]).json();
    assert_eq!(response["updated"], 1);
    assert!(is_signed_in(&verified));
}

#[test]
fn a_demoted_inviter_grants_nothing() {
    let world = World::new();
    let admin = &world.administrator;
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let (id, token) = world.invited(&manager, "nina@x.example", &[(A1, &["agent"])]);
    let (both, _) = world.invited(&manager, "both@x.example", &[(A1, &["agent"])]);
    admin.invite(&["both@x.example"], &[(A1, &["analyst"])]);
    // A copied link would make the administrator the granter of both.
    let valid = world.wait_for_mails("both@x.example", "/join#", 2).pop().unwrap();
    assert_eq!(admin.assign(&manager.id, A, Some(&["agent"])).status, 200);
    assert_eq!(world.try_accept(&token, "Nina").problem(), (403, "link_invalid".into()));
    assert!(admin.row("nina@x.example").is_none(), "{id}");
    let audit: Value = admin.get(path::AUDIT).json();
    let revoked =
        audit["items"].as_array().unwrap().iter().find(|entry| entry["target"]["id"] == id).unwrap();
    assert_eq!(
        (&revoked["action"], &revoked["details"]["before"]),
        (&json!("invitation.revoked"), &json!(["agent"]))
    );
    world.accept(&valid, "Both");
    assert_eq!(admin.effective(&both, A1), ["analyst"]);
    assert!(admin.actions(&both).contains(&"invitation.revoked".to_owned()));
}

#[test]
fn a_managers_link_excludes_grants_of_administrators() {
    let world = World::new();
    let admin = &world.administrator;
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    for (email, is_copied_first) in [("nina@x.example", false), ("noor@x.example", true)] {
        let (id, _) = world.invited(&manager, email, &[(A1, &["agent"])]);
        let early = is_copied_first.then(|| manager.copied_token(&id));
        assert_eq!(admin.invite(&[email], &[(A, &["administrator"])]).status, 200);
        let token = early.unwrap_or_else(|| manager.copied_token(&id));
        world.accept(&token, "Nina");
        assert_eq!(manager.effective(&id, A1), ["agent"]);
        assert_eq!(manager.effective(&id, A), [""; 0]);
        let user: Value = admin.get(&with_id(path::USER, &id)).json();
        assert_ne!(user["pending"], Value::Null, "the grant of the administrator is still pending");
        // A used link gives nothing more, even if its creator may grant more later.
        assert_eq!(admin.assign(&manager.id, A, Some(&["administrator"])).status, 200);
        assert_eq!(world.try_accept(&token, "Nina").problem(), (403, "link_invalid".into()), "{email}");
        assert_eq!(admin.assign(&manager.id, A, Some(&["organisation_manager"])).status, 200);
    }
    // With only that grant, the manager cannot copy a link.
    let (id, _) = world.invited(admin, "ada@x.example", &[(A, &["administrator"])]);
    let response = manager.post(&with_id(path::USER_INVITATION_LINK, &id), &Value::Null);
    assert_eq!(response.problem(), (403, "needs_administrator".into()));
}

#[test]
fn a_revoked_link_stays_invalid_after_a_new_invitation() {
    let world = World::new();
    let admin = &world.administrator;
    let manager = world.join("maud", &[(ROOT, &["organisation_manager"])]);
    let (id, _) = world.invited(admin, "nina@x.example", &[(A1, &["agent"])]);
    manager.invite(&["nina@x.example"], &[(B1, &["agent"])]);
    let stale = admin.copied_token(&id);
    assert_eq!(admin.delete(&with_id(path::USER_INVITATION, &id)).status, 204);
    admin.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    assert_eq!(world.try_accept(&stale, "Nina").problem(), (403, "link_invalid".into()));
}

#[test]
fn drops_grants_of_roles_that_are_no_longer_licensed() {
    let world = World::new();
    let admin = &world.administrator;
    let (id, token) = world.invited(admin, "nina@x.example", &[(A1, &["planner"])]);
    let file = world.server.data.path().join("nodes.json");
    let mut nodes: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    for node in nodes.as_array_mut().unwrap().iter_mut().filter(|node| node["id"] == A1) {
        node["disabled_roles"] = json!(["planner"]);
    }
    std::fs::write(&file, nodes.to_string()).unwrap();
    let arguments = ["nodes", "import", file.to_str().unwrap()];
    crate::server::stdout_of(&crate::server::run(world.server.data.path(), &arguments));
    assert_eq!(world.try_accept(&token, "Nina").problem(), (403, "link_invalid".into()));
    assert!(admin.row("nina@x.example").is_none(), "{id}");
}
