//! Compares the lists with a naive implementation, on a random organisation that covers all states.

mod counts;
mod events;
mod world;

use chrono::TimeDelta;
use studio_users_contract::{Sort, SortKey, UserFilters};
use studio_users_domain::{NodeSet, Role, Status, UserId};

use super::{ListWindow, MetaKey, UserKey, meta};
use crate::sql::{self, Dialect};
use crate::testing::rounds;
use crate::token::TokenHash;
pub(super) use counts::change;
pub(super) use world::{NOW, TestUser, World, explain_prefix, manager_assignments, node_id, plan};

pub(super) const SEARCHES: [&str; 21] = [
    "a",
    "BERG",
    "ΠΑΠΠΆΣ",
    "芳",
    "\"z\"",
    "%_",
    "7@x",
    "x.example",
    "nobody",
    "e7",
    "berg  ASA",
    "berg x.example",
    "STRAUSS",
    "lukasz strauss",
    "ibrahim",
    "o'connor zoe",
    "orsted",
    "a b c d e f g 1 2",
    "100%_",
    r"\\\",
    "berg a\0",
];

pub(super) fn sorts() -> impl Iterator<Item = Sort> {
    SortKey::ALL.into_iter().flat_map(|key| [false, true].map(|descending| Sort { key, descending }))
}

#[tokio::test]
async fn every_sort_filter_and_window_matches_a_naive_list() {
    let world = World::new(1, 240).await;
    for manager in manager_assignments() {
        let scope = world.scope(&manager);
        for (number, sort) in sorts().enumerate() {
            world.check(&scope, &UserFilters::default(), sort, NOW).await;
            let all_filters = [
                UserFilters { statuses: vec![Status::Invited], ..UserFilters::default() },
                UserFilters { roles: Role::Planner.into(), ..UserFilters::default() },
                UserFilters { statuses: vec![Status::Expired], ..UserFilters::default() },
                UserFilters {
                    statuses: vec![Status::Invited],
                    roles: Role::Operator.into(),
                    ..UserFilters::default()
                },
                UserFilters {
                    roles: Role::Planner | Role::Developer,
                    active_since: Some(NOW - TimeDelta::days(5)),
                    ..UserFilters::default()
                },
                UserFilters {
                    statuses: vec![Status::Expired, Status::Active, Status::Expired],
                    roles: Role::Planner | Role::Developer,
                    ..UserFilters::default()
                },
                UserFilters { active_since: Some(NOW - TimeDelta::days(3)), ..UserFilters::default() },
                UserFilters { assigned: true, ..UserFilters::default() },
                UserFilters {
                    assigned: true,
                    roles: Role::Planner | Role::Agent,
                    statuses: vec![Status::Active, Status::Invited],
                    ..UserFilters::default()
                },
                UserFilters { assigned: true, search: Some("a".into()), ..UserFilters::default() },
                UserFilters {
                    statuses: vec![Status::Active],
                    roles: Role::Agent.into(),
                    search: Some("a".into()),
                    ..UserFilters::default()
                },
            ];
            // With fewer rounds, each sort checks other filters.
            let checked = all_filters.iter().cycle().skip(number).take(rounds(all_filters.len()));
            for filters in checked {
                world.check(&scope, filters, sort, NOW).await;
            }
        }
    }
}

#[tokio::test]
async fn search_matches_a_naive_search_and_ignores_hidden_names() {
    let world = World::new(2, 240).await;
    for (number, manager) in manager_assignments().iter().enumerate() {
        let scope = world.scope(manager);
        for search in SEARCHES.into_iter().cycle().skip(4 * number).take(rounds(SEARCHES.len())) {
            let filters = UserFilters { search: Some(search.into()), ..UserFilters::default() };
            for sort in [Sort::default(), Sort { key: SortKey::LastActiveAt, descending: true }] {
                world.check(&scope, &filters, sort, NOW).await;
            }
        }
    }
}

