//! The router over a small organisation, with a clock that tests control. Requests go through axum without a
//! socket.

mod database;
mod faults;
mod rows;

use std::net::SocketAddr;
use std::path::Path;

use axum::body::{Body, to_bytes};
use axum::extract::ConnectInfo;
use axum::http::{Method, Request, header};
use axum::{Router, http};
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use studio_users_contract::VIEW_HEADER;
use studio_users_domain::{NodeId, NodeKind, PendingGrant, Role, RoleSet, UserId};
use tempfile::TempDir;
use tokio::sync::watch;
use tower::ServiceExt;
use uuid::Uuid;

use crate::ages::Ages;
use crate::clock::TestClock;
use crate::http::page::{Page, PageOptions};
use crate::http::router;
use crate::mail::Mailer;
use crate::public_url::PublicUrl;
use crate::readiness::ReadinessCache;
use crate::services::jobs::run_lane;
use crate::sql;
use crate::state::{AppState, Parts, RateLimiters};
use crate::store::{
    Account, GrantRecord, ImportedNode, InvitationContent, JobKind, Mailing, NewAccount, RunnerId, UserKey,
    millis, roles_to_bits,
};

pub(crate) use database::{
    connect, empty_postgres, is_postgres, open_store, rounds, sqlite_only, verify_log, verify_log_and_files,
};
pub(crate) use faults::{WRITES, allow_writes_to, fail_writes_to};
pub(crate) use rows::{insert_counted_mails, insert_sent_jobs};

/// The time at which each test starts.
pub(crate) const START: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
/// The provider.
pub(crate) const PROVIDER: usize = 0;
/// An agency with two environments.
pub(crate) const AGENCY: usize = 1;
/// The agency's first environment.
pub(crate) const BANK: usize = 2;
/// The agency's second environment.
pub(crate) const CLINIC: usize = 3;
/// An environment directly below the provider.
pub(crate) const AIRLINE: usize = 4;
/// The parent of each node.
pub(crate) const PARENTS: [Option<usize>; 5] =
    [None, Some(PROVIDER), Some(AGENCY), Some(AGENCY), Some(PROVIDER)];

/// The application on a temporary data folder.
pub(crate) struct TestApp {
    folder: TempDir,
    pub(crate) state: AppState,
    router: Router,
    clock: TestClock,
}

/// The session cookie of a user.
#[derive(Debug, Clone)]
pub(crate) struct Cookie(String);

/// A response with its body.
#[derive(Debug)]
pub(crate) struct TestResponse {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// Returns the id of a node.
pub(crate) fn node_id(number: usize) -> NodeId {
    NodeId(Uuid::from_u128(number as u128 + 1))
}

/// Returns the row id of an account.
pub(crate) fn key_of(user: UserId) -> UserKey {
    UserKey::of_account(user)
}

impl TestApp {
    pub(crate) async fn new() -> Self {
        let app = Self::on(TempDir::new().unwrap(), TestClock::new(START)).await;
        let nodes: Vec<_> =
            PARENTS.iter().enumerate().map(|(number, &parent)| imported(number, parent)).collect();
        app.state.store.import_nodes(&nodes).await.unwrap();
        app
    }

    /// Starts the application again on the same data folder.
    pub(crate) async fn restart(self) -> Self {
        self.state.store.close().await;
        Self::on(self.folder, self.clock).await
    }

    async fn on(folder: TempDir, test_clock: TestClock) -> Self {
        let store = open_store(folder.path()).await;
        let store = store.with_clock(test_clock.clock());
        let limits = RateLimiters::new(store.rate_limit_buckets());
        let state = AppState::new(Parts {
            store,
            clock: test_clock.clock(),
            mailer: Mailer::new(folder.path(), None, "studio@localhost.example".parse().unwrap()).unwrap(),
            allowed_origins: Vec::new(),
            limits,
            view_ages: Ages::default(),
            public_url: PublicUrl::parse("http://localhost").unwrap(),
            demo: None,
            demo_ports: Vec::new(),
            trusted_proxies: Vec::new(),
            data_folder: folder.path().to_owned(),
            readiness: ReadinessCache::default(),
        });
        Self {
            folder,
            router: router(
                state.clone(),
                Page::load(Path::new("no-such-folder"), PageOptions::default()).unwrap(),
            ),
            state,
            clock: test_clock,
        }
    }

    /// The data folder.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Executes SQL and commits it, for states that no service creates.
    pub(crate) async fn execute(&self, sql: impl Into<sql::Text>) {
        let mut write = self.state.store.write().await.unwrap();
        sql::raw_sql(sql).execute(&mut write).await.unwrap();
        write.commit().await.unwrap();
    }

