use std::collections::{BTreeMap, BTreeSet};
use studio_users_contract::UserFilters;

use studio_users_domain::Scope;

use super::*;
use crate::events::{Change, Received, Subscription};
use crate::sql;
use crate::store::directory::{DirectoryChange, refresh};

/// Returns the scope parts whose managers get an event for the last change.
fn changed_parts(subscription: &mut Subscription, user: UserId) -> BTreeSet<i64> {
    let Received::Change(_, change) = subscription.try_recv() else { return BTreeSet::new() };
    assert_eq!(subscription.try_recv(), Received::Empty, "a change emits one event");
    match &*change {
        Change::User { id, parts } if *id == user => parts.clone(),
        other => panic!("{other:?}"),
    }
}

impl World {
    fn is_notified(&self, scope: &Scope, parts: &BTreeSet<i64>) -> bool {
        self.organisation.part_keys(scope).unwrap().iter().any(|part| parts.contains(part))
    }

    async fn visible_rows(&self, scope: &Scope) -> BTreeMap<UserId, (Status, String)> {
        let window = ListWindow { sort: Sort::default(), offset: 0, limit: 200 };
        let (_, rows) = self.list_users(scope, &UserFilters::default(), window, NOW).await;
        // Leaves out `target`, which no response contains.
        let text = |row: &crate::store::UserRecord| {
            format!("{:?}", (&row.account, &row.overview, &row.invitation, &row.invited_by, row.invited_at))
        };
        rows.iter().map(|row| (row.account.id, (row.overview.status, text(row)))).collect()
    }
}

#[tokio::test]
async fn rename_notifies_only_managers_who_see_the_name() {
    let world = World::new(7, 60).await;
    let (mut subscription, _) = world.store.events().subscribe(UserKey(-1), None).unwrap();
    let mut hidden_names = 0;
    for person in &world.people {
        let mut tx = world.store.write().await.unwrap();
        world.store.rename(&mut tx, &world.organisation, &person.account, "New Name").await.unwrap();
        tx.commit().await.unwrap();
        let parts = changed_parts(&mut subscription, person.account.id);
        for manager in manager_assignments() {
            let scope = world.scope(&manager);
            let rows = world.visible_rows(&scope).await;
            let status = rows.get(&person.account.id).map(|(status, _)| *status);
            hidden_names += usize::from(status.is_some_and(|status| status != Status::Active));
            assert_eq!(world.is_notified(&scope, &parts), status == Some(Status::Active));
        }
    }
    assert!(hidden_names > 0);
}

#[tokio::test]
async fn new_access_notifies_managers_of_the_affected_nodes_only() {
    let world = World::new(8, 60).await;
    let tree = &world.organisation.tree;
    let (mut subscription, _) = world.store.events().subscribe(UserKey(-1), None).unwrap();
    let scopes: Vec<Scope> = manager_assignments().iter().map(|manager| world.scope(manager)).collect();
    let mut changed = 0;
    for (number, person) in world.people.iter().enumerate() {
        let node = node_id(number % 9);
        let mut before = Vec::new();
        for scope in &scopes {
            before.push(world.visible_rows(scope).await);
        }
        let user = person.account.id;
        let mut tx = world.store.write().await.unwrap();
        sql::query(
            "INSERT INTO assignments (user_pk, node, roles) VALUES (?, ?, 3) \
             ON CONFLICT (user_pk, node) DO UPDATE SET roles = excluded.roles",
        )
        .bind(UserKey::of_account(user).0)
        .bind(world.organisation.key(node).unwrap().0)
        .execute(&mut tx)
        .await
        .unwrap();
        refresh(&mut tx, &world.organisation, user, DirectoryChange::Access).await.unwrap();
        tx.commit().await.unwrap();
        let parts = changed_parts(&mut subscription, user);
        let reached = tree.subtree(tree.position(node).unwrap());
        for (scope, before) in scopes.iter().zip(before) {
            let is_notified = world.is_notified(scope, &parts);
            let has_changed = world.visible_rows(scope).await.get(&user) != before.get(&user);
            changed += usize::from(has_changed);
            assert!(is_notified || !has_changed, "managers whose list changes are notified");
            let is_reached = scope.managed().iter().any(|position| reached.contains(&position));
            assert!(is_reached || !is_notified, "managers of other nodes are not notified");
        }
        let mut tx = world.store.write().await.unwrap();
        refresh(&mut tx, &world.organisation, user, DirectoryChange::Access).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(subscription.try_recv(), Received::Empty, "an update without a change emits no event");
    }
    assert!(changed > 0);
}

#[tokio::test]
async fn notifies_about_expired_invitations_but_not_about_rolled_back_changes() {
    let world = World::new(9, 60).await;
    let (mut subscription, _) = world.store.events().subscribe(UserKey(-1), None).unwrap();
    let mut tx = world.store.write().await.unwrap();
    let person = &world.people[0].account;
    world.store.rename(&mut tx, &world.organisation, person, "Never").await.unwrap();
    drop(tx);
    assert_eq!(subscription.try_recv(), Received::Empty);

    let scope = world.scope(&manager_assignments()[0]);
    let expired = |rows: BTreeMap<UserId, (Status, String)>| -> BTreeSet<UserId> {
        rows.into_iter().filter(|(_, (status, _))| *status == Status::Expired).map(|(id, _)| id).collect()
    };
    let before = expired(world.visible_rows(&scope).await);
    world.clock.advance(TimeDelta::days(9));
    world.store.expire_due_invitations().await.unwrap();
    let mut expired_users = BTreeSet::new();
    while let Received::Change(_, change) = subscription.try_recv() {
        if let Change::User { id, parts } = &*change
            && world.is_notified(&scope, parts)
        {
            expired_users.insert(*id);
        }
    }
    let window = ListWindow { sort: Sort::default(), offset: 0, limit: 200 };
    let filters = UserFilters { statuses: vec![Status::Expired], ..UserFilters::default() };
    let (_, rows) = world.list_users(&scope, &filters, window, NOW + TimeDelta::days(9)).await;
    let now_expired: BTreeSet<UserId> = rows.iter().map(|row| row.account.id).collect();
    assert_eq!(expired_users, &now_expired - &before);
    assert!(!expired_users.is_empty());
}

#[tokio::test]
async fn pages_by_cursor_match_the_list() {
    let world = World::new(10, 150).await;
    let search_filters = UserFilters { search: Some("berg".into()), ..UserFilters::default() };
    for manager in manager_assignments() {
        let scope = world.scope(&manager);
        for filters in [UserFilters::default(), search_filters.clone()] {
            for sort in sorts() {
                let window = ListWindow { sort, offset: 0, limit: 200 };
                let (_, rows) = world.list_users(&scope, &filters, window, NOW).await;
                let (mut found, mut after) = (Vec::new(), None);
                loop {
                    let mut tx = world.store.read().await.unwrap();
                    let page = crate::store::CursorPage { sort, limit: 7, after: after.as_ref() };
                    let organisation = &world.organisation;
                    let scopes = crate::store::Scopes::all(&scope);
                    let (users, cursor) = world
                        .store
                        .users_after(&mut tx, organisation, scopes, &filters, page, NOW)
                        .await
                        .unwrap();
                    found.extend(users.into_iter().map(|row| row.account.id));
                    after = cursor;
                    if after.is_none() {
                        break;
                    }
                }
                assert_eq!(found, rows.iter().map(|row| row.account.id).collect::<Vec<_>>(), "{sort}");
            }
        }
    }
}
