//! Invariants of changes under concurrency, and isolation of tenants.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::access_changes::{access, assert_problem, remove_managers_above_agency_a};
use crate::database;
use crate::server::{run, stdout_of};
use crate::world::{A, A1, A2, B, B1, Person, World, grants_of, with_id};

/// Returns the nodes of agency A with a manager who has joined, from the database.
fn managed(world: &World) -> BTreeSet<String> {
    let names = database::texts(
        world.server.data.path(),
        "SELECT n.name FROM nodes n CROSS JOIN nodes a CROSS JOIN users u
             LEFT JOIN assignments own ON own.user_pk = u.pk AND own.node = n.pk
             LEFT JOIN assignments above ON above.user_pk = u.pk AND above.node = a.pk
             WHERE u.joined_at IS NOT NULL AND u.removed_at IS NULL AND a.name = 'Agency A'
               AND (n.pk = a.pk OR n.parent = a.pk) AND coalesce(own.roles, above.roles, 0) & 288 <> 0",
    );
    names.into_iter().collect()
}

/// Creates four managers of agency A, which has no other managers. They also have access elsewhere, so
/// removing them does not end their accounts.
fn four_managers() -> (World, [Person; 4]) {
    let world = World::new();
    let managers = ["m0", "m1", "m2", "m3"]
        .map(|name| world.join(name, &[(A, &["organisation_manager"]), (B1, &["agent"])]));
    remove_managers_above_agency_a(&world);
    (world, managers)
}

/// Makes all four manage the agency again.
fn reinstate(world: &World) {
    world.server.execute(
        "DELETE FROM assignments WHERE node IN (SELECT pk FROM nodes WHERE name LIKE '% A%');
         INSERT INTO assignments (user_pk, node, roles) SELECT u.pk, n.pk, 32 FROM users u, nodes n
           WHERE u.email LIKE 'm_@x.example' AND n.name = 'Agency A'",
    );
}

#[test]
fn concurrent_changes_leave_each_node_a_manager() {
    let (world, managers) = four_managers();
    let mut seed: u64 = 20_26;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    let sets: [Option<&[&str]>; 4] =
        [None, Some(&[]), Some(&["agent"]), Some(&["operator", "organisation_manager"])];
    let mut done = 0;
    for round in 0..75 {
        if round % 5 == 0 {
            reinstate(&world);
        }
        let before = managed(&world);
        let plans: Vec<_> =
            (0..4).map(|by| (by, random(4), random(5), [A, A1, A2][random(3)], sets[random(4)])).collect();
        done += thread::scope(|scope| {
            let attempts: Vec<_> = plans
                .into_iter()
                .map(|(by, user, operation, node, roles)| {
                    let (by, user) = (&managers[by], &managers[user].id);
                    scope.spawn(move || match operation {
                        0 => by.delete(&with_id(path::USER, user)),
                        1 => by.post(&with_id(path::USER_RESTORE, user), &Value::Null),
                        _ => by.assign_if(user, node, roles, "*"),
                    })
                })
                .collect();
            let responses = attempts.into_iter().map(|attempt| attempt.join().unwrap());
            responses
                .inspect(|response| assert!(response.status < 500))
                .filter(|response| response.status < 300)
                .count()
        });
        assert!(managed(&world).is_superset(&before), "round {round}: {before:?}, {:?}", managed(&world));
    }
    assert!(done > 60, "only {done} changes succeeded");
}

#[test]
fn keeps_one_of_two_managers_who_demote_each_other() {
    let (world, managers) = four_managers();
    let [one, other, ..] = &managers;
    for round in 0..30 {
        reinstate(&world);
        for rest in &managers[2..] {
            assert_eq!(one.delete(&with_id(path::USER, &rest.id)).status, 204);
        }
        let before = managed(&world);
        assert_eq!(before.len(), 3);
        let node = [A, A1, A2][round % 3];
        let demote = |by: &Person, user: &Person| match round % 2 {
            0 => by.delete(&with_id(path::USER, &user.id)).status,
            _ => by.assign_if(&user.id, node, Some(&[]), "*").status,
        };
        let statuses = thread::scope(|scope| {
            let attempts = [(one, other), (other, one)].map(|(by, user)| scope.spawn(|| demote(by, user)));
            attempts.map(|attempt| attempt.join().unwrap())
        });
        assert_eq!(statuses.iter().filter(|&&status| status < 300).count(), 1, "{round}: {statuses:?}");
        assert_eq!(managed(&world), before, "{round}: {statuses:?}");
    }
}

