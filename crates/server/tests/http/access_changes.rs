//! Changes of the access of a user.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::events::subscribe;
use crate::server::{Client, Response};
use crate::world::{A, A1, A2, B, B1, Person, ROOT, World, with_id};

/// Sends several changes of a user, based on the current state.
fn change(by: &Person, user: &str, changes: &Value) -> Response {
    let tag = by.tag(user);
    by.call("PATCH", &with_id(path::USER_ACCESS, user), &json!({ "changes": changes }), &[("if-match", &tag)])
}

pub(crate) fn access(by: &Person, user: &str) -> Value {
    by.get(&with_id(path::USER_ACCESS, user)).json()
}

fn at<'a>(access: &'a Value, node: &str) -> &'a Value {
    access["nodes"].as_array().unwrap().iter().find(|here| here["node_id"] == node).unwrap()
}

#[track_caller]
pub(crate) fn assert_problem(response: &Response, status: u16, code: &str) {
    assert_eq!(response.problem(), (status, code.into()), "{}", response.text());
}

/// Moves the assignments of administrators to agency B, so that only its own managers manage agency A. No API
/// call creates this state.
pub(crate) fn remove_managers_above_agency_a(world: &World) {
    world.server.execute(
        "UPDATE assignments SET node = (SELECT pk FROM nodes WHERE name = 'Agency B') WHERE roles & 256 <> 0",
    );
}

#[test]
fn an_operator_gets_notifications_only_if_assigned_in_the_environment() {
    let world = World::new();
    let operator = world.join("olga", &[(A, &["operator"])]);
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let notified = || at(&access(&manager, &operator.id), A1)["notified"]["value"].clone();
    assert_eq!(notified(), false);
    let response = manager.assign(&operator.id, A1, Some(&["operator"]));
    assert_eq!(response.status, 200, "{}", response.text());
    assert_eq!(notified(), true);
}

#[test]
fn null_resets_to_inherited_and_an_empty_list_removes_access() {
    let world = World::new();
    let manager = &world.administrator;
    let olga = world.join("olga", &[(A, &["operator"])]);
    let here = |response: &Response| at(&response.json(), A1).clone();
    let without_access = here(&manager.assign(&olga.id, A1, Some(&[])));
    assert_eq!((&without_access["assigned"], &without_access["effective"]), (&json!([]), &json!([])));
    assert_eq!(without_access["lost"], json!(["operator"]));
    let response = manager.assign(&olga.id, A1, None);
    assert_eq!(here(&response)["assigned"], Value::Null);
    assert_eq!(here(&response)["effective"], json!(["operator"]));
    assert_eq!(response.header("etag"), manager.tag(&olga.id), "returns the current state");
    assert_eq!(response.json::<Value>()["nodes"], access(manager, &olga.id)["nodes"]);
}

#[test]
fn each_rule_refuses_with_its_code() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["analyst"])]);
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(A, &["organisation_manager"])]);
    // Manages the agency, but not its first environment.
    assert_eq!(world.administrator.assign(&tess.id, A1, Some(&["agent"])).status, 200);
    let before = access(&world.administrator, &olga.id);
    assert_problem(&maud.assign(&olga.id, ROOT, Some(&["agent"])), 403, "not_managed");
    assert_problem(&tess.assign(&olga.id, A, Some(&["operator"])), 403, "reaches_beyond");
    assert_problem(&tess.assign(&olga.id, A1, Some(&["operator"])), 403, "not_managed");
    assert_problem(&maud.assign(&olga.id, A1, Some(&["administrator"])), 403, "needs_administrator");
    assert_problem(&maud.assign(&olga.id, A1, Some(&["developer"])), 403, "not_licensed");
    assert_problem(&maud.assign(&maud.id, A1, Some(&["agent"])), 409, "own_management");
    let both = json!([{ "node_id": A2, "roles": ["agent"] }, { "node_id": A1, "roles": ["administrator"] }]);
    assert_problem(&change(&maud, &olga.id, &both), 403, "needs_administrator");
    assert_eq!(access(&world.administrator, &olga.id), before);

    remove_managers_above_agency_a(&world);
    // Maud is the only remaining manager of the first environment.
    assert_problem(&tess.assign(&maud.id, A, Some(&[])), 409, "last_manager");
    assert_eq!(maud.effective(&maud.id, A1), ["organisation_manager"]);
}

#[test]
fn warns_when_an_environment_loses_its_last_own_manager() {
    let world = World::new();
    let maud = world.join("maud", &[(A1, &["organisation_manager"])]);
    let tess = world.join("tess", &[(A1, &["organisation_manager"])]);
    let warnings = |person: &Person| {
        let response = world.administrator.assign(&person.id, A1, Some(&["agent"]));
        assert_eq!(response.status, 200, "{}", response.text());
        response.json::<Value>()["warnings"].clone()
    };
    assert_eq!(warnings(&maud), Value::Null);
    assert_eq!(warnings(&tess), json!([{ "code": "no_own_manager", "node_id": A1 }]));
}

