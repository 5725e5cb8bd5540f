//! The lists against a naive reimplementation, over an organisation in which everything happens.

mod told;

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Sort, SortKey};
use studio_users_domain::{
    Access, Assignments, NodeId, NodeKind, NodeSet, Overview, PendingGrant, Role, RoleSet, Scope, Status,
    UserId,
};
use tempfile::TempDir;
use uuid::Uuid;

use super::{
    Account, Bulk, ImportedNode, Organisation, Row, Selection, Store, UserKey, Window, database_file,
};
use crate::clock::Clock;
use crate::demo::Random;
use crate::text;
use crate::token::TokenHash;

pub(super) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
const NAMES: [&str; 6] =
    ["Åsa Berg", "asa berg", "Γιώργος Παππάς", "王芳", "Zoë O’Connor \"Z\"", "Işıl 100%_"];
const SEARCHES: [&str; 10] = ["a", "BERG", "ΠΑΠΠΆΣ", "芳", "\"z\"", "%_", "7@x", "x.example", "nobody", "e7"];

pub(super) struct Someone {
    pub(super) account: Account,
    pub(super) assignments: Assignments,
    pub(super) pending: Vec<(PendingGrant, DateTime<Utc>)>,
}

pub(super) struct World {
    _folder: TempDir,
    pub(super) store: Store,
    pub(super) organisation: std::sync::Arc<Organisation>,
    pub(super) people: Vec<Someone>,
}

/// 0 the provider; 1 and 4 agencies, 5 an agency below 4; the rest environments.
fn nodes() -> Vec<ImportedNode> {
    let parents = [None, Some(0), Some(1), Some(1), Some(0), Some(4), Some(5), Some(5), Some(0)];
    let node = |(number, parent): (usize, &Option<usize>)| ImportedNode {
        id: node_id(number),
        parent_id: parent.map(node_id),
        kind: match number {
            0 => NodeKind::Provider,
            1 | 4 | 5 => NodeKind::Agency,
            _ => NodeKind::Environment,
        },
        name: format!("Node {number}"),
        disabled_roles: None,
    };
    parents.iter().enumerate().map(node).collect()
}

pub(super) fn node_id(number: usize) -> NodeId {
    NodeId(Uuid::from_u128(number as u128 + 1))
}

fn invent(random: &mut Random, number: u64) -> Someone {
    let id = UserId(Uuid::from_bytes(random.bytes()));
    let some_roles =
        |random: &mut Random| -> RoleSet { Role::all().filter(|_| random.chance(200)).collect() };
    let somewhere = |random: &mut Random| node_id(usize::try_from(random.below(9)).unwrap());
    let assignments: Assignments =
        (0..random.below(4)).map(|_| (somewhere(random), some_roles(random))).collect();
    let mut pending: Vec<(PendingGrant, DateTime<Utc>)> = Vec::new();
    for _ in 0..random.below(3) {
        let (node, roles) = (somewhere(random), some_roles(random) | Role::Agent);
        if pending.iter().all(|(grant, _)| grant.node != node) {
            let hours = i64::try_from(random.below(100)).unwrap() - 50;
            let expires_at = NOW + TimeDelta::hours(hours);
            pending.push((
                PendingGrant { node, roles, granted_by: id, expires_at },
                expires_at - TimeDelta::days(14),
            ));
        }
    }
    let days = |random: &mut Random| TimeDelta::days(i64::try_from(random.below(9)).unwrap());
    let account = Account {
        id,
        name: random.chance(800).then(|| (*random.pick(&NAMES)).to_owned()),
        email: format!("Person{number}@x.example"),
        locale: None,
        created_at: NOW - TimeDelta::days(30) + days(random),
        joined_at: Some(NOW),
        last_active_at: random.chance(700).then(|| NOW - days(random)),
    };
    Someone { account, assignments, pending }
}

