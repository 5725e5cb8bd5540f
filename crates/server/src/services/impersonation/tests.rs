use axum::http::Method;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use studio_users_contract::{Action, AuditEntry, AuditPage, NodeView, Session, StudioView, UserPage, path};
use studio_users_domain::{NotifiedReason, Role, RoleSet, UserId};
use uuid::Uuid;

use crate::sql;
use crate::testing::{
    AGENCY, AIRLINE, BANK, CLINIC, Cookie, PROVIDER, START, TestApp, TestResponse, WRITES, allow_writes_to,
    fail_writes_to, key_of, node_id,
};

const MANAGER: Role = Role::OrganisationManager;
const ADMINISTRATOR: Role = Role::Administrator;
const OPERATOR: Role = Role::Operator;

fn refusal(response: &TestResponse) -> (u16, String) {
    let (status, code, _) = response.problem();
    (status, code)
}

fn end_reason(response: &TestResponse) -> Option<String> {
    let (status, code, reason) = response.problem();
    assert_eq!((status, code.as_str()), (403, "view_ended"));
    reason
}

impl TestApp {
    async fn start(&self, cookie: &Cookie, user: UserId) -> StudioView {
        let response = self.request_start(cookie, user).await;
        assert_eq!(response.status, 201, "{response:?}");
        response.json()
    }

    async fn request_start(&self, cookie: &Cookie, user: UserId) -> TestResponse {
        let body = json!({ "user_id": user, "reason": " asked to " });
        self.request_with_body(cookie, None, Method::POST, path::VIEWS, &body).await
    }

    async fn get_session(&self, cookie: &Cookie, view: Uuid) -> TestResponse {
        self.request(cookie, Some(view), Method::GET, path::SESSION).await
    }

    async fn exit(&self, cookie: &Cookie, view: Uuid) -> TestResponse {
        self.request(cookie, Some(view), Method::DELETE, &path::VIEW.replace("{id}", &view.to_string())).await
    }

    /// Returns the audit log entries of impersonations, oldest first.
    async fn view_entries(&self, cookie: &Cookie) -> Vec<AuditEntry> {
        let page: AuditPage =
            self.request(cookie, None, Method::GET, &format!("{}?limit=200", path::AUDIT)).await.json();
        let mut entries = page.items;
        entries.retain(|entry| entry.view.is_some());
        entries.reverse();
        entries
    }

    async fn last_active(&self, user: UserId) -> Option<chrono::DateTime<Utc>> {
        let mut tx = self.state.store.read().await.unwrap();
        self.state.store.account(&mut tx, key_of(user)).await.unwrap().unwrap().last_active_at
    }
}

#[tokio::test]
async fn a_view_expires_after_exactly_thirty_minutes() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = app.person("operator", &[(BANK, OPERATOR)]).await;
    let cookie = app.session(manager).await;
    let view = app.start(&cookie, operator).await;
    assert_eq!((view.started_at, view.expires_at), (START, START + TimeDelta::minutes(30)));
    app.advance_clock(TimeDelta::minutes(30) - TimeDelta::milliseconds(1));
    assert_eq!(app.get_session(&cookie, view.id).await.status, 200);
    app.advance_clock(TimeDelta::milliseconds(1));
    for _ in 0..2 {
        assert_eq!(end_reason(&app.get_session(&cookie, view.id).await).as_deref(), Some("expired"));
    }
    let detail: Value = app.get_session(&cookie, view.id).await.json();
    assert_eq!(detail["detail"], "The 30-minute limit was reached.");
    let entries = app.view_entries(&cookie).await;
    assert_eq!(
        entries.iter().map(|entry| entry.action).collect::<Vec<_>>(),
        [Action::ViewStarted, Action::ViewEnded]
    );
    let details = &entries[1].details;
    assert_eq!((details.reason.as_deref(), details.seconds), (Some("expired"), Some(1800)));
    let details = &entries[0].details;
    assert_eq!((details.reason.as_deref(), details.seconds), (Some("asked to"), None));
    for entry in &entries {
        assert_eq!((entry.view, entry.node.as_ref().unwrap().id), (Some(view.id), node_id(BANK)));
        assert_eq!(entry.actor.as_ref().map(|it| it.id), Some(manager));
        assert_eq!(entry.target.as_ref().map(|it| (it.id, it.name.as_str())), Some((operator, "operator")));
    }
}

