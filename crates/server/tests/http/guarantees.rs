//! What holds whatever people do, in short form: many ways, many times, at once.

use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

use serde_json::{Value, json};
use studio_users_contract::path;
use studio_users_domain::Role;

use crate::server::{printed, run};
use crate::world::{A, A1, A2, B1, Person, ROOT, World, of};

const MANAGER: &[&str] = &["organisation_manager"];

/// Somebody's session, by a link from the command line.
fn sign_in(world: &World, email: &str) -> Person {
    let link = printed(&run(world.server.data.path(), &["sign-in-link", email]));
    let token = link.split_once('#').unwrap().1.to_owned();
    world.person(&world.server.visitor().sign_in(&token))
}

#[test]
fn only_what_one_may_give_is_given_on_every_way() {
    let world = World::new();
    let subject = world.join("subject", &[(A2, &["agent"])]);
    for role in Role::all().filter(|&role| role != Role::Developer) {
        let name = format!("actor_{}", role.wire_name());
        let actor = world.join(&name, &[(A, &[role.wire_name()])]);
        for given in Role::all() {
            let is_allowed = match role {
                Role::Administrator => given != Role::Developer,
                Role::OrganisationManager => given != Role::Administrator && given != Role::Developer,
                _ => false,
            };
            let roles = [given.wire_name()];
            let edit = actor.assign(&subject.id, A1, Some(&roles));
            let bulk = actor.post(
                path::USERS_BULK,
                &json!({ "select": { "ids": [subject.id] }, "action": "add_role", "node_id": A1, "role": given }),
            );
            let invite = actor.invite(&["subject@x.example"], &[(A1, &roles)]);
            let effective = world.administrator.effective(&subject.id, A1);
            if is_allowed {
                assert_eq!((edit.status, bulk.status, invite.status), (200, 200, 200), "{role:?} {given:?}");
                assert_eq!(effective, roles);
            } else {
                assert!(edit.status >= 403 && invite.status == 403, "{role:?} {given:?}: {}", edit.text());
                assert!(effective.is_empty(), "{role:?} gave {given:?}");
                let done = if bulk.status == 200 { bulk.json::<Value>()["done"].clone() } else { json!(0) };
                assert_eq!(done, 0);
            }
            assert_eq!(world.administrator.assign(&subject.id, A1, None).status, 200);
        }
    }
}

#[test]
fn every_node_that_had_a_joined_manager_keeps_one() {
    let world = World::new();
    let nodes = [A, A1, A2];
    let people: Vec<Person> =
        (0..4).map(|number| world.join(&format!("m{number}"), &[(A, MANAGER)])).collect();
    thread::scope(|scope| {
        for (number, actor) in people.iter().enumerate() {
            let (people, nodes) = (&people, &nodes);
            scope.spawn(move || {
                let mut random = 0x9e37_79b9_u64.wrapping_add(number as u64);
                let mut below = |count: usize| {
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                    usize::try_from(random >> 33).unwrap() % count
                };
                for _ in 0..40 {
                    let user = &people[below(people.len())];
                    let roles: Option<&[&str]> = match below(4) {
                        0 => None,
                        1 => Some(&[]),
                        2 => Some(&["agent"]),
                        _ => Some(MANAGER),
                    };
                    actor.assign(&user.id, nodes[below(nodes.len())], roles);
                }
            });
        }
    });
    // The administrator of everything inherits to each node, and is left out: those of the agency's own remain.
    for node in nodes {
        let managers = people.iter().filter(|person| {
            world.administrator.row(&person.email).is_some()
                && world.administrator.effective(&person.id, node).contains(&MANAGER[0].to_owned())
        });
        let by_root = world.administrator.effective(&world.administrator.id, node);
        assert!(managers.count() > 0 || by_root.contains(&"administrator".to_owned()), "{node}");
    }
    let own = world.administrator.assign(&world.administrator.id, ROOT, Some(&["agent"]));
    assert_eq!(own.problem(), (409, "own_management".into()));
}

