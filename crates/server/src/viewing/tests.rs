use axum::http::Method;
use chrono::{TimeDelta, Utc};
use serde_json::{Value, json};
use studio_users_contract::{Action, AuditEntry, AuditPage, NodeView, Session, StudioView, UserPage, path};
use studio_users_domain::{NotifiedReason, Role, RoleSet, UserId};
use uuid::Uuid;

use crate::testing::{AGENCY, AIRLINE, Answer, BANK, CLINIC, Cookie, PROVIDER, START, World, node_id};

const MANAGER: Role = Role::OrganisationManager;
const ADMINISTRATOR: Role = Role::Administrator;
const OPERATOR: Role = Role::Operator;

fn refused(answer: &Answer) -> (u16, String) {
    let (status, code, _) = answer.problem();
    (status, code)
}

fn ended(answer: &Answer) -> Option<String> {
    let (status, code, reason) = answer.problem();
    assert_eq!((status, code.as_str()), (403, "view_ended"));
    reason
}

impl World {
    async fn start(&self, who: &Cookie, user: UserId) -> StudioView {
        let answer = self.try_start(who, user).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.json()
    }

    async fn try_start(&self, who: &Cookie, user: UserId) -> Answer {
        let body = json!({ "user_id": user, "reason": " asked to " });
        self.tell(who, None, Method::POST, path::VIEWS, &body).await
    }

    async fn look(&self, who: &Cookie, view: Uuid) -> Answer {
        self.ask(who, Some(view), Method::GET, path::SESSION).await
    }

    async fn exit(&self, who: &Cookie, view: Uuid) -> Answer {
        self.ask(who, Some(view), Method::DELETE, &path::VIEW.replace("{id}", &view.to_string())).await
    }

    /// What the log says of views, the oldest first.
    async fn recorded(&self, who: &Cookie) -> Vec<AuditEntry> {
        let page: AuditPage =
            self.ask(who, None, Method::GET, &format!("{}?limit=200", path::AUDIT)).await.json();
        let mut entries = page.items;
        entries.retain(|entry| entry.view.is_some());
        entries.reverse();
        entries
    }

    async fn last_active(&self, user: UserId) -> Option<chrono::DateTime<Utc>> {
        let mut tx = self.app.store.read().await.unwrap();
        self.app.store.account(&mut tx, user.into()).await.unwrap().unwrap().last_active_at
    }
}

