use proptest::prelude::*;
use studio_users_domain::{AssignmentDiff, Assignments, Denial, NodeId, is_without_access};

use crate::rules::{self, Denials, verdict};
use crate::world::{World, in_every_world, user};

pub(crate) fn denials(world: &World) -> Denials {
    let (tree, actor) = (&world.tree, &world.users[0]);
    let remaining = rules::assignments_after_removal(tree, actor, world.held());
    let pending = rules::pending_assignments(tree, actor, &world.pending);
    let mut denials = rules::change(tree, actor, world.held(), &remaining);
    denials.extend(rules::change(tree, actor, &pending, &Assignments::new()));
    if world.is_impersonating {
        denials.insert(Denial::InsideView);
    }
    if world.target == 0 {
        denials.insert(Denial::OwnRemoval);
    }
    denials
}

pub(crate) fn leaves_no_manager(world: &World) -> bool {
    let mut after = world.users.clone();
    after[world.target] = rules::assignments_after_removal(&world.tree, &world.users[0], world.held());
    !rules::nodes_without_manager(&world.tree, &world.users, &after).is_empty()
}

#[test]
fn ends_access_only_at_managed_nodes() {
    in_every_world(|world| {
        let (tree, access) = (&world.tree, world.actor_access());
        let actor = world.actor(&access);
        let result = actor.may_remove(user(world.target), &world.target());
        prop_assert_eq!(result.as_ref().map(|_| ()).map_err(|denial| *denial), verdict(&denials(world)));
        let Ok(removal) = result else { return Ok(()) };

        prop_assert_eq!(
            &removal.remaining,
            &rules::assignments_after_removal(tree, &world.users[0], world.held())
        );
        let others = world.managed_by_others(&world.users, world.target);
        prop_assert_eq!(removal.keeps_managers(&others).is_err(), leaves_no_manager(world));
        for (index, grant) in world.pending.iter().enumerate() {
            let is_managed = rules::manages(tree, &world.users[0], grant.node);
            prop_assert_eq!(removal.revoked.contains(&index), is_managed);
        }
        for node in rules::nodes(tree) {
            let before = rules::effective(tree, world.held(), node);
            let after = rules::effective(tree, &removal.remaining, node);
            prop_assert!(after.is_subset(before));
            if rules::manages(tree, &world.users[0], node) {
                prop_assert!(after.is_empty());
                if removal.remaining.contains_key(&node) {
                    // The empty set is needed: without it, the user would inherit roles.
                    let mut without = removal.remaining.clone();
                    without.remove(&node);
                    prop_assert!(!rules::effective(tree, &without, node).is_empty());
                }
            } else {
                prop_assert_eq!(removal.remaining.get(&node), world.held().get(&node));
            }
        }
        let nothing =
            rules::nodes(tree).iter().all(|&n| rules::effective(tree, &removal.remaining, n).is_empty());
        prop_assert_eq!(is_without_access(tree, &removal.remaining), nothing);
        Ok(())
    });
}

#[test]
fn restores_the_removed_access_unless_it_changed_since() {
    in_every_world(|world| {
        let remaining = rules::assignments_after_removal(&world.tree, &world.users[0], world.held());
        let diff = AssignmentDiff::between(world.held(), &remaining);
        prop_assert_eq!(diff.revert(&remaining), Some(world.held().clone()));

        // The assignments change after the removal.
        let mut since = remaining.clone();
        for (&node, &roles) in &world.grants {
            since.insert(node, roles);
        }
        let changed_since = |node: &NodeId| since.get(node) != remaining.get(node);
        let was_removed = |node: &NodeId| world.held().get(node) != remaining.get(node);
        let is_changed = world.grants.keys().any(|node| changed_since(node) && was_removed(node));
        let restored = diff.revert(&since);
        prop_assert_eq!(restored.is_none(), is_changed);
        if let Some(restored) = restored {
            for node in rules::nodes(&world.tree) {
                let expected = if was_removed(&node) { world.held().get(&node) } else { since.get(&node) };
                prop_assert_eq!(restored.get(&node), expected);
            }
        }
        Ok(())
    });
}
