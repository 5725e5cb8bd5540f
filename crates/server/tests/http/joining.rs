//! Joining by an invitation's link: what it brings, to whom, and what it never does.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::mail::eventually;
use crate::server::Answer;
use crate::world::{A, A1, B, B1, Person, ROOT, World, of};

impl World {
    fn inspect(&self, token: &str) -> Answer {
        self.server.request(
            "POST",
            path::INVITATIONS_INSPECT,
            &[],
            json!({ "token": token }).to_string().as_bytes(),
        )
    }

    /// Invited by somebody; the id and the mailed token.
    fn invited(&self, by: &Person, email: &str, grants: &[(&str, &[&str])]) -> (String, String) {
        let answer = by.invite(&[email], grants);
        assert_eq!(answer.status, 200, "{}", answer.text());
        (by.id_of(email), self.mailed_token(email))
    }

    /// Signs in by the newest of so many mailed links.
    fn sign_in_by_mail(&self, email: &str, count: usize) -> Person {
        let token = self.wait_for_mails(email, "/sign-in#", count).pop().unwrap();
        let mut visitor = self.server.visitor();
        let answer = visitor.sign_in(&token);
        assert_eq!(answer.status, 201, "{}", answer.text());
        self.person(&answer)
    }
}

/// Accepts in the browser of somebody who is signed in.
fn accept_as(person: &Person, token: &str, name: Option<&str>) -> Answer {
    person.post(path::INVITATIONS_ACCEPT, &json!({ "token": token, "name": name }))
}

fn is_signed_in(person: &Person) -> bool {
    person.get(path::SESSION).status == 200
}

#[test]
fn inspecting_tells_who_invites_to_what_and_changes_nothing() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let (id, token) = world.invited(&manager, "nina@x.example", &[(A1, &["agent"])]);
    let before = (manager.get(&of(path::USER, &id)).body, manager.actions(&id));
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
    assert_eq!((manager.get(&of(path::USER, &id)).body, manager.actions(&id)), before);
    world.accept(&token, "Nina");
}

#[test]
fn joining_needs_a_name_and_gives_exactly_what_was_granted() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let mails = eventually(|| Some(world.mails_to("maud@x.example")).filter(|&mails| mails == 1));
    let (id, token) = world.invited(&manager, "nina@x.example", &[(A1, &["agent", "analyst"])]);
    for name in ["", "  ", "a\u{7}b"] {
        let answer = world.try_accept(&token, name);
        assert_eq!(answer.problem(), (422, "invalid".into()), "{name}");
        assert_eq!(answer.json::<Value>()["fields"][0]["field"], "name");
    }
    let answer = world.try_accept(&token, " Nina ");
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(answer.header("set-cookie").contains("HttpOnly"));
    assert_eq!(answer.json::<Value>()["token"], Value::Null);
    let nina = world.person(&answer);
    assert!(is_signed_in(&nina) && nina.id == id);
    let row = manager.row("nina@x.example").unwrap();
    assert_eq!((&row["status"], &row["name"]), (&json!("active"), &json!("Nina")));
    assert_eq!(manager.effective(&id, A1).len(), 2);
    assert_eq!(manager.effective(&id, A), [""; 0]);
    let done = ["session.started", "invitation.accepted", "invitation.sent", "user.invited"];
    assert_eq!(manager.actions(&id), done);
    eventually(|| (world.mails_to("maud@x.example") == mails + 1).then_some(()));
}

#[test]
fn extra_fields_in_the_accept_body_are_refused() {
    let world = World::new();
    let (id, token) = world.invited(&world.administrator, "nina@x.example", &[(A1, &["agent"])]);
    for field in ["role", "user_id"] {
        let mut body = json!({ "token": token, "name": "Nina" });
        body[field] = json!("administrator");
        let answer = world.server.request("POST", path::INVITATIONS_ACCEPT, &[], body.to_string().as_bytes());
        assert_eq!(answer.problem(), (422, "invalid".into()));
        assert!(answer.text().contains(field), "{}", answer.text());
    }
    assert_eq!(world.administrator.row("nina@x.example").unwrap()["status"], "invited");
    assert_eq!(world.accept(&token, "Nina").id, id);
}

#[test]
fn a_bearer_gets_the_token_and_no_cookie() {
    let world = World::new();
    let (_, token) = world.invited(&world.administrator, "nina@x.example", &[(A1, &["agent"])]);
    let body = json!({ "token": token, "name": "Nina", "bearer": true }).to_string();
    let answer = world.server.request("POST", path::INVITATIONS_ACCEPT, &[], body.as_bytes());
    assert_eq!((answer.status, answer.header("set-cookie")), (201, ""));
    let bearer = format!("Bearer {}", answer.json::<Value>()["token"].as_str().unwrap());
    assert_eq!(world.server.request("GET", path::SESSION, &[("authorization", &bearer)], b"").status, 200);
}

