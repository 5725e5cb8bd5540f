//! The log as its readers see it, against a naive reimplementation.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use studio_users_domain::{Assignments, Overview, Status};

use super::*;
use crate::audit::Entry;
use crate::demo::Random;
use crate::store::tests::{NOW, World, node_id, readers};

/// Writes entries in which everything happens, and answers them with their ids, the oldest first.
async fn write(world: &World, count: u64) -> Vec<(Uuid, Entry)> {
    let mut random = Random::new(11);
    let mut entries = Vec::new();
    for number in 0..count {
        let person = |random: &mut Random| {
            let someone = random.pick(&world.people);
            random.chance(850).then(|| AuditPerson { id: someone.account.id, name: format!("Then {number}") })
        };
        let at = NOW + TimeDelta::seconds(i64::try_from(number).unwrap());
        let entry = Entry::of(*random.pick(&Action::ALL[..4]), at);
        let (actor, target) = (person(&mut random), person(&mut random));
        let node = random.chance(600).then(|| node_id(usize::try_from(random.below(9)).unwrap()));
        let node = node.and_then(|node| world.organisation.key(node));
        entries.push((Uuid::from_bytes(random.bytes()), Entry { actor, target, node, ..entry }));
    }
    let mut tx = world.store.write().await.unwrap();
    for some in entries.chunks(97) {
        tx.record_named(some.iter().map(|(id, entry)| (*id, entry))).await.unwrap();
    }
    tx.commit().await.unwrap();
    entries
}

/// Who has joined where the reader manages.
fn joined(world: &World, scope: &Scope) -> BTreeSet<UserId> {
    let has_joined = |someone: &&crate::store::tests::Someone| {
        let pending: Vec<_> = someone.pending.iter().map(|(grant, _)| grant.clone()).collect();
        Overview::of(&world.organisation.tree, scope.managed(), &someone.assignments, &pending, NOW)
            .is_some_and(|seen| seen.status == Status::Active)
    };
    world.people.iter().filter(has_joined).map(|someone| someone.account.id).collect()
}

async fn pages(world: &World, scope: &Scope, window: ActivityWindow) -> Vec<Happened> {
    let (mut entries, mut window) = (Vec::new(), window);
    loop {
        let mut tx = world.store.read().await.unwrap();
        let found = world.store.activity(&mut tx, &world.organisation, scope, window).await.unwrap();
        let (page, has_more) = found.expect("the cursor is of an entry that the reader sees");
        assert!(page.len() <= window.limit as usize);
        entries.extend(page);
        if !has_more {
            return entries;
        }
        window.before = entries.last().map(|entry: &Happened| entry.id);
    }
}

#[tokio::test]
async fn what_a_reader_sees_is_what_a_naive_filter_chooses() {
    let world = World::new(7, 60).await;
    let entries = write(&world, 700).await;
    let nobody = Assignments::from([(node_id(2), studio_users_domain::Role::Agent.into())]);
    for reader in readers().into_iter().chain([nobody]) {
        let scope = world.scope(&reader);
        let people = joined(&world, &scope);
        let manages = |node: NodeKey| {
            let id = world.organisation.id(node).unwrap();
            scope.managed().contains(world.organisation.tree.position(id).unwrap())
        };
        let sees = |person: &Option<AuditPerson>| person.as_ref().is_some_and(|it| people.contains(&it.id));
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
                    None => sees(&entry.actor) || sees(&entry.target),
                })
                .filter(|(_, entry)| user.is_none() || is_of(&entry.actor) || is_of(&entry.target))
                .filter(|(_, entry)| action.is_none_or(|action| action == entry.action))
                .collect();
            let window = ActivityWindow { user, action, before: None, limit: 13 };
            let found = pages(&world, &scope, window).await;
            assert_eq!(found.len(), expected.len(), "{user:?} {action:?}");
            for (found, (id, entry)) in found.iter().zip(expected) {
                assert_eq!((found.id, found.at, found.action), (*id, entry.at, entry.action));
                // Of what happened at no node, whom the reader does not see is not named.
                let known = |person: &Option<AuditPerson>| {
                    person.clone().filter(|it| entry.node.is_some() || people.contains(&it.id))
                };
                assert_eq!((&found.actor, &found.target), (&known(&entry.actor), &known(&entry.target)));
            }
        }
    }
}

#[tokio::test]
async fn a_log_is_never_read_whole_for_a_page() {
    let world = World::new(8, 50).await;
    write(&world, 50).await;
    let scope = world.scope(&readers()[3]);
    let everything = ActivityWindow { limit: 50, ..ActivityWindow::default() };
    let windows = [
        everything,
        ActivityWindow { action: Some(Action::UserRemoved), ..everything },
        ActivityWindow { user: Some(world.people[0].account.id), ..everything },
    ];
    for window in windows {
        for is_wide in [false, true] {
            let plan =
                world.store.explain_activity(&world.organisation, &scope, window, is_wide).await.unwrap();
            // Wide readers walk the log from its end; the order is the index's.
            let walks = is_wide && window.action.is_none() && window.user.is_none();
            let is_scanned = plan.contains("SCAN a") || plan.contains("SCAN found");
            assert!(!is_scanned, "{window:?} {is_wide}: {plan}");
            assert_eq!(plan.contains("SEARCH a USING INTEGER PRIMARY KEY (rowid<?)"), walks, "{plan}");
            // What is found is put in order; more than what is found never is.
            assert!(plan.matches("USE TEMP B-TREE").count() <= 1, "{window:?} {is_wide}: {plan}");
        }
    }
}