#[tokio::test]
async fn a_view_ends_when_the_target_becomes_an_administrator_and_the_manager_is_none() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = app.person("operator", &[(BANK, OPERATOR), (CLINIC, OPERATOR)]).await;
    let cookie = app.session(manager).await;
    let view = app.start(&cookie, operator).await.id;
    app.assign(operator, BANK, ADMINISTRATOR).await;
    let session: Session = app.get_session(&cookie, view).await.json();
    let nodes: Vec<_> = session.nodes.iter().map(|node| (node.node_id, node.roles)).collect();
    assert_eq!(nodes, [(node_id(CLINIC), RoleSet::only(OPERATOR))], "fewer nodes shrink the view");
    assert!(session.managed.is_empty());

    app.assign(operator, CLINIC, ADMINISTRATOR).await;
    assert_eq!(end_reason(&app.get_session(&cookie, view).await).as_deref(), Some("conditions_lost"));
    app.assign(operator, CLINIC, OPERATOR).await;
    assert_eq!(
        end_reason(&app.get_session(&cookie, view).await).as_deref(),
        Some("conditions_lost"),
        "an ended view is not resumed"
    );
    assert_eq!(
        refusal(&app.request_start(&cookie, manager).await),
        (403, "own_view".into()),
        "nobody can impersonate themselves"
    );
}

#[tokio::test]
async fn a_view_ends_when_the_manager_loses_the_required_role() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, ADMINISTRATOR)]).await;
    let chief = app.person("chief", &[(AGENCY, ADMINISTRATOR)]).await;
    let cookie = app.session(manager).await;
    let view = app.start(&cookie, chief).await;
    assert_eq!(view.nodes.len(), 3);
    app.assign(manager, AGENCY, MANAGER).await;
    assert_eq!(end_reason(&app.get_session(&cookie, view.id).await).as_deref(), Some("conditions_lost"));
    assert_eq!(refusal(&app.request_start(&cookie, chief).await), (403, "view_needs_administrator".into()));
    app.unassign(manager, AGENCY).await;
    assert_eq!(refusal(&app.request_start(&cookie, chief).await), (404, "not_found".into()));
    let of_view = app.view_entries(&app.session(chief).await).await;
    assert_eq!(
        of_view.last().map(|entry| entry.action),
        Some(Action::ViewEnded),
        "other managers see the end in the audit log"
    );
}

#[tokio::test]
async fn a_tab_without_a_view_acts_as_the_manager() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(PROVIDER, MANAGER)]).await;
    let agent = app.person("agent", &[(BANK, Role::Agent)]).await;
    let cookie = app.session(manager).await;
    let view = app.start(&cookie, agent).await.id;
    let nodes = |view| {
        let (app, cookie) = (&app, &cookie);
        async move { app.request(cookie, view, Method::GET, path::NODES).await.json::<Vec<NodeView>>().len() }
    };
    assert_eq!((nodes(Some(view)).await, nodes(None).await), (3, 5));
    let users: UserPage = app.request(&cookie, Some(view), Method::GET, path::USERS).await.json();
    assert_eq!(users.total.value, 0, "an agent manages nobody");
    let own: Session = app.request(&cookie, None, Method::GET, path::SESSION).await.json();
    assert_eq!((own.view, own.managed.len()), (None, 5));
    let inside: Session = app.get_session(&cookie, view).await.json();
    assert_eq!((inside.user.id, inside.view.map(|view| view.user.id)), (manager, Some(agent)));

    // A third tab has its own view. Ending one view does not end the other.
    let other = app.start(&cookie, agent).await.id;
    assert_eq!(app.exit(&cookie, view).await.status, 204);
    assert_eq!(app.exit(&cookie, view).await.status, 204, "ending a view is idempotent");
    assert_eq!(end_reason(&app.get_session(&cookie, view).await).as_deref(), Some("exited"));
    assert_eq!(app.get_session(&cookie, other).await.status, 200);
}

#[tokio::test]
async fn a_view_is_limited_to_nodes_that_the_manager_manages() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(CLINIC, MANAGER)]).await;
    let operator = app.person("operator", &[(AGENCY, OPERATOR)]).await;
    let cookie = app.session(manager).await;
    let view = app.start(&cookie, operator).await;
    assert_eq!(view.nodes.iter().map(|node| node.node_id).collect::<Vec<_>>(), [node_id(CLINIC)]);
    assert_eq!(view.user.name.as_deref(), Some("operator"));
    let inside: Session = app.get_session(&cookie, view.id).await.json();
    assert_eq!(inside.nodes.iter().map(|node| node.node_id).collect::<Vec<_>>(), [node_id(CLINIC)]);
    assert_eq!(
        inside.nodes[0].notified.map(|it| it.reason).map(|reason| reason != NotifiedReason::Ok),
        Some(true)
    );
    let nodes: Vec<NodeView> = app.request(&cookie, Some(view.id), Method::GET, path::NODES).await.json();
    assert!(nodes.iter().all(|node| node.id != node_id(BANK) && node.id != node_id(AIRLINE)));
}

