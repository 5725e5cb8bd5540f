use proptest::prelude::*;
use studio_users_domain::{Change, NodeSet};

use crate::rules;
use crate::world::in_every_world;

#[test]
fn who_manages_what() {
    in_every_world(|world| {
        let access = world.actor_access();
        let mut managed = rules::nodes(&world.tree);
        managed.retain(|&node| rules::manages(&world.tree, &world.users[0], node));
        prop_assert_eq!(world.ids(world.actor(&access).managed()), managed);
        Ok(())
    });
}

/// A request that changes several people at once is judged on what all of them have afterwards.
#[test]
fn no_node_loses_its_last_manager_over_several_users() {
    in_every_world(|world| {
        let mut after = world.users.clone();
        after[world.subject].clone_from(&world.wanted);
        // Everybody else loses what the actor would take from them.
        for held in after.iter_mut().skip(2) {
            *held = rules::removed(&world.tree, &world.users[0], held);
        }
        let is_kept = (0..world.users.len()).all(|user| {
            let change = Change::new(&world.tree, &world.users[user], &after[user]);
            let others: NodeSet = world.managed_by_others(&after, user);
            change.keeps_managers(&others)
        });
        prop_assert_eq!(is_kept, rules::left_alone(&world.tree, &world.users, &after).is_empty());
        Ok(())
    });
}

#[test]
fn who_stops_managing_what_by_an_assignment_of_its_own() {
    in_every_world(|world| {
        let tree = &world.tree;
        let change = Change::new(tree, world.held(), &world.wanted);
        let ids =
            |positions: Vec<usize>| positions.into_iter().map(|at| tree.nodes()[at].id).collect::<Vec<_>>();
        let mut stops = rules::nodes(tree);
        stops.retain(|&node| {
            rules::manages(tree, world.held(), node) && !rules::manages(tree, &world.wanted, node)
        });
        prop_assert_eq!(ids(change.stops_managing().collect()), stops);

        let own = |held: &studio_users_domain::Assignments, node| {
            rules::source(tree, held, node) == Some(node) && rules::manages(tree, held, node)
        };
        let mut stops = rules::nodes(tree);
        stops.retain(|&node| own(world.held(), node) && !own(&world.wanted, node));
        prop_assert_eq!(ids(change.stops_managing_itself().collect()), stops);
        Ok(())
    });
}
