//! Compares the answers from memory with those of SQL, after changes of all kinds.

use chrono::TimeDelta;
use futures_util::future::join_all;
use studio_users_contract::{Sort, SortKey, UserFilters};
use studio_users_domain::{Role, Status};
use tokio::time::Instant;

use super::*;
use crate::random::Random;
use crate::store::directory::query::DirectoryQuery;
use crate::store::directory::{DirectoryChange, refresh};
use crate::store::tests::{NOW, SEARCHES, World, change, manager_assignments, node_id, sorts};
use crate::store::{Account, ImportedNode, ListWindow, NewAccount, PersonQuery};
use crate::testing::rounds;
use crate::token::TokenHash;

async fn update(store: &Store) {
    assert_eq!(store.update_directory_memory(u64::MAX).await.unwrap(), DirectoryMemoryState::Loaded);
}

/// Compares some windows, totals and positions of a transaction.
async fn compare(world: &World, store: &Store, tx: &mut Tx, random: &mut Random) {
    let all: Vec<Sort> = sorts().collect();
    let filters = [
        UserFilters::default(),
        UserFilters { statuses: vec![Status::Invited, Status::Expired], ..UserFilters::default() },
        UserFilters { roles: Role::Planner | Role::Developer, assigned: true, ..UserFilters::default() },
        UserFilters { active_since: Some(NOW - TimeDelta::days(4)), ..UserFilters::default() },
        UserFilters { search: Some((*random.pick(&SEARCHES)).into()), ..UserFilters::default() },
        UserFilters { search: Some("n".into()), statuses: vec![Status::Active], ..UserFilters::default() },
    ];
    for manager in manager_assignments() {
        let parts = world.organisation.part_keys(&world.scope(&manager)).unwrap();
        let sort = *random.pick(&all);
        for filters in &filters {
            let offset = u32::try_from(random.below(40)).unwrap();
            let window = ListWindow { sort, offset, limit: 25 };
            let query = DirectoryQuery { parts: parts.clone(), filters, window };
            let (total, users) = store.find_in_memory(tx, &query).await.unwrap().expect("the memory answers");
            let (expected, expected_users) = store.find_by_sql(tx, &query).await.unwrap();
            assert_eq!(users, expected_users, "{filters:?} {window:?}");
            assert!(total == expected || !expected.exact && total.value >= expected.value, "{filters:?}");
            assert_eq!(store.total_in_memory(tx, &query).await.unwrap(), Some(total));
            for (position, user) in (offset..).zip(users) {
                let found = store.position_in_memory(tx, &query, user).await.unwrap();
                assert_eq!(found, Some(Some(position)), "{filters:?} {window:?}");
            }
        }
    }
}

async fn create_account(world: &World, random: &mut Random, number: u64) {
    let mut write = world.store.write().await.unwrap();
    let account = Account {
        id: world.store.new_user_id(&mut write).await.unwrap(),
        name: Some(format!("New {number}")),
        email: format!("new{number}@x.example"),
        locale: None,
        created_at: write.now(),
        joined_at: Some(write.now()),
        last_active_at: None,
    };
    let node = node_id(usize::try_from(random.below(9)).unwrap());
    let new = NewAccount { account, assignments: vec![(node, Role::Agent.into())] };
    world.store.create_account(&mut write, &world.organisation, &new).await.unwrap();
    write.commit().await.unwrap();
}

async fn change_access(world: &World, store: &Store, random: &mut Random, is_committed: bool) {
    let mut write = store.write().await.unwrap();
    let number = change(world, random, &mut write).await;
    let user = world.people[number].account.id;
    refresh(&mut write, &world.organisation, user, DirectoryChange::Access).await.unwrap();
    if is_committed {
        write.commit().await.unwrap();
    }
}

/// Imports the nodes again with another name, which rebuilds the directory.
async fn rebuild(world: &World, step: u64) {
    let nodes = world.organisation.tree.nodes().iter().map(|node| ImportedNode {
        id: node.id,
        parent_id: node.parent,
        kind: node.kind,
        name: format!("{step}"),
        disabled_roles: node.disabled_roles,
    });
    world.store.import_nodes(&nodes.collect::<Vec<_>>()).await.unwrap();
}

