//! The guarantees about changing things, in their short form.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use serde_json::{Value, json};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, Connection};
use studio_users_contract::path;

use crate::changes::{access, leave_agency_a_to_its_managers, refused};
use crate::server::{printed, run};
use crate::world::{A, A1, A2, B, B1, Person, World, grants_of, of};

/// The nodes of the agency A that somebody manages who has joined, as it is kept.
fn managed(world: &World) -> BTreeSet<String> {
    let options = SqliteConnectOptions::new().filename(world.server.data.path().join("studio-users.db"));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let names: Vec<String> = runtime.block_on(async {
        let mut connection = options.read_only(true).connect().await.unwrap();
        let names = sqlx::query_scalar(
            "SELECT n.name FROM nodes n, nodes a, users u
             LEFT JOIN assignments own ON own.user = u.pk AND own.node = n.pk
             LEFT JOIN assignments above ON above.user = u.pk AND above.node = a.pk
             WHERE u.joined_at IS NOT NULL AND u.removed_at IS NULL AND a.name = 'Agency A'
               AND (n.pk = a.pk OR n.parent = a.pk) AND coalesce(own.roles, above.roles, 0) & 288 <> 0",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        connection.close().await.unwrap();
        names
    });
    names.into_iter().collect()
}

/// Four managers of the agency A, which nobody else manages; they are somebody elsewhere too.
fn four_managers() -> (World, [Person; 4]) {
    let world = World::new();
    let managers = ["m0", "m1", "m2", "m3"]
        .map(|name| world.join(name, &[(A, &["organisation_manager"]), (B1, &["agent"])]));
    leave_agency_a_to_its_managers(&world);
    (world, managers)
}

/// All four manage the agency again.
fn reinstate(world: &World) {
    world.server.execute(
        "DELETE FROM assignments WHERE node IN (SELECT pk FROM nodes WHERE name LIKE '% A%');
         INSERT INTO assignments (user, node, roles) SELECT u.pk, n.pk, 32 FROM users u, nodes n
           WHERE u.email LIKE 'm_@x.example' AND n.name = 'Agency A'",
    );
}

#[test]
fn every_node_that_had_a_joined_manager_keeps_one() {
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
            let tries: Vec<_> = plans
                .into_iter()
                .map(|(by, whom, what, node, roles)| {
                    let (by, whom) = (&managers[by], &managers[whom].id);
                    scope.spawn(move || match what {
                        0 => by.delete(&of(path::USER, whom)),
                        1 => by.post(&of(path::USER_RESTORE, whom), &Value::Null),
                        _ => by.assign_if(whom, node, roles, "*"),
                    })
                })
                .collect();
            let answers = tries.into_iter().map(|answer| answer.join().unwrap());
            answers
                .inspect(|answer| assert!(answer.status < 500))
                .filter(|answer| answer.status < 300)
                .count()
        });
        assert!(managed(&world).is_superset(&before), "round {round}: {before:?}, {:?}", managed(&world));
    }
    assert!(done > 60, "only {done} changes were made");
}

#[test]
fn of_two_managers_who_take_it_from_each_other_one_stays() {
    let (world, managers) = four_managers();
    let [one, other, ..] = &managers;
    for round in 0..30 {
        reinstate(&world);
        for rest in &managers[2..] {
            assert_eq!(one.delete(&of(path::USER, &rest.id)).status, 204);
        }
        let before = managed(&world);
        assert_eq!(before.len(), 3);
        let node = [A, A1, A2][round % 3];
        let take = |by: &Person, whom: &Person| match round % 2 {
            0 => by.delete(&of(path::USER, &whom.id)).status,
            _ => by.assign_if(&whom.id, node, Some(&[]), "*").status,
        };
        let answers = thread::scope(|scope| {
            let tries = [(one, other), (other, one)].map(|(by, whom)| scope.spawn(|| take(by, whom)));
            tries.map(|answer| answer.join().unwrap())
        });
        assert_eq!(answers.iter().filter(|&&status| status < 300).count(), 1, "{round}: {answers:?}");
        assert_eq!(managed(&world), before, "{round}: {answers:?}");
    }
}

#[test]
fn of_two_changes_of_one_state_one_is_made() {
    let world = World::new();
    let root = &world.administrator;
    let olga = world.join("olga", &[(A, &["operator"])]);
    for round in 0..60 {
        assert_eq!(root.assign(&olga.id, A1, None).status, 200);
        let tag = root.tag(&olga.id);
        let mut answers = thread::scope(|scope| {
            let tries = ["agent", "analyst"]
                .map(|role| scope.spawn(|| root.assign_if(&olga.id, A1, Some(&[role]), &tag).status));
            tries.map(|answer| answer.join().unwrap())
        });
        answers.sort_unstable();
        assert_eq!(answers, [200, 412], "{round}");
    }
}

#[test]
fn a_hundred_changes_are_a_hundred_entries_of_a_whole_log() {
    let world = World::new();
    let root = &world.administrator;
    let olga = world.join("olga", &[(A, &["operator"])]);
    let before = root.actions(&olga.id).len();
    for change in 0..100 {
        let roles: Option<&[&str]> = if change % 2 == 0 { Some(&["agent"]) } else { None };
        assert_eq!(root.assign(&olga.id, A1, roles).status, 200);
        assert_eq!(root.assign(&olga.id, A1, roles).status, 200, "what is so already is no change");
    }
    assert_eq!(root.actions(&olga.id).len(), before + 100);
    let verdict = printed(&run(world.server.data.path(), &["verify-audit"]));
    assert!(verdict.contains("whole"), "{verdict}");
}

