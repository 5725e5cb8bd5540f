//! Removing users, and undoing it.

use std::thread;

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::access_changes::{access, assert_problem, remove_managers_above_agency_a};
use crate::server::run;
use crate::world::{A, A1, B, B1, Person, ROOT, World, with_id};

fn remove(by: &Person, user: &str) {
    let response = by.delete(&with_id(path::USER, user));
    assert_eq!(response.status, 204, "{}", response.text());
}

fn restore(by: &Person, user: &str) -> crate::server::Response {
    by.post(&with_id(path::USER_RESTORE, user), &Value::Null)
}

fn removed(by: &Person) -> Vec<String> {
    let users: Vec<Value> = by.get(path::REMOVED_USERS).json();
    users.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn removes_access_only_where_the_actor_manages() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["operator"]), (A1, &["agent"]), (B1, &["analyst"])]);
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B, &["organisation_manager"])]);
    let bodies = |path: &str| bert.get(&with_id(path, &olga.id)).body;
    let before = [path::USER, path::USER_ACCESS, path::USER_ACTIVITY].map(bodies);
    remove(&maud, &olga.id);
    assert_eq!([path::USER, path::USER_ACCESS, path::USER_ACTIVITY].map(bodies), before);
    assert_eq!(maud.get(&with_id(path::USER, &olga.id)).status, 404);
    assert_eq!(olga.get(path::SESSION).status, 200, "the session still works");
    for node in [A, A1] {
        assert!(world.administrator.effective(&olga.id, node).is_empty());
    }
    assert_eq!((removed(&maud), removed(&bert)), (vec![olga.id.clone()], vec![]));
    assert_eq!(restore(&bert, &olga.id).status, 404);
    assert_eq!(world.administrator.effective(&olga.id, B1), ["analyst"]);
}

#[test]
fn overrides_inherited_roles_and_ignores_a_second_removal() {
    let world = World::new();
    let rosa = world.join("rosa", &[(ROOT, &["operator"])]);
    let maud = world.join("maud", &[(A1, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B, &["organisation_manager"])]);
    remove(&maud, &rosa.id);
    let nodes = access(&maud, &rosa.id)["nodes"].clone();
    assert_eq!((&nodes[0]["assigned"], &nodes[0]["effective"]), (&json!([]), &json!([])));
    assert_eq!(world.administrator.effective(&rosa.id, A), ["operator"]);
    let listed = maud.get(path::REMOVED_USERS).body;
    remove(&maud, &rosa.id);
    assert_eq!(maud.get(path::REMOVED_USERS).body, listed);
    assert!(removed(&bert).is_empty(), "a removal without effect is not listed");
    assert_eq!(restore(&maud, &rosa.id).status, 200);
    assert_eq!(maud.effective(&rosa.id, A1), ["operator"]);
    assert!(removed(&maud).is_empty());
}

#[test]
fn refuses_to_remove_oneself_or_the_last_manager() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(A, &["organisation_manager"])]);
    assert_eq!(world.administrator.assign(&tess.id, A1, Some(&["agent"])).status, 200);
    assert_problem(&maud.delete(&with_id(path::USER, &maud.id)), 409, "own_removal");
    assert_problem(&maud.delete(&with_id(path::USER, &world.administrator.id)), 403, "needs_administrator");
    remove_managers_above_agency_a(&world);
    assert_problem(&tess.delete(&with_id(path::USER, &maud.id)), 409, "last_manager");
    remove(&maud, &tess.id);
}

#[test]
fn keeps_one_of_two_managers_who_remove_each_other() {
    for _ in 0..3 {
        let world = World::new();
        let [one, other] = ["one", "other"].map(|name| world.join(name, &[(A, &["organisation_manager"])]));
        remove_managers_above_agency_a(&world);
        let statuses = thread::scope(|scope| {
            let attempts = [(&one, &other), (&other, &one)]
                .map(|(by, user)| scope.spawn(|| by.delete(&with_id(path::USER, &user.id)).status));
            attempts.map(|attempt| attempt.join().unwrap())
        });
        assert_eq!(statuses.iter().filter(|&&status| status == 204).count(), 1, "{statuses:?}");
        let remaining = if statuses[0] == 204 { one } else { other };
        assert_eq!(remaining.effective(&remaining.id, A), ["organisation_manager"]);
    }
}