#[tokio::test]
async fn expires_invitations_as_time_passes() {
    let world = World::new(3, 120).await;
    let scope = world.scope(&manager_assignments()[0]);
    let mut expired = Vec::new();
    for hour in [0, 10, 49, 60] {
        let now = NOW + TimeDelta::hours(hour);
        world.clock.set(now);
        world.store.expire_due_invitations().await.unwrap();
        let due = "SELECT count(*) FROM directory WHERE status = 1 AND expires_at <= ?";
        let due: i64 = sql::query_scalar(due)
            .bind(now.timestamp_millis())
            .fetch_one(&mut world.store.read().await.unwrap())
            .await
            .unwrap();
        assert_eq!(due, 0);
        let filters = UserFilters { statuses: vec![Status::Expired], ..UserFilters::default() };
        world.check(&scope, &filters, Sort::default(), now).await;
        let window = ListWindow { sort: Sort::default(), offset: 0, limit: 200 };
        expired.push(world.list_users(&scope, &filters, window, now).await.0.value);
    }
    assert!(expired.is_sorted() && expired[0] < expired[3], "{expired:?}");
}

#[tokio::test]
async fn shows_activity_only_where_the_user_has_joined() {
    let mut world = World::new(4, 120).await;
    for number in 0..world.people.len() {
        let user: UserKey = world.people[number].account.key();
        let at = NOW - TimeDelta::hours(1) + TimeDelta::seconds(i64::try_from(number).unwrap());
        world.clock.set(at);
        let writer = world.store.queue_activity(user, TokenHash::of("no session")).unwrap();
        world.store.write_activity(writer).await.unwrap();
        world.people[number].account.last_active_at = Some(at);
    }
    for manager in manager_assignments() {
        let sort = Sort { key: SortKey::LastActiveAt, descending: false };
        world.check(&world.scope(&manager), &UserFilters::default(), sort, NOW).await;
    }
}

#[tokio::test]
async fn shows_the_inviter_to_managers_who_see_them() {
    let world = World::new(5, 200).await;
    let scope = world.scope(&manager_assignments()[2]);
    let window = ListWindow { sort: Sort::default(), offset: 0, limit: 200 };
    let (_, rows) = world.list_users(&scope, &UserFilters::default(), window, NOW).await;
    // In the test data, users invited themselves, so each inviter is visible. Until they join, the address is shown.
    let invited: Vec<_> = rows.iter().filter(|row| row.invitation.is_some()).collect();
    assert!(!invited.is_empty());
    for row in invited {
        let name = row.account.name.clone().unwrap_or_else(|| row.account.email.clone());
        assert_eq!(row.invited_by, Some((row.account.id, name)));
    }
}