impl World {
    pub(super) async fn new(seed: u64, count: u64) -> Self {
        let folder = TempDir::new().unwrap();
        let store = Store::open(&database_file(folder.path())).await.unwrap();
        store.import_nodes(&nodes(), NOW).await.unwrap();
        let mut random = Random::new(seed);
        let people: Vec<_> = (0..count).map(|number| invent(&mut random, number)).collect();
        let mut bulk = Bulk::begin(&store).await.unwrap();
        let accounts: Vec<_> = people.iter().map(|someone| someone.account.clone()).collect();
        let held: Vec<_> = people
            .iter()
            .flat_map(|someone| {
                someone.assignments.iter().map(|(&node, &roles)| (someone.account.key(), node, roles))
            })
            .collect();
        let grants: Vec<_> = people
            .iter()
            .flat_map(|someone| {
                let user = someone.account.key();
                someone
                    .pending
                    .iter()
                    .map(move |(grant, at)| (user, grant.node, grant.roles, user, *at, grant.expires_at))
            })
            .collect();
        bulk.write(&accounts, &held, &grants).await.unwrap();
        bulk.finish(0, 0, NOW).await.unwrap();
        let organisation = store.organisation(&mut store.read().await.unwrap()).await.unwrap().unwrap();
        Self { _folder: folder, store, organisation, people }
    }

    pub(super) fn scope(&self, assignments: &Assignments) -> Scope {
        Scope::of(&self.organisation.tree, &Access::new(&self.organisation.tree, assignments))
    }

    async fn listed(
        &self,
        scope: &Scope,
        selection: &Selection,
        window: Window,
        now: DateTime<Utc>,
    ) -> (studio_users_contract::Total, Vec<Row>) {
        let mut tx = self.store.read().await.unwrap();
        self.store.users(&mut tx, &self.organisation, (scope, scope), selection, window, now).await.unwrap()
    }

    /// Whom a reader sees, told by the domain alone, one user after the other.
    fn expected(&self, scope: &Scope, selection: &Selection, sort: Sort, now: DateTime<Utc>) -> Vec<UserId> {
        let tree = &self.organisation.tree;
        let mut seen = Vec::new();
        for someone in &self.people {
            let pending: Vec<_> = someone.pending.iter().map(|(grant, _)| grant.clone()).collect();
            let Some(overview) = Overview::of(tree, scope.managed(), &someone.assignments, &pending, now)
            else {
                continue;
            };
            let mut account = someone.account.clone();
            if overview.status != Status::Active {
                let within =
                    |grant: &PendingGrant| scope.managed().contains(tree.position(grant.node).unwrap());
                account.name = None;
                account.last_active_at = None;
                account.created_at = someone
                    .pending
                    .iter()
                    .filter(|(grant, _)| within(grant))
                    .map(|(_, at)| *at)
                    .min()
                    .unwrap();
            }
            let is_selected = (selection.statuses.is_empty()
                || selection.statuses.contains(&overview.status))
                && (selection.roles.is_empty() || !overview.roles.is_disjoint(selection.roles))
                && selection
                    .active_since
                    .is_none_or(|since| account.last_active_at.is_some_and(|at| at >= since))
                && selection.search.as_ref().is_none_or(|search| {
                    let term = text::fold(search);
                    let name = account.name.as_deref().map(text::fold);
                    name.is_some_and(|name| name.contains(&term))
                        || text::fold(&account.email).contains(&term)
                });
            if is_selected {
                seen.push((account, overview.status));
            }
        }
        seen.sort_by(|(one, one_status), (other, other_status)| {
            let by_value = |one: String, other: String| {
                if sort.descending { other.cmp(&one) } else { one.cmp(&other) }
            };
            let time = |at: DateTime<Utc>| format!("{:020}", at.timestamp_millis());
            let name = |account: &Account| {
                account.name.as_deref().map_or_else(|| text::email_norm(&account.email), text::sort_key)
            };
            let order = match sort.key {
                SortKey::Name => by_value(name(one), name(other)),
                SortKey::Email => by_value(text::email_norm(&one.email), text::email_norm(&other.email)),
                SortKey::Status => by_value(
                    format!("{one_status:?}").replace('E', "Z"),
                    format!("{other_status:?}").replace('E', "Z"),
                ),
                SortKey::CreatedAt => by_value(time(one.created_at), time(other.created_at)),
                SortKey::LastActiveAt => match (one.last_active_at, other.last_active_at) {
                    (Some(one), Some(other)) => by_value(time(one), time(other)),
                    (one, other) => one.is_none().cmp(&other.is_none()),
                },
            };
            order.then(one.id.cmp(&other.id))
        });
        seen.into_iter().map(|(account, _)| account.id).collect()
    }

