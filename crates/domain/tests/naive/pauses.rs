//! "A pause covers its node and the nodes below, except those that the actor does not manage when pausing."

use proptest::prelude::*;
use studio_users_domain::{
    AccessDiff, Author, Denial, HeldAccess, NewPause, NodeId, Pause, Pausing, Resumption,
};

use crate::rules::{self, Denials, Terms, USUAL, verdict};
use crate::stored::Stored;
use crate::world::{World, in_every_world, user};
use crate::{changes, removal};

/// The node that the random request names. Every third one names none.
fn requested(world: &World) -> Option<NodeId> {
    let nodes = rules::nodes(&world.tree);
    (!world.pending.len().is_multiple_of(3)).then(|| nodes[world.grants[0].1.roles.len() % nodes.len()])
}

fn new_pause(world: &World) -> NewPause {
    NewPause {
        node: requested(world),
        since: world.now,
        until: world.grants[0].1.until,
        reason: "Holiday".into(),
    }
}

fn is_below(world: &World, node: NodeId, above: NodeId) -> bool {
    let mut path = std::iter::successors(Some(node), |&node| rules::parent(&world.tree, node));
    path.any(|node| node == above)
}

/// The nodes of the request: the named one, or each topmost node that the actor manages.
fn tops(world: &World) -> Vec<NodeId> {
    let managed = rules::managed_nodes(&world.tree, &world.users[0], world.now);
    let is_top =
        |node: &NodeId| managed.iter().all(|&above| above == *node || !is_below(world, *node, above));
    match requested(world) {
        Some(node) => managed.into_iter().filter(|&other| other == node).collect(),
        None => managed.iter().copied().filter(is_top).collect(),
    }
}

/// The managed nodes that a pause at `top` covers.
fn covered(world: &World, top: NodeId) -> Vec<NodeId> {
    let managed = rules::managed_nodes(&world.tree, &world.users[0], world.now);
    managed.into_iter().filter(|&node| is_below(world, node, top)).collect()
}

/// The nodes that are paused: those below each top at which the user has or will have a role.
fn needed(world: &World) -> Vec<NodeId> {
    let has_roles = |node: &NodeId| {
        let roles = |moment| rules::resumed(&world.tree, world.held(), *node, moment);
        rules::moments(world.now).any(|moment| !roles(moment).is_empty())
    };
    tops(world).into_iter().filter(|&top| covered(world, top).iter().any(has_roles)).collect()
}

/// "Allowed for everyone who could remove the user there, with the same denials."
pub(crate) fn pause_denials(world: &World) -> Denials {
    let nodes: Vec<_> = needed(world).into_iter().flat_map(|top| covered(world, top)).collect();
    let mut denials = removal::denials_at(world, &nodes);
    if tops(world).is_empty() && requested(world).is_some() {
        denials.insert(Denial::NotManaged);
    }
    denials
}

fn paused(world: &World, pausing: &Pausing) -> Stored {
    let pauses = world.held().pauses.iter().cloned().chain(pausing.pauses.iter().cloned()).collect();
    Stored { pauses, ..world.held().clone() }
}

#[test]
fn pauses_match_the_reference() {
    in_every_world(|world| {
        let (tree, now, held) = (&world.tree, world.now, world.actor_held());
        let (actor, target) = (world.actor(&held), world.target());
        let result = actor.may_pause(user(world.target), &target, &new_pause(world));
        let denied = result.as_ref().map(|_| ()).map_err(|denial| *denial);
        prop_assert_eq!(denied, verdict(&pause_denials(world)));
        let Ok(pausing) = result else { return Ok(()) };

        let after = paused(world, &pausing);
        prop_assert_eq!(pausing.remaining.access(tree), after.held(now).access(tree));
        for pause in &pausing.pauses {
            prop_assert!(needed(world).contains(&pause.node));
            prop_assert_eq!(pause.by, Author::User(user(0)));
        }
        let until = new_pause(world).until;
        for top in needed(world) {
            for node in covered(world, top) {
                let is_paused = |moment| rules::effective(tree, &after, node, moment).is_empty();
                let lasts = |moment: &_| until.is_none_or(|until| *moment < until);
                prop_assert!(rules::moments(now).filter(lasts).all(is_paused));
            }
        }
        for node in rules::nodes(tree) {
            let is_covered = needed(world).iter().any(|&top| covered(world, top).contains(&node));
            for moment in rules::moments(now) {
                let before = rules::effective(tree, world.held(), node, moment);
                let roles = rules::effective(tree, &after, node, moment);
                prop_assert!(roles.is_subset(before), "a pause gives no roles");
                let has_own = world.held().assigned(node, moment).is_some();
                prop_assert!(is_covered || !has_own || roles == before, "own entries of other nodes stay");
            }
        }
        let others = world.managed_by_others(&world.users, world.target);
        let is_left = !changes::nodes_without_manager(world, &after).is_empty();
        prop_assert_eq!(pausing.keeps_managers(&others).is_err(), is_left);
        Ok(())
    });
}