#[tokio::test]
async fn a_view_runs_for_thirty_minutes_to_the_millisecond() {
    let world = World::new().await;
    let manager = world.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = world.person("operator", &[(BANK, OPERATOR)]).await;
    let who = world.session(manager).await;
    let view = world.start(&who, operator).await;
    assert_eq!((view.started_at, view.expires_at), (START, START + TimeDelta::minutes(30)));
    world.pass(TimeDelta::minutes(30) - TimeDelta::milliseconds(1));
    assert_eq!(world.look(&who, view.id).await.status, 200);
    world.pass(TimeDelta::milliseconds(1));
    for _ in 0..2 {
        assert_eq!(ended(&world.look(&who, view.id).await).as_deref(), Some("expired"));
    }
    let detail: Value = world.look(&who, view.id).await.json();
    assert_eq!(detail["detail"], "A view lasts 30 minutes.");
    let entries = world.recorded(&who).await;
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
async fn the_subject_promoted_during_a_view_is_out_of_the_view_of_who_is_no_administrator() {
    let world = World::new().await;
    let manager = world.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = world.person("operator", &[(BANK, OPERATOR), (CLINIC, OPERATOR)]).await;
    let who = world.session(manager).await;
    let view = world.start(&who, operator).await.id;
    world.assign(operator, BANK, ADMINISTRATOR).await;
    let session: Session = world.look(&who, view).await.json();
    let nodes: Vec<_> = session.nodes.iter().map(|node| (node.node_id, node.roles)).collect();
    assert_eq!(nodes, [(node_id(CLINIC), RoleSet::only(OPERATOR))], "fewer nodes shrink the view");
    assert!(session.managed.is_empty());

    world.assign(operator, CLINIC, ADMINISTRATOR).await;
    assert_eq!(ended(&world.look(&who, view).await).as_deref(), Some("conditions_lost"));
    world.assign(operator, CLINIC, OPERATOR).await;
    assert_eq!(
        ended(&world.look(&who, view).await).as_deref(),
        Some("conditions_lost"),
        "what has ended does not come back"
    );
    assert_eq!(
        refused(&world.try_start(&who, manager).await),
        (403, "own_view".into()),
        "nobody views as themselves"
    );
}

#[tokio::test]
async fn the_actor_demoted_during_a_view_has_nothing_left_to_see() {
    let world = World::new().await;
    let manager = world.person("manager", &[(AGENCY, ADMINISTRATOR)]).await;
    let chief = world.person("chief", &[(AGENCY, ADMINISTRATOR)]).await;
    let who = world.session(manager).await;
    let view = world.start(&who, chief).await;
    assert_eq!(view.nodes.len(), 3);
    world.assign(manager, AGENCY, MANAGER).await;
    assert_eq!(ended(&world.look(&who, view.id).await).as_deref(), Some("conditions_lost"));
    assert_eq!(refused(&world.try_start(&who, chief).await), (403, "view_needs_administrator".into()));
    world.unassign(manager, AGENCY).await;
    assert_eq!(refused(&world.try_start(&who, chief).await), (404, "not_found".into()));
    let of_view = world.recorded(&world.session(chief).await).await;
    assert_eq!(of_view.last().map(|entry| entry.action), Some(Action::ViewEnded), "the others are told");
}

#[tokio::test]
async fn a_second_tab_in_which_no_view_runs_is_the_actors_own() {
    let world = World::new().await;
    let manager = world.person("manager", &[(PROVIDER, MANAGER)]).await;
    let agent = world.person("agent", &[(BANK, Role::Agent)]).await;
    let who = world.session(manager).await;
    let view = world.start(&who, agent).await.id;
    let nodes = |view| {
        let (world, who) = (&world, &who);
        async move { world.ask(who, view, Method::GET, path::NODES).await.json::<Vec<NodeView>>().len() }
    };
    assert_eq!((nodes(Some(view)).await, nodes(None).await), (3, 5));
    let users: UserPage = world.ask(&who, Some(view), Method::GET, path::USERS).await.json();
    assert_eq!(users.total.value, 0, "an agent manages nobody");
    let own: Session = world.ask(&who, None, Method::GET, path::SESSION).await.json();
    assert_eq!((own.view, own.managed.len()), (None, 5));
    let inside: Session = world.look(&who, view).await.json();
    assert_eq!((inside.user.id, inside.view.map(|view| view.user.id)), (manager, Some(agent)));

    // A third tab has a view of its own, and ending one leaves the other.
    let other = world.start(&who, agent).await.id;
    assert_eq!(world.exit(&who, view).await.status, 204);
    assert_eq!(world.exit(&who, view).await.status, 204, "once more does no harm");
    assert_eq!(ended(&world.look(&who, view).await).as_deref(), Some("exited"));
    assert_eq!(world.look(&who, other).await.status, 200);
}

#[tokio::test]
async fn an_environments_manager_who_views_an_agencys_operator_sees_that_environment_only() {
    let world = World::new().await;
    let manager = world.person("manager", &[(CLINIC, MANAGER)]).await;
    let operator = world.person("operator", &[(AGENCY, OPERATOR)]).await;
    let who = world.session(manager).await;
    let view = world.start(&who, operator).await;
    assert_eq!(view.nodes.iter().map(|node| node.node_id).collect::<Vec<_>>(), [node_id(CLINIC)]);
    assert_eq!(view.user.name.as_deref(), Some("operator"));
    let inside: Session = world.look(&who, view.id).await.json();
    assert_eq!(inside.nodes.iter().map(|node| node.node_id).collect::<Vec<_>>(), [node_id(CLINIC)]);
    assert_eq!(
        inside.nodes[0].notified.map(|it| it.reason).map(|reason| reason != NotifiedReason::Ok),
        Some(true)
    );
    let nodes: Vec<NodeView> = world.ask(&who, Some(view.id), Method::GET, path::NODES).await.json();
    assert!(nodes.iter().all(|node| node.id != node_id(BANK) && node.id != node_id(AIRLINE)));
}

#[tokio::test]
async fn a_view_of_who_has_not_joined_shows_what_they_will_see() {
    let world = World::new().await;
    let manager = world.person("manager", &[(AGENCY, MANAGER)]).await;
    let stranger = world.stranger("stranger@studio.example").await;
    let who = world.session(manager).await;
    assert_eq!(refused(&world.try_start(&who, stranger).await), (404, "not_found".into()));
    world.invite(stranger, BANK, MANAGER | Role::Agent, manager).await;
    let view = world.start(&who, stranger).await;
    let [node] = &view.nodes[..] else { panic!("{view:?}") };
    assert!(node.pending && node.roles.contains(Role::Agent) && view.user.name.is_none());
    let inside: Session = world.look(&who, view.id).await.json();
    assert_eq!(inside.managed, [node_id(BANK)]);
    assert_eq!(inside.nodes[0].notified.map(|notified| notified.reason), Some(NotifiedReason::NotAccepted));
    let users: UserPage = world.ask(&who, Some(view.id), Method::GET, path::USERS).await.json();
    assert_eq!(users.total.value, 2, "themselves, and who manages the agency");

    world.pass(TimeDelta::minutes(29));
    assert_eq!(world.look(&who, view.id).await.status, 200);
    world.pass(TimeDelta::days(13) + TimeDelta::hours(23));
    let later = world.start(&who, stranger).await.id;
    world.pass(TimeDelta::minutes(29));
    assert_eq!(world.look(&who, later).await.status, 200);
    world.pass(TimeDelta::minutes(1));
    assert_eq!(ended(&world.look(&who, later).await).as_deref(), Some("expired"));
    world.pass(TimeDelta::minutes(1));
    assert_eq!(refused(&world.try_start(&who, stranger).await), (403, "nothing_to_view".into()));
}

#[tokio::test]
async fn reading_in_a_view_leaves_the_users_last_activity_alone() {
    let world = World::new().await;
    let manager = world.person("manager", &[(PROVIDER, ADMINISTRATOR)]).await;
    let other = world.person("other", &[(AGENCY, MANAGER)]).await;
    let who = world.session(manager).await;
    world.session(other).await;
    let view = world.start(&who, other).await.id;
    world.pass(TimeDelta::minutes(10));
    for path in [path::SESSION, path::NODES, path::USERS, path::ROLES, path::AUDIT] {
        assert_eq!(world.ask(&who, Some(view), Method::GET, path).await.status, 200, "{path}");
    }
    assert_eq!(world.last_active(other).await, Some(START));
    assert_eq!(
        world.last_active(manager).await,
        Some(START + TimeDelta::minutes(10)),
        "the actor was active"
    );
}

#[tokio::test]
async fn signing_out_ends_the_views_of_the_session_and_says_so_in_the_log() {
    let world = World::new().await;
    let manager = world.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = world.person("operator", &[(AGENCY, OPERATOR)]).await;
    let (old, other) = (world.session(manager).await, world.session(manager).await);
    let view = world.start(&old, operator).await.id;
    let by_id = path::VIEW.replace("{id}", &view.to_string());
    assert_eq!(world.ask(&old, None, Method::GET, &by_id).await.status, 200);
    // It is the other session's as little as somebody else's.
    assert_eq!(refused(&world.ask(&other, None, Method::GET, &by_id).await), (404, "not_found".into()));
    assert_eq!(refused(&world.ask(&other, None, Method::DELETE, &by_id).await), (404, "not_found".into()));
    assert_eq!(ended(&world.look(&other, view).await), None);

    world.pass(TimeDelta::minutes(2));
    assert_eq!(world.ask(&old, None, Method::DELETE, path::SESSION).await.status, 204);
    assert_eq!(refused(&world.look(&old, view).await), (401, "unauthenticated".into()));
    assert_eq!(ended(&world.look(&other, view).await).as_deref(), Some("signed_out"));
    let entries = world.recorded(&other).await;
    let last = entries.last().unwrap();
    assert_eq!((last.action, last.details.seconds), (Action::ViewEnded, Some(120)));
    assert_eq!(last.details.reason.as_deref(), Some("signed_out"));
}

#[tokio::test]
async fn a_view_that_nobody_looks_at_any_more_is_ended_when_another_begins() {
    let world = World::new().await;
    let manager = world.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = world.person("operator", &[(AGENCY, OPERATOR)]).await;
    let who = world.session(manager).await;
    let first = world.start(&who, operator).await.id;
    world.pass(TimeDelta::hours(3));
    assert_eq!(world.recorded(&who).await.len(), 1);
    let second = world.start(&who, operator).await.id;
    let entries = world.recorded(&who).await;
    let told: Vec<_> =
        entries.iter().map(|entry| (entry.action, entry.view, entry.details.seconds)).collect();
    assert_eq!(
        told,
        [
            (Action::ViewStarted, Some(first), None),
            (Action::ViewEnded, Some(first), Some(1800)),
            (Action::ViewStarted, Some(second), None)
        ]
    );
    // Long afterwards only the log knows of it.
    world.pass(TimeDelta::days(2));
    world.start(&who, operator).await;
    assert_eq!(ended(&world.look(&who, first).await), None);
}

#[tokio::test]
async fn the_twenty_first_view_of_a_session_ends_its_oldest() {
    let world = World::new().await;
    let manager = world.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = world.person("operator", &[(AGENCY, OPERATOR)]).await;
    let (who, other) = (world.session(manager).await, world.session(manager).await);
    let elsewhere = world.start(&other, operator).await.id;
    let mut views = Vec::new();
    for _ in 0..21 {
        views.push(world.start(&who, operator).await.id);
        world.pass(TimeDelta::seconds(1));
    }
    assert_eq!(ended(&world.look(&who, views[0]).await).as_deref(), Some("replaced"));
    for &view in &views[1..] {
        assert_eq!(world.look(&who, view).await.status, 200);
    }
    assert_eq!(world.look(&other, elsewhere).await.status, 200);
}

#[tokio::test]
async fn no_view_begins_or_goes_on_where_nothing_can_be_recorded() {
    let world = World::new().await;
    let manager = world.person("manager", &[(AGENCY, MANAGER)]).await;
    let operator = world.person("operator", &[(AGENCY, OPERATOR)]).await;
    let who = world.session(manager).await;
    let running = world.start(&who, operator).await.id;
    let trigger = "CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'broken'); END";
    let mut write = world.app.store.write().await.unwrap();
    sqlx::raw_sql(trigger).execute(&mut **write).await.unwrap();
    write.commit().await.unwrap();

    let before = world.views().await;
    assert_eq!(refused(&world.try_start(&who, operator).await), (503, "unavailable".into()));
    let change = world.ask(&who, Some(running), Method::DELETE, path::SESSION).await;
    assert_eq!(refused(&change), (503, "unavailable".into()), "a refusal that is not recorded is none");
    assert_eq!(refused(&world.exit(&who, running).await), (503, "unavailable".into()));
    world.pass(TimeDelta::minutes(30));
    assert_eq!(refused(&world.look(&who, running).await), (503, "unavailable".into()), "and no data");
    assert_eq!(world.views().await, before);

    let mut write = world.app.store.write().await.unwrap();
    sqlx::raw_sql("DROP TRIGGER no_audit").execute(&mut **write).await.unwrap();
    write.commit().await.unwrap();
    assert_eq!(ended(&world.look(&who, running).await).as_deref(), Some("expired"));
    world.start(&who, operator).await;
}

impl World {
    /// Every view that is kept, and whether it has ended.
    async fn views(&self) -> Vec<(Vec<u8>, Option<i64>)> {
        let mut tx = self.app.store.read().await.unwrap();
        sqlx::query_as("SELECT id, ended_at FROM views ORDER BY id").fetch_all(&mut *tx).await.unwrap()
    }
}
