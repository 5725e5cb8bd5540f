//! Scenarios with several users and requests.

use std::thread;

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::world::{A, A1, A2, B, B1, ROOT, World, grants_of, with_id};

const MANAGER: &[&str] = &["organisation_manager"];

#[test]
fn a_demoted_inviter_grants_nothing_and_the_log_records_it() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    assert_eq!(manager.invite(&["new@x.example"], &[(A1, &["agent"])]).status, 200);
    let token = world.mailed_token("new@x.example");
    let user = world.administrator.id_of("new@x.example");
    assert_eq!(world.administrator.assign(&manager.id, A, Some(&["agent"])).status, 200);
    assert_eq!(world.try_accept(&token, "New").problem(), (403, "link_invalid".into()));
    let page: Value = world.administrator.get(&format!("{}?user={user}", path::AUDIT)).json();
    let last = &page["items"][0];
    assert_eq!((last["action"].as_str(), &last["actor"]), (Some("invitation.revoked"), &Value::Null));
    assert_eq!(last["details"]["reason"], "grant_not_allowed");
    assert!(world.administrator.row("new@x.example").is_none(), "the account is gone");
}

#[test]
fn an_invitation_never_applies_to_the_signed_in_user() {
    let world = World::new();
    let other = world.join("other", &[(A2, &["agent"])]);
    let known = world.join("known", &[(B1, &["agent"])]);
    let manager = world.join("maud", &[(A, MANAGER)]);
    for email in ["known@x.example", "new@x.example"] {
        assert_eq!(manager.invite(&[email], &[(A1, &["agent"])]).status, 200);
    }
    let accept =
        |token: &str| other.post(path::INVITATIONS_ACCEPT, &json!({ "token": token, "name": "New" }));
    let known_token = world.wait_for_mails("known@x.example", "/join#", 2).pop().unwrap();
    assert_eq!(accept(&known_token).problem(), (403, "sign_in_required".into()));
    // The link still works for the invitee, with their own session.
    let response = known.post(path::INVITATIONS_ACCEPT, &json!({ "token": known_token }));
    assert_eq!(response.status, 201, "{}", response.text());
    assert_eq!(world.administrator.effective(&known.id, A1), ["agent"]);

    let joined = world.person(&accept(&world.mailed_token("new@x.example")));
    assert_eq!(joined.email, "new@x.example");
    assert_eq!(other.get(path::SESSION).status, 401, "a browser has only one session");
    assert_eq!(world.administrator.effective(&other.id, A2), ["agent"]);
}

#[test]
fn keeps_one_of_two_managers_who_remove_each_other() {
    let world = World::new();
    for round in 0..10 {
        let names = [format!("a{round}"), format!("b{round}")];
        let people = names.each_ref().map(|name| world.join(name, &[(A, MANAGER)]));
        let [one, other] = &people;
        let statuses: Vec<u16> = thread::scope(|scope| {
            let calls = [(one, other), (other, one)]
                .map(|(actor, user)| scope.spawn(|| actor.delete(&with_id(path::USER, &user.id)).status));
            calls.map(|call| call.join().unwrap()).into()
        });
        assert_eq!(statuses.iter().filter(|&&status| status == 204).count(), 1, "{statuses:?}");
        assert_eq!(statuses.iter().filter(|&&status| status == 401).count(), 1, "{statuses:?}");
        let left = people.iter().find(|person| person.get(path::SESSION).status == 200).unwrap();
        assert_eq!(world.administrator.delete(&with_id(path::USER, &left.id)).status, 204);
    }
}

#[test]
fn distinguishes_the_addresses_mıke_and_mike() {
    let world = World::new();
    let mike = world.join("mike", &[(A1, &["agent"])]);
    let response = world.administrator.invite(&["mıke@x.example", " MIKE@x.example "], &[(A2, &["planner"])]);
    let result: Value = response.json();
    assert_eq!((&result["invited"], &result["updated"]), (&json!(1), &json!(1)), "{result}");
    assert_eq!(world.administrator.effective(&mike.id, A2), ["planner"]);
    assert_ne!(world.administrator.id_of("mıke@x.example"), mike.id);
}

