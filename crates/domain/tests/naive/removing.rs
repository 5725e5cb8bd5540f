use proptest::prelude::*;
use studio_users_domain::{Assignments, Denial, NodeId, Taken, is_without_access};

use crate::rules::{self, Denials, verdict};
use crate::world::{World, in_every_world, user};

pub(crate) fn denials(world: &World) -> Denials {
    let (tree, actor) = (&world.tree, &world.users[0]);
    let left = rules::removed(tree, actor, world.held());
    let promised = rules::promised(tree, actor, &world.pending);
    let mut denials = rules::change(tree, actor, world.held(), &left);
    denials.extend(rules::change(tree, actor, &promised, &Assignments::new()));
    if world.is_viewing {
        denials.insert(Denial::InsideView);
    }
    if world.subject == 0 {
        denials.insert(Denial::OwnRemoval);
    }
    denials
}

pub(crate) fn leaves_alone(world: &World) -> bool {
    let mut after = world.users.clone();
    after[world.subject] = rules::removed(&world.tree, &world.users[0], world.held());
    !rules::left_alone(&world.tree, &world.users, &after).is_empty()
}

#[test]
fn a_removal_ends_access_where_the_actor_manages_and_only_there() {
    in_every_world(|world| {
        let (tree, access) = (&world.tree, world.actor_access());
        let actor = world.actor(&access);
        let judged = actor.may_remove(user(world.subject), &world.subject());
        prop_assert_eq!(judged.as_ref().map(|_| ()).map_err(|denial| *denial), verdict(&denials(world)));
        let Ok(removal) = judged else { return Ok(()) };

        prop_assert_eq!(&removal.left, &rules::removed(tree, &world.users[0], world.held()));
        let others = world.managed_by_others(&world.users, world.subject);
        prop_assert_eq!(removal.keeps_managers(&others).is_err(), leaves_alone(world));
        for (place, grant) in world.pending.iter().enumerate() {
            let is_managed = rules::manages(tree, &world.users[0], grant.node);
            prop_assert_eq!(removal.ended.contains(&place), is_managed);
        }
        for node in rules::nodes(tree) {
            let before = rules::effective(tree, world.held(), node);
            let after = rules::effective(tree, &removal.left, node);
            prop_assert!(after.is_subset(before));
            if rules::manages(tree, &world.users[0], node) {
                prop_assert!(after.is_empty());
                if removal.left.contains_key(&node) {
                    // Minimal: without what is written here, something would count.
                    let mut without = removal.left.clone();
                    without.remove(&node);
                    prop_assert!(!rules::effective(tree, &without, node).is_empty());
                }
            } else {
                prop_assert_eq!(removal.left.get(&node), world.held().get(&node));
            }
        }
        let nothing = rules::nodes(tree).iter().all(|&n| rules::effective(tree, &removal.left, n).is_empty());
        prop_assert_eq!(is_without_access(tree, &removal.left), nothing);
        Ok(())
    });
}

#[test]
fn exactly_what_was_taken_comes_back_unless_somebody_touched_it() {
    in_every_world(|world| {
        let left = rules::removed(&world.tree, &world.users[0], world.held());
        let taken = Taken::between(world.held(), &left);
        prop_assert_eq!(taken.give_back(&left), Some(world.held().clone()));

        // Somebody makes of what is left what they want.
        let mut since = left.clone();
        for (&node, &roles) in &world.grants {
            since.insert(node, roles);
        }
        let touched = |node: &NodeId| since.get(node) != left.get(node);
        let taken_at = |node: &NodeId| world.held().get(node) != left.get(node);
        let is_touched = world.grants.keys().any(|node| touched(node) && taken_at(node));
        let restored = taken.give_back(&since);
        prop_assert_eq!(restored.is_none(), is_touched);
        if let Some(restored) = restored {
            for node in rules::nodes(&world.tree) {
                let expected = if taken_at(&node) { world.held().get(&node) } else { since.get(&node) };
                prop_assert_eq!(restored.get(&node), expected);
            }
        }
        Ok(())
    });
}