#[tokio::test]
async fn a_view_as_an_invitee_shows_their_pending_roles() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, MANAGER)]).await;
    let invitee = app.invitee("stranger@studio.example").await;
    let cookie = app.session(manager).await;
    assert_eq!(refusal(&app.request_start(&cookie, invitee).await), (404, "not_found".into()));
    app.invite(invitee, BANK, MANAGER | Role::Agent, manager).await;
    let view = app.start(&cookie, invitee).await;
    let [node] = &view.nodes[..] else { panic!("{view:?}") };
    assert!(node.pending && node.roles.contains(Role::Agent) && view.user.name.is_none());
    let inside: Session = app.get_session(&cookie, view.id).await.json();
    assert_eq!(inside.managed, [node_id(BANK)]);
    assert_eq!(inside.nodes[0].notified.map(|notified| notified.reason), Some(NotifiedReason::NotAccepted));
    let users: UserPage = app.request(&cookie, Some(view.id), Method::GET, path::USERS).await.json();
    assert_eq!(users.total.value, 2, "the invitee, and the manager of the agency");

    app.advance_clock(TimeDelta::minutes(29));
    assert_eq!(app.get_session(&cookie, view.id).await.status, 200);
    app.advance_clock(TimeDelta::days(13) + TimeDelta::hours(23));
    let later = app.start(&cookie, invitee).await.id;
    app.advance_clock(TimeDelta::minutes(29));
    assert_eq!(app.get_session(&cookie, later).await.status, 200);
    app.advance_clock(TimeDelta::minutes(1));
    assert_eq!(end_reason(&app.get_session(&cookie, later).await).as_deref(), Some("expired"));
    app.advance_clock(TimeDelta::minutes(1));
    assert_eq!(refusal(&app.request_start(&cookie, invitee).await), (403, "nothing_to_view".into()));
}

#[tokio::test]
async fn reading_in_a_view_does_not_update_the_targets_last_activity() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(PROVIDER, ADMINISTRATOR)]).await;
    let other = app.person("other", &[(AGENCY, MANAGER)]).await;
    let cookie = app.session(manager).await;
    app.session(other).await;
    let view = app.start(&cookie, other).await.id;
    app.advance_clock(TimeDelta::minutes(10));
    for path in [path::SESSION, path::NODES, path::USERS, path::ROLES, path::AUDIT] {
        assert_eq!(app.request(&cookie, Some(view), Method::GET, path).await.status, 200, "{path}");
    }
    assert_eq!(app.last_active(other).await, Some(START));
    assert_eq!(
        app.last_active(manager).await,
        Some(START + TimeDelta::minutes(10)),
        "the manager was active"
    );
}

#[tokio::test]
async fn signing_out_ends_the_views_of_the_session_and_records_it() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = app.person("operator", &[(AGENCY, OPERATOR)]).await;
    let (old, other) = (app.session(manager).await, app.session(manager).await);
    let view = app.start(&old, operator).await.id;
    let by_id = path::VIEW.replace("{id}", &view.to_string());
    assert_eq!(app.request(&old, None, Method::GET, &by_id).await.status, 200);
    // A view belongs to one session: the user's other session cannot see it either.
    assert_eq!(refusal(&app.request(&other, None, Method::GET, &by_id).await), (404, "not_found".into()));
    assert_eq!(refusal(&app.request(&other, None, Method::DELETE, &by_id).await), (404, "not_found".into()));
    assert_eq!(end_reason(&app.get_session(&other, view).await), None);

    app.advance_clock(TimeDelta::minutes(2));
    assert_eq!(app.request(&old, None, Method::DELETE, path::SESSION).await.status, 204);
    assert_eq!(refusal(&app.get_session(&old, view).await), (401, "unauthenticated".into()));
    assert_eq!(end_reason(&app.get_session(&other, view).await).as_deref(), Some("signed_out"));
    let entries = app.view_entries(&other).await;
    let last = entries.last().unwrap();
    assert_eq!((last.action, last.details.seconds), (Action::ViewEnded, Some(120)));
    assert_eq!(last.details.reason.as_deref(), Some("signed_out"));
}

