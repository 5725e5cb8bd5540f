use chrono::TimeDelta;
use studio_users_contract::UserFilters;
use studio_users_domain::{NodeId, Status};

use super::{World, manager_assignments, node_id};
use crate::random::Random;
use crate::sql;
use crate::store::directory::{DirectoryChange, rebuild, refresh};
use crate::store::{Tx, millis};

type Count = (i64, i64, i64, bool, i64);

/// Asserts that the kept counts are those of the rows.
async fn assert_exact(tx: &mut Tx, step: u32) {
    let kept: Vec<Count> = sql::query_as(
        "SELECT part, status, roles, is_assigned, users FROM directory_counts WHERE users <> 0 ORDER BY 1, 2, 3, 4",
    )
    .fetch_all(tx)
    .await
    .unwrap();
    let counted: Vec<Count> = sql::query_as(
        "SELECT part, status, roles, is_assigned, count(*) FROM directory GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4",
    )
    .fetch_all(tx)
    .await
    .unwrap();
    assert!(!kept.is_empty());
    assert_eq!(kept, counted, "step {step}");
}

/// Changes the access of a random user, or removes or restores the account.
pub(in crate::store) async fn change(world: &World, random: &mut Random, tx: &mut Tx) -> usize {
    let pick = |random: &mut Random, count: usize| usize::try_from(random.below(count as u64)).unwrap();
    let number = pick(random, world.people.len());
    let user = world.people[number].account.key();
    let node: NodeId = node_id(pick(random, 9));
    let node = world.organisation.key(node).unwrap().0;
    let roles = i64::try_from(random.below(64)).unwrap();
    let sql = match random.below(6) {
        0 | 1 => {
            "INSERT INTO assignments (user_pk, node, roles) VALUES (?1, ?2, ?3) \
             ON CONFLICT (user_pk, node) DO UPDATE SET roles = excluded.roles"
        }
        2 => "DELETE FROM assignments WHERE user_pk = ?1 AND node <> ?2",
        3 => {
            "INSERT INTO pending_grants (user_pk, node, roles, granted_by, created_at, expires_at) \
             VALUES (?1, ?2, ?3 | 1, ?1, ?4, ?5) ON CONFLICT (user_pk, node, granted_by) \
             DO UPDATE SET roles = excluded.roles, created_at = excluded.created_at, expires_at = excluded.expires_at"
        }
        // Another text than that of the store: PostgreSQL keeps the number of values with a statement.
        4 => "DELETE FROM pending_grants AS g WHERE g.user_pk = ?1",
        _ => "UPDATE users SET removed_at = CASE WHEN removed_at IS NULL THEN ?4 END WHERE pk = ?1",
    };
    let now = world.clock.clock().now();
    let expires_at = now + TimeDelta::hours(i64::try_from(random.below(60)).unwrap() - 20);
    sql::query(sql)
        .bind(user.0)
        .bind(node)
        .bind(roles)
        .bind(millis(now))
        .bind(millis(expires_at))
        .execute(tx)
        .await
        .unwrap();
    number
}

#[tokio::test]
async fn kept_counts_are_exact_after_random_changes() {
    let world = World::new(20, 80).await;
    let mut random = Random::new(21);
    for step in 0..400 {
        if random.chance(100) {
            let hours = i64::try_from(random.below(30)).unwrap() - 5;
            world.clock.advance(TimeDelta::hours(hours));
            world.store.expire_due_invitations().await.unwrap();
        } else {
            let mut tx = world.store.write().await.unwrap();
            let number = change(&world, &mut random, &mut tx).await;
            let user = world.people[number].account.id;
            refresh(&mut tx, &world.organisation, user, DirectoryChange::Access).await.unwrap();
            assert_exact(&mut tx, step).await;
            // Dropping the transaction rolls it back.
            if random.chance(800) {
                tx.commit().await.unwrap();
            }
        }
        assert_exact(&mut world.store.read().await.unwrap(), step).await;
    }
    let mut tx = world.store.write().await.unwrap();
    let now = tx.now();
    rebuild(&mut tx, &world.organisation, now).await.unwrap();
    assert_exact(&mut tx, 400).await;
}

#[tokio::test]
async fn totals_of_one_part_are_the_kept_counts() {
    let world = World::new(22, 40).await;
    let scope = world.scope(&manager_assignments()[0]);
    let filters =
        [UserFilters::default(), UserFilters { statuses: vec![Status::Active], ..UserFilters::default() }];
    let mut totals = Vec::new();
    for factor in [1, 3] {
        let mut tx = world.store.write().await.unwrap();
        let multiply = sql::query("UPDATE directory_counts SET users = users * ?");
        multiply.bind(factor).execute(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = world.store.read().await.unwrap();
        for filters in &filters {
            let total = world.store.total(&mut tx, &world.organisation, &scope, filters).await.unwrap();
            totals.push(total.value);
        }
    }
    assert!(totals[0] > totals[1] && totals[1] > 0, "{totals:?}");
    assert_eq!(totals[2..], [3 * totals[0], 3 * totals[1]], "no row is counted");
}
