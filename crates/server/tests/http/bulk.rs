//! Bulk actions on users.

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::access_changes::{access, assert_problem};
use crate::server::Response;
use crate::world::{A, A1, A2, B, B1, Person, World, with_id};

fn bulk(by: &Person, action: &str, ids: &[&str]) -> Response {
    by.bulk(&json!({ "select": { "ids": ids }, "action": action }))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

#[track_caller]
fn assert_result(response: &Response, done: u32, unchanged: u32, refusals: &[(&str, &str)]) {
    let mut result: Value = response.json();
    assert_eq!([&result["done"], &result["unchanged"]], [done, unchanged], "{}: {result}", response.status);
    assert_eq!(result["refused"], refusals.len(), "{result}");
    let returned = result["refusals"].as_array_mut().unwrap();
    let returned: Vec<_> =
        returned.iter().map(|refusal| (text(&refusal["id"]), text(&refusal["code"]))).collect();
    assert_eq!(returned, refusals);
}

#[test]
fn reports_refused_users_and_changes_the_others() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let [olga, anna] = ["olga", "anna"].map(|name| world.join(name, &[(A1, &["operator"])]));
    let boss = world.join("boss", &[(A, &["administrator"])]);
    let bert = world.join("bert", &[(B, &["agent"])]);
    let nobody = "00000000-0000-4000-8000-00000000dead";
    let ids = [&olga.id, &maud.id, &bert.id, &boss.id, nobody, &anna.id, &olga.id].map(AsRef::as_ref);
    let refusals = [
        (maud.id.as_str(), "own_removal"),
        (&bert.id, "not_found"),
        (&boss.id, "needs_administrator"),
        (nobody, "not_found"),
    ];
    let before = access(&maud, &olga.id);
    assert_result(&bulk(&maud, "remove", &ids), 2, 0, &refusals);
    assert_eq!(olga.get(path::SESSION).status, 401);
    assert_eq!(bert.get(path::SESSION).status, 200);
    let ids = [olga.id.as_str(), &bert.id, &anna.id];
    assert_result(&bulk(&maud, "restore", &ids), 2, 0, &[(&bert.id, "not_found")]);
    assert_eq!(access(&maud, &olga.id), before);

    let add = json!({ "select": { "ids": [olga.id, anna.id, boss.id, bert.id] }, "action": "add_role",
        "node_id": A2, "role": "planner" });
    let refusals = [(boss.id.as_str(), "needs_administrator"), (bert.id.as_str(), "not_found")];
    assert_result(&maud.bulk(&add), 2, 0, &refusals);
    assert_result(&maud.bulk(&add), 0, 2, &refusals);
    assert_eq!(maud.effective(&olga.id, A2), ["planner"]);
    assert_eq!(maud.effective(&olga.id, A1), ["operator"]);
}

#[test]
fn undo_restores_exactly_the_users_that_the_job_has_removed() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let [olga, anna] = ["olga", "anna"].map(|name| world.join(name, &[(A1, &["operator"])]));
    assert_result(&bulk(&maud, "remove", &[&anna.id]), 1, 0, &[]);
    let ids = [&olga.id, &maud.id, &anna.id].map(AsRef::as_ref);
    let removal: Value = bulk(&maud, "remove", &ids).json();
    assert_eq!((&removal["done"], &removal["can_undo"]), (&json!(1), &json!(true)));
    let undo_path = with_id(path::JOB_UNDO, text(&removal["id"]));
    let undone = maud.wait_for_job(maud.post(&undo_path, &Value::Null));
    assert_result(&undone, 1, 0, &[]);
    let undone: Value = undone.json();
    assert_eq!((&undone["action"], &undone["undo_of"]), (&json!("restore"), &removal["id"]));
    assert_eq!(maud.get(&with_id(path::USER, &olga.id)).status, 200);
    assert_eq!(maud.get(&with_id(path::USER, &anna.id)).status, 404);
    assert_problem(&maud.post(&undo_path, &Value::Null), 409, "not_undoable");
    let undo_of_undo = with_id(path::JOB_UNDO, text(&undone["id"]));
    assert_problem(&maud.post(&undo_of_undo, &Value::Null), 409, "not_undoable");

    let jobs: Vec<Value> = maud.get(path::JOBS).json();
    let actions: Vec<_> = jobs.iter().map(|job| text(&job["action"])).collect();
    assert_eq!(actions, ["restore", "remove", "remove"], "the newest first");
    assert_eq!(jobs[1]["can_undo"], false);
    assert_eq!(olga.get(path::JOBS).status, 401, "her session stays revoked");
    assert_eq!(world.administrator.get(path::JOBS).json::<Value>(), json!([]), "only the owner sees a job");
}

