//! Tests of requests while another change holds the write lock.

use std::time::Duration;

use axum::http::{Method, header};
use axum::response::IntoResponse;
use chrono::TimeDelta;
use serde_json::{Value, json};
use studio_users_contract::{Code, Problem, StudioView, ViewEnd, path};
use studio_users_domain::Role;
use tokio::time::{Instant, timeout};
use uuid::Uuid;

use crate::error::AppError;
use crate::sql::Tx;
use crate::store::Error;
use crate::testing::{AGENCY, BANK, TestApp, connect, is_postgres, node_id};

/// No change gives up earlier, so that a read that waits for the writer fails the test.
const PATIENCE: Duration = Duration::from_secs(4);

/// Returns a transaction of another process that holds the write lock.
async fn change_of_another_process(app: &TestApp) -> Tx {
    connect(app.folder()).await.begin_write().await.unwrap()
}

#[tokio::test]
async fn reads_do_not_wait_for_a_running_change() {
    assert_reads_do_not_wait(async |app| app.state.store.write().await.unwrap()).await;
}

#[tokio::test]
async fn reads_do_not_wait_for_a_change_of_another_process() {
    assert_reads_do_not_wait(change_of_another_process).await;
}

/// Sends requests while the transaction that `begin` returns holds the write lock.
async fn assert_reads_do_not_wait<T>(begin: impl AsyncFnOnce(&TestApp) -> T) {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager | Role::Administrator)]).await;
    let olga = app.person("olga", &[(BANK, Role::Agent)]).await.to_string();
    let by = app.session(maud).await;
    let create = async |path: &str, body: Value| -> Value {
        let response = app.request_with_body(&by, None, Method::POST, path, &body).await;
        assert!([201, 202].contains(&response.status), "{path}: {}", response.status);
        response.json()
    };
    // The lane of bulk jobs does not run, so the job is still running.
    let job = create(path::USERS_BULK, json!({ "select": { "ids": [olga] }, "action": "remove" })).await;
    let view = create(path::VIEWS, json!({ "user_id": olga, "reason": "Help" })).await;
    let view: Uuid = view["id"].as_str().unwrap().parse().unwrap();
    let job = path::JOB.replace("{id}", job["id"].as_str().unwrap());
    let shown_view = path::VIEW.replace("{id}", &view.to_string());
    let paths = [
        &job,
        &shown_view,
        path::SESSION,
        path::SESSIONS,
        path::SESSION_VIEWS,
        path::NODES,
        path::ROLES,
        path::USERS,
        path::USER,
        path::USER_ACCESS,
        path::USER_ACTIVITY,
        path::USER_POSITION,
        path::REMOVED_USERS,
        path::JOBS,
        path::UNDELIVERED_MAIL,
        path::AUDIT,
        path::OPENAPI,
        path::LIVENESS,
    ];
    // The activity of the session is due again.
    app.advance_clock(TimeDelta::minutes(2));
    let running = begin(&app).await;
    for path in paths {
        let path = path.replace("{id}", &olga);
        let response = timeout(PATIENCE, app.request(&by, None, Method::GET, &path)).await;
        let status = response.unwrap_or_else(|_| panic!("{path} waits for the writer")).status;
        assert!([200, 204].contains(&status), "{path}: {status}");
    }
    let draft = json!({ "emails": ["ann@x.example"],
        "grants": [{ "node_id": node_id(BANK), "roles": ["agent"] }] });
    let preview = app.request_with_body(&by, None, Method::POST, path::INVITATIONS_PREVIEW, &draft);
    let preview =
        timeout(PATIENCE, preview).await.expect("the preview of an invitation waits for the writer");
    assert_eq!(preview.status, 200);
    for path in [path::SESSION, path::NODES, path::USERS, path::JOBS, path::SESSION_VIEWS] {
        let response = timeout(PATIENCE, app.request(&by, Some(view), Method::GET, path)).await;
        let status = response.unwrap_or_else(|_| panic!("{path} waits for the writer inside a view")).status;
        assert_eq!(status, 200, "{path} inside a view");
    }
    for path in ["/users", "/users?search=olga"] {
        let page = timeout(PATIENCE, app.open_page(&by, path)).await;
        let page = page.unwrap_or_else(|_| panic!("the page at {path} waits for the writer"));
        assert!(page.contains("data-answer="), "{path} has no embedded responses: {page}");
    }
    let stream = timeout(PATIENCE, app.open(&by, path::EVENTS)).await;
    assert!(stream.is_ok(), "the event stream waits for the writer");

    // The activity is recorded after the change.
    drop(running);
    let now = app.state.clock.now();
    let recorded = async {
        loop {
            let sessions: Vec<Value> = app.request(&by, None, Method::GET, path::SESSIONS).await.json();
            let seen = sessions[0]["last_seen_at"].as_str().unwrap().to_owned();
            if seen.parse::<chrono::DateTime<chrono::Utc>>().unwrap() == now {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(20), recorded).await.unwrap();
}

/// The end of an expired impersonation is recorded later.
#[tokio::test]
async fn an_expired_impersonation_does_not_wait_for_a_change_of_another_process() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
    let olga = app.person("olga", &[(BANK, Role::Agent)]).await;
    let by = app.session(maud).await;
    let start = json!({ "user_id": olga, "reason": "Help" });
    let view = app.request_with_body(&by, None, Method::POST, path::VIEWS, &start).await;
    let view: StudioView = view.json();
    app.advance_clock(TimeDelta::seconds(30 * 60 - 10));
    // Records the activity, so that it is not due after the expiry.
    assert_eq!(app.request(&by, Some(view.id), Method::GET, path::SESSION).await.status, 200);
    app.advance_clock(TimeDelta::seconds(20));
    let running = change_of_another_process(&app).await;
    let expired = timeout(PATIENCE, app.request(&by, Some(view.id), Method::GET, path::SESSION)).await;
    let problem: Problem = expired.expect("the request waits for the writer").json();
    assert_eq!((problem.code, problem.reason), (Code::ViewEnded, Some(ViewEnd::Expired)));
    drop(running);
}