async fn random_change(world: &World, random: &mut Random, step: u64) {
    let person = &world.people[usize::try_from(random.below(world.people.len() as u64)).unwrap()].account;
    match random.below(20) {
        0 => rebuild(world, step).await,
        1 | 2 => {
            world.clock.advance(TimeDelta::hours(i64::try_from(random.below(30)).unwrap() - 5));
            world.store.expire_due_invitations().await.unwrap();
        }
        3 | 4 => {
            let mut write = world.store.write().await.unwrap();
            let name = format!("Renamed {step}");
            world.store.rename(&mut write, &world.organisation, person, &name).await.unwrap();
            write.commit().await.unwrap();
        }
        5 | 6 => {
            let writer = world.store.queue_activity(person.key(), TokenHash::of("no session")).unwrap();
            world.store.write_activity(writer).await.unwrap();
        }
        7..=9 => create_account(world, random, step).await,
        10 => {
            // There may be no account of that step.
            let person = PersonQuery::Email(format!("new{}@x.example", random.below(step + 1)));
            let _ = world.store.erase_person(&person, true).await.unwrap();
        }
        _ => {
            let is_committed = random.chance(800);
            change_access(world, &world.store, random, is_committed).await;
        }
    }
}

#[tokio::test]
async fn answers_like_sql_after_random_changes() {
    let world = World::new(40, 60).await;
    let other = world.other_store().await;
    let mut random = Random::new(41);
    let mut step = 0;
    let steps = u64::try_from(rounds(120)).unwrap();
    while step < steps {
        for _ in 0..=random.below(3) {
            random_change(&world, &mut random, step).await;
            step += 1;
        }
        // The other server sees the changes of the first one.
        for store in [&world.store, &other] {
            update(store).await;
            let mut tx = store.read().await.unwrap();
            compare(&world, store, &mut tx, &mut random).await;
        }
    }
}

#[tokio::test]
async fn loads_again_after_it_has_missed_changes() {
    let world = World::new(42, 60).await;
    let mut random = Random::new(43);
    update(&world.store).await;
    for _ in 0..90 {
        change_access(&world, &world.store, &mut random, true).await;
    }
    update(&world.store).await;
    let mut tx = world.store.read().await.unwrap();
    compare(&world, &world.store, &mut tx, &mut random).await;
}

#[tokio::test]
async fn a_transaction_never_sees_another_version() {
    let world = World::new(44, 60).await;
    let mut random = Random::new(45);
    update(&world.store).await;
    let mut before = world.store.read().await.unwrap();
    compare(&world, &world.store, &mut before, &mut random).await;
    for step in 0..6 {
        change_access(&world, &world.store, &mut random, true).await;
        update(&world.store).await;
        // The memory keeps a few earlier versions.
        if step < 4 && world.store.directory_snapshot(&mut before).await.unwrap().is_some() {
            compare(&world, &world.store, &mut before, &mut random).await;
        }
        compare(&world, &world.store, &mut world.store.read().await.unwrap(), &mut random).await;
    }
    assert!(world.store.directory_snapshot(&mut before).await.unwrap().is_none(), "SQL answers");
}

#[tokio::test]
async fn sql_answers_within_a_change() {
    let world = World::new(46, 60).await;
    update(&world.store).await;
    let mut write = world.store.write().await.unwrap();
    assert!(world.store.directory_snapshot(&mut write).await.unwrap().is_some());
    let user = world.people[0].account.id;
    refresh(&mut write, &world.organisation, user, DirectoryChange::Access).await.unwrap();
    assert!(world.store.directory_snapshot(&mut write).await.unwrap().is_none());
    drop(write);
    assert!(world.store.has_directory_in_memory().await, "the change was rolled back");
}