#[tokio::test]
async fn starting_a_view_ends_expired_views() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = app.person("operator", &[(AGENCY, OPERATOR)]).await;
    let cookie = app.session(manager).await;
    let first = app.start(&cookie, operator).await.id;
    app.advance_clock(TimeDelta::hours(3));
    assert_eq!(app.view_entries(&cookie).await.len(), 1);
    let second = app.start(&cookie, operator).await.id;
    let entries = app.view_entries(&cookie).await;
    let recorded: Vec<_> =
        entries.iter().map(|entry| (entry.action, entry.view, entry.details.seconds)).collect();
    assert_eq!(
        recorded,
        [
            (Action::ViewStarted, Some(first), None),
            (Action::ViewEnded, Some(first), Some(1800)),
            (Action::ViewStarted, Some(second), None)
        ]
    );
    // Ended views are deleted after a day, so only the audit log still has it.
    app.advance_clock(TimeDelta::days(2));
    app.start(&cookie, operator).await;
    assert_eq!(end_reason(&app.get_session(&cookie, first).await), None);
}

#[tokio::test]
async fn the_twenty_first_view_of_a_session_ends_the_oldest() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = app.person("operator", &[(AGENCY, OPERATOR)]).await;
    let (cookie, other) = (app.session(manager).await, app.session(manager).await);
    let elsewhere = app.start(&other, operator).await.id;
    let mut views = Vec::new();
    for _ in 0..21 {
        views.push(app.start(&cookie, operator).await.id);
        app.advance_clock(TimeDelta::seconds(1));
    }
    assert_eq!(end_reason(&app.get_session(&cookie, views[0]).await).as_deref(), Some("replaced"));
    for &view in &views[1..] {
        assert_eq!(app.get_session(&cookie, view).await.status, 200);
    }
    assert_eq!(app.get_session(&other, elsewhere).await.status, 200);
}

#[tokio::test]
async fn refuses_views_when_the_audit_log_cannot_be_written() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = app.person("operator", &[(AGENCY, OPERATOR)]).await;
    let cookie = app.session(manager).await;
    let active = app.start(&cookie, operator).await.id;
    fail_writes_to(&app.state.store, "audit", &WRITES).await;

    let before = app.stored_views().await;
    assert_eq!(refusal(&app.request_start(&cookie, operator).await), (503, "unavailable".into()));
    let change = app.request(&cookie, Some(active), Method::DELETE, path::SESSION).await;
    assert_eq!(
        refusal(&change),
        (503, "unavailable".into()),
        "a refusal that cannot be recorded is an error"
    );
    assert_eq!(refusal(&app.exit(&cookie, active).await), (503, "unavailable".into()));
    app.advance_clock(TimeDelta::minutes(30));
    assert_eq!(
        refusal(&app.get_session(&cookie, active).await),
        (503, "unavailable".into()),
        "no data is returned"
    );
    assert_eq!(app.stored_views().await, before);

    allow_writes_to(&app.state.store, "audit", &WRITES).await;
    assert_eq!(end_reason(&app.get_session(&cookie, active).await).as_deref(), Some("expired"));
    app.start(&cookie, operator).await;
}

impl TestApp {
    /// Returns the id and the end of every stored view.
    async fn stored_views(&self) -> Vec<(Vec<u8>, Option<i64>)> {
        let mut tx = self.state.store.read().await.unwrap();
        sql::query_as("SELECT id, ended_at FROM views ORDER BY id").fetch_all(&mut tx).await.unwrap()
    }
}

#[tokio::test]
async fn many_refused_changes_are_five_entries_and_a_count() {
    let app = TestApp::new().await;
    let manager = app.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = app.person("operator", &[(BANK, OPERATOR)]).await;
    let cookie = app.session(manager).await;
    let view = app.start(&cookie, operator).await.id;
    let user = path::USER.replace("{id}", &operator.to_string());
    let methods =
        [Method::DELETE, Method::from_bytes(b"BREW").unwrap(), Method::from_bytes(b"STIR").unwrap()];
    for method in methods {
        for _ in 0..40 {
            let response = app.request(&cookie, Some(view), method.clone(), &user).await;
            assert_eq!(refusal(&response), (403, "view_is_read_only".into()));
        }
    }
    let refused = |entries: Vec<AuditEntry>| {
        let details = entries.into_iter().filter(|entry| entry.action == Action::ViewRefused);
        details.map(|entry| (entry.details.operation.unwrap(), entry.details.count)).collect::<Vec<_>>()
    };
    let (delete, other) = (format!("DELETE {}", path::USER), format!("OTHER {}", path::USER));
    let mut expected = vec![(delete.clone(), None); 5];
    expected.extend(vec![(other.clone(), None); 5]);
    assert_eq!(refused(app.view_entries(&cookie).await), expected);

    assert_eq!(app.exit(&cookie, view).await.status, 204);
    expected.extend([(delete, Some(35)), (other, Some(75))]);
    let entries = app.view_entries(&cookie).await;
    assert_eq!(entries.last().map(|entry| entry.action), Some(Action::ViewEnded));
    assert_eq!(refused(entries), expected);
}
