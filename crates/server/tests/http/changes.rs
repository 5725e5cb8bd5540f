//! Changing what somebody has: by the calls that people use.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::events::follow;
use crate::server::{Answer, Visitor};
use crate::world::{A, A1, A2, B, B1, Person, ROOT, World, of};

/// Some changes of one user at once, from the state that is there now.
fn change(by: &Person, user: &str, changes: &Value) -> Answer {
    let tag = by.tag(user);
    by.call("PATCH", &of(path::USER_ACCESS, user), &json!({ "changes": changes }), &[("if-match", &tag)])
}

pub(crate) fn access(by: &Person, user: &str) -> Value {
    by.get(&of(path::USER_ACCESS, user)).json()
}

fn at<'a>(access: &'a Value, node: &str) -> &'a Value {
    access["nodes"].as_array().unwrap().iter().find(|here| here["node_id"] == node).unwrap()
}

#[track_caller]
pub(crate) fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!(answer.problem(), (status, code.into()), "{}", answer.text());
}

/// Nobody manages the agency A from above any longer, which no call of the contract brings about.
pub(crate) fn leave_agency_a_to_its_managers(world: &World) {
    world.server.execute(
        "UPDATE assignments SET node = (SELECT pk FROM nodes WHERE name = 'Agency B') WHERE roles & 256 <> 0",
    );
}

#[test]
fn an_agencys_operator_is_notified_once_the_role_is_assigned_in_the_environment() {
    let world = World::new();
    let operator = world.join("olga", &[(A, &["operator"])]);
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let notified = || at(&access(&manager, &operator.id), A1)["notified"]["value"].clone();
    assert_eq!(notified(), false);
    let answer = manager.assign(&operator.id, A1, Some(&["operator"]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(notified(), true);
}

#[test]
fn null_goes_back_to_inheriting_and_no_roles_shut_out() {
    let world = World::new();
    let manager = &world.administrator;
    let olga = world.join("olga", &[(A, &["operator"])]);
    let here = |answer: &Answer| at(&answer.json(), A1).clone();
    let shut_out = here(&manager.assign(&olga.id, A1, Some(&[])));
    assert_eq!((&shut_out["assigned"], &shut_out["effective"]), (&json!([]), &json!([])));
    assert_eq!(shut_out["lost"], json!(["operator"]));
    let answer = manager.assign(&olga.id, A1, None);
    assert_eq!(here(&answer)["assigned"], Value::Null);
    assert_eq!(here(&answer)["effective"], json!(["operator"]));
    assert_eq!(answer.header("etag"), manager.tag(&olga.id), "the answer is what is there now");
    assert_eq!(answer.json::<Value>()["nodes"], access(manager, &olga.id)["nodes"]);
}

#[test]
fn every_rule_refuses_with_its_code_and_changes_nothing() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["analyst"])]);
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(A, &["organisation_manager"])]);
    // Manages the agency, and not its first environment.
    assert_eq!(world.administrator.assign(&tess.id, A1, Some(&["agent"])).status, 200);
    let before = access(&world.administrator, &olga.id);
    refused(&maud.assign(&olga.id, ROOT, Some(&["agent"])), 403, "not_managed");
    refused(&tess.assign(&olga.id, A, Some(&["operator"])), 403, "reaches_beyond");
    refused(&tess.assign(&olga.id, A1, Some(&["operator"])), 403, "not_managed");
    refused(&maud.assign(&olga.id, A1, Some(&["administrator"])), 403, "needs_administrator");
    refused(&maud.assign(&olga.id, A1, Some(&["developer"])), 403, "not_licensed");
    refused(&maud.assign(&maud.id, A1, Some(&["agent"])), 409, "own_management");
    let both = json!([{ "node_id": A2, "roles": ["agent"] }, { "node_id": A1, "roles": ["administrator"] }]);
    refused(&change(&maud, &olga.id, &both), 403, "needs_administrator");
    assert_eq!(access(&world.administrator, &olga.id), before);

    leave_agency_a_to_its_managers(&world);
    // Of the first environment Maud is the only manager left.
    refused(&tess.assign(&maud.id, A, Some(&[])), 409, "last_manager");
    assert_eq!(maud.effective(&maud.id, A1), ["organisation_manager"]);
}

