//! The texts of SQL statements do not depend on the values in requests, nor on their number. Otherwise each request
//! would add a statement to the cache of a connection.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};
use std::thread;

use axum::http::Method;
use serde_json::{Value, json};
use studio_users_domain::Role;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use uuid::Uuid;

use crate::store::database_file;
use crate::testing::{AGENCY, AIRLINE, BANK, CLINIC, Cookie, PROVIDER, TestApp, is_postgres, node_id};

/// Collects the texts of all statements, from the log of sqlx, with the name of the thread that logged them.
#[derive(Clone, Default)]
struct Statements(Arc<Mutex<BTreeSet<(String, String)>>>);

impl Statements {
    /// Returns the statements of an app. Other tests run beside this one.
    fn of(&self, app: &TestApp) -> BTreeSet<String> {
        let thread = logging_thread(app);
        let all = self.0.lock().unwrap();
        all.iter().filter(|(by, _)| *by == thread).map(|(_, text)| text.clone()).collect()
    }
}

/// Returns the name of the thread that logs the statements of an app. A connection to SQLite has a thread of its own, named
/// after the file.
fn logging_thread(app: &TestApp) -> String {
    if is_postgres() {
        thread::current().name().unwrap_or_default().to_owned()
    } else {
        database_file(app.folder()).display().to_string()
    }
}

impl Visit for Statements {
    fn record_str(&mut self, field: &Field, value: &str) {
        // The summary is the beginning of a long statement, or the whole of a short one.
        let is_whole = match field.name() {
            "db.statement" => !value.is_empty(),
            "summary" => !value.ends_with('…'),
            _ => false,
        };
        if is_whole {
            let thread = thread::current().name().unwrap_or_default().to_owned();
            self.0.lock().unwrap().insert((thread, value.to_owned()));
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

impl Subscriber for Statements {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "sqlx::query"
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut self.clone());
    }
}

/// Sends requests of every kind that has lists or other values. `round` selects the values.
async fn send_round(app: &TestApp, cookies: &[Cookie], users: &[Uuid], round: usize) {
    let nodes = [PROVIDER, AGENCY, BANK, CLINIC, AIRLINE].map(|node| node_id(node).to_string());
    let pick = |index: usize| &nodes[(round + index) % nodes.len()];
    let roles = ["agent", "planner", "analyst", "operator", "developer"];
    let role = |index: usize| roles[(round * 3 + index) % roles.len()];
    let repeated = |parameter: &str| vec![parameter; 1 + round % 40].join("&");
    let count = 1 + round % 30;
    let ids: Vec<Uuid> = (0..count).map(|index| Uuid::from_u128((round * 100 + index) as u128)).collect();
    let emails: Vec<String> = (0..count).map(|index| format!("{round}-{index}@other.example")).collect();
    let words: Vec<String> = (0..=round % 7).map(|index| format!("{round}x{index}y")).collect();
    let queries = [
        format!("search={}", words.join("+")),
        format!("{}&search=a{round}", repeated("status=active&status=active")),
        format!("{}&sort=-name&search={round}abc", repeated("status=invited&status=expired")),
        format!("role={}&role={}&assigned=true&offset={round}", role(0), role(1)),
        format!("role={}&status=active&sort=created_at&limit={}", role(2), 1 + round % 200),
        format!("{}&sort=email", repeated(&format!("node={}", pick(0)))),
        format!("node={}&node={}&role={}&sort=status", nodes[BANK], nodes[AIRLINE], role(1)),
        format!("active_since=2026-01-01T00:00:{:02}Z&sort=last_active_at", round % 60),
    ];
    let mut requests: Vec<(Method, String, Value)> = Vec::new();
    for query in &queries {
        for resource in ["/api/v1/users", "/api/v1/users.csv"] {
            let is_export = resource.ends_with("csv");
            if is_export && (query.contains("offset") || query.contains("limit")) {
                continue;
            }
            requests.push((Method::GET, format!("{resource}?{query}"), Value::Null));
        }
    }
    let user = users[round % users.len()];
    for path in [
        format!("/api/v1/audit?limit={}", 1 + round % 200),
        format!("/api/v1/audit?action=roles.changed&user={user}"),
        format!("/api/v1/audit.csv?user={user}"),
        format!("/api/v1/users/{user}"),
        format!("/api/v1/users/{user}/access"),
        format!("/api/v1/users/{user}/activity"),
    ] {
        requests.push((Method::GET, path, Value::Null));
    }
    let statuses: Vec<&str> = (0..count).map(|_| "invited").collect();
    let filters = json!({ "statuses": statuses, "roles": [role(0), role(0)], "nodes": [pick(0), pick(0)] });
    let draft = json!({ "emails": emails, "grants": [{ "node_id": pick(1), "roles": [role(0)] }] });
    requests.push((
        Method::POST,
        "/api/v1/users/bulk".into(),
        json!({ "select": { "filters": filters, "expected_total": 9_999 }, "action": "resend" }),
    ));
    requests.push((
        Method::POST,
        "/api/v1/users/bulk".into(),
        json!({ "select": { "ids": ids }, "action": "resend" }),
    ));
    requests.push((Method::POST, "/api/v1/invitations/preview".into(), draft));
    for (index, (method, path, body)) in requests.iter().enumerate() {
        let cookie = &cookies[(round + index) % cookies.len()];
        app.request_with_body(cookie, None, method.clone(), path, body).await;
    }
}

#[tokio::test]
async fn statements_do_not_depend_on_the_values_in_requests() {
    let statements = Statements::default();
    // Connections log on threads of their own.
    let _ = tracing::subscriber::set_global_default(statements.clone());
    let app = TestApp::new().await;
    app.start_bulk_jobs();
    let mut users = Vec::new();
    let mut cookies = Vec::new();
    let manager = Role::OrganisationManager;
    for (name, roles) in [
        ("ada", vec![(PROVIDER, Role::Administrator)]),
        ("bo", vec![(AGENCY, manager)]),
        ("cy", vec![(BANK, manager), (AIRLINE, manager)]),
        ("di", vec![(CLINIC, manager)]),
    ] {
        let user = app.person(name, &roles).await;
        users.push(user.0);
        cookies.push(app.session(user).await);
    }
    // All combinations of users and requests occur in the first rounds.
    // PostgreSQL takes longer, and has the same lists.
    let half = if is_postgres() { 30 } else { 60 };
    for round in 0..half {
        send_round(&app, &cookies, &users, round).await;
    }
    let first = statements.of(&app);
    assert!(first.len() > 50, "{}", first.len());
    // A server of the next version may add columns meanwhile; see `store/columns.rs`.
    let with_all_columns = first.iter().find(|text| text.contains("SELECT *") || text.contains(".*"));
    assert!(!is_postgres() || with_all_columns.is_none(), "{with_all_columns:?}");
    let longest = first.iter().map(String::len).max().unwrap();
    assert!(longest < 8_000, "{longest} bytes");
    for round in half..2 * half {
        send_round(&app, &cookies, &users, round).await;
    }
    let all = statements.of(&app);
    let added: Vec<_> = all.difference(&first).collect();
    assert!(added.is_empty(), "{} more statements, such as {:#?}", added.len(), added.first());
}