#[test]
fn no_request_that_began_after_a_removal_is_served() {
    let world = World::new();
    let root = &world.administrator;
    let emails: Vec<String> = (0..30).map(|number| format!("p{number}@x.example")).collect();
    let named: Vec<&str> = emails.iter().map(String::as_str).collect();
    assert_eq!(root.invite(&named, &[(A1, &["organisation_manager"])]).status, 200);
    for email in &emails {
        let person = world.accept(&root.copied_token(&root.id_of(email)), "Somebody");
        let is_removed = AtomicBool::new(false);
        thread::scope(|scope| {
            let asking = [path::SESSION, path::USERS].map(|path| {
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
            assert_eq!(root.delete(&of(path::USER, &person.id)).status, 204);
            is_removed.store(true, Ordering::SeqCst);
            for answer in asking {
                assert_eq!(answer.join().unwrap(), 401);
            }
        });
    }
}

#[test]
fn another_tenants_user_is_answered_as_nobody_by_every_operation() {
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
                ("PATCH", path::USER_ACCESS) => json!({ "changes": grants_of(&[(A1, &["agent"])]) }),
                _ => Value::Null,
            };
            let ask = |id: &str| maud.call(&method, &of(path, id), &body, &[("if-match", "*")]);
            let nobody = ask("b3b1a2c4-0000-4000-8000-00000000dead");
            refused(&nobody, 404, "not_found");
            let answer = ask(&foreign.id);
            assert_eq!((answer.status, &answer.body), (404, &nobody.body), "{method} {path}");
            // Whether the connection goes on depends on how much of the body has come by then.
            let names = |answer: &crate::server::Answer| -> BTreeSet<String> {
                answer.headers.keys().map(ToString::to_string).filter(|name| name != "connection").collect()
            };
            assert_eq!(names(&answer), names(&nobody), "{method} {path}");
            operations += 1;
        }
    }
    assert!(operations >= 8, "{operations}");
    assert_eq!(access(&world.administrator, &foreign.id), before);
    assert_eq!(maud.get(&of(path::USER, &own.id)).status, 200);
}

#[test]
fn another_tenants_node_is_answered_as_no_node_by_every_operation() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    world.join("bert", &[(B1, &["organisation_manager"])]);
    let grants = |node: &str| grants_of(&[(A1, &["agent"]), (node, &["agent"])]);
    let ask = |node: &str| -> Vec<(u16, Vec<u8>)> {
        let filters = json!({ "nodes": [node] });
        let answers = [
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
        answers.into_iter().map(|answer| (answer.status, answer.body)).collect()
    };
    let none = ask("b3b1a2c4-0000-4000-8000-00000000dead");
    assert!(none.iter().all(|(status, _)| *status == 404), "{none:?}");
    for foreign in [B, B1] {
        assert_eq!(ask(foreign), none);
    }
    assert!(maud.row("n@x.example").is_none());
}

#[test]
fn another_tenants_people_sessions_and_views_are_answered_as_none() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B1, &["organisation_manager"])]);
    let tess = world.join("tess", &[(B1, &["agent"])]);
    let view: Value = bert.post(path::VIEWS, &json!({ "user_id": tess.id, "reason": "x" })).json();
    let sessions: Value = bert.get(path::SESSIONS).json();
    let nobody = "b3b1a2c4-0000-4000-8000-00000000dead";
    let ask = |user: &str, session: &str, view: &str| -> Vec<(u16, Vec<u8>)> {
        let select = json!({ "ids": [user] });
        let answers = [
            maud.post(path::VIEWS, &json!({ "user_id": user, "reason": "x" })),
            maud.get(&of(path::VIEW, view)),
            maud.delete(&of(path::VIEW, view)),
            maud.call("GET", path::USERS, &Value::Null, &[("studio-view", view)]),
            maud.delete(&of(path::SESSION_BY_ID, session)),
            maud.get(&format!("{}?user={user}", path::AUDIT)),
            maud.get(&format!("{}?user={user}", path::AUDIT_CSV)),
        ];
        let bulk = ["remove", "restore", "resend"].map(|action| {
            maud.post(path::USERS_BULK, &json!({ "select": select, "action": action })).json::<Value>()
        });
        for came in bulk {
            assert_eq!(
                (&came["done"], &came["refusals"][0]["code"]),
                (&json!(0), &json!("not_found")),
                "{came}"
            );
        }
        answers.into_iter().map(|answer| (answer.status, answer.body)).collect()
    };
    let none = ask(nobody, nobody, nobody);
    let session = sessions[0]["id"].as_str().unwrap();
    assert_eq!(ask(&tess.id, session, view["id"].as_str().unwrap()), none);
    assert_eq!(
        none.iter().map(|(status, _)| *status).collect::<Vec<_>>(),
        [404, 404, 404, 403, 404, 200, 200]
    );
    assert_eq!(bert.get(&of(path::VIEW, view["id"].as_str().unwrap())).status, 200);
}
