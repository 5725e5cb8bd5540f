//! Compares the visible audit log with a naive implementation.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use studio_users_domain::{Assignments, Overview, Status};

use super::*;
use crate::audit::Entry;
use crate::random::Random;
use crate::sql::Dialect;
use crate::store::tests::{NOW, World, explain_prefix, manager_assignments, node_id, plan};

/// Writes random entries, and returns them with their ids, the oldest first.
async fn write(world: &World, count: u64) -> Vec<(Uuid, Entry)> {
    let mut random = Random::new(11);
    let mut entries = Vec::new();
    for number in 0..count {
        let person = |random: &mut Random| {
            let user = random.pick(&world.people);
            random.chance(850).then(|| AuditPerson { id: user.account.id, name: format!("Name {number}") })
        };
        let at = NOW + TimeDelta::seconds(i64::try_from(number).unwrap());
        let entry = Entry::of(*random.pick(&Action::ALL[..4]), at);
        let (actor, target) = (person(&mut random), person(&mut random));
        let node = random.chance(600).then(|| node_id(usize::try_from(random.below(9)).unwrap()));
        let node = node.and_then(|node| world.organisation.key(node));
        entries.push((Uuid::from_bytes(random.bytes()), Entry { actor, target, node, ..entry }));
    }
    let mut tx = world.store.write().await.unwrap();
    for chunk in entries.chunks(97) {
        tx.record_with_ids(chunk.iter().map(|(id, entry)| (*id, entry))).await.unwrap();
    }
    tx.commit().await.unwrap();
    entries
}

/// Returns the users who have joined in the scope.
fn joined(world: &World, scope: &Scope) -> BTreeSet<UserId> {
    let has_joined = |user: &&crate::store::tests::TestUser| {
        let pending: Vec<_> = user.pending.iter().map(|(grant, _)| grant.clone()).collect();
        Overview::of(&world.organisation.tree, scope.managed(), &user.assignments, &pending, NOW)
            .is_some_and(|overview| overview.status == Status::Active)
    };
    world.people.iter().filter(has_joined).map(|user| user.account.id).collect()
}

async fn all_pages(world: &World, scope: &Scope, window: ActivityWindow) -> Vec<AuditLogEntry> {
    let (mut entries, mut window) = (Vec::new(), window);
    loop {
        let mut tx = world.store.read().await.unwrap();
        let found = world.store.activity(&mut tx, &world.organisation, scope, window).await.unwrap();
        let page = found.expect("the cursor is a visible entry");
        assert!(page.entries.len() <= window.limit as usize);
        entries.extend(page.entries);
        if !page.has_more {
            return entries;
        }
        window.before = entries.last().map(|entry: &AuditLogEntry| entry.id);
    }
}

#[tokio::test]
async fn visible_entries_match_a_naive_filter() {
    let world = World::new(7, 60).await;
    let entries = write(&world, 700).await;
    let no_manager = Assignments::from([(node_id(2), studio_users_domain::Role::Agent.into())]);
    for manager in manager_assignments().into_iter().chain([no_manager]) {
        let scope = world.scope(&manager);
        let visible = joined(&world, &scope);
        let manages = |node: NodeKey| {
            let id = world.organisation.id(node).unwrap();
            scope.managed().contains(world.organisation.tree.position(id).unwrap())
        };
        let can_see =
            |person: &Option<AuditPerson>| person.as_ref().is_some_and(|it| visible.contains(&it.id));
        for (user, action) in [
            (None, None),
            (None, Some(Action::ALL[2])),
            (Some(world.people[5].account.id), None),
            (Some(world.people[6].account.id), Some(Action::ALL[1])),
        ] {
            let is_of = |person: &Option<AuditPerson>| person.as_ref().is_some_and(|it| Some(it.id) == user);
            let expected: Vec<_> = entries
                .iter()
                .rev()
                .filter(|(_, entry)| match entry.node {
                    Some(node) => manages(node),
                    None => can_see(&entry.actor) || can_see(&entry.target),
                })
                .filter(|(_, entry)| user.is_none() || is_of(&entry.actor) || is_of(&entry.target))
                .filter(|(_, entry)| action.is_none_or(|action| action == entry.action))
                .collect();
            let window = ActivityWindow { user, action, before: None, limit: 13 };
            let found = all_pages(&world, &scope, window).await;
            assert_eq!(found.len(), expected.len(), "{user:?} {action:?}");
            for (found, (id, entry)) in found.iter().zip(expected) {
                assert_eq!((found.id, found.at, found.action), (*id, entry.at, entry.action));
                // Entries without a node do not name people who are not visible.
                let redacted = |person: &Option<AuditPerson>| {
                    person.clone().filter(|it| entry.node.is_some() || visible.contains(&it.id))
                };
                assert_eq!(
                    (&found.actor, &found.target),
                    (&redacted(&entry.actor), &redacted(&entry.target))
                );
            }
        }
    }
}

