//! Tests with a wall clock that is set back: nothing is locked, and nothing lasts longer.

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use studio_users_contract::path;
use studio_users_domain::{Role, UserId};

use crate::sql;
use crate::store::RunnerId;
use crate::testing::{AGENCY, AIRLINE, BANK, Cookie, TestApp, TestResponse, is_postgres, key_of, node_id};

/// The steps of the wall clock.
const STEPS: [TimeDelta; 2] = [TimeDelta::seconds(-2), TimeDelta::days(-1)];

async fn with_managers() -> (TestApp, UserId, Cookie) {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, Role::Administrator)]).await;
    let cookie = app.session(maud).await;
    (app, maud, cookie)
}

fn of(path: &str, user: UserId) -> String {
    path.replace("{id}", &user.to_string())
}

async fn copy_link(app: &TestApp, by: &Cookie, user: UserId) -> Value {
    let response = app.request(by, None, Method::POST, &of(path::USER_INVITATION_LINK, user)).await;
    assert_eq!(response.status, 201, "{response:?}");
    let link: Value = response.json();
    json!({ "token": link["url"].as_str().unwrap().split_once('#').unwrap().1 })
}

async fn post(app: &TestApp, by: &Cookie, path: &str, body: &Value) -> TestResponse {
    app.request_with_body(by, None, Method::POST, path, body).await
}

#[tokio::test]
async fn a_link_covers_the_grants_that_existed_when_it_was_created() {
    for step in STEPS {
        let (app, maud, by) = with_managers().await;
        let lars = app.invitee("lars@studio.example").await;
        app.invite_now(lars, BANK, Role::Agent, maud).await;
        let link = copy_link(&app, &by, lars).await;
        app.step_clock(step);
        // A grant that is created later has an earlier time.
        app.invite_now(lars, AGENCY, Role::Analyst, maud).await;
        let response = post(&app, &by, path::INVITATIONS_INSPECT, &link).await;
        assert_eq!(response.status, 200, "{step}: {response:?}");
        assert_eq!(response.json::<Value>()["grants"].as_array().map(Vec::len), Some(1), "{step}");
        let accept = json!({ "token": link["token"], "name": "Lars" });
        assert_eq!(
            post(&app, &Cookie::none(), path::INVITATIONS_ACCEPT, &accept).await.status,
            201,
            "{step}"
        );
    }
}

#[tokio::test]
async fn a_link_created_before_the_step_covers_older_grants_after_it() {
    for step in STEPS {
        let (app, maud, by) = with_managers().await;
        let lars = app.invitee("lars@studio.example").await;
        app.invite_now(lars, BANK, Role::Agent, maud).await;
        app.step_clock(step);
        let link = copy_link(&app, &by, lars).await;
        assert_eq!(post(&app, &by, path::INVITATIONS_INSPECT, &link).await.status, 200, "{step}");
        let details: Value = app.request(&by, None, Method::GET, &of(path::USER, lars)).await.json();
        assert_eq!(details["pending"]["links"], 1, "{step}: {details}");
    }
}

#[tokio::test]
async fn a_session_stays_valid_and_its_times_correct_themselves() {
    for step in STEPS {
        let (app, maud, by) = with_managers().await;
        let olga = app.person("olga", &[(BANK, Role::Operator)]).await;
        app.session(olga).await;
        assert_eq!(app.request(&by, None, Method::GET, path::SESSION).await.status, 200);
        app.step_clock(step);
        let now = app.state.clock.now();
        let time = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        let store = &app.state.store;
        let shown = store.sessions(&mut store.read().await.unwrap(), key_of(maud), now).await.unwrap();
        assert!(shown[0].last_seen_at <= now && shown[0].started_at <= now, "{step}: {shown:?}");
        let row: Value = app.request(&by, None, Method::GET, &of(path::USER, olga)).await.json();
        assert!(time(&row["last_active_at"]) <= now && time(&row["created_at"]) <= now, "{step}: {row}");
        // The request has stored the new time.
        let stored: i64 = sql::query_scalar("SELECT last_seen_at FROM sessions WHERE user_pk = ?")
            .bind(key_of(maud).0)
            .fetch_one(&mut store.read().await.unwrap())
            .await
            .unwrap();
        assert_eq!(stored, now.timestamp_millis(), "{step}");
        app.advance_clock(TimeDelta::days(14));
        assert_eq!(app.request(&by, None, Method::GET, path::SESSION).await.status, 401, "{step}");
    }
}

#[tokio::test]
async fn an_expired_invitation_is_open_again() {
    for step in STEPS {
        let (app, maud, by) = with_managers().await;
        let lars = app.invitee("lars@studio.example").await;
        app.invite_now(lars, BANK, Role::Agent, maud).await;
        let open = async || {
            let url = format!("{}?status=invited", path::USERS);
            let page: Value = app.request(&by, None, Method::GET, &url).await.json();
            page["items"].as_array().map(Vec::len)
        };
        app.advance_clock(TimeDelta::days(14) - TimeDelta::seconds(1));
        // Keeps the session in use.
        let by = app.session(maud).await;
        app.step_clock(TimeDelta::seconds(1));
        app.state.store.expire_due_invitations().await.unwrap();
        let url = format!("{}?status=invited", path::USERS);
        let page: Value = app.request(&by, None, Method::GET, &url).await.json();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(0));
        app.step_clock(step);
        app.state.store.expire_due_invitations().await.unwrap();
        assert_eq!(open().await, Some(1), "{step}");
    }
}