    async fn check(&self, scope: &Scope, selection: &Selection, sort: Sort, now: DateTime<Utc>) {
        let expected = self.expected(scope, selection, sort, now);
        for (offset, limit) in [(0, 200), (0, 3), (7, 5), (40, 30), (150, 10)] {
            let window = Window { sort, offset, limit };
            let (total, rows) = self.listed(scope, selection, window, now).await;
            let ids: Vec<_> = rows.iter().map(|row| row.account.id).collect();
            let slice: Vec<_> = expected.iter().copied().skip(offset as usize).take(limit as usize).collect();
            assert_eq!(ids, slice, "{:?} {selection:?} {window:?}", scope.parts());
            let value = total.value as usize;
            if total.exact {
                assert_eq!(value, expected.len(), "{selection:?} {window:?}");
            } else {
                assert!(value <= expected.len() && value >= offset as usize + ids.len(), "{selection:?}");
            }
        }
    }
}

fn sorts() -> impl Iterator<Item = Sort> {
    SortKey::ALL.into_iter().flat_map(|key| [false, true].map(|descending| Sort { key, descending }))
}

/// Readers of the whole, of an agency, of one environment, and of what an override below leaves.
pub(super) fn readers() -> [Assignments; 5] {
    let manager = RoleSet::only(Role::OrganisationManager);
    [
        Assignments::from([(node_id(0), manager)]),
        Assignments::from([(node_id(4), manager)]),
        Assignments::from([(node_id(2), manager)]),
        Assignments::from([
            (node_id(0), manager),
            (node_id(2), Role::Agent.into()),
            (node_id(5), RoleSet::empty()),
        ]),
        Assignments::from([
            (node_id(1), Role::Administrator | Role::Agent),
            (node_id(3), Role::Agent.into()),
            (node_id(6), manager),
        ]),
    ]
}

#[tokio::test]
async fn every_order_filter_and_window_is_that_of_a_naive_list() {
    let world = World::new(1, 240).await;
    for reader in readers() {
        let scope = world.scope(&reader);
        for sort in sorts() {
            world.check(&scope, &Selection::default(), sort, NOW).await;
            let selections = [
                Selection { statuses: vec![Status::Invited], ..Selection::default() },
                Selection { roles: Role::Planner.into(), ..Selection::default() },
                Selection {
                    statuses: vec![Status::Expired, Status::Active, Status::Expired],
                    roles: Role::Planner | Role::Developer,
                    ..Selection::default()
                },
                Selection { active_since: Some(NOW - TimeDelta::days(3)), ..Selection::default() },
                Selection {
                    statuses: vec![Status::Active],
                    roles: Role::Agent.into(),
                    search: Some("a".into()),
                    ..Selection::default()
                },
            ];
            for selection in &selections {
                world.check(&scope, selection, sort, NOW).await;
            }
        }
    }
}

#[tokio::test]
async fn a_search_finds_what_a_naive_search_finds_and_no_hidden_name() {
    let world = World::new(2, 240).await;
    for reader in readers() {
        let scope = world.scope(&reader);
        for search in SEARCHES {
            let selection = Selection { search: Some(search.into()), ..Selection::default() };
            for sort in [Sort::default(), Sort { key: SortKey::LastActiveAt, descending: true }] {
                world.check(&scope, &selection, sort, NOW).await;
            }
        }
    }
}