#[test]
fn rejects_extra_fields_when_accepting() {
    let world = World::new();
    assert_eq!(world.administrator.invite(&["new@x.example"], &[(A1, &["agent"])]).status, 200);
    let token = world.mailed_token("new@x.example");
    for extra in [json!({ "role": "administrator" }), json!({ "user_id": world.administrator.id })] {
        let mut body = json!({ "token": token, "name": "New" });
        body.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let headers = [("sec-fetch-site", "same-origin")];
        let text = body.to_string();
        let response = world.server.request("POST", path::INVITATIONS_ACCEPT, &headers, text.as_bytes());
        assert_eq!(response.problem(), (422, "invalid".into()));
    }
    assert_eq!(world.administrator.row("new@x.example").unwrap()["status"], "invited");
    assert_eq!(world.accept(&token, "New").email, "new@x.example");
}

#[test]
fn refuses_a_batch_with_one_forbidden_grant_as_a_whole() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    let emails: Vec<String> = (0..200).map(|number| format!("p{number}@x.example")).collect();
    let emails: Vec<&str> = emails.iter().map(String::as_str).collect();
    let hidden = [(A1, ["agent"].as_slice()), (A2, &["planner", "administrator"])];
    let invited = || manager.get(&format!("{}?action=user.invited", path::AUDIT)).text();
    let before = invited();
    assert_eq!(manager.invite(&emails, &hidden).problem(), (403, "needs_administrator".into()));
    let page: Value = world.administrator.get(&format!("{}?search=p1", path::USERS)).json();
    assert_eq!(page["total"]["value"], 0);
    assert_eq!(invited(), before);

    // A manager may not grant a role to an existing administrator either.
    let chief = world.join("chief", &[(A1, &["administrator"])]);
    let response = manager.invite(&["p1@x.example", "chief@x.example"], &[(A1, &["agent"])]);
    assert_eq!(response.problem(), (403, "needs_administrator".into()));
    assert_eq!(response.json::<Value>()["fields"][0]["field"], "emails[1]");
    assert!(manager.row("p1@x.example").is_none());
    assert_eq!(world.administrator.effective(&chief.id, A1), ["administrator"]);
}

#[test]
fn refuses_a_restore_that_the_rules_no_longer_allow() {
    let world = World::new();
    let manager = world.join("maud", &[(A, &["administrator"])]);
    let chief = world.join("chief", &[(A1, &["administrator"])]);
    assert_eq!(manager.delete(&with_id(path::USER, &chief.id)).status, 204);
    assert_eq!(world.administrator.assign(&manager.id, A, Some(MANAGER)).status, 200);
    let restore = with_id(path::USER_RESTORE, &chief.id);
    assert_eq!(manager.post(&restore, &Value::Null).problem(), (403, "needs_administrator".into()));
    assert!(world.administrator.row("chief@x.example").is_none());
    assert_eq!(world.administrator.post(&restore, &Value::Null).status, 200);
    assert_eq!(world.administrator.effective(&chief.id, A1), ["administrator"]);
}

#[test]
fn an_edit_can_be_retried_after_signing_in_again() {
    let world = World::new();
    let agent = world.join("agent", &[(A1, &["agent"])]);
    let mut manager = world.join("maud", &[(A, MANAGER)]);
    let tag = manager.tag(&agent.id);
    assert_eq!(manager.delete(path::SESSION).status, 204);
    let response = manager.assign_if(&agent.id, A1, Some(&["operator"]), &tag);
    assert_eq!(response.problem(), (401, "unauthenticated".into()));
    assert_eq!(world.administrator.effective(&agent.id, A1), ["agent"]);
    assert_eq!(
        world.server.client().post(path::SIGN_IN_LINKS, &json!({ "email": manager.email })).status,
        202
    );
    let token = world.wait_for_mails(&manager.email, "/sign-in#", 1).pop().unwrap();
    let mut again = world.server.client();
    assert_eq!(again.sign_in(&token).status, 201);
    manager.cookie = again.cookie.unwrap();
    assert_eq!(manager.assign_if(&agent.id, A1, Some(&["operator"]), &tag).status, 200);
}

