use std::collections::{BTreeMap, BTreeSet};

use studio_users_domain::Scope;

use super::*;
use crate::events::{Change, Follower, Step};
use crate::store::directory::{Aspect, refresh};

/// The parts in whose readers' eyes the last change was one.
fn told(follower: &mut Follower, user: UserId) -> BTreeSet<i64> {
    let Step::Change(_, change) = follower.step() else { return BTreeSet::new() };
    assert_eq!(follower.step(), Step::Wait, "one change is told once");
    match &*change {
        Change::User { id, parts } if *id == user => parts.clone(),
        other => panic!("{other:?}"),
    }
}

impl World {
    fn is_told(&self, scope: &Scope, parts: &BTreeSet<i64>) -> bool {
        self.organisation.part_keys(scope).unwrap().iter().any(|part| parts.contains(part))
    }

    async fn shown(&self, scope: &Scope) -> BTreeMap<UserId, (Status, String)> {
        let window = Window { sort: Sort::default(), offset: 0, limit: 200 };
        let (_, rows) = self.listed(scope, &Selection::default(), window, NOW).await;
        // What the rules judge by, and nobody sees, is left out.
        let shown = |row: &crate::store::Row| {
            format!("{:?}", (&row.account, &row.overview, &row.invitation, &row.invited_by, row.invited_at))
        };
        rows.iter().map(|row| (row.account.id, (row.overview.status, shown(row)))).collect()
    }
}

#[tokio::test]
async fn a_new_name_is_told_where_names_are_shown_and_nowhere_else() {
    let world = World::new(7, 60).await;
    let (mut follower, _) = world.store.events().follow(UserKey(-1), None).unwrap();
    let mut hidden = 0;
    for someone in &world.people {
        let mut tx = world.store.write().await.unwrap();
        world.store.rename(&mut tx, &world.organisation, &someone.account, "New Name", NOW).await.unwrap();
        tx.commit().await.unwrap();
        let parts = told(&mut follower, someone.account.id);
        for reader in readers() {
            let scope = world.scope(&reader);
            let shown = world.shown(&scope).await;
            let status = shown.get(&someone.account.id).map(|(status, _)| *status);
            hidden += usize::from(status.is_some_and(|status| status != Status::Active));
            assert_eq!(world.is_told(&scope, &parts), status == Some(Status::Active));
        }
    }
    assert!(hidden > 0);
}

#[tokio::test]
async fn what_is_given_somewhere_is_told_to_those_whose_list_it_changes_and_to_nobody_elsewhere() {
    let world = World::new(8, 60).await;
    let tree = &world.organisation.tree;
    let (mut follower, _) = world.store.events().follow(UserKey(-1), None).unwrap();
    let scopes: Vec<Scope> = readers().iter().map(|reader| world.scope(reader)).collect();
    let mut changed = 0;
    for (number, someone) in world.people.iter().enumerate() {
        let node = node_id(number % 9);
        let mut before = Vec::new();
        for scope in &scopes {
            before.push(world.shown(scope).await);
        }
        let user = someone.account.id;
        let mut tx = world.store.write().await.unwrap();
        sqlx::query("INSERT OR REPLACE INTO assignments (user, node, roles) VALUES (?, ?, 3)")
            .bind(UserKey::from(user).0)
            .bind(world.organisation.key(node).unwrap().0)
            .execute(&mut **tx)
            .await
            .unwrap();
        refresh(&mut tx, &world.organisation, user, Aspect::Given, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let parts = told(&mut follower, user);
        let reached = tree.subtree(tree.position(node).unwrap());
        for (scope, before) in scopes.iter().zip(before) {
            let is_told = world.is_told(scope, &parts);
            let has_changed = world.shown(scope).await.get(&user) != before.get(&user);
            changed += usize::from(has_changed);
            assert!(is_told || !has_changed, "whoever sees it is told");
            let is_reached = scope.managed().iter().any(|position| reached.contains(&position));
            assert!(is_reached || !is_told, "what happens elsewhere is not told");
        }
        let mut tx = world.store.write().await.unwrap();
        refresh(&mut tx, &world.organisation, user, Aspect::Given, NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(follower.step(), Step::Wait, "what has not changed is not told");
    }
    assert!(changed > 0);
}

#[tokio::test]
async fn what_is_not_committed_is_not_told_and_what_the_clock_ends_is() {
    let world = World::new(9, 60).await;
    let (mut follower, _) = world.store.events().follow(UserKey(-1), None).unwrap();
    let mut tx = world.store.write().await.unwrap();
    let someone = &world.people[0].account;
    world.store.rename(&mut tx, &world.organisation, someone, "Never", NOW).await.unwrap();
    drop(tx);
    assert_eq!(follower.step(), Step::Wait);

    let scope = world.scope(&readers()[0]);
    let expired = |shown: BTreeMap<UserId, (Status, String)>| -> BTreeSet<UserId> {
        shown.into_iter().filter(|(_, (status, _))| *status == Status::Expired).map(|(id, _)| id).collect()
    };
    let before = expired(world.shown(&scope).await);
    world.store.expire_invitations(NOW + TimeDelta::days(9)).await.unwrap();
    let mut ended = BTreeSet::new();
    while let Step::Change(_, change) = follower.step() {
        if let Change::User { id, parts } = &*change
            && world.is_told(&scope, parts)
        {
            ended.insert(*id);
        }
    }
    let window = Window { sort: Sort::default(), offset: 0, limit: 200 };
    let selection = Selection { statuses: vec![Status::Expired], ..Selection::default() };
    let (_, rows) = world.listed(&scope, &selection, window, NOW + TimeDelta::days(9)).await;
    let now_expired: BTreeSet<UserId> = rows.iter().map(|row| row.account.id).collect();
    assert_eq!(ended, &now_expired - &before);
    assert!(!ended.is_empty());
}

#[tokio::test]
async fn windows_that_follow_one_another_are_the_list() {
    let world = World::new(10, 150).await;
    let searched = Selection { search: Some("berg".into()), ..Selection::default() };
    for reader in readers() {
        let scope = world.scope(&reader);
        for selection in [Selection::default(), searched.clone()] {
            for sort in sorts() {
                let window = Window { sort, offset: 0, limit: 200 };
                let (_, rows) = world.listed(&scope, &selection, window, NOW).await;
                let (mut found, mut place) = (Vec::new(), None);
                loop {
                    let mut tx = world.store.read().await.unwrap();
                    let following = crate::store::Following { sort, limit: 7, place: place.as_ref() };
                    let organisation = &world.organisation;
                    let scopes = (&scope, &scope);
                    let (some, end) = world
                        .store
                        .users_after(&mut tx, organisation, scopes, &selection, following, NOW)
                        .await
                        .unwrap();
                    found.extend(some.into_iter().map(|row| row.account.id));
                    place = end;
                    if place.is_none() {
                        break;
                    }
                }
                assert_eq!(found, rows.iter().map(|row| row.account.id).collect::<Vec<_>>(), "{sort}");
            }
        }
    }
}
