//! Changing what somebody has, removing and restoring: by the calls that people use.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::world::{A, A1, A2, B1, Person, ROOT, World, of};

const MANAGER: &[&str] = &["organisation_manager"];

fn access(reader: &Person, user: &str) -> Value {
    reader.get(&of(path::USER_ACCESS, user)).json()
}

#[test]
fn an_agencys_operator_is_notified_once_the_role_is_assigned_in_the_environment() {
    let world = World::new();
    let operator = world.join("olga", &[(A, &["operator"])]);
    let manager = world.join("maud", &[(A, MANAGER)]);
    let notified = || {
        let access = access(&manager, &operator.id);
        let here = access["nodes"].as_array().unwrap().iter().find(|node| node["node_id"] == A1).cloned();
        here.unwrap()["notified"].clone()
    };
    assert_eq!(notified()["value"], false);
    let answer = manager.assign(&operator.id, A1, Some(&["operator"]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(notified()["value"], true);
}

#[test]
fn a_change_says_which_state_it_is_of_and_every_refusal_says_why() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    let agent = world.join("agent", &[(A1, &["agent"])]);
    let path = of(path::USER_ACCESS, &agent.id);
    let change = |node: &str, roles: Value| json!({ "changes": [{ "node_id": node, "roles": roles }] });
    let answer = manager.call("PATCH", &path, &change(A1, json!(["planner"])), &[]);
    assert_eq!(answer.problem(), (428, "version_mismatch".into()));
    let tag = manager.tag(&agent.id);
    assert_eq!(manager.assign_if(&agent.id, A1, Some(&["planner"]), &tag).status, 200);
    assert_eq!(
        manager.assign_if(&agent.id, A1, Some(&["agent"]), &tag).problem(),
        (412, "version_mismatch".into())
    );

    let cases = [
        (&agent.id, ROOT, json!(["agent"]), (403, "not_managed")),
        (&agent.id, B1, json!(["agent"]), (404, "not_found")),
        (&agent.id, A1, json!(["developer"]), (403, "not_licensed")),
        (&agent.id, A1, json!(["administrator"]), (403, "needs_administrator")),
        (&manager.id, A, json!(["agent"]), (409, "own_management")),
        (&manager.id, A1, json!([]), (409, "own_management")),
        (&agent.id, A1, json!(["king"]), (422, "invalid")),
    ];
    for (user, node, roles, (status, code)) in cases {
        let tag = manager.tag(user);
        let body = change(node, roles);
        let answer = manager.call("PATCH", &of(path::USER_ACCESS, user), &body, &[("if-match", &tag)]);
        assert_eq!(answer.problem(), (status, code.into()), "{body}");
    }
    let both = json!({ "changes": [{ "node_id": A1, "roles": ["agent"] }, { "node_id": A2, "roles": ["administrator"] }] });
    let answer = manager.call("PATCH", &path, &both, &[("if-match", &manager.tag(&agent.id))]);
    assert_eq!(answer.problem().1, "needs_administrator");
    assert_eq!(manager.effective(&agent.id, A1), ["planner"], "all or nothing");
    let twice = json!({ "changes": [{ "node_id": A1, "roles": [] }, { "node_id": A1, "roles": null }] });
    let answer = manager.call("PATCH", &path, &twice, &[("if-match", &manager.tag(&agent.id))]);
    assert_eq!(answer.problem(), (422, "invalid".into()));
}

#[test]
fn a_change_reaches_no_node_below_that_the_actor_does_not_manage() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    assert_eq!(world.administrator.assign(&manager.id, A2, Some(&["agent"])).status, 200);
    let user = world.join("user", &[(A1, &["agent"])]);
    assert_eq!(manager.assign(&user.id, A, Some(&["planner"])).problem(), (403, "reaches_beyond".into()));
    assert_eq!(manager.assign(&user.id, A1, Some(&["planner"])).status, 200);
}

#[test]
fn who_is_only_invited_has_their_invitation_changed_and_their_link_goes_on_working() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    assert_eq!(world.administrator.invite(&["new@x.example"], &[(A1, &["agent"])]).status, 200);
    let token = world.mailed_token("new@x.example");
    let user = manager.id_of("new@x.example");
    let answer = manager.assign(&user, A1, Some(&["planner"]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(manager.assign(&user, A2, Some(&["analyst"])).status, 200);
    let joined = world.accept(&token, "New");
    assert_eq!(manager.effective(&joined.id, A1), ["planner"]);
    assert!(manager.effective(&joined.id, A2).is_empty(), "a link covers nothing younger than itself");
}

#[test]
fn the_last_manager_of_its_own_is_missed_and_not_refused() {
    let world = World::new();
    let own = world.join("own", &[(A1, MANAGER)]);
    let answer = world.administrator.assign(&own.id, A1, Some(&["agent"]));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json::<Value>()["warnings"], json!([{ "code": "no_own_manager", "node_id": A1 }]));
}

