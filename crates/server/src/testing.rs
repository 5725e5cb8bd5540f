//! The whole router over a small organisation, with a clock that a test moves.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request, header};
use axum::{Router, http};
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use studio_users_contract::VIEW_HEADER;
use studio_users_domain::{NodeId, NodeKind, RoleSet, UserId};
use tempfile::TempDir;
use tower::ServiceExt;
use uuid::Uuid;

use crate::app::{App, Limits, Shared, router};
use crate::clock::Clock;
use crate::mail::Mailer;
use crate::page::Page;
use crate::store::{Account, ImportedNode, NewAccount, Store, UserKey, database_file, millis, roles_to_bits};

/// When it all begins.
pub(crate) const START: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
/// The provider.
pub(crate) const PROVIDER: usize = 0;
/// An agency, with two environments.
pub(crate) const AGENCY: usize = 1;
/// The first of them.
pub(crate) const BANK: usize = 2;
/// The second.
pub(crate) const CLINIC: usize = 3;
/// An environment right below the provider.
pub(crate) const AIRLINE: usize = 4;
/// What is above each node.
pub(crate) const ABOVE: [Option<usize>; 5] =
    [None, Some(PROVIDER), Some(AGENCY), Some(AGENCY), Some(PROVIDER)];

/// A server on a folder of its own.
pub(crate) struct World {
    _folder: TempDir,
    pub(crate) app: App,
    router: Router,
    millis: Arc<AtomicI64>,
}

/// Somebody's session, as it is named in a request.
#[derive(Debug, Clone)]
pub(crate) struct Cookie(String);

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Vec<u8>,
}

