//! Compares impersonations with a naive model, in random sequences of requests, role changes and time.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use studio_users_contract::{Session, StudioView, path};
use studio_users_domain::{NodeId, Role, RoleSet, UserId};
use uuid::Uuid;

use crate::random::Random;
use crate::sql;
use crate::testing::{Cookie, PARENTS, START, TestApp, TestResponse, node_id, rounds};

const USERS: usize = 5;
/// The index of the user who has not joined.
const INVITEE: usize = 4;
const MAX_PER_SESSION: usize = 20;

struct ModelView {
    id: Uuid,
    actor: usize,
    user: usize,
    started_at: DateTime<Utc>,
    ended: Option<&'static str>,
}

struct Model {
    now: DateTime<Utc>,
    assigned: BTreeMap<(usize, usize), RoleSet>,
    invited: BTreeMap<usize, (RoleSet, DateTime<Utc>)>,
    views: Vec<ModelView>,
}

impl Model {
    fn effective(&self, user: usize, node: usize) -> RoleSet {
        match (self.assigned.get(&(user, node)), PARENTS[node]) {
            (Some(&roles), _) => roles,
            (None, Some(parent)) => self.effective(user, parent),
            (None, None) => RoleSet::empty(),
        }
    }

    fn manages(&self, user: usize, node: usize) -> bool {
        let roles = self.effective(user, node);
        roles.contains(Role::OrganisationManager) || roles.contains(Role::Administrator)
    }

    /// The roles that the invitee would have after accepting all unexpired grants at nodes that the actor manages.
    fn pending(&self, actor: usize, node: usize) -> RoleSet {
        match (self.invited.get(&node), PARENTS[node]) {
            (Some(&(roles, until)), _)
                if self.manages(actor, node) && until > self.now && !self.is_void(node, roles) =>
            {
                roles
            }
            (_, Some(parent)) => self.pending(actor, parent),
            (_, None) => RoleSet::empty(),
        }
    }

    /// Whether user 0, who granted the roles, may no longer give them at the node and below.
    fn is_void(&self, node: usize, roles: RoleSet) -> bool {
        let is_below = |mut at: usize| loop {
            match PARENTS[at] {
                _ if at == node => return true,
                Some(parent) => at = parent,
                None => return false,
            }
        };
        (0..PARENTS.len()).filter(|&at| is_below(at)).any(|at| {
            !self.manages(0, at)
                || (roles.contains(Role::Administrator)
                    && !self.effective(0, at).contains(Role::Administrator))
                || roles.contains(Role::Developer)
        })
    }

    fn visible(&self, actor: usize, user: usize, node: usize) -> RoleSet {
        let roles = if user == INVITEE { self.pending(actor, node) } else { self.effective(user, node) };
        if self.manages(actor, node) { roles } else { RoleSet::empty() }
    }

    /// The nodes of a view that starts now. Empty if it may not start.
    fn nodes(&self, actor: usize, user: usize) -> BTreeSet<NodeId> {
        let is_above = |node: usize| {
            self.visible(actor, user, node).contains(Role::Administrator)
                && !self.effective(actor, node).contains(Role::Administrator)
        };
        let nodes = (0..PARENTS.len())
            .filter(|&node| !self.visible(actor, user, node).is_empty() && !is_above(node))
            .map(node_id);
        nodes.collect()
    }

    fn refusal(&self, actor: usize, user: usize) -> (u16, &'static str) {
        let is_visible = |node: usize| {
            self.manages(actor, node)
                && (!self.effective(user, node).is_empty()
                    || self.assigned.contains_key(&(user, node))
                    || (user == INVITEE && self.invited.contains_key(&node)))
        };
        let mut nodes = 0..PARENTS.len();
        if actor == user {
            (403, "own_view")
        } else if !nodes.clone().any(is_visible) {
            (404, "not_found")
        } else if nodes.any(|node| !self.visible(actor, user, node).is_empty()) {
            (403, "view_needs_administrator")
        } else {
            (403, "nothing_to_view")
        }
    }

