//! Views against a naive model, through random sequences of everything that happens around them.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use studio_users_contract::{Session, StudioView, path};
use studio_users_domain::{NodeId, Role, RoleSet, UserId};
use uuid::Uuid;

use crate::demo::Random;
use crate::testing::{ABOVE, Answer, Cookie, START, World, node_id};

const PEOPLE: usize = 5;
/// Of them, who has not joined.
const STRANGER: usize = 4;
const MOST_AT_ONCE: usize = 20;

struct Kept {
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
    views: Vec<Kept>,
}

impl Model {
    fn effective(&self, user: usize, node: usize) -> RoleSet {
        match (self.assigned.get(&(user, node)), ABOVE[node]) {
            (Some(&roles), _) => roles,
            (None, Some(above)) => self.effective(user, above),
            (None, None) => RoleSet::empty(),
        }
    }

    fn manages(&self, user: usize, node: usize) -> bool {
        let roles = self.effective(user, node);
        roles.contains(Role::OrganisationManager) || roles.contains(Role::Administrator)
    }

    /// What the stranger would have once they accept all that can still be accepted where the actor manages.
    fn promised(&self, actor: usize, node: usize) -> RoleSet {
        match (self.invited.get(&node), ABOVE[node]) {
            (Some(&(roles, until)), _) if self.manages(actor, node) && until > self.now => roles,
            (_, Some(above)) => self.promised(actor, above),
            (_, None) => RoleSet::empty(),
        }
    }

    fn shown(&self, actor: usize, user: usize, node: usize) -> RoleSet {
        let roles = if user == STRANGER { self.promised(actor, node) } else { self.effective(user, node) };
        if self.manages(actor, node) { roles } else { RoleSet::empty() }
    }

    /// The nodes of a view, if it could begin now.
    fn nodes(&self, actor: usize, user: usize) -> BTreeSet<NodeId> {
        let is_above = |node: usize| {
            self.shown(actor, user, node).contains(Role::Administrator)
                && !self.effective(actor, node).contains(Role::Administrator)
        };
        let nodes = (0..ABOVE.len())
            .filter(|&node| !self.shown(actor, user, node).is_empty() && !is_above(node))
            .map(node_id);
        nodes.collect()
    }

    fn refusal(&self, actor: usize, user: usize) -> (u16, &'static str) {
        let is_seen = |node: usize| {
            self.manages(actor, node)
                && (!self.effective(user, node).is_empty()
                    || self.assigned.contains_key(&(user, node))
                    || (user == STRANGER && self.invited.contains_key(&node)))
        };
        let mut nodes = 0..ABOVE.len();
        if actor == user {
            (403, "own_view")
        } else if !nodes.clone().any(is_seen) {
            (404, "not_found")
        } else if nodes.any(|node| !self.shown(actor, user, node).is_empty()) {
            (403, "view_needs_administrator")
        } else {
            (403, "nothing_to_view")
        }
    }

    /// Why a view is over when somebody looks at it now.
    fn look(&mut self, at: usize) -> Option<&'static str> {
        let Kept { actor, user, started_at, ended, .. } = self.views[at];
        let why = if ended.is_some() {
            ended
        } else if self.now >= started_at + TimeDelta::minutes(30) {
            Some("expired")
        } else {
            self.nodes(actor, user).is_empty().then_some("conditions_lost")
        };
        self.views[at].ended = why;
        why
    }

    fn began(&mut self, id: Uuid, actor: usize, user: usize) {
        for view in self.views.iter_mut().filter(|view| view.ended.is_none()) {
            if self.now >= view.started_at + TimeDelta::minutes(30) {
                view.ended = Some("expired");
            }
        }
        let mut running: Vec<_> =
            self.views.iter_mut().filter(|view| view.ended.is_none() && view.actor == actor).collect();
        running.sort_by_key(|view| (view.started_at, view.id));
        if running.len() >= MOST_AT_ONCE {
            running[0].ended = Some("replaced");
        }
        self.views.push(Kept { id, actor, user, started_at: self.now, ended: None });
    }
}