/// "Pausing and undoing at once is the identity", and nobody is refused the undo who could have made the change.
#[test]
fn pausing_and_undoing_at_once_is_the_identity() {
    in_every_world(|world| {
        let (now, held) = (world.now, world.actor_held());
        let (actor, target) = (world.actor(&held), world.target());
        let new = new_pause(world);
        let Ok(pausing) = actor.may_pause(user(world.target), &target, &new) else { return Ok(()) };
        let diff = AccessDiff::between(&target.held, &pausing.remaining);
        prop_assert_eq!(diff.revert(&pausing.remaining, now), Some(target.held.clone()));

        let mut without = target;
        without.held = HeldAccess::from(&without.held).resumed();
        let pausing = actor.may_pause(user(world.target), &without, &new).unwrap();
        let paused = studio_users_domain::TargetUser { held: pausing.remaining, ..without.clone() };
        match actor.may_resume(&paused, new.node) {
            Ok(resumption) => prop_assert_eq!(resumption.resumed, without.held),
            // Roles that a node below inherited, or an address that another manager vouches for.
            Err(denial) => prop_assert!(
                matches!(denial, Denial::ReachesBeyond | Denial::AddressUnconfirmed | Denial::NotManaged),
                "{denial:?}"
            ),
        }
        Ok(())
    });
}

/// "Undoing one's own pause is checked for now only; undoing another person's is checked over time. Resuming does not
/// ask for the licence. A pause above the actor's nodes cannot be resumed by them."
pub(crate) fn resume_denials(world: &World) -> Denials {
    let (tree, now, me) = (&world.tree, world.now, &world.users[0]);
    let mut denials = Denials::new();
    if world.is_impersonating {
        denials.insert(Denial::InsideView);
    }
    let (own, all) = (resumed(world, true), resumed(world, false));
    if all == *world.held() {
        let managed = rules::managed_nodes(tree, me, now);
        let is_paused = |node: &NodeId| {
            rules::effective(tree, world.held(), *node, now) != rules::resumed(tree, world.held(), *node, now)
        };
        if requested(world).is_some() || managed.iter().any(is_paused) {
            denials.insert(Denial::NotManaged);
        }
        return denials;
    }
    let undo = Terms { is_for_now: true, asks_licence: false };
    let over_time = Terms { asks_licence: false, ..USUAL };
    for (before, after, terms) in [(world.held(), &own, undo), (&own, &all, over_time)] {
        denials.extend(rules::change(tree, me, before, after, now, terms));
        denials.extend(rules::address(tree, user(0), world.unconfirmed_by, before, after, now, terms));
    }
    denials
}

/// What the user holds without the pauses that the actor may name, or only without the actor's own.
fn resumed(world: &World, only_own: bool) -> Stored {
    let is_ended = |pause: &Pause| {
        pause.until.is_none_or(|until| until > world.now)
            && rules::manages(&world.tree, &world.users[0], pause.node, world.now)
            && requested(world).is_none_or(|node| node == pause.node)
            && (!only_own || pause.by == Author::User(user(0)))
    };
    let pauses = world.held().pauses.iter().filter(|pause| !is_ended(pause)).cloned().collect();
    Stored { pauses, ..world.held().clone() }
}

#[test]
fn resuming_matches_the_reference() {
    in_every_world(|world| {
        let (now, held) = (world.now, world.actor_held());
        let result = world.actor(&held).may_resume(&world.target(), requested(world));
        let denied = result.as_ref().map(|_| ()).map_err(|denial| *denial);
        prop_assert_eq!(denied, verdict(&resume_denials(world)));
        let Ok(Resumption { ended, resumed: after, .. }) = result else { return Ok(()) };
        prop_assert_eq!(after, resumed(world, false).held(now));
        prop_assert!(ended.iter().all(|pause| world.held().pauses.contains(pause)));
        Ok(())
    });
}
