use axum::http::Method;
use chrono::TimeDelta;
use serde_json::Value;
use studio_users_contract::{Action, path};
use studio_users_domain::Role;

use super::{entry, person};
use crate::error::AppError;
use crate::services::editor::Credentials;
use crate::testing::{AGENCY, BANK, TestApp, key_of, node_id};

#[tokio::test]
async fn a_node_without_a_row_is_unavailable_and_not_a_refusal() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
    let mut write = app.state.store.write().await.unwrap();
    let token = app.state.store.start_session(&mut write, key_of(maud), "").await.unwrap().0.hash();
    write.commit().await.unwrap();
    let editor = Credentials { token, view_id: None }.edit(&app.state).await.unwrap();
    let entry_at =
        |node| entry(&editor, Action::RolesChanged, person(&editor.principal.account, true), node_id(node));
    assert!(entry_at(BANK).is_ok());
    assert!(matches!(entry_at(99), Err(AppError::Unexpected(_))));
}

#[tokio::test]
async fn a_removal_can_be_restored_for_24_hours() {
    for (elapsed, status, listed) in
        [(TimeDelta::hours(24) - TimeDelta::seconds(1), 200, 1), (TimeDelta::hours(24), 404, 0)]
    {
        let app = TestApp::new().await;
        let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
        let olga = app.person("olga", &[(BANK, Role::Operator)]).await;
        let by = app.session(maud).await;
        let of = |path: &str| path.replace("{id}", &olga.to_string());
        assert_eq!(app.request(&by, None, Method::DELETE, &of(path::USER)).await.status, 204);
        app.advance_clock(elapsed);
        let removed: Vec<Value> = app.request(&by, None, Method::GET, path::REMOVED_USERS).await.json();
        assert_eq!(removed.len(), listed);
        let response = app.request(&by, None, Method::POST, &of(path::USER_RESTORE)).await;
        assert_eq!(response.status, status, "{response:?}");
    }
}