#[test]
fn accepting_a_link_never_gives_another_users_session() {
    let world = World::new();
    let chief = world.join("chief", &[(B, &["administrator"])]);
    let manager = world.join("maud", &[(A, MANAGER)]);
    let responses = ["chief@x.example", "nobody@x.example"].map(|email| {
        let response = manager.invite(&[email], &[(A1, &["agent"])]);
        (response.status, response.text())
    });
    assert_eq!(responses[0], responses[1], "does not reveal whether an account exists elsewhere");
    let row = manager.row("chief@x.example").unwrap();
    assert_eq!((row["status"].as_str(), &row["name"]), (Some("invited"), &Value::Null));
    let token = manager.copied_token(&chief.id);
    assert_eq!(world.try_accept(&token, "Me").problem(), (403, "sign_in_required".into()));
    let response = manager.post(path::INVITATIONS_ACCEPT, &json!({ "token": token, "name": "Me" }));
    assert_eq!(response.problem(), (403, "sign_in_required".into()));
    assert_eq!(response.header("set-cookie"), "");
    assert_eq!(manager.row("chief@x.example").unwrap()["status"], "invited");
    world.wait_for_mails("chief@x.example", "/sign-in#", 1);
}

#[test]
fn a_copied_link_covers_only_grants_that_its_creator_may_give() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    assert_eq!(manager.invite(&["victim@x.example"], &[(A1, &["agent"])]).status, 200);
    let victim = manager.id_of("victim@x.example");
    let token = manager.copied_token(&victim);
    let response = world.administrator.invite(&["victim@x.example"], &[(A2, &["administrator"])]);
    assert_eq!(response.status, 200, "{}", response.text());
    let later = manager.copied_token(&victim);
    let impostor = world.accept(&token, "Impostor");
    assert_eq!(world.administrator.effective(&impostor.id, A1), ["agent"]);
    assert!(world.administrator.effective(&impostor.id, A2).is_empty());
    assert_eq!(world.try_accept(&later, "x").problem(), (403, "link_invalid".into()));

    // The address is not verified, so grants of others stay pending until a mailed link is used.
    let response: Value = world.administrator.invite(&["victim@x.example"], &[(ROOT, &["analyst"])]).json();
    assert_eq!((&response["invited"], &response["updated"]), (&json!(1), &json!(0)));
    let mailed = world.wait_for_mails("victim@x.example", "/join#", 3).pop().unwrap();
    assert_eq!(world.try_accept(&mailed, "x").problem(), (403, "sign_in_required".into()));
    let sign_in = world.wait_for_mails("victim@x.example", "/sign-in#", 1).pop().unwrap();
    let mut owner = world.server.client();
    assert_eq!(owner.sign_in(&sign_in).status, 201);
    assert_eq!(impostor.get(path::SESSION).status, 401, "ends sessions from before the verification");
    let body = json!({ "token": mailed });
    assert_eq!(owner.post(path::INVITATIONS_ACCEPT, &body).status, 201);
    assert_eq!(world.administrator.effective(&impostor.id, ROOT), ["analyst"]);
    assert_eq!(world.administrator.effective(&impostor.id, A2), ["administrator"]);
}

#[test]
fn retries_with_an_idempotency_key_invite_once() {
    let world = World::new();
    for number in 0..10 {
        let email = format!("p{number}@x.example");
        let body = json!({ "emails": [email], "grants": grants_of(&[(A1, &["agent"])]) });
        let key = format!("key {number}");
        let responses: Vec<String> = thread::scope(|scope| {
            let invite =
                || world.administrator.call("POST", path::INVITATIONS, &body, &[("idempotency-key", &key)]);
            let calls: Vec<_> = (0..5).map(|_| scope.spawn(invite)).collect();
            calls.into_iter().map(|call| call.join().unwrap().text()).collect()
        });
        assert!(responses.iter().all(|response| response == "{\"invited\":1,\"updated\":0,\"failed\":[]}"));
        let other = json!({ "emails": [email], "grants": grants_of(&[(A2, &["agent"])]) });
        let response =
            world.administrator.call("POST", path::INVITATIONS, &other, &[("idempotency-key", &key)]);
        assert_eq!(response.problem(), (409, "key_reused".into()));
    }
    for number in 0..10 {
        let email = format!("p{number}@x.example");
        world.mailed_token(&email);
        assert_eq!(world.mails_to(&email), 1);
        let user = world.administrator.id_of(&email);
        world.administrator.wait_for_actions(&user, &["invitation.sent", "user.invited"]);
    }
}

#[test]
fn concurrent_accepts_join_once() {
    let world = World::new();
    for number in 0..8 {
        let email = format!("p{number}@x.example");
        assert_eq!(world.administrator.invite(&[&email], &[(A1, &["agent"])]).status, 200);
        let token = world.mailed_token(&email);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let calls: Vec<_> =
                (0..20).map(|_| scope.spawn(|| world.try_accept(&token, "One").status)).collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|&&status| status == 201).count(), 1, "{statuses:?}");
    }
}