#[test]
fn applies_one_of_two_changes_with_the_same_etag() {
    let world = World::new();
    let root = &world.administrator;
    let olga = world.join("olga", &[(A, &["operator"])]);
    for round in 0..60 {
        assert_eq!(root.assign(&olga.id, A1, None).status, 200);
        let tag = root.tag(&olga.id);
        let mut statuses = thread::scope(|scope| {
            let attempts = ["agent", "analyst"]
                .map(|role| scope.spawn(|| root.assign_if(&olga.id, A1, Some(&[role]), &tag).status));
            attempts.map(|attempt| attempt.join().unwrap())
        });
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 412], "{round}");
    }
}

#[test]
fn records_one_entry_per_change() {
    let world = World::new();
    let root = &world.administrator;
    let olga = world.join("olga", &[(A, &["operator"])]);
    let before = root.actions(&olga.id).len();
    for change in 0..100 {
        let roles: Option<&[&str]> = if change % 2 == 0 { Some(&["agent"]) } else { None };
        assert_eq!(root.assign(&olga.id, A1, roles).status, 200);
        assert_eq!(root.assign(&olga.id, A1, roles).status, 200, "an unchanged state is no change");
    }
    assert_eq!(root.actions(&olga.id).len(), before + 100);
    let output = stdout_of(&run(world.server.data.path(), &["verify-audit"]));
    assert!(output.contains("verified"), "{output}");
}

#[test]
fn serves_no_request_after_a_removal() {
    let world = World::new();
    let root = &world.administrator;
    let emails: Vec<String> = (0..30).map(|number| format!("p{number}@x.example")).collect();
    let named: Vec<&str> = emails.iter().map(String::as_str).collect();
    assert_eq!(root.invite(&named, &[(A1, &["organisation_manager"])]).status, 200);
    for email in &emails {
        let person = world.accept(&root.copied_token(&root.id_of(email)), "Someone");
        let is_removed = AtomicBool::new(false);
        thread::scope(|scope| {
            let requests = [path::SESSION, path::USERS].map(|path| {
                let (person, is_removed) = (&person, &is_removed);
                scope.spawn(move || {
                    loop {
                        let began_after = is_removed.load(Ordering::SeqCst);
                        let status = person.get(path).status;
                        if began_after {
                            return status;
                        }
                    }
                })
            });
            assert_eq!(root.delete(&with_id(path::USER, &person.id)).status, 204);
            is_removed.store(true, Ordering::SeqCst);
            for request in requests {
                assert_eq!(request.join().unwrap(), 401);
            }
        });
    }
}

#[test]
fn treats_users_of_other_tenants_like_missing_ones() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let own = world.join("olga", &[(A1, &["operator"])]);
    let foreign = world.join("bert", &[(B1, &["agent"])]);
    let before = access(&world.administrator, &foreign.id);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let contract: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let paths = contract["paths"].as_object().unwrap();
    let mut operations = 0;
    for (path, calls) in paths.iter().filter(|(path, _)| path.starts_with("/api/v1/users/{id}")) {
        for method in calls.as_object().unwrap().keys().map(|method| method.to_uppercase()) {
            let body = match (method.as_str(), path.as_str()) {
                ("POST", path::USER_INVITATION_CORRECT) => json!({ "email": "right@x.example" }),
                ("PATCH", path::USER_ACCESS) => json!({ "changes": grants_of(&[(A1, &["agent"])]) }),
                _ => Value::Null,
            };
            let request = |id: &str| maud.call(&method, &with_id(path, id), &body, &[("if-match", "*")]);
            let missing = request("b3b1a2c4-0000-4000-8000-00000000dead");
            assert_problem(&missing, 404, "not_found");
            let response = request(&foreign.id);
            assert_eq!((response.status, &response.body), (404, &missing.body), "{method} {path}");
            // The `connection` header depends on how much of the body has arrived.
            let header_names = |response: &crate::server::Response| -> BTreeSet<String> {
                response.headers.keys().map(ToString::to_string).filter(|name| name != "connection").collect()
            };
            assert_eq!(header_names(&response), header_names(&missing), "{method} {path}");
            operations += 1;
        }
    }
    assert!(operations >= 8, "{operations}");
    assert_eq!(access(&world.administrator, &foreign.id), before);
    assert_eq!(maud.get(&with_id(path::USER, &own.id)).status, 200);
}

