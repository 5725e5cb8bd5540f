//! Changing what somebody has, removing and restoring: by the calls that people use.

use serde_json::Value;
use studio_users_contract::path;

use crate::world::{A, A1, World, of};

#[test]
fn an_agencys_operator_is_notified_once_the_role_is_assigned_in_the_environment() {
    let world = World::new();
    let operator = world.join("olga", &[(A, &["operator"])]);
    let manager = world.join("maud", &[(A, &["organisation_manager"])]);
    let notified = || {
        let access: Value = manager.get(&of(path::USER_ACCESS, &operator.id)).json();
        let here = access["nodes"].as_array().unwrap().iter().find(|node| node["node_id"] == A1).cloned();
        here.unwrap()["notified"].clone()
    };
    assert_eq!(notified()["value"], false);
    let answer = manager.assign(&operator.id, A1, Some(&["operator"]));
    assert_eq!(answer.status, 200, "{}", answer.text());
    assert_eq!(notified()["value"], true);
}