struct Run {
    world: World,
    model: Model,
    random: Random,
    people: Vec<(UserId, Cookie)>,
    seen: BTreeMap<&'static str, u32>,
}

impl Run {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            let id = if number == STRANGER {
                world.stranger("stranger@studio.example").await
            } else {
                world.person(&format!("person{number}"), &[] as &[(usize, Role)]).await
            };
            people.push((id, world.session(id).await));
        }
        let model =
            Model { now: START, assigned: BTreeMap::new(), invited: BTreeMap::new(), views: Vec::new() };
        let mut run = Self { world, model, random: Random::new(seed), people, seen: BTreeMap::new() };
        run.assign(0, 0, Role::Administrator.into()).await;
        run.assign(1, 1, Role::OrganisationManager.into()).await;
        run
    }

    fn one_of(&mut self, count: usize) -> usize {
        usize::try_from(self.random.below(count as u64)).unwrap()
    }

    fn saw(&mut self, what: &'static str) {
        *self.seen.entry(what).or_default() += 1;
    }

    async fn assign(&mut self, user: usize, node: usize, roles: RoleSet) {
        self.world.assign(self.people[user].0, node, roles).await;
        self.model.assigned.insert((user, node), roles);
    }

    async fn step(&mut self) {
        match self.random.below(100) {
            0..25 => self.start().await,
            25..65 if !self.model.views.is_empty() => self.act().await,
            65..72 if !self.model.views.is_empty() => self.stop().await,
            72..86 => {
                let choices = [
                    RoleSet::empty(),
                    Role::Agent.into(),
                    Role::OrganisationManager.into(),
                    Role::OrganisationManager | Role::Agent,
                    Role::Administrator.into(),
                ];
                let roles = *self.random.pick(&choices);
                let (user, node) = (self.one_of(STRANGER), self.one_of(ABOVE.len()));
                self.assign(user, node, roles).await;
            }
            86..91 => {
                let user = self.one_of(STRANGER);
                for node in 0..ABOVE.len() {
                    self.world.unassign(self.people[user].0, node).await;
                    self.model.assigned.remove(&(user, node));
                }
            }
            91..93 => {
                let node = self.one_of(ABOVE.len());
                if !self.model.invited.contains_key(&node) {
                    let roles: RoleSet = Role::all().filter(|_| self.random.chance(150)).collect();
                    let roles = roles | Role::Agent;
                    self.world.invite(self.people[STRANGER].0, node, roles, self.people[0].0).await;
                    self.model.invited.insert(node, (roles, self.model.now + TimeDelta::days(14)));
                }
            }
            _ => {
                let time = TimeDelta::seconds(i64::try_from(self.random.below(900)).unwrap());
                self.world.pass(time);
                self.model.now += time;
            }
        }
    }

    /// Begins a view; now and then inside of another, which is refused.
    async fn start(&mut self) {
        let (actor, user) = (self.one_of(STRANGER), self.one_of(PEOPLE));
        let own = (0..self.model.views.len()).filter(|&at| self.model.views[at].actor == actor);
        let inside = own.max().filter(|_| self.random.chance(200));
        let view = inside.map(|at| self.model.views[at].id);
        let body = json!({ "user_id": self.people[user].0, "reason": "because" });
        let answer = self.world.tell(&self.people[actor].1, view, Method::POST, path::VIEWS, &body).await;
        if let Some(at) = inside {
            self.expect_refused(at, &answer);
            return;
        }
        let nodes = self.model.nodes(actor, user);
        if actor == user || nodes.is_empty() {
            let (status, code) = self.model.refusal(actor, user);
            assert_eq!(answer.problem(), (status, code.into(), None));
            self.saw(code);
        } else {
            let view: StudioView = answer.json();
            assert_eq!(answer.status, 201);
            assert_eq!(view.nodes.iter().map(|node| node.node_id).collect::<BTreeSet<_>>(), nodes);
            self.model.began(view.id, actor, user);
            self.saw("started");
        }
    }

    /// Looks at something inside a view, or tries a change there; sometimes as somebody else.
    async fn act(&mut self) {
        let at = self.one_of(self.model.views.len().min(12));
        let at = self.model.views.len() - 1 - at;
        let Kept { id, actor, user, .. } = self.model.views[at];
        if self.random.chance(100) {
            let other = (actor + 1) % STRANGER;
            let answer = self.world.ask(&self.people[other].1, Some(id), Method::GET, path::SESSION).await;
            assert_eq!(answer.problem(), (403, "view_ended".into(), None));
        } else if self.random.chance(300) {
            let cookie = &self.people[actor].1;
            let answer = self.world.ask(cookie, Some(id), Method::DELETE, path::SESSION).await;
            self.expect_refused(at, &answer);
        } else {
            let answer = self.world.ask(&self.people[actor].1, Some(id), Method::GET, path::SESSION).await;
            if let Some(why) = self.model.look(at) {
                assert_eq!(answer.problem(), (403, "view_ended".into(), Some(why.into())));
                self.saw(why);
            } else {
                let session: Session = answer.json();
                let nodes: BTreeSet<_> = session.nodes.iter().map(|node| node.node_id).collect();
                assert_eq!(nodes, self.model.nodes(actor, user));
                assert_eq!(session.user.id, self.people[actor].0);
                self.saw("seen");
            }
        }
    }

    async fn stop(&mut self) {
        let at = self.one_of(self.model.views.len());
        let Kept { id, actor, started_at, ended, .. } = self.model.views[at];
        let by_id = path::VIEW.replace("{id}", &id.to_string());
        let answer = self.world.ask(&self.people[actor].1, Some(id), Method::DELETE, &by_id).await;
        assert_eq!(answer.status, 204);
        let is_expired = self.model.now >= started_at + TimeDelta::minutes(30);
        self.model.views[at].ended = ended.or(Some(if is_expired { "expired" } else { "exited" }));
    }

    fn expect_refused(&mut self, at: usize, answer: &Answer) {
        let expected = match self.model.look(at) {
            Some(why) => (403, "view_ended".into(), Some(why.into())),
            None => (403, "view_is_read_only".into(), None),
        };
        assert_eq!(answer.problem(), expected);
        self.saw(if expected.2.is_none() { "refused" } else { "refused as ended" });
    }

    /// What the log says of all this: each view began once, and ended once at most and as the model says.
    async fn check_log(&self) {
        let mut tx = self.world.app.store.read().await.unwrap();
        let rows: Vec<(Vec<u8>, String, String)> = sqlx::query_as(
            "SELECT view, action, details FROM audit WHERE view IS NOT NULL GROUP BY view, action, details",
        )
        .fetch_all(&mut *tx)
        .await
        .unwrap();
        for view in &self.model.views {
            let told = |name: &str| {
                let of_view = rows.iter().filter(|(id, ..)| id[..] == view.id.as_bytes()[..]);
                of_view.filter(|(_, action, _)| action == name).map(|row| &row.2).collect::<Vec<_>>()
            };
            assert_eq!(told("view.started").len(), 1);
            let ends = told("view.ended");
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
async fn a_view_never_nests_and_never_outlives_its_time_or_its_conditions() {
    let mut seen = BTreeMap::new();
    for seed in 0..4 {
        let mut run = Run::new(seed).await;
        for _ in 0..500 {
            run.step().await;
        }
        run.check_log().await;
        for (what, times) in run.seen {
            *seen.entry(what).or_insert(0) += times;
        }
    }
    for what in [
        "started",
        "seen",
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
        assert!(seen.get(what).is_some_and(|&times| times > 2), "{what} in {seen:?}");
    }
}