    /// Returns why a view has ended, and ends it if it is over by now.
    fn evaluate(&mut self, at: usize) -> Option<&'static str> {
        let ModelView { actor, user, started_at, ended, .. } = self.views[at];
        let end_reason = if ended.is_some() {
            ended
        } else if self.now >= started_at + TimeDelta::minutes(30) {
            Some("expired")
        } else {
            self.nodes(actor, user).is_empty().then_some("conditions_lost")
        };
        self.views[at].ended = end_reason;
        end_reason
    }

    fn start(&mut self, id: Uuid, actor: usize, user: usize) {
        for view in self.views.iter_mut().filter(|view| view.ended.is_none()) {
            if self.now >= view.started_at + TimeDelta::minutes(30) {
                view.ended = Some("expired");
            }
        }
        let mut active: Vec<_> =
            self.views.iter_mut().filter(|view| view.ended.is_none() && view.actor == actor).collect();
        active.sort_by_key(|view| (view.started_at, view.id));
        if active.len() >= MAX_PER_SESSION {
            active[0].ended = Some("replaced");
        }
        self.views.push(ModelView { id, actor, user, started_at: self.now, ended: None });
    }
}

struct Run {
    app: TestApp,
    model: Model,
    random: Random,
    users: Vec<(UserId, Cookie)>,
    counts: BTreeMap<&'static str, u32>,
}

impl Run {
    async fn new(seed: u64) -> Self {
        let app = TestApp::new().await;
        let mut users = Vec::new();
        for number in 0..USERS {
            let id = if number == INVITEE {
                app.invitee("stranger@studio.example").await
            } else {
                app.person(&format!("person{number}"), &[] as &[(usize, Role)]).await
            };
            users.push((id, app.session(id).await));
        }
        let model =
            Model { now: START, assigned: BTreeMap::new(), invited: BTreeMap::new(), views: Vec::new() };
        let mut run = Self { app, model, random: Random::new(seed), users, counts: BTreeMap::new() };
        run.assign(0, 0, Role::Administrator.into()).await;
        run.assign(1, 1, Role::OrganisationManager.into()).await;
        run
    }

    fn pick_index(&mut self, count: usize) -> usize {
        usize::try_from(self.random.below(count as u64)).unwrap()
    }

    fn count(&mut self, outcome: &'static str) {
        *self.counts.entry(outcome).or_default() += 1;
    }

    async fn assign(&mut self, user: usize, node: usize, roles: RoleSet) {
        self.app.assign(self.users[user].0, node, roles).await;
        self.model.assigned.insert((user, node), roles);
    }

    async fn step(&mut self) {
        match self.random.below(100) {
            0..25 => self.start().await,
            25..65 if !self.model.views.is_empty() => self.send_request().await,
            65..72 if !self.model.views.is_empty() => self.exit().await,
            72..86 => {
                let choices = [
                    RoleSet::empty(),
                    Role::Agent.into(),
                    Role::OrganisationManager.into(),
                    Role::OrganisationManager | Role::Agent,
                    Role::Administrator.into(),
                ];
                let roles = *self.random.pick(&choices);
                let (user, node) = (self.pick_index(INVITEE), self.pick_index(PARENTS.len()));
                self.assign(user, node, roles).await;
            }
            86..91 => {
                let user = self.pick_index(INVITEE);
                for node in 0..PARENTS.len() {
                    self.app.unassign(self.users[user].0, node).await;
                    self.model.assigned.remove(&(user, node));
                }
            }
            91..93 => {
                let node = self.pick_index(PARENTS.len());
                if !self.model.invited.contains_key(&node) {
                    let roles: RoleSet = Role::all().filter(|_| self.random.chance(150)).collect();
                    let roles = roles | Role::Agent;
                    self.app.invite(self.users[INVITEE].0, node, roles, self.users[0].0).await;
                    self.model.invited.insert(node, (roles, self.model.now + TimeDelta::days(14)));
                }
            }
            _ => {
                let time = TimeDelta::seconds(i64::try_from(self.random.below(900)).unwrap());
                self.app.advance_clock(time);
                self.model.now += time;
            }
        }
    }

    /// Starts a view. Sometimes tries to do so during another view, which is refused.
    async fn start(&mut self) {
        let (actor, user) = (self.pick_index(INVITEE), self.pick_index(USERS));
        let mut own = (0..self.model.views.len()).filter(|&at| self.model.views[at].actor == actor);
        let outer_view = own.next_back().filter(|_| self.random.chance(200));
        let view = outer_view.map(|at| self.model.views[at].id);
        let body = json!({ "user_id": self.users[user].0, "reason": "because" });
        let response =
            self.app.request_with_body(&self.users[actor].1, view, Method::POST, path::VIEWS, &body).await;
        if let Some(at) = outer_view {
            self.expect_refusal(at, &response);
            return;
        }
        let nodes = self.model.nodes(actor, user);
        if actor == user || nodes.is_empty() {
            let (status, code) = self.model.refusal(actor, user);
            assert_eq!(response.problem(), (status, code.into(), None));
            self.count(code);
        } else {
            let view: StudioView = response.json();
            assert_eq!(response.status, 201);
            assert_eq!(view.nodes.iter().map(|node| node.node_id).collect::<BTreeSet<_>>(), nodes);
            self.model.start(view.id, actor, user);
            self.count("started");
        }
    }