#[test]
fn undo_takes_a_role_back_only_where_the_job_has_given_it() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let [olga, anna, eve] = ["olga", "anna", "eve"].map(|name| world.join(name, &[(A1, &["operator"])]));
    let pia = world.join("pia", &[(A1, &["planner"])]);
    assert_eq!(maud.invite(&["ivo@x.example", "ida@x.example"], &[(A2, &["agent"])]).status, 200);
    assert_eq!(maud.invite(&["ivo@x.example"], &[(A1, &["agent"])]).status, 200);
    let (ivo, ida) = (maud.id_of("ivo@x.example"), maud.id_of("ida@x.example"));
    let before = [&olga.id, &anna.id].map(|user| access(&maud, user));
    let ids = [&olga.id, &anna.id, &eve.id, &pia.id, &ivo, &ida];
    let add = json!({ "select": { "ids": ids }, "action": "add_role", "node_id": A1, "role": "planner" });
    let added = maud.bulk(&add);
    assert_result(&added, 5, 1, &[]);
    assert_eq!(maud.assign(&eve.id, A1, Some(&["planner"])).status, 200);
    let undo = with_id(path::JOB_UNDO, text(&added.json::<Value>()["id"]));
    let undone = maud.wait_for_job(maud.post(&undo, &Value::Null));
    assert_result(&undone, 4, 0, &[(&eve.id, "changed_since")]);
    assert_eq!([&olga.id, &anna.id].map(|user| access(&maud, user)), before);
    assert_eq!(maud.effective(&eve.id, A1), ["planner"]);
    assert_eq!(maud.effective(&pia.id, A1), ["planner"]);
    let token = world.wait_for_mails("ivo@x.example", "/join#", 1).pop().unwrap();
    world.accept(&token, "Ivo");
    assert_eq!(maud.effective(&ivo, A1), ["agent"], "the invitation has its former roles");
    assert!(maud.actions(&ida).contains(&"invitation.revoked".to_owned()));
}

#[test]
fn repeating_a_request_with_a_key_returns_the_same_job() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let request = |action: &str| json!({ "select": { "ids": [olga.id] }, "action": action });
    let post = |action: &str| {
        let headers = [("idempotency-key", "one")];
        maud.wait_for_job(maud.call("POST", path::USERS_BULK, &request(action), &headers))
    };
    let first: Value = post("remove").json();
    assert_eq!(first["done"], 1);
    assert_eq!(bulk(&maud, "restore", &[&olga.id]).status, 200);
    assert_eq!(post("remove").json::<Value>(), first);
    assert_eq!(maud.get(&with_id(path::USER, &olga.id)).status, 200, "removed only once");
    assert_problem(&post("resend"), 409, "key_reused");
}

#[test]
fn names_refused_users_as_visible_to_the_caller() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B, &["agent"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let boss = world.join("boss", &[(A, &["administrator"])]);
    let names = |response: Response| -> Vec<Value> {
        let result: Value = response.json();
        result["refusals"].as_array().unwrap().iter().map(|refusal| refusal["name"].clone()).collect()
    };
    let ids = [&maud.id, &bert.id, &boss.id].map(AsRef::as_ref);
    assert_eq!(names(bulk(&maud, "remove", &ids)), [json!("maud"), Value::Null, json!("boss")]);

    // Her address belongs to another account now.
    assert_eq!(bulk(&maud, "remove", &[&olga.id]).status, 200);
    assert_eq!(maud.invite(&["olga@x.example"], &[(A1, &["agent"])]).status, 200);
    assert_eq!(names(bulk(&maud, "restore", &[&olga.id])), [json!("olga")]);
}

#[test]
fn changes_all_matching_users_if_the_total_is_as_expected() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let people = ["olga", "anna"].map(|name| world.join(name, &[(A1, &["operator"])]));
    let hidden = world.join("berta", &[(B1, &["operator"])]);
    let all = |total: u32| json!({ "select": { "filters": { "roles": ["operator"] }, "expected_total": total }, "action": "remove" });
    for wrong in [1, 3] {
        assert_problem(&maud.bulk(&all(wrong)), 409, "total_changed");
    }
    assert!(people.iter().all(|person| person.get(path::SESSION).status == 200));
    assert_result(&maud.bulk(&all(2)), 2, 0, &[]);
    assert!(people.iter().all(|person| person.get(path::SESSION).status == 401));
    assert_eq!(hidden.get(path::SESSION).status, 200);
    let restore = json!({ "select": { "filters": {}, "expected_total": 2 }, "action": "restore" });
    assert_problem(&maud.bulk(&restore), 422, "invalid");
    let foreign =
        json!({ "select": { "filters": { "nodes": [A1, B] }, "expected_total": 0 }, "action": "remove" });
    assert_problem(&maud.bulk(&foreign), 404, "not_found");
}

#[test]
fn filters_by_several_nodes_roles_and_statuses() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let anna = world.join("anna", &[(A2, &["planner"])]);
    let eve = world.join("eve", &[(A2, &["analyst"])]);
    assert_eq!(maud.invite(&["ivo@x.example"], &[(A2, &["planner"])]).status, 200);
    let remove = |nodes: &[&str], statuses: &[&str], total: u32| {
        let filters = json!({ "nodes": nodes, "roles": ["operator", "planner", "content_manager"], "statuses": statuses });
        let select = json!({ "filters": filters, "expected_total": total });
        maud.bulk(&json!({ "select": select, "action": "remove" }))
    };
    assert_problem(&remove(&[A1, A2], &["active"], 1), 409, "total_changed");
    assert_result(&remove(&[A1, A2], &["active"], 2), 2, 0, &[]);
    assert!([&olga, &anna].iter().all(|person| person.get(path::SESSION).status == 401));
    assert_eq!(eve.get(path::SESSION).status, 200);
    assert!(maud.row("ivo@x.example").is_some());
    assert_result(&remove(&[A2, A1], &["expired", "invited"], 1), 1, 0, &[]);
    assert!(maud.row("ivo@x.example").is_none());
}