    /// Starts the lane of bulk jobs, until the end of the test.
    pub(crate) fn start_bulk_jobs(&self) {
        let (state, runner) = (self.state.clone(), RunnerId::new().unwrap());
        tokio::spawn(async move {
            let (_running, stopping) = watch::channel(false);
            run_lane(state, JobKind::Bulk, runner, stopping).await;
        });
    }

    /// Lets time pass.
    pub(crate) fn advance_clock(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Sets the wall clock forward, or back if `by` is negative. No time passes.
    pub(crate) fn step_clock(&self, by: TimeDelta) {
        self.clock.step(by);
    }

    /// Creates a user who has joined, with these assignments.
    pub(crate) async fn person(&self, name: &str, roles: &[(usize, impl Into<RoleSet> + Copy)]) -> UserId {
        let assignments = roles.iter().map(|&(node, roles)| (node_id(node), roles.into())).collect();
        self.account(Some(name), &format!("{name}@studio.example"), assignments).await
    }

    /// Creates a user who has not joined.
    pub(crate) async fn invitee(&self, email: &str) -> UserId {
        self.account(None, email, Vec::new()).await
    }

    /// Creates a pending grant that expires after 14 days. Does not check the rules.
    pub(crate) async fn invite(&self, user: UserId, node: usize, roles: impl Into<RoleSet>, by: UserId) {
        let mut write = self.state.store.write().await.unwrap();
        let now = write.now();
        let organisation = self.state.store.organisation(&mut write).await.unwrap().unwrap();
        sql::query(
            "INSERT INTO pending_grants (user_pk, node, roles, granted_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(UserKey::of_account(user).0)
        .bind(organisation.key(node_id(node)).unwrap().0)
        .bind(roles_to_bits(roles.into()))
        .bind(UserKey::of_account(by).0)
        .bind(millis(now))
        .bind(millis(now + TimeDelta::days(14)))
        .execute(&mut write)
        .await
        .unwrap();
        self.state.store.refresh(&mut write, &organisation, user).await.unwrap();
        write.commit().await.unwrap();
    }

    /// Creates a pending grant as the server does. Does not check the rules.
    pub(crate) async fn invite_now(&self, user: UserId, node: usize, roles: impl Into<RoleSet>, by: UserId) {
        let store = &self.state.store;
        let mut write = store.write().await.unwrap();
        let organisation = store.organisation(&mut write).await.unwrap().unwrap();
        let expires_at = write.now() + TimeDelta::days(14);
        let grant = PendingGrant {
            node: node_id(node),
            roles: roles.into(),
            granted_by: by,
            expires_at,
            until: None,
        };
        let content = InvitationContent::default();
        let record = GrantRecord {
            grant,
            created_at: write.now(),
            origin: None,
            content,
            mailing: Mailing::default(),
        };
        store.put_pending_grant(&mut write, &organisation, key_of(user), &record).await.unwrap();
        store.refresh(&mut write, &organisation, user).await.unwrap();
        write.commit().await.unwrap();
    }

    /// Assigns roles. Does not check the rules.
    pub(crate) async fn assign(&self, user: UserId, node: usize, roles: impl Into<RoleSet>) {
        self.set_assignment(user, node, Some(roles.into())).await;
    }

    /// Removes an assignment. Does not check the rules.
    pub(crate) async fn unassign(&self, user: UserId, node: usize) {
        self.set_assignment(user, node, None).await;
    }

    /// Starts a session of a user.
    pub(crate) async fn session(&self, user: UserId) -> Cookie {
        let mut write = self.state.store.write().await.unwrap();
        let (token, _) =
            self.state.store.start_session(&mut write, UserKey::of_account(user), "").await.unwrap();
        write.commit().await.unwrap();
        Cookie(format!("studio_users_session_80={}", token.secret()))
    }

    /// Sends a request without a body, inside a view if one is given.
    pub(crate) async fn request(
        &self,
        cookie: &Cookie,
        view: Option<Uuid>,
        method: Method,
        path: &str,
    ) -> TestResponse {
        self.request_with_body(cookie, view, method, path, &Value::Null).await
    }

    /// Sends a request with a JSON body, inside a view if one is given.
    pub(crate) async fn request_with_body(
        &self,
        cookie: &Cookie,
        view: Option<Uuid>,
        method: Method,
        path: &str,
        body: &Value,
    ) -> TestResponse {
        let view = view.map(|view| view.to_string());
        let headers: Vec<_> = view.iter().map(|view| (VIEW_HEADER, view.as_str())).collect();
        self.request_with_headers(cookie, method, path, &headers, body).await
    }

    /// Sends a request with a JSON body and further headers.
    pub(crate) async fn request_with_headers(
        &self,
        cookie: &Cookie,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> TestResponse {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &cookie.0)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json")
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = http::StatusCode::as_u16(&response.status());
        TestResponse { status, body: to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec() }
    }

    /// Sends a request without a body. Returns the body of the response, which may still be open.
    pub(crate) async fn open(&self, cookie: &Cookie, path: &str) -> Body {
        let request = Request::builder()
            .uri(path)
            .header(header::COOKIE, &cookie.0)
            .header("sec-fetch-site", "same-origin")
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        let response = self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{path}");
        response.into_body()
    }

    /// Requests the page at a path, from a folder with a page that has no program.
    pub(crate) async fn open_page(&self, cookie: &Cookie, path: &str) -> String {
        let folder = TempDir::new().unwrap();
        std::fs::write(folder.path().join("index.html"), "<html><head></head><body></body></html>").unwrap();
        let page = Page::load(folder.path(), PageOptions::default()).unwrap();
        let request = Request::builder()
            .uri(path)
            .header(header::COOKIE, &cookie.0)
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 1))));
        let request = request.body(Body::empty()).unwrap();
        let response = router(self.state.clone(), page).oneshot(request).await.unwrap();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }

    /// Creates many users who have joined, with a role at a node.
    pub(crate) async fn people(&self, count: usize, node: usize, role: Role) {
        let mut write = self.state.store.write().await.unwrap();
        let organisation = self.state.store.organisation(&mut write).await.unwrap().unwrap();
        let now = write.now();
        for number in 0..count {
            let account = Account {
                id: self.state.store.new_user_id(&mut write).await.unwrap(),
                name: Some(format!("Person {number}")),
                email: format!("person{number}@studio.example"),
                locale: None,
                created_at: now,
                joined_at: Some(now),
                last_active_at: None,
            };
            let new = NewAccount { account, assignments: vec![(node_id(node), role.into())] };
            self.state.store.create_account(&mut write, &organisation, &new).await.unwrap();
        }
        write.commit().await.unwrap();
    }

    async fn set_assignment(&self, user: UserId, node: usize, roles: Option<RoleSet>) {
        let mut write = self.state.store.write().await.unwrap();
        let organisation = self.state.store.organisation(&mut write).await.unwrap().unwrap();
        let (key, node) = (UserKey::of_account(user), organisation.key(node_id(node)).unwrap());
        sql::query("DELETE FROM assignments WHERE user_pk = ? AND node = ?")
            .bind(key.0)
            .bind(node.0)
            .execute(&mut write)
            .await
            .unwrap();
        if let Some(roles) = roles {
            sql::query("INSERT INTO assignments (user_pk, node, roles) VALUES (?, ?, ?)")
                .bind(key.0)
                .bind(node.0)
                .bind(roles_to_bits(roles))
                .execute(&mut write)
                .await
                .unwrap();
        }
        self.state.store.refresh(&mut write, &organisation, user).await.unwrap();
        write.commit().await.unwrap();
    }

    async fn account(&self, name: Option<&str>, email: &str, assignments: Vec<(NodeId, RoleSet)>) -> UserId {
        let now = self.state.clock.now();
        let mut write = self.state.store.write().await.unwrap();
        let organisation = self.state.store.organisation(&mut write).await.unwrap().unwrap();
        let id = self.state.store.new_user_id(&mut write).await.unwrap();
        let account = Account {
            id,
            name: name.map(str::to_owned),
            email: email.into(),
            locale: None,
            created_at: now,
            joined_at: name.map(|_| now),
            last_active_at: None,
        };
        let new = NewAccount { account, assignments };
        self.state.store.create_account(&mut write, &organisation, &new).await.unwrap();
        write.commit().await.unwrap();
        id
    }
}

impl Cookie {
    /// Returns no session.
    pub(crate) fn none() -> Self {
        Self(String::new())
    }
}

impl TestResponse {
    #[track_caller]
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// Returns the status, the problem code and, for an ended view, the reason.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String, Option<String>) {
        let problem: Value = self.json();
        let text = |field: &str| problem[field].as_str().map(str::to_owned);
        (self.status, text("code").unwrap(), text("reason"))
    }
}

fn imported(number: usize, parent: Option<usize>) -> ImportedNode {
    let kind = match number {
        PROVIDER => NodeKind::Provider,
        AGENCY => NodeKind::Agency,
        _ => NodeKind::Environment,
    };
    let name = format!("Node {number}");
    ImportedNode { id: node_id(number), parent_id: parent.map(node_id), kind, name, disabled_roles: None }
}