#[test]
fn requires_if_match_and_a_valid_body() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A, &["analyst"])]);
    let bert = world.join("bert", &[(B, &["agent"])]);
    let old = maud.tag(&olga.id);
    let patch = |user: &str, body: &Value, headers: &[(&str, &str)]| {
        maud.call("PATCH", &with_id(path::USER_ACCESS, user), body, headers)
    };
    let valid = json!({ "changes": [{ "node_id": A1, "roles": ["agent"] }] });
    assert_problem(&patch(&olga.id, &valid, &[]), 428, "version_mismatch");
    assert_eq!(patch(&olga.id, &valid, &[("if-match", &old)]).status, 200);
    assert_problem(&patch(&olga.id, &valid, &[("if-match", &old)]), 412, "version_mismatch");

    let nobody = "00000000-0000-4000-8000-00000000dead";
    let unknown = patch(nobody, &valid, &[("if-match", &old)]);
    assert_problem(&unknown, 404, "not_found");
    assert_eq!(patch(&bert.id, &valid, &[("if-match", &old)]).body, unknown.body);
    for node in [nobody, B, B1] {
        let response = maud.assign(&olga.id, node, Some(&["agent"]));
        assert_eq!((response.status, &response.body), (404, &unknown.body), "{node}");
    }
    let twice = json!([{ "node_id": A1, "roles": [] }, { "node_id": A1, "roles": ["agent"] }]);
    assert_problem(&change(&maud, &olga.id, &twice), 422, "invalid");
    let extra = json!([{ "node_id": A1, "roles": ["agent"], "user_id": maud.id }]);
    assert_problem(&change(&maud, &olga.id, &extra), 422, "invalid");
    let without_roles = json!([{ "node_id": A1 }]);
    assert_problem(&change(&maud, &olga.id, &without_roles), 422, "invalid");
    let tag = maud.tag(&olga.id);
    let extra = json!({ "changes": [], "role": "administrator" });
    assert_problem(&patch(&olga.id, &extra, &[("if-match", &tag)]), 422, "invalid");
}

#[test]
fn changing_a_pending_grant_applies_to_the_mailed_link() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    assert_eq!(maud.invite(&["ivo@x.example"], &[(A1, &["agent"]), (A2, &["analyst"])]).status, 200);
    let token = world.mailed_token("ivo@x.example");
    let ivo = maud.id_of("ivo@x.example");
    assert_eq!(at(&maud.assign(&ivo, A1, Some(&["producer"])).json(), A1)["pending"], json!(["producer"]));
    assert_eq!(maud.assign(&ivo, A2, None).status, 200);
    assert_problem(&maud.assign(&ivo, A1, Some(&["administrator"])), 403, "needs_administrator");
    let joined = world.accept(&token, "Ivo");
    assert_eq!(joined.id, ivo);
    assert_eq!(maud.effective(&ivo, A1), ["producer"]);
    assert!(maud.effective(&ivo, A2).is_empty());
}

#[test]
fn removing_the_last_access_ends_the_account_and_can_be_undone() {
    for roles in [None, Some(&[][..])] {
        let world = World::new();
        let maud = world.join("maud", &[(A, &["organisation_manager"])]);
        let olga = world.join("olga", &[(A1, &["operator"])]);
        let before = access(&maud, &olga.id);
        let response = maud.assign(&olga.id, A1, roles);
        assert_eq!(response.status, 200, "{}", response.text());
        assert_problem(&olga.get(path::SESSION), 401, "unauthenticated");
        assert_eq!(maud.get(&with_id(path::USER, &olga.id)).status, 404, "{roles:?}");
        assert!(maud.row(&olga.email).is_none(), "{roles:?}");
        let removed: Value = maud.get(path::REMOVED_USERS).json();
        assert_eq!(removed[0]["email"], "olga@x.example", "{roles:?}");
        assert_eq!(maud.post(&with_id(path::USER_RESTORE, &olga.id), &Value::Null).status, 200);
        assert_eq!(access(&maud, &olga.id), before, "{roles:?}");
    }
}

#[test]
fn records_one_entry_per_changed_node() {
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
fn emits_events_to_managers_and_to_the_changed_user() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["operator"])]);
    let client = |person: &Person| Client { server: &world.server, cookie: Some(person.cookie.clone()) };
    let mut manager_events = subscribe(&client(&world.administrator));
    let mut user_events = subscribe(&client(&olga));
    manager_events.event_id();
    user_events.event_id();
    assert_eq!(world.administrator.assign(&olga.id, A1, Some(&["agent"])).status, 200);
    let event = manager_events.next().unwrap();
    assert_eq!((event.kind.as_str(), event.data), ("user", json!({ "id": olga.id })));
    assert_eq!(user_events.next().unwrap().kind, "session");
}

#[test]
fn an_edit_without_a_session_changes_nothing_and_can_be_retried() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A, &["analyst"])]);
    let tag = maud.tag(&olga.id);
    assert_eq!(maud.delete(path::SESSION).status, 204);
    assert_problem(&maud.assign_if(&olga.id, A1, Some(&["agent"]), &tag), 401, "unauthenticated");
    assert_eq!(world.administrator.effective(&olga.id, A1), ["analyst"]);
    let cookie = world.server.sign_in_with_email(&maud.email).cookie.unwrap();
    let again = Person { cookie, ..maud };
    assert_eq!(again.assign_if(&olga.id, A1, Some(&["agent"]), &tag).status, 200);
    assert_eq!(world.administrator.effective(&olga.id, A1), ["agent"]);
}