#[tokio::test]
async fn a_scan_of_the_log_finds_the_same_entries_as_seeks() {
    let world = World::new(9, 60).await;
    write(&world, 300).await;
    let mut tx = world.store.read().await.unwrap();
    let mut found = 0;
    for manager in manager_assignments() {
        let scope = world.scope(&manager);
        for action in [None, Some(Action::ALL[1])] {
            let window = ActivityWindow { action, limit: 40, ..ActivityWindow::default() };
            let query = AuditLogQuery::new(&mut tx, &world.organisation, &scope, window).await.unwrap();
            let mut query = query.unwrap();
            let mut pages = Vec::new();
            for is_log_scan in [false, true] {
                query.is_log_scan = is_log_scan;
                let rows = query.to_sql(tx.dialect(), "").build().fetch_all(&mut tx).await.unwrap();
                let seq = |row: &Row| row.try_get::<i64, _>("seq").unwrap();
                pages.push(rows.iter().map(seq).collect::<Vec<_>>());
            }
            assert_eq!(pages[0], pages[1], "{manager:?} {action:?}");
            found += pages[0].len();
        }
    }
    assert!(found > 100, "{found}");
}

#[tokio::test]
async fn reads_a_page_without_a_full_scan() {
    let world = World::new(8, 50).await;
    write(&world, 50).await;
    let mut tx = world.store.read().await.unwrap();
    // The plans of PostgreSQL depend on the size of the tables.
    if tx.dialect() == Dialect::Postgres {
        return;
    }
    let scope = world.scope(&manager_assignments()[3]);
    let everything = ActivityWindow { limit: 50, ..ActivityWindow::default() };
    let windows = [
        everything,
        ActivityWindow { action: Some(Action::UserRemoved), ..everything },
        ActivityWindow { user: Some(world.people[0].account.id), ..everything },
    ];
    for window in windows {
        for is_log_scan in [false, true] {
            let query = AuditLogQuery::new(&mut tx, &world.organisation, &scope, window).await.unwrap();
            let mut query = query.unwrap();
            query.is_log_scan = is_log_scan;
            let mut sql = query.to_sql(tx.dialect(), explain_prefix(&mut tx).await);
            let plan = plan(&sql.build().fetch_all(&mut tx).await.unwrap());
            // A log scan reads the log from its end, in the order of the primary key.
            let scans_primary_key = is_log_scan && window.action.is_none() && window.user.is_none();
            let is_scanned = plan.contains("SCAN a") || plan.contains("SCAN found");
            assert!(!is_scanned, "{window:?} {is_log_scan}: {plan}");
            assert_eq!(
                plan.contains("SEARCH a USING INTEGER PRIMARY KEY (rowid<?)"),
                scans_primary_key,
                "{plan}"
            );
            // At most one sort, of the entries found.
            assert!(plan.matches("USE TEMP B-TREE").count() <= 1, "{window:?} {is_log_scan}: {plan}");
        }
    }
}