#[test]
fn ends_an_account_without_access_but_keeps_its_name_in_the_log() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let before = access(&maud, &olga.id);
    let link = run(world.server.data.path(), &["sign-in-link", &olga.email]);
    let token = String::from_utf8(link.stdout).unwrap().trim().split_once('#').unwrap().1.to_owned();
    remove(&maud, &olga.id);
    assert_problem(&olga.get(path::SESSION), 401, "unauthenticated");
    assert_problem(&world.server.client().sign_in(&token), 403, "link_invalid");
    assert!(!run(world.server.data.path(), &["sign-in-link", &olga.email]).status.success());
    let log: Value = maud.get(&format!("{}?action=user.removed", path::AUDIT)).json();
    assert_eq!(log["items"].as_array().unwrap().len(), 1);
    assert_eq!(log["items"][0]["target"]["name"], "olga");
    assert_eq!(log["items"][0]["details"]["before"], json!(["operator"]));

    assert_eq!(restore(&maud, &olga.id).status, 200);
    assert_eq!(access(&maud, &olga.id), before);
    assert_eq!(maud.actions(&olga.id)[0], "user.restored");
    assert_problem(&olga.get(path::SESSION), 401, "unauthenticated");
    assert_eq!(world.server.sign_in_with_email(&olga.email).get(path::SESSION).status, 200);
    assert_problem(&restore(&maud, &olga.id), 404, "not_found");
}

#[test]
fn restores_pending_grants_as_the_actors_own_without_old_links() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(A, &["organisation_manager"])]);
    let email = "ivo@x.example";
    assert_eq!(tess.invite(&[email], &[(A1, &["operator"])]).status, 200);
    assert_eq!(maud.invite(&[email], &[(A1, &["analyst"]), (A, &["planner"])]).status, 200);
    let tokens = world.wait_for_mails(email, "/join#", 2);
    let ivo = maud.id_of(email);
    let before = access(&maud, &ivo);
    remove(&tess, &ivo);
    assert!(maud.row(email).is_none());
    for token in &tokens {
        assert_eq!(world.try_accept(token, "Ivo").status, 403);
    }
    assert_eq!(restore(&maud, &ivo).status, 200);
    assert_eq!(access(&maud, &ivo), before, "the grants of both managers are restored");
    assert_eq!(maud.row(email).unwrap()["invited_by"]["id"], maud.id);
    for token in &tokens {
        assert_eq!(world.try_accept(token, "Ivo").status, 403);
    }
    world.accept(&maud.copied_token(&ivo), "Ivo");
    assert_eq!(maud.effective(&ivo, A1), ["operator", "analyst"]);
}

#[test]
fn refuses_to_restore_users_changed_since() {
    let world = World::new();
    let (maud, root) = (world.join("maud", &[(A, &["organisation_manager"])]), &world.administrator);
    let olga = world.join("olga", &[(A1, &["operator"]), (B1, &["agent"])]);
    remove(&maud, &olga.id);
    assert_eq!(root.assign(&olga.id, A1, Some(&["planner"])).status, 200);
    assert_problem(&restore(&maud, &olga.id), 409, "changed_since");
    assert_eq!(maud.effective(&olga.id, A1), ["planner"]);

    let anna = world.join("anna", &[(A1, &["operator"])]);
    remove(&maud, &anna.id);
    assert_eq!(maud.invite(&[&anna.email], &[(A1, &["agent"])]).status, 200);
    assert_ne!(maud.id_of(&anna.email), anna.id, "a new account");
    assert_eq!(restore(&maud, &anna.id).status, 409);

    assert_eq!(maud.invite(&["ivo@x.example"], &[(A1, &["agent"])]).status, 200);
    let ivo = maud.id_of("ivo@x.example");
    remove(&maud, &ivo);
    assert_eq!(maud.invite(&["ivo@x.example"], &[(A1, &["agent"])]).status, 200);
    assert_eq!(restore(&maud, &ivo).status, 409);
}

#[test]
fn refuses_a_restore_that_the_rules_no_longer_allow() {
    let world = World::new();
    let (maud, root) = (world.join("maud", &[(A, &["administrator"])]), &world.administrator);
    let anna = world.join("anna", &[(A, &["administrator"])]);
    remove(&maud, &anna.id);
    assert_eq!(root.assign(&maud.id, A, Some(&["organisation_manager"])).status, 200);
    assert_problem(&restore(&maud, &anna.id), 403, "needs_administrator");
    assert_eq!(root.get(&with_id(path::USER, &anna.id)).status, 404);
    assert_eq!(restore(root, &anna.id).status, 200);
    assert_eq!(root.effective(&anna.id, A), ["administrator"]);
}

#[test]
fn lists_a_removal_only_for_managers_of_all_its_nodes() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["operator"]), (B1, &["agent"])]);
    let [maud, bert] =
        [("maud", A), ("bert", B)].map(|(name, node)| world.join(name, &[(node, &["organisation_manager"])]));
    remove(&world.administrator, &olga.id);
    assert_eq!(removed(&world.administrator), [olga.id.as_str()]);
    for by in [&maud, &bert] {
        assert!(removed(by).is_empty());
        assert_eq!(restore(by, &olga.id).status, 404);
    }
}
