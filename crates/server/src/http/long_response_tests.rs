//! A response that is sent in parts ends when its reader loses the session or the rights.

use std::pin::pin;

use axum::body::Body;
use axum::http::Method;
use chrono::TimeDelta;
use futures_util::StreamExt;
use studio_users_contract::{Action, path};
use studio_users_domain::{Role, UserId};

use crate::audit::Entry;
use crate::testing::{AGENCY, BANK, Cookie, PROVIDER, TestApp, key_of};

/// The paths of the exports.
const EXPORTS: [&str; 2] = [path::AUDIT_CSV, path::USERS_CSV];

/// Returns an application with more users and audit entries than the first part of an export contains, and a manager.
async fn app_with_manager() -> (TestApp, UserId, Cookie) {
    let app = TestApp::new().await;
    let (manager, cookie) = manager(&app, "ada").await;
    fill(&app, manager).await;
    (app, manager, cookie)
}

async fn manager(app: &TestApp, name: &str) -> (UserId, Cookie) {
    let manager = app.person(name, &[(AGENCY, Role::OrganisationManager)]).await;
    (manager, app.session(manager).await)
}

async fn fill(app: &TestApp, manager: UserId) {
    app.people(1_100, AGENCY, Role::Agent).await;
    let mut write = app.state.store.write().await.unwrap();
    let now = write.now();
    let account = app.state.store.account(&mut write, key_of(manager)).await.unwrap().unwrap();
    let entries = vec![Entry::of(Action::UsersExported, now).by((&account).into()); 3_000];
    write.record_all(&entries).await.unwrap();
    write.commit().await.unwrap();
}

/// Reads the rest of a response. Returns its length, and whether the response was complete.
async fn read(body: Body) -> (usize, bool) {
    let mut chunks = pin!(body.into_data_stream());
    let mut length = 0;
    while let Some(chunk) = chunks.next().await {
        match chunk {
            Ok(chunk) => length += chunk.len(),
            Err(_) => return (length, false),
        }
    }
    (length, true)
}

#[tokio::test]
async fn exports_are_complete_for_a_reader_who_keeps_access() {
    let (app, _, cookie) = app_with_manager().await;
    for path in EXPORTS {
        let (length, is_complete) = read(app.open(&cookie, path).await).await;
        assert!(is_complete && length > 50_000, "{path}: {length}");
    }
}

#[tokio::test]
async fn exports_end_when_the_reader_loses_access() {
    let (app, ..) = app_with_manager().await;
    // All sessions expire at once, so that is last.
    for change in ["sign out", "remove", "demote", "narrow", "expire"] {
        let (manager, cookie) = manager(&app, change).await;
        let complete = read(app.open(&cookie, path::AUDIT_CSV).await).await.0;
        let mut bodies = Vec::new();
        for path in EXPORTS {
            bodies.push((path, app.open(&cookie, path).await));
        }
        match change {
            "sign out" => {
                app.request(&cookie, None, Method::DELETE, path::SESSION).await;
            }
            "remove" => {
                let administrator = app.person("root", &[(PROVIDER, Role::Administrator)]).await;
                let administrator = app.session(administrator).await;
                let path = path::USER.replace("{id}", &manager.to_string());
                let response = app.request(&administrator, None, Method::DELETE, &path).await;
                assert!(response.status < 300, "{}", response.status);
            }
            "demote" => app.unassign(manager, AGENCY).await,
            "narrow" => {
                app.assign(manager, BANK, Role::OrganisationManager).await;
                app.unassign(manager, AGENCY).await;
            }
            _ => app.advance_clock(TimeDelta::days(91)),
        }
        for (path, body) in bodies {
            let (length, is_complete) = read(body).await;
            assert!(!is_complete, "{change}: {path} was complete");
            // The first part may have been read before the response started.
            assert!(length < complete / 2, "{change}: {path} has {length} bytes");
        }
    }
}

#[tokio::test]
async fn event_streams_end_when_the_reader_loses_access() {
    let (app, manager, cookie) = app_with_manager().await;
    let administrator = app.person("root", &[(PROVIDER, Role::Administrator)]).await;
    let administrator = app.session(administrator).await;
    let stream = app.open(&cookie, path::EVENTS).await;
    let path = path::USER.replace("{id}", &manager.to_string());
    app.request(&administrator, None, Method::DELETE, &path).await;
    assert!(read(stream).await.1);
}
