use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Sort, SortKey, UserFilters};
use studio_users_domain::{
    Access, Assignments, NodeId, NodeKind, NodeSet, Overview, PendingGrant, Role, RoleSet, Scope, Status,
    UserId,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::clock::TestClock;
use crate::random::Random;
use crate::sql::{self, Dialect, Row};
use crate::store::directory::query::DirectoryQuery;
use crate::store::{
    Account, BulkLoader, ImportedNode, ListWindow, NewGrant, Organisation, Scopes, Store, Tx, UserRecord,
};
use crate::testing::open_store;
use crate::text;

pub(in crate::store) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
const NAMES: [&str; 8] = [
    "Åsa Berg",
    "asa berg",
    "Γιώργος Παππάς",
    "王芳",
    "Zoë O’Connor \"Z\"",
    "Işıl 100%_",
    "Łukasz  Strauß",
    "İbrahim Đặng",
];

pub(in crate::store) struct TestUser {
    pub(in crate::store) account: Account,
    pub(in crate::store) assignments: Assignments,
    pub(in crate::store) pending: Vec<(PendingGrant, DateTime<Utc>)>,
}

pub(in crate::store) struct World {
    folder: TempDir,
    pub(in crate::store) store: Store,
    pub(in crate::store) clock: TestClock,
    pub(in crate::store) organisation: std::sync::Arc<Organisation>,
    pub(in crate::store) people: Vec<TestUser>,
}

/// Returns the nodes: 0 is the provider, 1 and 4 are agencies, 5 is an agency below 4, the others are environments.
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

pub(in crate::store) fn node_id(number: usize) -> NodeId {
    NodeId(Uuid::from_u128(number as u128 + 1))
}

fn random_user(random: &mut Random, number: u64) -> TestUser {
    let id = UserId(Uuid::from_bytes(random.bytes()));
    let random_roles =
        |random: &mut Random| -> RoleSet { Role::all().filter(|_| random.chance(200)).collect() };
    let random_node = |random: &mut Random| node_id(usize::try_from(random.below(9)).unwrap());
    let assignments: Assignments =
        (0..random.below(4)).map(|_| (random_node(random), random_roles(random))).collect();
    let mut pending: Vec<(PendingGrant, DateTime<Utc>)> = Vec::new();
    for _ in 0..random.below(3) {
        let (node, roles) = (random_node(random), random_roles(random) | Role::Agent);
        if pending.iter().all(|(grant, _)| grant.node != node) {
            let hours = i64::try_from(random.below(100)).unwrap() - 50;
            let expires_at = NOW + TimeDelta::hours(hours);
            pending.push((
                PendingGrant { node, roles, granted_by: id, expires_at, until: None },
                expires_at - TimeDelta::days(14),
            ));
        }
    }
    let days = |random: &mut Random| TimeDelta::days(i64::try_from(random.below(9)).unwrap());
    let account = Account {
        id,
        name: random.chance(800).then(|| (*random.pick(&NAMES)).to_owned()),
        email: format!("{}{number}@x.example", if number.is_multiple_of(9) { "Ørsted" } else { "Person" }),
        locale: None,
        created_at: NOW - TimeDelta::days(30) + days(random),
        joined_at: Some(NOW),
        last_active_at: random.chance(700).then(|| NOW - days(random)),
    };
    TestUser { account, assignments, pending }
}

impl World {
    pub(in crate::store) async fn new(seed: u64, count: u64) -> Self {
        let folder = TempDir::new().unwrap();
        let clock = TestClock::new(NOW);
        let store = open_store(folder.path()).await.with_clock(clock.clock());
        store.import_nodes(&nodes()).await.unwrap();
        let mut random = Random::new(seed);
        let people: Vec<_> = (0..count).map(|number| random_user(&mut random, number)).collect();
        let mut bulk = BulkLoader::begin(&store).await.unwrap();
        let accounts: Vec<_> = people.iter().map(|person| person.account.clone()).collect();
        let held: Vec<_> = people
            .iter()
            .flat_map(|person| {
                person.assignments.iter().map(|(&node, &roles)| (person.account.key(), node, roles))
            })
            .collect();
        let grants: Vec<_> = people
            .iter()
            .flat_map(|person| {
                let user = person.account.key();
                person.pending.iter().map(move |(grant, created_at)| NewGrant {
                    user,
                    node: grant.node,
                    roles: grant.roles,
                    granted_by: user,
                    created_at: *created_at,
                    expires_at: grant.expires_at,
                })
            })
            .collect();
        bulk.write(&accounts, &held, &grants).await.unwrap();
        bulk.finish(0, 0, NOW).await.unwrap();
        let organisation = store.organisation(&mut store.read().await.unwrap()).await.unwrap().unwrap();
        Self { folder, store, clock, organisation, people }
    }

    /// Opens the database again, as another server does.
    pub(in crate::store) async fn other_store(&self) -> Store {
        open_store(self.folder.path()).await.with_clock(self.clock.clock())
    }

    /// Closes the store and opens it again, as a restart of the server does.
    pub(in crate::store) async fn reopened(mut self) -> Self {
        let store = open_store(self.folder.path()).await;
        self.store = store.with_clock(self.clock.clock());
        self
    }

    pub(in crate::store) fn scope(&self, assignments: &Assignments) -> Scope {
        Scope::of(&self.organisation.tree, &Access::new(&self.organisation.tree, assignments))
    }

    pub(in crate::store) async fn list_users(
        &self,
        scope: &Scope,
        filters: &UserFilters,
        window: ListWindow,
        now: DateTime<Utc>,
    ) -> (studio_users_contract::Total, Vec<UserRecord>) {
        let mut tx = self.store.read().await.unwrap();
        self.store.users(&mut tx, &self.organisation, Scopes::all(scope), filters, window, now).await.unwrap()
    }

    /// Returns one window and the total from SQL.
    pub(super) async fn list_by_sql(
        &self,
        scope: &Scope,
        filters: &UserFilters,
        window: ListWindow,
    ) -> (studio_users_contract::Total, Vec<UserId>) {
        let parts = self.organisation.part_keys(scope).unwrap();
        let mut tx = self.store.read().await.unwrap();
        let query = DirectoryQuery { parts, filters, window };
        let (total, users) = self.store.find_by_sql(&mut tx, &query).await.unwrap();
        let ids: HashMap<_, _> =
            self.people.iter().map(|person| (person.account.key(), person.account.id)).collect();
        (total, users.iter().map(|user| ids[user]).collect())
    }

    /// Computes the expected list with the domain alone, one user after the other.
    fn expected(&self, scope: &Scope, filters: &UserFilters, sort: Sort, now: DateTime<Utc>) -> Vec<UserId> {
        let tree = &self.organisation.tree;
        let mut users = Vec::new();
        for person in &self.people {
            let pending: Vec<_> = person.pending.iter().map(|(grant, _)| grant.clone()).collect();
            let Some(overview) = Overview::of(tree, scope.managed(), &person.assignments, &pending, now)
            else {
                continue;
            };
            let mut account = person.account.clone();
            if overview.status != Status::Active {
                let within =
                    |grant: &PendingGrant| scope.managed().contains(tree.position(grant.node).unwrap());
                account.name = None;
                account.last_active_at = None;
                account.created_at = person
                    .pending
                    .iter()
                    .filter(|(grant, _)| within(grant))
                    .map(|(_, at)| *at)
                    .min()
                    .unwrap();
            }
            let is_match = (filters.statuses.is_empty() || filters.statuses.contains(&overview.status))
                && self.matches_part(scope, filters, person, overview.status, now)
                && filters
                    .active_since
                    .is_none_or(|since| account.last_active_at.is_some_and(|at| at >= since))
                && filters.search.as_ref().is_none_or(|search| {
                    let name = account.name.as_deref().map(text::fold).unwrap_or_default();
                    let email = text::fold(&account.email);
                    text::fold(search).split(' ').all(|word| name.contains(word) || email.contains(word))
                });
            if is_match {
                users.push((account, overview.status));
            }
        }
        users.sort_by(|(one, one_status), (other, other_status)| {
            let by_value = |one: String, other: String| {
                if sort.descending { other.cmp(&one) } else { one.cmp(&other) }
            };
            let time = |at: DateTime<Utc>| format!("{:020}", at.timestamp_millis());
            let name = |account: &Account| {
                account.name.as_deref().map_or_else(|| text::email_sort_key(&account.email), text::sort_key)
            };
            let order = match sort.key {
                SortKey::Name => by_value(name(one), name(other)),
                SortKey::Email => {
                    by_value(text::email_sort_key(&one.email), text::email_sort_key(&other.email))
                }
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
        users.into_iter().map(|(account, _)| account.id).collect()
    }

    /// Returns whether the user meets all filters within a single part of the scope. If the user has joined in the
    /// scope, it must be a part in which they have joined.
    fn matches_part(
        &self,
        scope: &Scope,
        filters: &UserFilters,
        person: &TestUser,
        status: Status,
        now: DateTime<Utc>,
    ) -> bool {
        let tree = &self.organisation.tree;
        let pending: Vec<_> = person.pending.iter().map(|(grant, _)| grant.clone()).collect();
        scope.parts().iter().any(|part| {
            let within = NodeSet::range(tree, part.positions(tree));
            let Some(overview) = Overview::of(tree, &within, &person.assignments, &pending, now) else {
                return false;
            };
            let is_here = |node| within.contains(tree.position(node).unwrap());
            let is_assigned =
                person.assignments.iter().any(|(&node, roles)| !roles.is_empty() && is_here(node))
                    || pending.iter().any(|grant| is_here(grant.node));
            (overview.status == Status::Active) == (status == Status::Active)
                && (filters.roles.is_empty() || !overview.roles.is_disjoint(filters.roles))
                && (is_assigned || !filters.assigned)
        })
    }

    /// Returns the query plan for a page, and its dialect.
    pub(super) async fn explain(&self, scope: &Scope, sort: Sort, from_end: bool) -> (Dialect, String) {
        let window = ListWindow { sort, offset: 0, limit: 50 };
        let filters =
            UserFilters { statuses: vec![Status::Active], roles: Role::Agent.into(), ..<_>::default() };
        let parts = self.organisation.part_keys(scope).unwrap();
        let query = DirectoryQuery { parts, filters: &filters, window };
        let mut tx = self.store.read().await.unwrap();
        let (dialect, prefix) = (tx.dialect(), explain_prefix(&mut tx).await);
        let mut sql = query.window_sql(dialect, prefix, from_end, 0, 50);
        (dialect, plan(&sql.build().fetch_all(&mut tx).await.unwrap()))
    }

    /// Compares the lists from memory and those from SQL with the expected ones.
    pub(super) async fn check(&self, scope: &Scope, filters: &UserFilters, sort: Sort, now: DateTime<Utc>) {
        self.store.update_directory_memory(u64::MAX).await.unwrap();
        assert!(self.store.has_directory_in_memory().await, "the memory answers");
        let expected = self.expected(scope, filters, sort, now);
        for (offset, limit) in [(0, 200), (0, 3), (7, 5), (40, 30), (150, 10)] {
            let window = ListWindow { sort, offset, limit };
            let slice: Vec<_> = expected.iter().copied().skip(offset as usize).take(limit as usize).collect();
            let (total, rows) = self.list_users(scope, filters, window, now).await;
            let ids: Vec<_> = rows.iter().map(|row| row.account.id).collect();
            assert_eq!(ids, slice, "{:?} {filters:?} {window:?}", scope.parts());
            assert_eq!((total.value as usize, total.exact), (expected.len(), true), "{filters:?} {window:?}");
            let (total, ids) = self.list_by_sql(scope, filters, window).await;
            assert_eq!(ids, slice, "SQL: {:?} {filters:?} {window:?}", scope.parts());
            let value = total.value as usize;
            if total.exact {
                assert_eq!(value, expected.len(), "SQL: {filters:?} {window:?}");
            } else {
                assert!(value <= expected.len() && value >= offset as usize + ids.len(), "{filters:?}");
            }
        }
        self.check_positions(scope, filters, sort, &expected).await;
    }

    /// Checks the total and some positions that the directory in memory returns.
    async fn check_positions(&self, scope: &Scope, filters: &UserFilters, sort: Sort, expected: &[UserId]) {
        let mut tx = self.store.read().await.unwrap();
        let total = self.store.total(&mut tx, &self.organisation, scope, filters).await.unwrap();
        assert_eq!((total.value as usize, total.exact), (expected.len(), true), "{filters:?}");
        for person in self.people.iter().step_by(37) {
            let id = person.account.id;
            let position = self.store.position(&mut tx, &self.organisation, scope, filters, sort, id);
            let position = position.await.unwrap().map(|position| position as usize);
            assert_eq!(position, expected.iter().position(|other| *other == id), "{filters:?}");
        }
    }
}

/// Returns the prefix of a statement whose plan [`plan`] reads. PostgreSQL would scan a small table, and sort its rows.
pub(in crate::store) async fn explain_prefix(tx: &mut Tx) -> &'static str {
    if tx.dialect() == Dialect::Postgres {
        let settings = sql::raw_sql("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off");
        settings.execute(tx).await.unwrap();
    }
    tx.dialect().select("EXPLAIN QUERY PLAN ", "EXPLAIN ")
}

/// Returns the steps of a query plan.
pub(in crate::store) fn plan(rows: &[Row]) -> String {
    let step = |row: &Row| match row {
        Row::Sqlite(_) => row.try_get::<String, _>("detail").unwrap(),
        Row::Postgres(_) => row.try_get::<String, _>(0).unwrap(),
    };
    rows.iter().map(step).collect::<Vec<_>>().join("; ")
}

/// Returns the assignments of managers: of the whole tree, an agency, one environment, and of scopes with overrides.
pub(in crate::store) fn manager_assignments() -> [Assignments; 5] {
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