#[test]
fn an_environment_that_loses_its_own_last_manager_is_a_warning() {
    let world = World::new();
    let maud = world.join("maud", &[(A1, &["organisation_manager"])]);
    let tess = world.join("tess", &[(A1, &["organisation_manager"])]);
    let warnings = |who: &Person| {
        let answer = world.administrator.assign(&who.id, A1, Some(&["agent"]));
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer.json::<Value>()["warnings"].clone()
    };
    assert_eq!(warnings(&maud), Value::Null);
    assert_eq!(warnings(&tess), json!([{ "code": "no_own_manager", "node_id": A1 }]));
}

#[test]
fn a_change_says_which_state_it_changes_and_what_it_is_about() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A, &["analyst"])]);
    let bert = world.join("bert", &[(B, &["agent"])]);
    let old = maud.tag(&olga.id);
    let to = |user: &str, body: &Value, headers: &[(&str, &str)]| {
        maud.call("PATCH", &of(path::USER_ACCESS, user), body, headers)
    };
    let plain = json!({ "changes": [{ "node_id": A1, "roles": ["agent"] }] });
    refused(&to(&olga.id, &plain, &[]), 428, "version_mismatch");
    assert_eq!(to(&olga.id, &plain, &[("if-match", &old)]).status, 200);
    refused(&to(&olga.id, &plain, &[("if-match", &old)]), 412, "version_mismatch");

    let nobody = "00000000-0000-4000-8000-00000000dead";
    let unknown = to(nobody, &plain, &[("if-match", &old)]);
    refused(&unknown, 404, "not_found");
    assert_eq!(to(&bert.id, &plain, &[("if-match", &old)]).body, unknown.body);
    for node in [nobody, B, B1] {
        let answer = maud.assign(&olga.id, node, Some(&["agent"]));
        assert_eq!((answer.status, &answer.body), (404, &unknown.body), "{node}");
    }
    let twice = json!([{ "node_id": A1, "roles": [] }, { "node_id": A1, "roles": ["agent"] }]);
    refused(&change(&maud, &olga.id, &twice), 422, "invalid");
    let extra = json!([{ "node_id": A1, "roles": ["agent"], "user_id": maud.id }]);
    refused(&change(&maud, &olga.id, &extra), 422, "invalid");
    let without = json!([{ "node_id": A1 }]);
    refused(&change(&maud, &olga.id, &without), 422, "invalid");
    let tag = maud.tag(&olga.id);
    let extra = json!({ "changes": [], "role": "administrator" });
    refused(&to(&olga.id, &extra, &[("if-match", &tag)]), 422, "invalid");
}

#[test]
fn who_is_only_invited_is_promised_something_else_and_the_mailed_link_gives_it() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    assert_eq!(maud.invite(&["ivo@x.example"], &[(A1, &["agent"]), (A2, &["analyst"])]).status, 200);
    let token = world.mailed_token("ivo@x.example");
    let ivo = maud.id_of("ivo@x.example");
    assert_eq!(at(&maud.assign(&ivo, A1, Some(&["producer"])).json(), A1)["pending"], json!(["producer"]));
    assert_eq!(maud.assign(&ivo, A2, None).status, 200);
    refused(&maud.assign(&ivo, A1, Some(&["administrator"])), 403, "needs_administrator");
    let joined = world.accept(&token, "Ivo");
    assert_eq!(joined.id, ivo);
    assert_eq!(maud.effective(&ivo, A1), ["producer"]);
    assert!(maud.effective(&ivo, A2).is_empty());
}