#[tokio::test]
async fn lists_are_checked_before_a_change_waits() {
    let app = TestApp::new().await;
    let maud = app.person("maud", &[(AGENCY, Role::OrganisationManager)]).await;
    let olga = app.person("olga", &[(BANK, Role::Agent)]).await.to_string();
    let by = app.session(maud).await;
    let ids = |count: u128| (0..count).map(Uuid::from_u128);
    let changes = |count| -> Value { ids(count).map(|id| json!({ "node_id": id, "roles": [] })).collect() };
    let grants =
        |count| -> Value { ids(count).map(|id| json!({ "node_id": id, "roles": ["agent"] })).collect() };
    let twice = |list: Value| json!([list[0], list[0]]);
    let bulk = |select: Value| json!({ "select": select, "action": "resend" });
    let statuses = json!({ "filters": { "statuses": vec!["active"; 51] }, "expected_total": 1 });
    let invitation = |grants: Value| json!({ "emails": ["ann@x.example"], "grants": grants });
    let access = path::USER_ACCESS.replace("{id}", &olga);
    let running = app.state.store.write().await.unwrap();
    for (method, path, body) in [
        (Method::PATCH, access.as_str(), json!({ "changes": changes(10_001) })),
        (Method::PATCH, &access, json!({ "changes": twice(changes(1)) })),
        (Method::POST, path::INVITATIONS, invitation(grants(501))),
        (Method::POST, path::INVITATIONS, invitation(twice(grants(1)))),
        (Method::POST, path::USERS_BULK, bulk(statuses)),
        (Method::POST, path::USERS_BULK, bulk(json!({ "ids": ids(10_001).collect::<Vec<_>>() }))),
    ] {
        let response = timeout(PATIENCE, app.request_with_body(&by, None, method, path, &body)).await;
        let response = response.unwrap_or_else(|_| panic!("{path} waits for the writer"));
        assert_eq!(response.status, 422, "{path}: {}", String::from_utf8_lossy(&response.body));
    }
    drop(running);
}

#[tokio::test]
async fn a_change_gives_up_within_five_seconds() {
    let app = TestApp::new().await;
    let running = app.state.store.write().await.unwrap();
    // The server of PostgreSQL needs real time to answer the probes of the circuit breaker.
    if !is_postgres() {
        tokio::time::pause();
    }
    let start = Instant::now();
    let refused = app.state.store.write().await;
    assert!(matches!(refused, Err(Error::Busy)));
    let waited = start.elapsed();
    assert!(waited >= PATIENCE, "{waited:?}");
    assert!(is_postgres() || waited.as_secs() == 5, "{waited:?}");
    if !is_postgres() {
        tokio::time::resume();
    }
    drop(running);
    assert!(app.state.store.write().await.is_ok());
}

#[tokio::test]
async fn a_change_gives_up_if_another_process_holds_the_write_lock() {
    let app = TestApp::new().await;
    let running = change_of_another_process(&app).await;
    let refused = timeout(Duration::from_mins(1), app.state.store.write()).await.unwrap();
    assert!(matches!(refused, Err(Error::Busy)));
    drop(running);
    assert!(app.state.store.write().await.is_ok());
}

#[tokio::test]
async fn a_change_that_is_cancelled_while_it_waits_holds_no_lock() {
    let app = TestApp::new().await;
    let running = change_of_another_process(&app).await;
    assert!(timeout(Duration::from_millis(200), app.state.store.write()).await.is_err(), "it waits");
    drop(running);
    // The server itself changes nothing more. Its cancelled change must not keep the lock from the others.
    for _ in 0..2 {
        drop(change_of_another_process(&app).await);
    }
    assert!(app.state.store.write().await.is_ok());
}

#[tokio::test]
async fn a_change_that_gave_up_responds_when_to_try_again() {
    let response = AppError::from(Error::Busy).into_response();
    assert_eq!(response.status(), 503);
    assert_eq!(response.headers()[header::RETRY_AFTER], "5");
    let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let problem: Problem = serde_json::from_slice(&body).unwrap();
    assert_eq!(problem.retry_after, Some(5));
}