#[test]
fn links_that_do_not_work_are_told_apart_by_nothing() {
    let world = World::new();
    let admin = &world.administrator;
    let mut dead = vec!["unknown".to_owned(), "A".repeat(43)];
    let (_, used) = world.invited(admin, "used@x.example", &[(A1, &["agent"])]);
    world.accept(&used, "Used");
    let (revoked_id, revoked) = world.invited(admin, "revoked@x.example", &[(A1, &["agent"])]);
    assert_eq!(admin.delete(&of(path::USER_INVITATION, &revoked_id)).status, 204);
    let (removed_id, removed) = world.invited(admin, "removed@x.example", &[(A1, &["agent"])]);
    assert_eq!(admin.delete(&of(path::USER, &removed_id)).status, 204);
    let (_, expired) = world.invited(admin, "expired@x.example", &[(A1, &["agent"])]);
    world.server.execute("UPDATE pending_grants SET expires_at = 1");
    dead.extend([used, revoked, removed, expired]);
    let inspected = world.inspect(&dead[0]);
    let accepted = world.try_accept(&dead[0], "Nina");
    assert_eq!(inspected.problem(), (403, "link_invalid".into()));
    assert_eq!(accepted.body, inspected.body);
    for token in &dead {
        assert_eq!(world.inspect(token).body, inspected.body);
        let answer = world.try_accept(token, "Nina");
        assert_eq!((answer.status, answer.body), (403, accepted.body.clone()));
    }
}

#[test]
fn a_link_never_signs_anyone_in_to_an_account_that_exists() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B1, &["agent"])]);
    manager.invite(&["bert@x.example"], &[(A1, &["agent"])]);
    let token = world.wait_for_mails("bert@x.example", "/join#", 2).pop().unwrap();
    let answer = world.try_accept(&token, "Mallory");
    assert_eq!(answer.problem(), (403, "sign_in_required".into()));
    assert_eq!(answer.header("set-cookie"), "");
    assert_eq!(manager.row("bert@x.example").unwrap()["status"], "invited");
    assert!(is_signed_in(&world.sign_in_by_mail("bert@x.example", 1)));
    // With one's own session it is accepted, and the session goes on.
    let answer = accept_as(&bert, &token, None);
    assert_eq!((answer.status, answer.header("set-cookie")), (201, ""), "{}", answer.text());
    assert!(is_signed_in(&bert));
    assert_eq!(manager.effective(&bert.id, A1), ["agent"]);
    assert_eq!(manager.row("bert@x.example").unwrap()["name"], "bert");
    assert_eq!(accept_as(&bert, &token, None).problem(), (403, "link_invalid".into()));
}

#[test]
fn a_manager_who_invites_another_tenants_administrator_and_accepts_the_copied_link_gets_no_session_of_theirs()
{
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B, &["administrator"])]);
    manager.invite(&["bert@x.example"], &[(A1, &["agent"])]);
    let token = manager.copied_token(&bert.id);
    for answer in [world.try_accept(&token, "Bert"), accept_as(&manager, &token, Some("Bert"))] {
        assert_eq!(answer.problem(), (403, "sign_in_required".into()));
        assert_eq!(answer.header("set-cookie"), "");
    }
    assert_eq!(manager.get(path::SESSION).json::<Value>()["user"]["id"], manager.id);
    assert_eq!(manager.effective(&bert.id, A1), [""; 0]);
}

#[test]
fn an_invitation_opened_while_signed_in_as_someone_else_is_the_invited_ones() {
    let world = World::new();
    let other = world.join("otto", &[(A1, &["agent"])]);
    let (id, token) = world.invited(&world.administrator, "nina@x.example", &[(A1, &["analyst"])]);
    let answer = accept_as(&other, &token, Some("Nina"));
    assert_eq!(answer.status, 201, "{}", answer.text());
    let nina = world.person(&answer);
    assert_eq!(nina.id, id);
    assert!(!is_signed_in(&other), "the other session of this browser ends");
    assert_eq!(world.administrator.effective(&other.id, A1), ["agent"]);
    // An account that exists is signed in to first.
    let manager = world.join("maud", &[(B, &["organisation_manager"])]);
    manager.invite(&["otto@x.example"], &[(B1, &["agent"])]);
    let token = world.wait_for_mails("otto@x.example", "/join#", 2).pop().unwrap();
    assert_eq!(accept_as(&nina, &token, Some("Otto")).problem(), (403, "sign_in_required".into()));
    assert!(is_signed_in(&nina));
}