#[test]
fn taking_the_last_of_somebody_away_ends_their_account_and_can_be_undone() {
    for roles in [None, Some(&[][..])] {
        let world = World::new();
        let maud = world.join("maud", &[(A, &["organisation_manager"])]);
        let olga = world.join("olga", &[(A1, &["operator"])]);
        let before = access(&maud, &olga.id);
        let answer = maud.assign(&olga.id, A1, roles);
        assert_eq!(answer.status, 200, "{}", answer.text());
        refused(&olga.get(path::SESSION), 401, "unauthenticated");
        assert_eq!(maud.get(&of(path::USER, &olga.id)).status, 404, "{roles:?}");
        assert!(maud.row(&olga.email).is_none(), "{roles:?}");
        let removed: Value = maud.get(path::REMOVED_USERS).json();
        assert_eq!(removed[0]["email"], "olga@x.example", "{roles:?}");
        assert_eq!(maud.post(&of(path::USER_RESTORE, &olga.id), &Value::Null).status, 200);
        assert_eq!(access(&maud, &olga.id), before, "{roles:?}");
    }
}

#[test]
fn each_node_that_changed_stands_once_in_the_audit_log() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["operator"])]);
    let changes = json!([{ "node_id": A1, "roles": ["agent"] }, { "node_id": A2, "roles": [] },
        { "node_id": A, "roles": ["operator"] }]);
    assert_eq!(change(&world.administrator, &olga.id, &changes).status, 200);
    let query = format!("{}?action=roles.changed&user={}", path::AUDIT, olga.id);
    let page: Value = world.administrator.get(&query).json();
    let mut entries: Vec<_> = page["items"].as_array().unwrap().iter().collect();
    entries.sort_by_key(|entry| entry["node"]["id"].to_string());
    let [first, second] = &entries[..] else { panic!("{page}") };
    assert_eq!((&first["node"]["id"], &first["details"]["after"]), (&json!(A1), &json!(["agent"])));
    assert_eq!((&second["node"]["id"], &second["details"]["after"]), (&json!(A2), &json!([])));
    for entry in entries {
        assert!(entry["details"].get("before").is_none_or(Value::is_null), "{entry}");
        assert_eq!(entry["actor"]["id"], world.administrator.id);
        assert_eq!(entry["target"]["id"], olga.id);
    }
    assert_eq!(world.administrator.assign(&olga.id, A1, Some(&["producer"])).status, 200);
    let page: Value = world.administrator.get(&query).json();
    assert_eq!(page["items"].as_array().unwrap().len(), 3);
    let details = &page["items"][0]["details"];
    assert_eq!((&details["before"], &details["after"]), (&json!(["agent"]), &json!(["producer"])));
}

#[test]
fn readers_hear_of_a_change_and_so_does_whom_it_concerns() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["operator"])]);
    let visitor = |who: &Person| Visitor { server: &world.server, cookie: Some(who.cookie.clone()) };
    let mut reader = follow(&visitor(&world.administrator));
    let mut changed = follow(&visitor(&olga));
    reader.place();
    changed.place();
    assert_eq!(world.administrator.assign(&olga.id, A1, Some(&["agent"])).status, 200);
    let event = reader.next().unwrap();
    assert_eq!((event.kind.as_str(), event.data), ("user", json!({ "id": olga.id })));
    assert_eq!(changed.next().unwrap().kind, "session");
}

#[test]
fn a_session_expired_in_the_middle_of_an_edit_changes_nothing_and_the_edit_works_after_signing_in_again() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A, &["analyst"])]);
    let tag = maud.tag(&olga.id);
    assert_eq!(maud.delete(path::SESSION).status, 204);
    refused(&maud.assign_if(&olga.id, A1, Some(&["agent"]), &tag), 401, "unauthenticated");
    assert_eq!(world.administrator.effective(&olga.id, A1), ["analyst"]);
    let cookie = world.server.as_address(&maud.email).cookie.unwrap();
    let again = Person { cookie, ..maud };
    assert_eq!(again.assign_if(&olga.id, A1, Some(&["agent"]), &tag).status, 200);
    assert_eq!(world.administrator.effective(&olga.id, A1), ["agent"]);
}
