use proptest::prelude::*;
use studio_users_domain::{Change, NodeSet};

use crate::rules;
use crate::world::in_every_world;

#[test]
fn managed_nodes_match_the_reference() {
    in_every_world(|world| {
        let access = world.actor_access();
        let mut managed = rules::nodes(&world.tree);
        managed.retain(|&node| rules::manages(&world.tree, &world.users[0], node));
        prop_assert_eq!(world.ids(world.actor(&access).managed()), managed);
        Ok(())
    });
}

/// A request for several users at once is checked against the state of all of them after it.
#[test]
fn keeps_the_last_manager_across_several_users() {
    in_every_world(|world| {
        let mut after = world.users.clone();
        after[world.target].clone_from(&world.wanted);
        // All other users are removed by the actor.
        for held in after.iter_mut().skip(2) {
            *held = rules::assignments_after_removal(&world.tree, &world.users[0], held);
        }
        let is_kept = (0..world.users.len()).all(|user| {
            let change = Change::new(&world.tree, &world.users[user], &after[user]);
            let others: NodeSet = world.managed_by_others(&after, user);
            change.keeps_managers(&others)
        });
        prop_assert_eq!(is_kept, rules::nodes_without_manager(&world.tree, &world.users, &after).is_empty());
        Ok(())
    });
}

#[test]
fn lost_management_matches_the_reference() {
    in_every_world(|world| {
        let tree = &world.tree;
        let change = Change::new(tree, world.held(), &world.wanted);
        let ids = |positions: Vec<usize>| {
            positions.into_iter().map(|position| tree.nodes()[position].id).collect::<Vec<_>>()
        };
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
        prop_assert_eq!(ids(change.stops_managing_directly().collect()), stops);
        Ok(())
    });
}