#[tokio::test]
async fn an_invitation_expires_by_the_clock_alone() {
    let world = World::new(3, 120).await;
    let hours = std::sync::Arc::new(AtomicI64::new(0));
    let moved = hours.clone();
    let clock = Clock::new(move || NOW + TimeDelta::hours(moved.load(Ordering::Relaxed)));
    let scope = world.scope(&readers()[0]);
    let mut expired = Vec::new();
    for hour in [0, 10, 49, 60] {
        hours.store(hour, Ordering::Relaxed);
        world.store.expire_invitations(clock.now()).await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        let is_due = world.store.has_due_invitations(&mut tx, clock.now()).await.unwrap();
        drop(tx);
        assert!(!is_due, "once is enough");
        let selection = Selection { statuses: vec![Status::Expired], ..Selection::default() };
        world.check(&scope, &selection, Sort::default(), clock.now()).await;
        let window = Window { sort: Sort::default(), offset: 0, limit: 200 };
        expired.push(world.listed(&scope, &selection, window, clock.now()).await.0.value);
    }
    assert!(expired.is_sorted() && expired[0] < expired[3], "{expired:?}");
}

#[tokio::test]
async fn activity_is_seen_where_somebody_has_joined_and_nowhere_else() {
    let mut world = World::new(4, 120).await;
    for number in 0..world.people.len() {
        let user: UserKey = world.people[number].account.key();
        let at = NOW + TimeDelta::seconds(i64::try_from(number).unwrap());
        world.store.note_activity(user, TokenHash::of("no session"), at).await.unwrap();
        world.people[number].account.last_active_at = Some(at);
    }
    for reader in readers() {
        let sort = Sort { key: SortKey::LastActiveAt, descending: false };
        world.check(&world.scope(&reader), &Selection::default(), sort, NOW).await;
    }
}

#[tokio::test]
async fn who_invited_is_told_to_who_sees_them() {
    let world = World::new(5, 200).await;
    let scope = world.scope(&readers()[2]);
    let window = Window { sort: Sort::default(), offset: 0, limit: 200 };
    let (_, rows) = world.listed(&scope, &Selection::default(), window, NOW).await;
    // Everyone here was invited by themselves, so whoever is seen is told of; by address until they joined.
    let told: Vec<_> =
        rows.iter().filter_map(|row| Some((row, row.invitation.as_ref()?.1.as_ref()))).collect();
    assert!(!told.is_empty());
    for (row, inviter) in told {
        let shown = row.account.name.clone().unwrap_or_else(|| row.account.email.clone());
        assert_eq!(inviter, Some(&(row.account.id, shown)));
    }
}

#[tokio::test]
async fn a_window_is_a_walk_along_an_index() {
    let world = World::new(6, 50).await;
    let scope = world.scope(&readers()[0]);
    for sort in sorts() {
        for from_end in [false, true] {
            let plan = world.store.explain(&world.organisation, &scope, sort, from_end).await.unwrap();
            assert!(plan.contains("COVERING INDEX") && !plan.contains("TEMP B-TREE"), "{sort}: {plan}");
        }
    }
}

#[tokio::test]
async fn who_else_manages_a_node_is_what_a_naive_look_at_everyone_says() {
    let mut told = [0, 0];
    for seed in 0..12 {
        let world = World::new(100 + seed, 4).await;
        let tree = &world.organisation.tree;
        let manages: Vec<(UserId, NodeSet)> = world
            .people
            .iter()
            .map(|one| (one.account.id, world.scope(&one.assignments).managed().clone()))
            .collect();
        let mut tx = world.store.read().await.unwrap();
        for &(user, _) in &manages {
            let is_managed =
                |at: usize| manages.iter().any(|(other, nodes)| *other != user && nodes.contains(at));
            let expected: NodeSet = (0..tree.len()).map(is_managed).collect();
            let said =
                world.store.managed_by_others(&mut tx, &world.organisation, 0..tree.len(), user.into());
            assert_eq!(said.await.unwrap(), expected, "{seed} {user}");
            told[0] += expected.iter().count();
            told[1] += tree.len();
        }
    }
    assert!(told[0] > 0 && told[0] < told[1], "{told:?}");
}
