//! The lists against a naive reimplementation, over an organisation in which everything happens.

mod told;
mod world;

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::TimeDelta;
use studio_users_contract::{Sort, SortKey};
use studio_users_domain::{NodeSet, Role, Status, UserId};

use super::{Selection, UserKey, Window};
use crate::clock::Clock;
use crate::token::TokenHash;
pub(super) use world::{NOW, Someone, World, node_id, readers};

const SEARCHES: [&str; 10] = ["a", "BERG", "ΠΑΠΠΆΣ", "芳", "\"z\"", "%_", "7@x", "x.example", "nobody", "e7"];

fn sorts() -> impl Iterator<Item = Sort> {
    SortKey::ALL.into_iter().flat_map(|key| [false, true].map(|descending| Sort { key, descending }))
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
                Selection { statuses: vec![Status::Expired], ..Selection::default() },
                Selection {
                    statuses: vec![Status::Invited],
                    roles: Role::Operator.into(),
                    ..Selection::default()
                },
                Selection {
                    roles: Role::Planner | Role::Developer,
                    active_since: Some(NOW - TimeDelta::days(5)),
                    ..Selection::default()
                },
                Selection {
                    statuses: vec![Status::Expired, Status::Active, Status::Expired],
                    roles: Role::Planner | Role::Developer,
                    ..Selection::default()
                },
                Selection { active_since: Some(NOW - TimeDelta::days(3)), ..Selection::default() },
                Selection { is_assigned: true, ..Selection::default() },
                Selection {
                    is_assigned: true,
                    roles: Role::Planner | Role::Agent,
                    statuses: vec![Status::Active, Status::Invited],
                    ..Selection::default()
                },
                Selection { is_assigned: true, search: Some("a".into()), ..Selection::default() },
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
    let told: Vec<_> = rows.iter().filter(|row| row.invitation.is_some()).collect();
    assert!(!told.is_empty());
    for row in told {
        let shown = row.account.name.clone().unwrap_or_else(|| row.account.email.clone());
        assert_eq!(row.invited_by, Some((row.account.id, shown)));
    }
}

#[tokio::test]
async fn a_directory_of_another_version_is_made_anew() {
    let world = World::new(7, 60).await;
    let mut tx = world.store.write().await.unwrap();
    sqlx::raw_sql(
        "DROP TABLE directory; CREATE TABLE directory (user INTEGER, part INTEGER, status INTEGER)",
    )
    .execute(&mut **tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let world = world.reopened().await;
    world.store.expire_invitations(NOW).await.unwrap();
    world.check(&world.scope(&readers()[0]), &Selection::default(), Sort::default(), NOW).await;
}

#[tokio::test]
async fn a_window_is_a_walk_along_an_index() {
    let world = World::new(6, 50).await;
    for (reader, sort) in [0, 4].into_iter().flat_map(|reader| sorts().map(move |sort| (reader, sort))) {
        let scope = world.scope(&readers()[reader]);
        for from_end in [false, true] {
            let plan = world.explain(&scope, sort, from_end).await;
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
