//! The same change at both backends at the same time.

use super::*;
use crate::world::{A, A1, B1, with_id};

const ROUNDS: usize = 100;

#[test]
fn one_of_two_managers_who_demote_each_other_stays() {
    let Some(pair) = Pair::start() else { return };
    let managers =
        ["m0", "m1"].map(|name| pair.join(name, &[(A, &["organisation_manager"]), (B1, &["agent"])]));
    // Agency A has no other managers: the administrator keeps access to the other nodes only.
    pair.database.execute(
        "DELETE FROM assignments WHERE node = (SELECT pk FROM nodes WHERE parent IS NULL);
         INSERT INTO assignments (user_pk, node, roles) SELECT u.pk, n.pk, 256 FROM users u, nodes n
           WHERE u.email LIKE 'admin%' AND n.name = 'Agency B'",
    );
    let reinstate = "DELETE FROM assignments a USING nodes n WHERE n.pk = a.node AND n.name LIKE '% A%';
         INSERT INTO assignments (user_pk, node, roles) SELECT u.pk, n.pk, 32 FROM users u, nodes n
           WHERE u.email LIKE 'm_@x.example' AND n.name = 'Agency A'";
    let managing = "SELECT count(*) FROM assignments a JOIN nodes n ON n.pk = a.node \
         WHERE n.name = 'Agency A' AND a.roles & 288 <> 0";
    let [one, other] = [pair.at(&managers[0], 0), pair.at(&managers[1], 1)];
    let mut refused = 0;
    for round in 0..ROUNDS {
        pair.database.execute(reinstate);
        assert_eq!(pair.database.number(managing), 2);
        let demote = |by: &Person, user: &str| match round % 2 {
            0 => by.delete(&with_id(path::USER, user)).status,
            _ => by.assign_if(user, A, Some(&[]), "*").status,
        };
        let statuses = at_once([&|| demote(&one, &other.id), &|| demote(&other, &one.id)]);
        assert!(statuses.iter().all(|&status| status < 500), "round {round}: {statuses:?}");
        assert_eq!(statuses.iter().filter(|&&status| status < 300).count(), 1, "round {round}: {statuses:?}");
        assert_eq!(pair.database.number(managing), 1, "round {round}: {statuses:?}");
        refused += statuses.iter().filter(|&&status| status >= 400).count();
    }
    assert_eq!(refused, ROUNDS);
}

#[test]
fn an_address_that_both_backends_invite_is_one_user() {
    let Some(pair) = Pair::start() else { return };
    let people = [pair.at(&pair.administrator, 0), pair.at(&pair.administrator, 1)];
    for round in 0..ROUNDS {
        let emails = [format!("New{round}@x.example"), format!("new{round}@X.example")];
        let invite = |by: usize| people[by].invite(&[&emails[by]], &[(A1, &["agent"])]);
        let responses = at_once([&|| invite(0), &|| invite(1)]);
        for response in &responses {
            assert_eq!(response.status, 200, "round {round}: {}", response.text());
        }
        let users = format!("SELECT count(*) FROM users WHERE lower(email) = 'new{round}@x.example'");
        assert_eq!(pair.database.number(&users), 1, "round {round}");
    }
    pair.assert_consistent();
}

#[test]
fn a_link_that_is_accepted_at_both_backends_works_once() {
    let Some(pair) = Pair::start() else { return };
    for round in 0..ROUNDS {
        let email = format!("new{round}@x.example");
        assert_eq!(pair.administrator.invite(&[&email], &[(A1, &["agent"])]).status, 200);
        let id = pair.administrator.id_of(&email);
        let token = pair.administrator.copied_token(&id);
        let join = |backend: usize| accept(&pair.backends[backend].url, &token, "New").status;
        let mut statuses = at_once([&|| join(0), &|| join(1)]);
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 403], "round {round}");
        let sessions = format!(
            "SELECT count(*) FROM sessions s JOIN users u ON u.pk = s.user_pk WHERE u.email = '{email}'"
        );
        assert_eq!(pair.database.number(&sessions), 1, "round {round}");
    }
    pair.assert_consistent();
}

#[test]
fn a_job_that_is_undone_at_both_backends_is_undone_once() {
    let Some(pair) = Pair::start() else { return };
    let olga = pair.join("olga", &[(A1, &["operator"])]);
    let people = [pair.at(&pair.administrator, 0), pair.at(&pair.administrator, 1)];
    let body =
        json!({ "select": { "ids": [olga.id] }, "action": "add_role", "node_id": A1, "role": "planner" });
    for round in 0..ROUNDS {
        let job = people[round % 2].bulk(&body).json::<Value>();
        assert_eq!(job["done"], 1, "round {round}: {job}");
        let undo = with_id(path::JOB_UNDO, text(&job["id"]));
        let [one, other] =
            at_once([&|| people[0].post(&undo, &Value::Null), &|| people[1].post(&undo, &Value::Null)]);
        let (undone, refused, by) =
            if one.status < 300 { (one, other, &people[0]) } else { (other, one, &people[1]) };
        assert_eq!(refused.problem(), (409, "not_undoable".into()), "round {round}");
        assert_eq!(by.wait_for_job(undone).json::<Value>()["done"], 1, "round {round}");
        assert_eq!(people[0].effective(&olga.id, A1), ["operator"], "round {round}");
    }
    pair.assert_consistent();
}

#[test]
fn a_removal_that_is_undone_at_both_backends_is_undone_once() {
    let Some(pair) = Pair::start() else { return };
    let olga = pair.join("olga", &[(A1, &["operator"])]);
    let people = [pair.at(&pair.administrator, 0), pair.at(&pair.administrator, 1)];
    for round in 0..ROUNDS {
        let remove = |by: usize| people[by].delete(&with_id(path::USER, &olga.id)).status;
        let mut statuses = at_once([&|| remove(0), &|| remove(1)]);
        statuses.sort_unstable();
        assert_eq!(statuses, [204, 404], "round {round}");
        let restore =
            |by: usize| people[by].post(&with_id(path::USER_RESTORE, &olga.id), &Value::Null).status;
        let statuses = at_once([&|| restore(0), &|| restore(1)]);
        assert_eq!(statuses.iter().filter(|&&status| status < 300).count(), 1, "round {round}: {statuses:?}");
        assert!(statuses.iter().all(|&status| status < 500), "round {round}: {statuses:?}");
        assert_eq!(people[1].effective(&olga.id, A1), ["operator"], "round {round}");
    }
    let restored = "SELECT count(*) FROM audit WHERE action = 'user.restored'";
    assert_eq!(pair.database.number(restored), i64::try_from(ROUNDS).unwrap());
    pair.assert_consistent();
}