#[tokio::test]
async fn waits_for_a_change_of_this_server() {
    let world = World::new(47, 60).await;
    update(&world.store).await;
    let mut random = Random::new(48);
    change_access(&world, &world.store, &mut random, true).await;
    let (has_answer, ()) = tokio::join!(world.store.has_directory_in_memory(), update(&world.store));
    assert!(has_answer);
}

#[tokio::test(start_paused = true)]
async fn waits_only_for_versions_that_come_soon() {
    let memory = DirectoryMemory::default();
    memory.notification().expect(3);
    let start = Instant::now();
    assert!(memory.at(3).await.is_none(), "before the load");
    memory.index.update(2, &[]).unwrap();
    assert!(memory.at(2).await.is_some());
    assert!(memory.at(1).await.is_none(), "an earlier version");
    assert!(memory.at(4).await.is_none(), "a version of another server");
    assert_eq!(start.elapsed(), Duration::ZERO);
    assert!(memory.at(3).await.is_none());
    assert!(start.elapsed() >= MAX_WAIT);
}

#[tokio::test]
async fn follows_the_changes_of_another_server() {
    let world = World::new(49, 60).await;
    let other = world.other_store().await;
    let mut random = Random::new(50);
    let follow = async {
        let mut applied = other.directory_memory.applied.subscribe();
        for _ in 0..3 {
            change_access(&world, &world.store, &mut random, true).await;
            let mut tx = world.store.read().await.unwrap();
            let version = meta(&mut tx, MetaKey::DirectoryVersion).await.unwrap().unwrap();
            applied.wait_for(|&applied| applied >= version).await.unwrap();
            compare(&world, &other, &mut other.read().await.unwrap(), &mut random).await;
        }
    };
    tokio::select! {
        () = other.keep_directory_in_memory(u64::MAX) => panic!("the directory fits"),
        () = other.follow_other_servers(), if other.is_shared() => {}
        () = follow => {}
    }
}

#[tokio::test]
async fn sql_answers_if_the_directory_does_not_fit() {
    let world = World::new(51, 60).await;
    let off = world.store.update_directory_memory(1 << 20).await.unwrap();
    assert_eq!(off, DirectoryMemoryState::Off);
    assert!(!world.store.has_directory_in_memory().await);
    let window = ListWindow { sort: Sort::default(), offset: 0, limit: 200 };
    let scope = world.scope(&manager_assignments()[0]);
    let (total, users) = world.list_users(&scope, &UserFilters::default(), window, NOW).await;
    assert!(total.value as usize == users.len() && !users.is_empty());
}

#[tokio::test]
async fn erased_users_leave_no_texts() {
    let world = World::new(52, 60).await;
    let mut random = Random::new(53);
    create_account(&world, &mut random, 7_777).await;
    update(&world.store).await;
    let held = || format!("{:?}", world.store.directory_memory.index.snapshot());
    let bytes = format!("{:?}", "new7777@x.example".as_bytes());
    let bytes = bytes.trim_matches(['[', ']']);
    assert!(held().contains(bytes));
    let person = PersonQuery::Email("new7777@x.example".into());
    world.store.erase_person(&person, true).await.unwrap().unwrap();
    update(&world.store).await;
    assert!(!held().contains(bytes));
    let key = SortKey::Email;
    let window = ListWindow { sort: Sort { key, descending: false }, offset: 0, limit: 200 };
    let filters = UserFilters { search: Some("new7777".into()), ..UserFilters::default() };
    let scope = world.scope(&manager_assignments()[0]);
    assert_eq!(world.list_users(&scope, &filters, window, NOW).await.0.value, 0);
}

#[tokio::test]
async fn updates_while_all_readers_wait_for_it() {
    let world = World::new(54, 60).await;
    update(&world.store).await;
    let mut random = Random::new(55);
    change_access(&world, &world.store, &mut random, true).await;
    let waiting = (0..30).map(|_| world.store.has_directory_in_memory());
    let (answers, ()) = tokio::join!(join_all(waiting), update(&world.store));
    assert_eq!(answers, [true; 30]);
}