    /// Reads during a view, or tries to write. Sometimes sends the request as another user.
    async fn send_request(&mut self) {
        let at = self.pick_index(self.model.views.len().min(12));
        let at = self.model.views.len() - 1 - at;
        let ModelView { id, actor, user, .. } = self.model.views[at];
        if self.random.chance(100) {
            let other = (actor + 1) % INVITEE;
            let response = self.app.request(&self.users[other].1, Some(id), Method::GET, path::SESSION).await;
            assert_eq!(response.problem(), (403, "view_ended".into(), None));
        } else if self.random.chance(300) {
            let cookie = &self.users[actor].1;
            let response = self.app.request(cookie, Some(id), Method::DELETE, path::SESSION).await;
            self.expect_refusal(at, &response);
        } else {
            let response = self.app.request(&self.users[actor].1, Some(id), Method::GET, path::SESSION).await;
            if let Some(end_reason) = self.model.evaluate(at) {
                assert_eq!(response.problem(), (403, "view_ended".into(), Some(end_reason.into())));
                self.count(end_reason);
            } else {
                let session: Session = response.json();
                let nodes: BTreeSet<_> = session.nodes.iter().map(|node| node.node_id).collect();
                assert_eq!(nodes, self.model.nodes(actor, user));
                assert_eq!(session.user.id, self.users[actor].0);
                self.count("read");
            }
        }
    }

    async fn exit(&mut self) {
        let at = self.pick_index(self.model.views.len());
        let ModelView { id, actor, started_at, ended, .. } = self.model.views[at];
        let by_id = path::VIEW.replace("{id}", &id.to_string());
        let response = self.app.request(&self.users[actor].1, Some(id), Method::DELETE, &by_id).await;
        assert_eq!(response.status, 204);
        let is_expired = self.model.now >= started_at + TimeDelta::minutes(30);
        self.model.views[at].ended = ended.or(Some(if is_expired { "expired" } else { "exited" }));
    }

    fn expect_refusal(&mut self, at: usize, response: &TestResponse) {
        let expected = match self.model.evaluate(at) {
            Some(end_reason) => (403, "view_ended".into(), Some(end_reason.into())),
            None => (403, "view_is_read_only".into(), None),
        };
        assert_eq!(response.problem(), expected);
        self.count(if expected.2.is_none() { "refused" } else { "refused as ended" });
    }

    /// Checks the audit log: each view started once, and ended at most once, for the reason in the model.
    async fn check_log(&self) {
        let mut tx = self.app.state.store.read().await.unwrap();
        let rows: Vec<(Vec<u8>, String, String)> = sql::query_as(
            "SELECT view, action, details FROM audit WHERE view IS NOT NULL GROUP BY view, action, details",
        )
        .fetch_all(&mut tx)
        .await
        .unwrap();
        for view in &self.model.views {
            let details_of = |name: &str| {
                let of_view = rows.iter().filter(|(id, ..)| id[..] == view.id.as_bytes()[..]);
                of_view.filter(|(_, action, _)| action == name).map(|row| &row.2).collect::<Vec<_>>()
            };
            assert_eq!(details_of("view.started").len(), 1);
            let ends = details_of("view.ended");
            assert_eq!(ends.len(), usize::from(view.ended.is_some()), "{ends:?} {:?}", view.ended);
            for end in ends {
                let details: serde_json::Value = serde_json::from_str(end).unwrap();
                assert_eq!(details["reason"].as_str(), view.ended);
                assert!(details["seconds"].as_u64().unwrap() <= 1800);
            }
        }
    }
}

#[tokio::test]
async fn views_never_nest_and_end_when_they_expire_or_their_conditions_are_lost() {
    let mut counts = BTreeMap::new();
    for seed in 0..4 {
        let mut run = Run::new(seed).await;
        for _ in 0..rounds(500) {
            run.step().await;
        }
        run.check_log().await;
        for (outcome, times) in run.counts {
            *counts.entry(outcome).or_insert(0) += times;
        }
    }
    for outcome in [
        "started",
        "read",
        "refused",
        "refused as ended",
        "expired",
        "conditions_lost",
        "exited",
        "own_view",
        "not_found",
        "view_needs_administrator",
        "nothing_to_view",
    ] {
        assert!(counts.get(outcome).is_some_and(|&times| times > 2), "{outcome} in {counts:?}");
    }
}