#[tokio::test]
async fn rebuilds_the_directory_of_another_version() {
    let world = World::new(7, 60).await;
    let mut tx = world.store.write().await.unwrap();
    sql::raw_sql(
        "DROP TABLE directory; CREATE TABLE directory (user_pk INTEGER, part INTEGER, status INTEGER);
         UPDATE meta SET value = value - 1 WHERE key = 'directory_schema'",
    )
    .execute(&mut tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let world = world.reopened().await;
    world.store.expire_due_invitations().await.unwrap();
    world.check(&world.scope(&manager_assignments()[0]), &UserFilters::default(), Sort::default(), NOW).await;
}

#[tokio::test]
async fn rebuilds_the_directory_only_if_its_table_or_an_index_differs() {
    let mut world = World::new(8, 60).await;
    let changes = [
        ("", 0),
        ("DROP INDEX directory_name", 1),
        ("DROP INDEX directory_name; CREATE INDEX directory_name ON directory (part, name_key)", 1),
        ("CREATE INDEX directory_former ON directory (part, roles)", 1),
        ("DROP TRIGGER directory_counts_deleted", 1),
        ("DROP TABLE directory_counts", 1),
    ];
    // PostgreSQL does not store the texts.
    let changes_of_postgres =
        [("", 0), ("UPDATE meta SET value = value - 1 WHERE key = 'directory_schema'", 1)];
    let dialect = world.store.read().await.unwrap().dialect();
    for &(sql, rebuilds) in dialect.select(&changes[..], &changes_of_postgres) {
        let before = directory_version(&world).await;
        let mut tx = world.store.write().await.unwrap();
        sql::raw_sql(sql).execute(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        world = world.reopened().await;
        assert_eq!(directory_version(&world).await, before + rebuilds, "{sql}");
        let scope = world.scope(&manager_assignments()[0]);
        world.check(&scope, &UserFilters::default(), Sort::default(), NOW).await;
    }
}

#[tokio::test]
async fn folds_texts_again_that_another_version_has_folded() {
    let world = World::new(11, 60).await;
    let mut tx = world.store.write().await.unwrap();
    sql::raw_sql(
        "UPDATE users SET name_key = lower(name);
         UPDATE search_texts SET email = lower(email),
           name = coalesce((SELECT lower(name) FROM users WHERE pk = user_pk), '');
         UPDATE directory SET name_key = lower(name_key);
         UPDATE meta SET value = value - 1 WHERE key = 'folding'",
    )
    .execute(&mut tx)
    .await
    .unwrap();
    if tx.dialect() == Dialect::Sqlite {
        let clear = sql::raw_sql("INSERT INTO search_trigrams (search_trigrams) VALUES ('delete-all')");
        clear.execute(&mut tx).await.unwrap();
    }
    tx.commit().await.unwrap();
    let world = world.reopened().await;
    world.store.expire_due_invitations().await.unwrap();
    for manager in manager_assignments() {
        let scope = world.scope(&manager);
        for search in SEARCHES {
            let filters = UserFilters { search: Some(search.into()), ..UserFilters::default() };
            world.check(&scope, &filters, Sort::default(), NOW).await;
        }
        world.check(&scope, &UserFilters::default(), Sort::default(), NOW).await;
    }
    let before = directory_version(&world).await;
    assert_eq!(directory_version(&world.reopened().await).await, before, "a second start changes nothing");
}

async fn directory_version(world: &World) -> i64 {
    meta(&mut world.store.read().await.unwrap(), MetaKey::DirectoryVersion).await.unwrap().unwrap()
}

#[tokio::test]
async fn reads_a_window_by_a_covering_index_scan() {
    let world = World::new(6, 50).await;
    for (index, sort) in [0, 4].into_iter().flat_map(|index| sorts().map(move |sort| (index, sort))) {
        let scope = world.scope(&manager_assignments()[index]);
        for from_end in [false, true] {
            let (dialect, plan) = world.explain(&scope, sort, from_end).await;
            let (scan, sort_step) =
                dialect.select(("COVERING INDEX", "TEMP B-TREE"), ("Index Only Scan", "Sort"));
            // `Sort Key` is also the order in which PostgreSQL merges parts.
            let plan = plan.replace("Sort Key", "");
            assert!(plan.contains(scan) && !plan.contains(sort_step), "{sort}: {plan}");
        }
    }
}

#[tokio::test]
async fn other_managers_of_a_node_match_a_naive_search() {
    let mut counts = [0, 0];
    for seed in 0..12 {
        let world = World::new(100 + seed, 4).await;
        let tree = &world.organisation.tree;
        let manages: Vec<(UserId, NodeSet)> = world
            .people
            .iter()
            .map(|person| (person.account.id, world.scope(&person.assignments).managed().clone()))
            .collect();
        let mut tx = world.store.read().await.unwrap();
        for &(user, _) in &manages {
            let is_managed =
                |at: usize| manages.iter().any(|(other, nodes)| *other != user && nodes.contains(at));
            let expected: NodeSet = (0..tree.len()).map(is_managed).collect();
            let actual = world.store.managed_by_others(
                &mut tx,
                &world.organisation,
                0..tree.len(),
                UserKey::of_account(user),
            );
            assert_eq!(actual.await.unwrap(), expected, "{seed} {user}");
            // A search for one node goes up the tree instead of loading all managers.
            for at in 0..tree.len() {
                let one = std::iter::once(at);
                let actual = world.store.managed_by_others(
                    &mut tx,
                    &world.organisation,
                    one,
                    UserKey::of_account(user),
                );
                assert_eq!(actual.await.unwrap().contains(at), expected.contains(at), "{seed} {user} {at}");
            }
            counts[0] += expected.iter().count();
            counts[1] += tree.len();
        }
    }
    assert!(counts[0] > 0 && counts[0] < counts[1], "{counts:?}");
}