#[test]
fn a_removal_takes_what_the_actor_manages_and_comes_back_whole() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    let other = world.join("bob", &[("00000000-0000-4000-8000-00000000000b", MANAGER)]);
    let user = world.join("user", &[(ROOT, &["analyst"]), (A1, &["agent"]), (B1, &["planner"])]);
    assert_eq!(world.administrator.invite(&["user@x.example"], &[(A2, &["agent"])]).status, 200);
    let before = access(&manager, &user.id);
    let elsewhere = |person: &Person| person.get(&of(path::USER_ACCESS, &user.id)).body;
    let others = elsewhere(&other);

    assert_eq!(manager.delete(&of(path::USER, &user.id)).status, 204);
    for node in [A, A1, A2] {
        assert!(world.administrator.effective(&user.id, node).is_empty(), "{node}");
    }
    assert_eq!(world.administrator.effective(&user.id, ROOT), ["analyst"]);
    assert_eq!(elsewhere(&other), others, "nothing of it shows elsewhere");
    assert!(!user.get(path::SESSION).text().contains(A1));
    let removed: Value = manager.get(path::REMOVED_USERS).json();
    assert_eq!((&removed[0]["email"], &removed[0]["name"]), (&json!("user@x.example"), &json!("user")));
    assert_eq!(other.get(path::REMOVED_USERS).text(), "[]");
    assert_eq!(other.post(&of(path::USER_RESTORE, &user.id), &Value::Null).problem().0, 404);

    assert_eq!(manager.post(&of(path::USER_RESTORE, &user.id), &Value::Null).status, 200);
    assert_eq!(access(&manager, &user.id), before);
    assert_eq!(manager.get(path::REMOVED_USERS).text(), "[]");
    assert_eq!(manager.post(&of(path::USER_RESTORE, &user.id), &Value::Null).problem().0, 404);
}

#[test]
fn what_was_touched_since_is_not_restored() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    let user = world.join("user", &[(A1, &["agent"]), (B1, &["agent"])]);
    assert_eq!(manager.delete(&of(path::USER, &user.id)).status, 204);
    assert_eq!(world.administrator.assign(&user.id, A1, Some(&["planner"])).status, 200);
    let restore = of(path::USER_RESTORE, &user.id);
    assert_eq!(manager.post(&restore, &Value::Null).problem(), (409, "changed_since".into()));

    let gone = world.join("gone", &[(A1, &["agent"])]);
    assert_eq!(manager.delete(&of(path::USER, &gone.id)).status, 204);
    assert_eq!(gone.get(path::SESSION).status, 401, "where nothing is left the account is gone");
    assert_eq!(manager.invite(&["gone@x.example"], &[(A1, &["agent"])]).status, 200);
    let restore = of(path::USER_RESTORE, &gone.id);
    assert_eq!(manager.post(&restore, &Value::Null).problem(), (409, "changed_since".into()));
    let log = world.administrator.get(&format!("{}?user={}", path::AUDIT, gone.id)).json::<Value>();
    let removal =
        log["items"].as_array().unwrap().iter().find(|item| item["action"] == "user.removed").unwrap();
    assert_eq!(removal["target"]["name"], "gone", "the name stays in the log");
}

#[test]
fn a_bulk_call_does_what_it_may_and_says_what_it_did_not() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    let agents: Vec<Person> =
        (0..3).map(|number| world.join(&format!("agent{number}"), &[(A1, &["agent"])])).collect();
    let chief = world.join("chief", &[(A1, &["administrator"])]);
    let bulk = |body: Value| manager.post(path::USERS_BULK, &body);
    let matching = json!({ "filters": { "role": "agent" }, "expected_total": 2 });
    let answer = bulk(json!({ "select": matching, "action": "remove" }));
    assert_eq!(answer.problem(), (409, "total_changed".into()));
    let matching = json!({ "filters": { "role": "agent" }, "expected_total": 3 });
    let answer = bulk(json!({ "select": matching, "action": "add_role", "node_id": A2, "role": "planner" }));
    assert_eq!(answer.json::<Value>()["done"], 3, "{}", answer.text());
    assert_eq!(manager.effective(&agents[0].id, A2), ["planner"]);

    let everyone: Vec<&str> =
        agents.iter().chain([&chief, &manager]).map(|person| person.id.as_str()).collect();
    let result: Value = bulk(json!({ "select": { "ids": everyone }, "action": "remove" })).json();
    assert_eq!((&result["done"], &result["refused"]), (&json!(3), &json!(2)));
    let refusals = json!([{ "id": chief.id, "code": "needs_administrator" }, { "id": manager.id, "code": "own_removal" }]);
    assert_eq!(result["refusals"], refusals);
    let result: Value = bulk(json!({ "select": { "ids": everyone }, "action": "restore" })).json();
    assert_eq!((&result["done"], &result["refused"]), (&json!(3), &json!(2)));
    assert_eq!(manager.effective(&agents[1].id, A2), ["planner"]);
    let result: Value = bulk(json!({ "select": { "ids": everyone }, "action": "resend" })).json();
    assert_eq!(result["refused"], 5);

    for wrong in [
        json!({ "select": { "ids": [] }, "action": "add_role", "role": "agent" }),
        json!({ "select": { "ids": [] }, "action": "remove", "node_id": A1 }),
        json!({ "select": { "filters": {}, "expected_total": 20_000 }, "action": "remove" }),
        json!({ "select": { "filters": {}, "expected_total": 1 }, "action": "restore" }),
        json!({ "select": { "ids": [], "all": true }, "action": "remove" }),
    ] {
        assert_eq!(bulk(wrong.clone()).problem(), (422, "invalid".into()), "{wrong}");
    }
}
