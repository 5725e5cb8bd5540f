use chrono::DateTime;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use studio_users_contract::{Sort, SortKey, UserFilters};
use studio_users_domain::{Role, RoleSet, Status};

use super::super::{IndexRow, UserEntry};
use super::naive::Users;

/// The highest row id of a user: several pages.
const MAX_USER: i64 = 200;
const PARTS: i64 = 7;

/// A query, with the words of the search.
#[derive(Debug, Clone)]
pub(super) struct Query {
    pub(super) parts: Vec<i64>,
    pub(super) filters: UserFilters,
    pub(super) words: Vec<String>,
    pub(super) sort: Sort,
    pub(super) offset: usize,
    pub(super) limit: usize,
}

#[derive(Debug, Clone)]
pub(super) enum Step {
    Update(Vec<(i64, Option<UserEntry>)>),
    Activity(Vec<(i64, i64)>),
    Ask(Query),
    /// Keeps a snapshot.
    Keep,
}

pub(super) fn users() -> impl Strategy<Value = Users> {
    prop::collection::btree_map(0..MAX_USER, entry(), 0..120).prop_map(Users)
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    let user = || 0..MAX_USER;
    let change = (user(), prop::option::weighted(0.8, entry()));
    let update = prop::collection::btree_map(user(), change.prop_map(|(_, entry)| entry), 0..7);
    let step = prop_oneof![
        4 => update.prop_map(|changes| Step::Update(changes.into_iter().collect())),
        1 => prop::collection::vec((user(), time()), 0..4).prop_map(Step::Activity),
        3 => query().prop_map(Step::Ask),
        1 => Just(Step::Keep),
    ];
    prop::collection::vec(step, 0..14)
}

pub(super) fn query() -> impl Strategy<Value = Query> {
    let parts = subsequence((0..PARTS).collect::<Vec<_>>(), 0..4).prop_shuffle();
    let sort =
        (select(SortKey::ALL.to_vec()), any::<bool>()).prop_map(|(key, descending)| Sort { key, descending });
    let words = prop::collection::vec("[abé한'\" @.]{1,3}", 0..3);
    (parts, filters(), words, sort, 0_usize..130, 0_usize..60).prop_map(
        |(parts, filters, words, sort, offset, limit)| Query { parts, filters, words, sort, offset, limit },
    )
}

/// A row of a user who has joined.
pub(super) fn row(part: i64) -> IndexRow {
    IndexRow {
        part,
        status: Status::Active,
        roles: Role::Agent.into(),
        is_assigned: true,
        is_undelivered: false,
        created_at: 5,
    }
}

fn filters() -> impl Strategy<Value = UserFilters> {
    let statuses = prop_oneof![2 => Just(Vec::new()), 1 => subsequence(Status::ALL.to_vec(), 1..3)];
    let roles = prop_oneof![2 => Just(RoleSet::empty()), 1 => roles()];
    let since =
        prop::option::weighted(0.2, time().prop_map(|time| DateTime::from_timestamp_millis(time).unwrap()));
    let flag = || prop::bool::weighted(0.2);
    (statuses, roles, flag(), flag(), since).prop_map(
        |(statuses, roles, assigned, undelivered, active_since)| UserFilters {
            statuses,
            roles,
            assigned,
            undelivered,
            active_since,
            ..UserFilters::default()
        },
    )
}

fn entry() -> impl Strategy<Value = UserEntry> {
    let rows = subsequence((0..PARTS).collect::<Vec<_>>(), 0..5).prop_shuffle();
    let rows = rows.prop_flat_map(|parts| parts.into_iter().map(any_row).collect::<Vec<_>>());
    // All rows with the status active have the creation time of the account.
    let rows = (rows, time()).prop_map(|(mut rows, created_at)| {
        for row in rows.iter_mut().filter(|row| row.status == Status::Active) {
            row.created_at = created_at;
        }
        rows
    });
    (text(), prop::option::weighted(0.8, text()), prop::option::of(time()), rows)
        .prop_map(|(email, name, last_active_at, rows)| UserEntry { email, name, last_active_at, rows })
}

fn any_row(part: i64) -> impl Strategy<Value = IndexRow> {
    let status =
        prop_oneof![3 => Just(Status::Active), 1 => Just(Status::Invited), 1 => Just(Status::Expired)];
    (status, roles(), any::<bool>(), any::<bool>(), time()).prop_map(
        move |(status, roles, is_assigned, is_undelivered, created_at)| IndexRow {
            part,
            status,
            roles,
            is_assigned,
            is_undelivered,
            created_at,
        },
    )
}

fn roles() -> impl Strategy<Value = RoleSet> {
    subsequence(vec![Role::Agent, Role::Planner, Role::Developer], 0..3)
        .prop_map(|roles| roles.into_iter().collect())
}

/// Few times, so that many are equal.
fn time() -> impl Strategy<Value = i64> {
    prop_oneof![-3_i64..6, Just(-5_000_000_000_000), Just(1_700_000_000_000)]
}

/// A folded text and its sort key.
fn text() -> impl Strategy<Value = (String, String)> {
    let folded = prop_oneof![4 => "[abé한'\" @.]{0,6}", 1 => "(aab ?){1,24}b?"];
    (folded, prop::option::weighted(0.3, "[aé]{0,2}"), prop::bool::weighted(0.05)).prop_map(
        |(folded, exact, is_other)| {
            let key = match exact {
                _ if is_other => "a".to_owned(),
                Some(exact) => format!("{folded}\u{1}{exact}"),
                None => folded.clone(),
            };
            (folded, key)
        },
    )
}