/// The id of a node.
pub(crate) fn node_id(number: usize) -> NodeId {
    NodeId(Uuid::from_u128(number as u128 + 1))
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&database_file(folder.path())).await.unwrap();
        let nodes: Vec<_> =
            ABOVE.iter().enumerate().map(|(number, &above)| imported(number, above)).collect();
        store.import_nodes(&nodes, START).await.unwrap();
        let millis = Arc::new(AtomicI64::new(0));
        let passed = millis.clone();
        let app = App::new(Shared {
            store,
            clock: Clock::new(move || START + TimeDelta::milliseconds(passed.load(Ordering::Relaxed))),
            mailer: Mailer::new(folder.path(), None, "studio@localhost".parse().unwrap()).unwrap(),
            allowed_origins: Vec::new(),
            limits: Limits::default(),
            public_url: "http://localhost".into(),
            page: Page::load(Path::new("no-such-folder"), &[]).unwrap(),
            demo: None,
        });
        Self { _folder: folder, router: router(app.clone()), app, millis }
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, time: TimeDelta) {
        self.millis.fetch_add(time.num_milliseconds(), Ordering::Relaxed);
    }

    /// Somebody who has joined, with these assignments.
    pub(crate) async fn person(&self, name: &str, roles: &[(usize, impl Into<RoleSet> + Copy)]) -> UserId {
        let assignments = roles.iter().map(|&(node, roles)| (node_id(node), roles.into())).collect();
        self.account(Some(name), &format!("{name}@studio.example"), assignments).await
    }

    /// Somebody who has not joined yet.
    pub(crate) async fn stranger(&self, email: &str) -> UserId {
        self.account(None, email, Vec::new()).await
    }

    /// Invites somebody, for 14 days from now.
    pub(crate) async fn invite(&self, user: UserId, node: usize, roles: impl Into<RoleSet>, by: UserId) {
        let now = self.app.clock.now();
        let mut write = self.app.store.write().await.unwrap();
        let organisation = self.app.store.organisation(&mut write).await.unwrap().unwrap();
        sqlx::query(
            "INSERT INTO pending_grants (user, node, roles, granted_by, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?)",
        )
        .bind(UserKey::from(user).0)
        .bind(organisation.key(node_id(node)).unwrap().0)
        .bind(roles_to_bits(roles.into()))
        .bind(UserKey::from(by).0)
        .bind(millis(now))
        .bind(millis(now + TimeDelta::days(14)))
        .execute(&mut **write)
        .await
        .unwrap();
        self.app.store.refresh(&mut write, &organisation, user, now).await.unwrap();
        write.commit().await.unwrap();
    }

    /// Assigns roles past every rule.
    pub(crate) async fn assign(&self, user: UserId, node: usize, roles: impl Into<RoleSet>) {
        self.set_assignment(user, node, Some(roles.into())).await;
    }

    /// Takes an assignment away, past every rule.
    pub(crate) async fn unassign(&self, user: UserId, node: usize) {
        self.set_assignment(user, node, None).await;
    }

    /// A new session of somebody.
    pub(crate) async fn session(&self, user: UserId) -> Cookie {
        let mut write = self.app.store.write().await.unwrap();
        let now = self.app.clock.now();
        let token = self.app.store.start_session(&mut write, user.into(), "", now).await.unwrap();
        write.commit().await.unwrap();
        Cookie(format!("studio_users_session={}", token.secret()))
    }

    /// Asks for something; in a view where one is named.
    pub(crate) async fn ask(&self, who: &Cookie, view: Option<Uuid>, method: Method, path: &str) -> Answer {
        self.tell(who, view, method, path, &Value::Null).await
    }

    /// The same, with a body.
    pub(crate) async fn tell(
        &self,
        who: &Cookie,
        view: Option<Uuid>,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::COOKIE, &who.0)
            .header("sec-fetch-site", "same-origin")
            .header(header::CONTENT_TYPE, "application/json");
        if let Some(view) = view {
            request = request.header(VIEW_HEADER, view.to_string());
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let response = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let status = http::StatusCode::as_u16(&response.status());
        Answer { status, body: to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec() }
    }

    async fn set_assignment(&self, user: UserId, node: usize, roles: Option<RoleSet>) {
        let mut write = self.app.store.write().await.unwrap();
        let organisation = self.app.store.organisation(&mut write).await.unwrap().unwrap();
        let (key, node) = (UserKey::from(user), organisation.key(node_id(node)).unwrap());
        sqlx::query("DELETE FROM assignments WHERE user = ? AND node = ?")
            .bind(key.0)
            .bind(node.0)
            .execute(&mut **write)
            .await
            .unwrap();
        if let Some(roles) = roles {
            sqlx::query("INSERT INTO assignments (user, node, roles) VALUES (?, ?, ?)")
                .bind(key.0)
                .bind(node.0)
                .bind(roles_to_bits(roles))
                .execute(&mut **write)
                .await
                .unwrap();
        }
        self.app.store.refresh(&mut write, &organisation, user, self.app.clock.now()).await.unwrap();
        write.commit().await.unwrap();
    }

    async fn account(&self, name: Option<&str>, email: &str, assignments: Vec<(NodeId, RoleSet)>) -> UserId {
        let now = self.app.clock.now();
        let mut write = self.app.store.write().await.unwrap();
        let organisation = self.app.store.organisation(&mut write).await.unwrap().unwrap();
        let id = self.app.store.new_user_id(&mut write).await.unwrap();
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
        self.app.store.create_account(&mut write, &organisation, &new, now).await.unwrap();
        write.commit().await.unwrap();
        id
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&self.body)))
    }

    /// The status, the code and, of a view that has ended, the reason.
    #[track_caller]
    pub(crate) fn problem(&self) -> (u16, String, Option<String>) {
        let problem: Value = self.json();
        let text = |field: &str| problem[field].as_str().map(str::to_owned);
        (self.status, text("code").unwrap(), text("reason"))
    }
}

fn imported(number: usize, above: Option<usize>) -> ImportedNode {
    let kind = match number {
        PROVIDER => NodeKind::Provider,
        AGENCY => NodeKind::Agency,
        _ => NodeKind::Environment,
    };
    let name = format!("Node {number}");
    ImportedNode { id: node_id(number), parent_id: above.map(node_id), kind, name, disabled_roles: None }
}
