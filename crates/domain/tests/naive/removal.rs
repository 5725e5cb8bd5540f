use proptest::prelude::*;
use studio_users_domain::{AccessDiff, AssignmentDiff, Denial, NodeId, is_without_access, keeps_trace};

use crate::changes;
use crate::rules::{self, Denials, USUAL, verdict};
use crate::stored::Stored;
use crate::world::{World, in_every_world, user};

pub(crate) fn denials(world: &World) -> Denials {
    let managed = rules::managed_nodes(&world.tree, &world.users[0], world.now);
    denials_at(world, &managed)
}

/// The denials of a removal of the target user from some nodes.
pub(crate) fn denials_at(world: &World, nodes: &[NodeId]) -> Denials {
    let (tree, actor, now) = (&world.tree, &world.users[0], world.now);
    let remaining = rules::after_removal(tree, nodes, world.held(), now);
    let pending: Vec<_> = world.pending.iter().filter(|grant| nodes.contains(&grant.node)).cloned().collect();
    let pending = rules::pending_held(tree, actor, &pending, now);
    let mut denials = rules::change(tree, actor, world.held(), &remaining, now, USUAL);
    denials.extend(rules::change(tree, actor, &pending, &Stored::default(), now, USUAL));
    if world.is_impersonating {
        denials.insert(Denial::InsideView);
    }
    if world.target == 0 {
        denials.insert(Denial::OwnRemoval);
    }
    denials
}

pub(crate) fn remaining(world: &World) -> Stored {
    let managed = rules::managed_nodes(&world.tree, &world.users[0], world.now);
    rules::after_removal(&world.tree, &managed, world.held(), world.now)
}

pub(crate) fn leaves_no_manager(world: &World) -> bool {
    !changes::nodes_without_manager(world, &remaining(world)).is_empty()
}

#[test]
fn ends_access_only_at_managed_nodes() {
    in_every_world(|world| {
        let (tree, held, now) = (&world.tree, world.actor_held(), world.now);
        let actor = world.actor(&held);
        let result = actor.may_remove(user(world.target), &world.target());
        prop_assert_eq!(result.as_ref().map(|_| ()).map_err(|denial| *denial), verdict(&denials(world)));
        let Ok(removal) = result else { return Ok(()) };

        let remaining = remaining(world);
        prop_assert_eq!(&removal.remaining, &remaining.held(now));
        let others = world.managed_by_others(&world.users, world.target);
        prop_assert_eq!(removal.keeps_managers(&others).is_err(), leaves_no_manager(world));
        for (index, grant) in world.pending.iter().enumerate() {
            let is_managed = rules::manages(tree, &world.users[0], grant.node, now);
            prop_assert_eq!(removal.revoked.contains(&index), is_managed);
        }
        for node in rules::nodes(tree) {
            let is_managed = rules::manages(tree, &world.users[0], node, now);
            for moment in rules::moments(now) {
                let before = rules::resumed(tree, world.held(), node, moment);
                let after = rules::resumed(tree, &remaining, node, moment);
                prop_assert!(after.is_subset(before));
                prop_assert!(!is_managed || after.is_empty());
            }
            if is_managed && remaining.assigned(node, now).is_some() {
                // The empty set is needed: without it, the user would inherit roles, now or later.
                let mut without = remaining.clone();
                without.entries.retain(|(other, _)| *other != node);
                let inherits = |moment| !rules::resumed(tree, &without, node, moment).is_empty();
                prop_assert!(rules::moments(now).any(inherits));
            }
            if !is_managed {
                prop_assert_eq!(remaining.entries_at(node, now), world.held().entries_at(node, now));
            }
        }
        let nothing = rules::nodes(tree).iter().all(|&node| {
            rules::moments(now).all(|moment| rules::resumed(tree, &remaining, node, moment).is_empty())
        });
        prop_assert_eq!(is_without_access(tree, &removal.remaining), nothing);
        Ok(())
    });
}

#[test]
fn an_account_leaves_a_trace_while_it_is_paused_or_has_ended_recently() {
    in_every_world(|world| {
        let is_paused = world.held().pauses.iter().any(|pause| pause.until.is_none_or(|end| end > world.now));
        let has_ended = rules::nodes(&world.tree).iter().any(|&node| world.held().has_ended(node, world.now));
        let elsewhere = world.held().entries.iter().any(|(node, _)| world.tree.position(*node).is_none());
        prop_assert!(elsewhere || keeps_trace(&world.held().held(world.now)) == (is_paused || has_ended));
        Ok(())
    });
}

#[test]
fn restores_the_removed_access_unless_it_changed_since() {
    in_every_world(|world| {
        let (now, held) = (world.now, world.held());
        let removed = remaining(world);
        let diff = AccessDiff::between(&held.held(now), &removed.held(now));
        let restored = diff.revert(&removed.held(now), now).unwrap();
        let before = held.held(now);
        prop_assert_eq!(restored.entries(), before.entries());
        prop_assert_eq!(restored.pauses(), before.pauses(), "pauses stay in force");

        // The access changes after the removal.
        let since = rules::with_grants(&world.tree, &removed, &world.grants, now);
        let differs =
            |one: &Stored, other: &Stored, node| one.entries_at(node, now) != other.entries_at(node, now);
        let was_removed = |node: NodeId| differs(held, &removed, node);
        let mut granted = world.grants.iter().map(|(node, _)| *node);
        let is_changed = granted.any(|node| differs(&since, &removed, node) && was_removed(node));
        let restored = diff.revert(&since.held(now), now);
        prop_assert_eq!(restored.is_none(), is_changed);
        if let Some(restored) = restored {
            for node in rules::nodes(&world.tree) {
                let expected = if was_removed(node) { held } else { &since };
                prop_assert_eq!(restored.entries().at(node), expected.entries_at(node, now));
            }
        }
        Ok(())
    });
}

/// Ends that pass between a removal and its undo are no change, and nothing that has ended comes back.
#[test]
fn a_removal_can_be_undone_after_something_has_ended() {
    in_every_world(|world| {
        let (now, held) = (world.now, world.held());
        let removed = remaining(world);
        let diff = AccessDiff::between(&held.held(now), &removed.held(now));
        for moment in rules::moments(now) {
            let restored = diff.revert(&removed.held(now).later(moment), moment).unwrap();
            let expected = held.held(now).later(moment);
            prop_assert_eq!(restored.entries(), expected.entries());
        }
        Ok(())
    });
}

/// The form of a diff that the backend stores until it knows entries.
#[test]
fn restores_removed_assignments_unless_they_changed_since() {
    in_every_world(|world| {
        let (held, removed) = (world.held().held(world.now).assignments(), remaining(world));
        let removed = removed.held(world.now).assignments();
        let diff = AssignmentDiff::between(&held, &removed);
        prop_assert_eq!(diff.revert(&removed), Some(held.clone()));
        let mut since = removed.clone();
        since.extend(world.grants.iter().map(|(node, entry)| (*node, entry.roles)));
        let differs = |one: &NodeId| since.get(one) != removed.get(one) && held.get(one) != removed.get(one);
        prop_assert_eq!(diff.revert(&since).is_none(), since.keys().any(differs));
        Ok(())
    });
}
