//! Removing users, and undoing it.

use std::thread;

use serde_json::{Value, json};
use studio_users_contract::path;

use crate::changes::{access, leave_agency_a_to_its_managers, refused};
use crate::server::run;
use crate::world::{A, A1, B, B1, Person, ROOT, World, of};

fn remove(by: &Person, user: &str) {
    let answer = by.delete(&of(path::USER, user));
    assert_eq!(answer.status, 204, "{}", answer.text());
}

fn restore(by: &Person, user: &str) -> crate::server::Answer {
    by.post(&of(path::USER_RESTORE, user), &Value::Null)
}

fn removed(by: &Person) -> Vec<String> {
    let users: Vec<Value> = by.get(path::REMOVED_USERS).json();
    users.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn after_a_removal_nothing_counts_where_the_actor_manages_and_elsewhere_nobody_notices() {
    let world = World::new();
    let olga = world.join("olga", &[(A, &["operator"]), (A1, &["agent"]), (B1, &["analyst"])]);
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let bert = world.join("bert", &[(B, &["organisation_manager"])]);
    let seen = |path: &str| bert.get(&of(path, &olga.id)).body;
    let before = [path::USER, path::USER_ACCESS, path::USER_ACTIVITY].map(seen);
    remove(&maud, &olga.id);
    assert_eq!([path::USER, path::USER_ACCESS, path::USER_ACTIVITY].map(seen), before);
    assert_eq!(maud.get(&of(path::USER, &olga.id)).status, 404);
    assert_eq!(olga.get(path::SESSION).status, 200, "they are still somebody");
    for node in [A, A1] {
        assert!(world.administrator.effective(&olga.id, node).is_empty());
    }
    assert_eq!((removed(&maud), removed(&bert)), (vec![olga.id.clone()], vec![]));
    assert_eq!(restore(&bert, &olga.id).status, 404);
    assert_eq!(world.administrator.effective(&olga.id, B1), ["analyst"]);
}

#[test]
fn what_comes_from_above_is_shut_out_and_a_second_removal_leaves_no_trace() {
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
    assert!(removed(&bert).is_empty(), "what took nothing tells nobody anything");
    assert_eq!(restore(&maud, &rosa.id).status, 200);
    assert_eq!(maud.effective(&rosa.id, A1), ["operator"]);
    assert!(removed(&maud).is_empty());
}

#[test]
fn nobody_removes_themselves_nor_the_last_manager() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let tess = world.join("tess", &[(A, &["organisation_manager"])]);
    assert_eq!(world.administrator.assign(&tess.id, A1, Some(&["agent"])).status, 200);
    refused(&maud.delete(&of(path::USER, &maud.id)), 409, "own_removal");
    refused(&maud.delete(&of(path::USER, &world.administrator.id)), 403, "needs_administrator");
    leave_agency_a_to_its_managers(&world);
    refused(&tess.delete(&of(path::USER, &maud.id)), 409, "last_manager");
    remove(&maud, &tess.id);
}

#[test]
fn two_managers_who_remove_each_other_at_the_same_time_leave_one() {
    for _ in 0..3 {
        let world = World::new();
        let [one, other] = ["one", "other"].map(|name| world.join(name, &[(A, &["organisation_manager"])]));
        leave_agency_a_to_its_managers(&world);
        let answers = thread::scope(|scope| {
            let tries = [(&one, &other), (&other, &one)]
                .map(|(by, whom)| scope.spawn(|| by.delete(&of(path::USER, &whom.id)).status));
            tries.map(|answer| answer.join().unwrap())
        });
        assert_eq!(answers.iter().filter(|&&status| status == 204).count(), 1, "{answers:?}");
        let left = if answers[0] == 204 { one } else { other };
        assert_eq!(left.effective(&left.id, A), ["organisation_manager"]);
    }
}

#[test]
fn where_nothing_is_left_the_account_is_gone_and_its_name_stays_in_the_log() {
    let world = World::new();
    let maud = world.join("maud", &[(A, &["organisation_manager"])]);
    let olga = world.join("olga", &[(A1, &["operator"])]);
    let before = access(&maud, &olga.id);
    let link = run(world.server.data.path(), &["sign-in-link", &olga.email]);
    let token = String::from_utf8(link.stdout).unwrap().trim().split_once('#').unwrap().1.to_owned();
    remove(&maud, &olga.id);
    refused(&olga.get(path::SESSION), 401, "unauthenticated");
    refused(&world.server.visitor().sign_in(&token), 403, "link_invalid");
    assert!(!run(world.server.data.path(), &["sign-in-link", &olga.email]).status.success());
    let log: Value = maud.get(&format!("{}?action=user.removed", path::AUDIT)).json();
    assert_eq!(log["items"].as_array().unwrap().len(), 1);
    assert_eq!(log["items"][0]["target"]["name"], "olga");
    assert_eq!(log["items"][0]["details"]["before"], json!(["operator"]));

    assert_eq!(restore(&maud, &olga.id).status, 200);
    assert_eq!(access(&maud, &olga.id), before);
    assert_eq!(maud.actions(&olga.id)[0], "user.restored");
    refused(&olga.get(path::SESSION), 401, "unauthenticated");
    assert_eq!(world.server.as_address(&olga.email).get(path::SESSION).status, 200);
    refused(&restore(&maud, &olga.id), 404, "not_found");
}

#[test]
fn pending_grants_come_back_as_the_restorers_own_and_old_links_stay_dead() {
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
    assert_eq!(access(&maud, &ivo), before, "what two had granted at one node is there whole");
    assert_eq!(maud.row(email).unwrap()["invited_by"]["id"], maud.id);
    for token in &tokens {
        assert_eq!(world.try_accept(token, "Ivo").status, 403);
    }
    world.accept(&maud.copied_token(&ivo), "Ivo");
    assert_eq!(maud.effective(&ivo, A1), ["operator", "analyst"]);
}

#[test]
fn what_somebody_touched_since_is_not_restored() {
    let world = World::new();
    let (maud, root) = (world.join("maud", &[(A, &["organisation_manager"])]), &world.administrator);
    let olga = world.join("olga", &[(A1, &["operator"]), (B1, &["agent"])]);
    remove(&maud, &olga.id);
    assert_eq!(root.assign(&olga.id, A1, Some(&["planner"])).status, 200);
    refused(&restore(&maud, &olga.id), 409, "changed_since");
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
fn a_restore_that_the_rules_no_longer_allow_is_refused() {
    let world = World::new();
    let (maud, root) = (world.join("maud", &[(A, &["administrator"])]), &world.administrator);
    let anna = world.join("anna", &[(A, &["administrator"])]);
    remove(&maud, &anna.id);
    assert_eq!(root.assign(&maud.id, A, Some(&["organisation_manager"])).status, 200);
    refused(&restore(&maud, &anna.id), 403, "needs_administrator");
    assert_eq!(root.get(&of(path::USER, &anna.id)).status, 404);
    assert_eq!(restore(root, &anna.id).status, 200);
    assert_eq!(root.effective(&anna.id, A), ["administrator"]);
}

#[test]
fn a_removal_is_listed_only_for_who_manages_every_node_of_it() {
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