#[tokio::test]
async fn the_latest_removal_is_undone() {
    for step in STEPS {
        let (app, _, by) = with_managers().await;
        let olga = app.person("olga", &[(BANK, Role::Operator), (AIRLINE, Role::Analyst)]).await;
        let remove = async || app.request(&by, None, Method::DELETE, &of(path::USER, olga)).await.status;
        assert_eq!(remove().await, 204);
        app.step_clock(step);
        app.assign(olga, BANK, Role::Agent).await;
        assert_eq!(remove().await, 204);
        let removed: Value = app.request(&by, None, Method::GET, path::REMOVED_USERS).await.json();
        let at = removed[0]["removed_at"].as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        assert!(at <= app.state.clock.now());
        let restored = app.request(&by, None, Method::POST, &of(path::USER_RESTORE, olga)).await;
        assert_eq!(restored.status, 200, "{step}: {restored:?}");
        let access: Value = app.request(&by, None, Method::GET, &of(path::USER_ACCESS, olga)).await.json();
        let nodes = access["nodes"].as_array().unwrap();
        let bank = nodes.iter().find(|node| node["node_id"] == json!(node_id(BANK))).unwrap();
        assert_eq!(bank["effective"], json!(["agent"]), "{step}: {access}");
    }
}

#[tokio::test]
async fn an_impersonation_lasts_30_minutes_in_all() {
    for step in STEPS {
        let (app, _, by) = with_managers().await;
        let olga = app.person("olga", &[(BANK, Role::Operator)]).await;
        let start = json!({ "user_id": olga, "reason": "Help" });
        let view: Value = post(&app, &by, path::VIEWS, &start).await.json();
        let id = view["id"].as_str().unwrap().parse().unwrap();
        app.advance_clock(TimeDelta::minutes(20));
        app.step_clock(step);
        assert_eq!(app.request(&by, Some(id), Method::GET, path::SESSION).await.status, 200, "{step}");
        app.advance_clock(TimeDelta::minutes(10) - TimeDelta::seconds(1));
        assert_eq!(app.request(&by, Some(id), Method::GET, path::SESSION).await.status, 200, "{step}");
        app.advance_clock(TimeDelta::seconds(1));
        let ended = app.request(&by, Some(id), Method::GET, path::SESSION).await;
        assert_eq!(ended.problem(), (403, "view_ended".into(), Some("expired".into())), "{step}");
        assert_eq!(post(&app, &by, path::VIEWS, &start).await.status, 201, "{step}");
    }
}

#[tokio::test]
async fn limits_block_nobody_after_the_clock_was_ahead() {
    let (app, maud, by) = with_managers().await;
    app.step_clock(TimeDelta::days(1));
    let wrong = json!({ "token": "guess" });
    let mut tries = 0;
    while post(&app, &Cookie::none(), path::SESSIONS, &wrong).await.status != 429 {
        tries += 1;
        assert!(tries < 100);
    }
    let lars = app.invitee("lars@studio.example").await;
    app.invite_now(lars, BANK, Role::Agent, maud).await;
    let resend = of(path::USER_INVITATION_RESEND, lars);
    while app.request(&by, None, Method::POST, &resend).await.status != 429 {}
    app.step_clock(TimeDelta::days(-1));
    // The servers of one PostgreSQL only share its clock. A limit of the future does not count there.
    let status = if is_postgres() { 403 } else { 429 };
    assert_eq!(
        post(&app, &Cookie::none(), path::SESSIONS, &wrong).await.status,
        status,
        "no time has passed"
    );
    app.advance_clock(TimeDelta::seconds(3));
    assert_eq!(post(&app, &Cookie::none(), path::SESSIONS, &wrong).await.status, 403);
    assert!(
        app.state.store.claim_any_mail(RunnerId::new().unwrap()).await.unwrap().is_some(),
        "mails of the future are due"
    );
    assert_eq!(app.request(&by, None, Method::POST, &resend).await.status, 204);
}

#[tokio::test]
async fn a_change_has_the_time_at_which_it_got_the_lock() {
    let app = TestApp::new().await;
    let first = app.state.store.write().await.unwrap();
    let state = app.state.clone();
    let (send, waiting) = tokio::sync::oneshot::channel();
    let second = tokio::spawn(async move {
        send.send(()).unwrap();
        state.store.write().await.unwrap().now()
    });
    waiting.await.unwrap();
    tokio::task::yield_now().await;
    app.advance_clock(TimeDelta::seconds(7));
    let before = first.now();
    drop(first);
    assert_eq!(second.await.unwrap() - before, TimeDelta::seconds(7));
}

#[tokio::test]
async fn a_repeated_request_gets_the_stored_response() {
    for step in STEPS {
        let (app, _, by) = with_managers().await;
        let invitation = json!({ "emails": ["lars@studio.example"],
            "grants": [{ "node_id": node_id(BANK), "roles": ["agent"] }] });
        let send = async || {
            let headers = [("idempotency-key", "one")];
            app.request_with_headers(&by, Method::POST, path::INVITATIONS, &headers, &invitation).await
        };
        let first = send().await;
        assert_eq!(first.status, 200, "{first:?}");
        app.step_clock(step);
        assert_eq!(send().await.body, first.body, "{step}");
        let mails: i64 = sql::query_scalar("SELECT count(*) FROM outbox")
            .fetch_one(&mut app.state.store.read().await.unwrap())
            .await
            .unwrap();
        assert_eq!(mails, 1, "{step}");
    }
}
