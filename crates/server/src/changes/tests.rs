use axum::http::Method;
use chrono::TimeDelta;
use serde_json::Value;
use studio_users_contract::path;
use studio_users_domain::Role;

use crate::testing::{AGENCY, BANK, World};

#[tokio::test]
async fn a_removal_can_be_undone_for_a_day_and_no_longer() {
    for (passed, status, listed) in
        [(TimeDelta::hours(24) - TimeDelta::seconds(1), 200, 1), (TimeDelta::hours(24), 404, 0)]
    {
        let world = World::new().await;
        let maud = world.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
        let olga = world.person("olga", &[(BANK, Role::Operator)]).await;
        let by = world.session(maud).await;
        let of = |path: &str| path.replace("{id}", &olga.to_string());
        assert_eq!(world.ask(&by, None, Method::DELETE, &of(path::USER)).await.status, 204);
        world.pass(passed);
        let removed: Vec<Value> = world.ask(&by, None, Method::GET, path::REMOVED_USERS).await.json();
        assert_eq!(removed.len(), listed);
        let answer = world.ask(&by, None, Method::POST, &of(path::USER_RESTORE)).await;
        assert_eq!(answer.status, status, "{answer:?}");
    }
}