#[test]
fn resends_invitations_up_to_the_mail_limit() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    assert_eq!(maud.invite(&["ivo@x.example"], &[(A1, &["agent"])]).status, 200);
    let ivo = maud.id_of("ivo@x.example");
    for _ in 0..19 {
        let ids = [ivo.as_str(), &olga.id];
        assert_result(&bulk(&maud, "resend", &ids), 1, 0, &[(&olga.id, "no_invitation")]);
    }
    let before = maud.row("ivo@x.example");
    assert_result(&bulk(&maud, "resend", &[&ivo]), 0, 0, &[(&ivo, "rate_limited")]);
    assert_eq!(maud.row("ivo@x.example"), before, "an invitation over the limit is not renewed either");
    let actions = maud.actions(&ivo);
    assert_eq!(actions.iter().filter(|action| *action == "invitation.resent").count(), 19);
}

#[test]
fn adding_a_role_renews_and_mails_a_pending_invitation() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    assert_eq!(maud.invite(&["ivo@x.example"], &[(A1, &["agent"])]).status, 200);
    let ivo = maud.id_of("ivo@x.example");
    world.wait_for_mails("ivo@x.example", "/join#", 1);
    world.server.execute("UPDATE pending_grants SET expires_at = 1000, created_at = 1000");
    let add = json!({ "select": { "ids": [ivo] }, "action": "add_role", "node_id": A1, "role": "planner" });
    assert_result(&maud.bulk(&add), 1, 0, &[]);
    let token = world.wait_for_mails("ivo@x.example", "/join#", 2).pop().unwrap();
    world.accept(&token, "Ivo");
    assert_eq!(maud.effective(&ivo, A1), ["agent", "planner"]);
}

#[test]
fn rejects_invalid_requests() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let ids = json!({ "ids": [olga.id] });
    let many: Vec<String> = (0..10_001).map(|n| format!("00000000-0000-4000-8000-{n:012x}")).collect();
    let nodes = vec![A1; 51];
    let bodies = [
        json!({ "select": ids, "action": "add_role", "role": "agent" }),
        json!({ "select": ids, "action": "add_role", "node_id": A1 }),
        json!({ "select": ids, "action": "remove", "node_id": A1 }),
        json!({ "select": ids, "action": "remove", "role": "agent" }),
        json!({ "select": ids, "action": "promote" }),
        json!({ "select": { "ids": [olga.id], "filters": {} }, "action": "remove" }),
        json!({ "select": { "filters": {} }, "action": "remove" }),
        json!({ "select": { "filters": { "name": "olga" }, "expected_total": 1 }, "action": "remove" }),
        json!({ "select": { "filters": { "nodes": nodes }, "expected_total": 1 }, "action": "remove" }),
        json!({ "select": { "filters": { "search": "x".repeat(201) }, "expected_total": 0 }, "action": "remove" }),
        json!({ "select": {}, "action": "remove" }),
        json!({ "select": ids, "action": "remove", "force": true }),
        json!({ "select": { "ids": many }, "action": "remove" }),
    ];
    for body in bodies {
        assert_problem(&maud.bulk(&body), 422, "invalid");
    }
    for (filters, field) in
        [(json!({ "nodes": vec![A1; 51] }), "nodes"), (json!({ "search": "x".repeat(201) }), "search")]
    {
        let select = json!({ "filters": filters, "expected_total": 1 });
        let response = maud.bulk(&json!({ "select": select, "action": "remove" }));
        assert_eq!(response.json::<Value>()["fields"][0]["field"], field);
    }
    let body = json!({ "select": ids, "action": "add_role", "node_id": B1, "role": "agent" });
    assert_problem(&maud.bulk(&body), 404, "not_found");
    assert_eq!(olga.get(path::SESSION).status, 200);
}

#[test]
fn cannot_use_roles_granted_in_the_same_request() {
    let world = World::new();
    // Manages the agency, but not its first environment.
    let tess = world.join("tess", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A, &["analyst"])]);
    assert_eq!(world.administrator.assign(&tess.id, A1, Some(&["agent"])).status, 200);
    let add = json!({ "select": { "ids": [tess.id, olga.id] }, "action": "add_role",
        "node_id": A1, "role": "organisation_manager" });
    let refusals = [(tess.id.as_str(), "not_managed"), (olga.id.as_str(), "not_managed")];
    assert_result(&tess.bulk(&add), 0, 0, &refusals);
    assert_eq!(world.administrator.effective(&tess.id, A1), ["agent"]);
    assert_eq!(tess.get(&with_id(path::USER, &olga.id)).status, 200);
}