#[test]
fn treats_nodes_of_other_tenants_like_missing_ones() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    world.join("bert", &[(B1, &["organisation_manager"])]);
    let grants = |node: &str| grants_of(&[(A1, &["agent"]), (node, &["agent"])]);
    let request = |node: &str| -> Vec<(u16, Vec<u8>)> {
        let filters = json!({ "nodes": [node] });
        let responses = [
            maud.get(&format!("{}?node={node}", path::USERS)),
            maud.get(&format!("{}?node={A1}&node={node}", path::USERS)),
            maud.get(&format!("{}?node={node}", path::USERS_CSV)),
            maud.post(path::INVITATIONS, &json!({ "emails": ["n@x.example"], "grants": grants(node) })),
            maud.post(path::INVITATIONS_PREVIEW, &json!({ "emails": ["n@x.example"], "grants": grants(node) })),
            maud.assign_if(&olga.id, node, Some(&["agent"]), "*"),
            maud.post(
                path::USERS_BULK,
                &json!({ "select": { "ids": [olga.id] }, "action": "add_role", "node_id": node, "role": "agent" }),
            ),
            maud.post(
                path::USERS_BULK,
                &json!({ "select": { "filters": filters, "expected_total": 0 }, "action": "remove" }),
            ),
        ];
        responses.into_iter().map(|response| (response.status, response.body)).collect()
    };
    let missing = request("b3b1a2c4-0000-4000-8000-00000000dead");
    assert!(missing.iter().all(|(status, _)| *status == 404), "{missing:?}");
    for foreign in [B, B1] {
        assert_eq!(request(foreign), missing);
    }
    assert!(maud.row("n@x.example").is_none());
}

#[test]
fn treats_sessions_and_views_of_other_tenants_like_missing_ones() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B1, &["organisation_manager"])]);
    let tess = world.join("tess", &[(B1, &["agent"])]);
    let view: Value = bert.post(path::VIEWS, &json!({ "user_id": tess.id, "reason": "x" })).json();
    let sessions: Value = bert.get(path::SESSIONS).json();
    let missing_id = "b3b1a2c4-0000-4000-8000-00000000dead";
    let job: Value = bert.bulk(&json!({ "select": { "ids": [tess.id] }, "action": "resend" })).json();
    let request = |user: &str, session: &str, view: &str, job: &str| -> Vec<(u16, Vec<u8>)> {
        let select = json!({ "ids": [user] });
        let responses = [
            maud.post(path::VIEWS, &json!({ "user_id": user, "reason": "x" })),
            maud.get(&with_id(path::VIEW, view)),
            maud.delete(&with_id(path::VIEW, view)),
            maud.call("GET", path::USERS, &Value::Null, &[("studio-view", view)]),
            maud.delete(&with_id(path::SESSION_BY_ID, session)),
            maud.get(&with_id(path::JOB, job)),
            maud.post(&with_id(path::JOB_STOP, job), &Value::Null),
            maud.post(&with_id(path::JOB_UNDO, job), &Value::Null),
            maud.get(&format!("{}?user={user}", path::AUDIT)),
            maud.get(&format!("{}?user={user}", path::AUDIT_CSV)),
        ];
        let bulk = ["remove", "restore", "resend"]
            .map(|action| maud.bulk(&json!({ "select": select, "action": action })).json::<Value>());
        for result in bulk {
            assert_eq!(
                (&result["done"], &result["refusals"][0]["code"]),
                (&json!(0), &json!("not_found")),
                "{result}"
            );
        }
        responses.into_iter().map(|response| (response.status, response.body)).collect()
    };
    let missing = request(missing_id, missing_id, missing_id, missing_id);
    let session = sessions[0]["id"].as_str().unwrap();
    assert_eq!(
        request(&tess.id, session, view["id"].as_str().unwrap(), job["id"].as_str().unwrap()),
        missing
    );
    assert_eq!(
        missing.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
        [404, 404, 404, 403, 404, 404, 404, 404, 200, 200]
    );
    assert_eq!(bert.get(&with_id(path::VIEW, view["id"].as_str().unwrap())).status, 200);
}