#[test]
fn an_address_that_nobody_proved_gets_anothers_roles_by_mail_only() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    manager.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    let nina = world.accept(&manager.copied_token(&manager.id_of("nina@x.example")), "Nina");
    // Of whoever made the link, roles come at once; of another they wait, though they see who has joined.
    let answer: Value = manager.invite(&["nina@x.example"], &[(A1, &["analyst"])]).json();
    assert_eq!(answer["updated"], 1);
    let answer: Value = world.administrator.invite(&["nina@x.example"], &[(A1, &["producer"])]).json();
    assert_eq!(answer["invited"], 1);
    let copied = world.administrator.copied_token(&nina.id);
    assert_eq!(accept_as(&nina, &copied, None).problem(), (403, "sign_in_required".into()));
    assert_eq!(world.administrator.effective(&nina.id, A1).len(), 2);
    // The mailed link, with the session, proves the address: earlier sessions end, this one is replaced.
    let mailed = world.wait_for_mails("nina@x.example", "/join#", 2).pop().unwrap();
    let answer = accept_as(&nina, &mailed, None);
    assert_eq!(answer.status, 201, "{}", answer.text());
    assert!(!is_signed_in(&nina) && is_signed_in(&world.person(&answer)));
    assert_eq!(world.administrator.effective(&nina.id, A1).len(), 3);
    let answer: Value = world.administrator.invite(&["nina@x.example"], &[(A1, &["planner"])]).json();
    assert_eq!(answer["updated"], 1);
}

#[test]
fn a_mailed_sign_in_link_proves_an_address() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    manager.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    let nina = world.accept(&manager.copied_token(&manager.id_of("nina@x.example")), "Nina");
    let asked = world.server.visitor().post(path::SIGN_IN_LINKS, &json!({ "email": "nina@x.example" }));
    assert_eq!(asked.status, 202);
    let proved = world.sign_in_by_mail("nina@x.example", 1);
    assert!(is_signed_in(&proved) && !is_signed_in(&nina));
    let ended = format!("{}?action=session.ended&user={}", path::AUDIT, nina.id);
    let page: Value = world.administrator.get(&ended).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 1);
    assert_eq!(page["items"][0]["details"]["reason"], "a mail showed whose address it is");
    let answer: Value = world.administrator.invite(&["nina@x.example"], &[(A1, &["producer"])]).json();
    assert_eq!(answer["updated"], 1);
    assert!(is_signed_in(&proved));
}

#[test]
fn an_inviter_demoted_between_inviting_and_accepting_gives_nothing() {
    let world = World::new();
    let admin = &world.administrator;
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let (id, token) = world.invited(&manager, "nina@x.example", &[(A1, &["agent"])]);
    let (both, _) = world.invited(&manager, "both@x.example", &[(A1, &["agent"])]);
    admin.invite(&["both@x.example"], &[(A1, &["analyst"])]);
    let good = admin.copied_token(&both);
    assert_eq!(admin.assign(&manager.id, A, Some(&["agent"])).status, 200);
    assert_eq!(world.try_accept(&token, "Nina").problem(), (403, "link_invalid".into()));
    assert!(admin.row("nina@x.example").is_none(), "{id}");
    let audit: Value = admin.get(path::AUDIT).json();
    let lost = audit["items"].as_array().unwrap().iter().find(|entry| entry["target"]["id"] == id).unwrap();
    assert_eq!(
        (&lost["action"], &lost["details"]["before"]),
        (&json!("invitation.revoked"), &json!(["agent"]))
    );
    world.accept(&good, "Both");
    assert_eq!(admin.effective(&both, A1), ["analyst"]);
    assert!(admin.actions(&both).contains(&"invitation.revoked".to_owned()));
}

#[test]
fn a_managers_link_does_not_cover_what_only_an_administrator_gives() {
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
        let user: Value = admin.get(&of(path::USER, &id)).json();
        assert_ne!(user["pending"], Value::Null, "the administrator's grant still waits");
        // It was used: whatever its maker may give later, it gives nothing more.
        assert_eq!(admin.assign(&manager.id, A, Some(&["administrator"])).status, 200);
        assert_eq!(world.try_accept(&token, "Nina").problem(), (403, "link_invalid".into()), "{email}");
        assert_eq!(admin.assign(&manager.id, A, Some(&["organisation_manager"])).status, 200);
    }
    // Nothing but that grant: there is nothing to copy.
    let (id, _) = world.invited(admin, "ada@x.example", &[(A, &["administrator"])]);
    let answer = manager.post(&of(path::USER_INVITATION_LINK, &id), &Value::Null);
    assert_eq!(answer.problem(), (403, "needs_administrator".into()));
}

#[test]
fn a_link_copied_before_a_revocation_is_dead_after_a_new_invitation() {
    let world = World::new();
    let admin = &world.administrator;
    let manager = world.join("maud", &[(ROOT, &["organisation_manager"])]);
    let (id, _) = world.invited(admin, "nina@x.example", &[(A1, &["agent"])]);
    manager.invite(&["nina@x.example"], &[(B1, &["agent"])]);
    let stale = admin.copied_token(&id);
    assert_eq!(admin.delete(&of(path::USER_INVITATION, &id)).status, 204);
    admin.invite(&["nina@x.example"], &[(A1, &["agent"])]);
    assert_eq!(world.try_accept(&stale, "Nina").problem(), (403, "link_invalid".into()));
}

#[test]
fn a_licence_that_disables_a_role_after_inviting_drops_the_grant() {
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
    crate::server::printed(&crate::server::run(world.server.data.path(), &arguments));
    assert_eq!(world.try_accept(&token, "Nina").problem(), (403, "link_invalid".into()));
    assert!(admin.row("nina@x.example").is_none(), "{id}");
}