#[test]
fn of_two_edits_of_one_state_one_wins_and_the_other_hears_of_it() {
    let world = World::new();
    let subject = world.join("subject", &[(A1, &["agent"])]);
    let managers = [world.join("one", &[(A, MANAGER)]), world.join("two", &[(A, MANAGER)])];
    for round in 0..30 {
        let tags = managers.each_ref().map(|manager| manager.tag(&subject.id));
        let roles = [["planner", "operator"], ["analyst", "producer"]].map(|pair| pair[round % 2]);
        let statuses: Vec<u16> = thread::scope(|scope| {
            let calls: Vec<_> = (0..2)
                .map(|at| {
                    let (manager, subject, tags) = (&managers[at], &subject, &tags);
                    scope.spawn(move || {
                        manager.assign_if(&subject.id, A1, Some(&[roles[at]]), &tags[at]).status
                    })
                })
                .collect();
            calls.into_iter().map(|call| call.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().collect::<BTreeSet<_>>(), BTreeSet::from([&200, &412]), "{round}");
    }
}

#[test]
fn every_change_has_its_entry_and_the_log_is_whole() {
    let world = World::new();
    let subject = world.join("subject", &[(A1, &["agent"])]);
    let before = world.administrator.actions(&subject.id).len();
    for round in 0..40 {
        let roles: &[&str] = if round % 2 == 0 { &["planner"] } else { &["agent"] };
        assert_eq!(world.administrator.assign(&subject.id, A1, Some(roles)).status, 200);
    }
    let actions = world.administrator.actions(&subject.id);
    assert_eq!(actions.len() - before, 40);
    assert!(actions[..40].iter().all(|action| action == "roles.changed"));
    // What changes nothing is no change.
    assert_eq!(world.administrator.assign(&subject.id, A1, Some(&["agent"])).status, 200);
    assert_eq!(world.administrator.actions(&subject.id).len(), actions.len());
    assert!(printed(&run(world.server.data.path(), &["verify-audit"])).contains("whole"));
}

#[test]
fn nothing_that_begins_after_a_removal_is_served() {
    let world = World::new();
    for number in 0..10 {
        let person = world.join(&format!("p{number}"), &[(A1, &["agent"])]);
        thread::scope(|scope| {
            let removal = scope.spawn(|| world.administrator.delete(&of(path::USER, &person.id)).status);
            while person.get(path::SESSION).status == 200 {}
            assert_eq!(removal.join().unwrap(), 204);
        });
        assert_eq!(person.get(path::SESSION).status, 401);
        assert_eq!(world.administrator.post(&of(path::USER_RESTORE, &person.id), &Value::Null).status, 200);
        assert_eq!(person.get(path::SESSION).status, 401, "sessions stay ended");
        assert_eq!(sign_in(&world, &person.email).id, person.id);
    }
}

#[test]
fn another_tenants_users_are_answered_as_nobody_by_every_call() {
    let world = World::new();
    let manager = world.join("maud", &[(A, MANAGER)]);
    let own = world.join("own", &[(A1, &["agent"])]);
    let foreign = world.join("foreign", &[(B1, &["agent"])]);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi.json");
    let contract: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    let mut asked = 0;
    for (path, calls) in contract["paths"].as_object().unwrap() {
        if !path.starts_with("/api/v1/users/{id}") {
            continue;
        }
        for method in calls.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            let method = method.to_uppercase();
            let change = json!({ "changes": [{ "node_id": A1, "roles": ["agent"] }] });
            let body = if method == "PATCH" { change } else { Value::Null };
            let call = |id: &str| manager.call(&method, &of(path, id), &body, &[("if-match", "\"x\"")]);
            let nobody = call("00000000-0000-4000-8000-000000000000");
            assert_eq!(nobody.problem(), (404, "not_found".into()), "{method} {path}");
            assert_eq!(call(&foreign.id).body, nobody.body, "{method} {path}");
            asked += 1;
        }
    }
    assert!(asked >= 9, "{asked}");
    let bulk = json!({ "select": { "ids": [foreign.id, own.id] }, "action": "remove" });
    let result: Value = manager.post(path::USERS_BULK, &bulk).json();
    assert_eq!((&result["done"], &result["refused"]), (&json!(1), &json!(1)));
    assert_eq!(result["refusals"][0], json!({ "id": foreign.id, "code": "not_found" }));
    let view = json!({ "user_id": foreign.id, "reason": "curious" });
    assert_eq!(manager.post(path::VIEWS, &view).problem().0, 404);
    assert_eq!(foreign.get(path::SESSION).status, 200);
}

#[test]
fn links_are_built_from_the_configured_address_only() {
    let world = World::with(&["--public-url", "https://users.example"]);
    let answer = world.administrator.invite(&["new@x.example"], &[(A1, &["agent"])]);
    assert_eq!(answer.status, 200);
    let user = world.administrator.id_of("new@x.example");
    let hostile = [
        ("host", "evil.example"),
        ("x-forwarded-host", "evil.example"),
        ("forwarded", "host=evil.example;proto=http"),
        ("x-forwarded-proto", "http"),
        ("x-original-host", "evil.example"),
    ];
    for header in hostile {
        let path = of(path::USER_INVITATION_LINK, &user);
        let answer = world.administrator.call("POST", &path, &Value::Null, &[header]);
        let url = answer.json::<Value>()["url"].as_str().unwrap().to_owned();
        assert!(url.starts_with("https://users.example/join#"), "{url}");
        let path = of(path::USER_INVITATION_RESEND, &user);
        assert_eq!(world.administrator.call("POST", &path, &Value::Null, &[header]).status, 204);
    }
    assert_eq!(world.wait_for_mails("new@x.example", "https://users.example/join#", 6).len(), 6);
}
