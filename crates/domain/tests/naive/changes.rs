use proptest::prelude::*;
use studio_users_domain::{Change, Denial, NodeId, Notified, Role, capabilities_of, licensed_roles};

use crate::rules::{self, Denials, USUAL, verdict};
use crate::stored::Stored;
use crate::world::{World, in_every_world, user};

pub(crate) fn denials(world: &World) -> Denials {
    let (held, wanted, now) = (world.held(), &world.wanted, world.now);
    let mut denials = rules::change(&world.tree, &world.users[0], held, wanted, now, USUAL);
    denials.extend(rules::address(&world.tree, user(0), world.unconfirmed_by, held, wanted, now, USUAL));
    if world.is_impersonating {
        denials.insert(Denial::InsideView);
    }
    denials
}

/// The denials of a change, including those of the state after it.
pub(crate) fn assign_denials(world: &World) -> Denials {
    let mut denials = denials(world);
    if !nodes_without_manager(world, &world.wanted).is_empty() {
        denials.insert(Denial::LastManager);
    }
    if world.target == 0 && stops_managing(world, &world.wanted).next().is_some() {
        denials.insert(Denial::OwnManagement);
    }
    denials
}

/// The nodes that the target user would manage at some moment, but does not after a change.
pub(crate) fn stops_managing<'a>(world: &'a World, after: &'a Stored) -> impl Iterator<Item = NodeId> + 'a {
    let (tree, held) = (&world.tree, world.held());
    rules::nodes(tree).into_iter().filter(move |&node| {
        rules::moments(world.now).any(|moment| {
            rules::manages(tree, held, node, moment) && !rules::manages(tree, after, node, moment)
        })
    })
}

/// "A node that had a manager now keeps one now, paused managers aside. A node that has one when everything with an end
/// has ended keeps one then. A node that has one at every moment keeps one at every moment."
pub(crate) fn nodes_without_manager(world: &World, after: &Stored) -> Vec<NodeId> {
    let (tree, now) = (&world.tree, world.now);
    let mut changed = world.users.clone();
    changed[world.target].clone_from(after);
    let has_manager =
        |users: &[Stored], node, moment| users.iter().any(|held| rules::manages(tree, held, node, moment));
    let last = rules::moments(now).max().unwrap();
    let mut nodes = rules::nodes(tree);
    nodes.retain(|&node| {
        let loses = |moment| has_manager(&world.users, node, moment) && !has_manager(&changed, node, moment);
        let always = |users: &[Stored]| rules::moments(now).all(|moment| has_manager(users, node, moment));
        loses(now) || loses(last) || always(&world.users) && !always(&changed)
    });
    nodes
}

#[test]
fn changes_match_the_reference() {
    in_every_world(|world| {
        let held = world.actor_held();
        let actor = world.actor(&held);
        let change = Change::of_user(&world.tree, &world.target(), world.wanted.held(world.now));
        prop_assert_eq!(actor.may_change(&change), verdict(&denials(world)));

        let others = world.managed_by_others(&world.users, world.target);
        let result = actor.may_assign(user(world.target), &change, &others);
        prop_assert_eq!(result, verdict(&assign_denials(world)));
        Ok(())
    });
}

#[test]
fn managers_of_a_whole_subtree_give_every_licensed_role_except_administrator_while_they_manage() {
    in_every_world(|world| {
        let (held, now) = (world.actor_held(), world.now);
        let actor = world.actor(&held);
        for (position, node) in world.tree.nodes().iter().enumerate() {
            let manages_all = |moment| {
                let mut below = world.tree.subtree(position).map(|below| world.tree.nodes()[below].id);
                below.all(|below| rules::manages(&world.tree, &world.users[0], below, moment))
            };
            if world.is_impersonating || !manages_all(now) || !world.held().pauses.is_empty() {
                continue;
            }
            // The first moment at which the actor manages less.
            let until = rules::moments(now).filter(|&moment| !manages_all(moment)).min();
            for role in Role::all() {
                let entry = studio_users_domain::Entry::new(role.into(), until);
                let wanted = rules::with_grants(&world.tree, world.held(), &vec![(node.id, entry)], now);
                let change = Change::new(&world.tree, world.held().held(now), wanted.held(now));
                let has_administrator = world.tree.subtree(position).any(|at| {
                    let below = world.tree.nodes()[at].id;
                    rules::moments(now).any(|moment| {
                        let (before, after) = (world.held(), &wanted);
                        rules::is_administrator(&world.tree, before, below, moment)
                            || rules::is_administrator(&world.tree, after, below, moment)
                    })
                });
                let mut below = world.tree.subtree(position);
                let is_licensed = below.all(|below| licensed_roles(&world.tree, below).contains(role));
                if !has_administrator && is_licensed {
                    prop_assert_eq!(actor.may_change(&change), Ok(()));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn effects_and_licences_match_the_reference() {
    in_every_world(|world| {
        let (tree, now) = (&world.tree, world.now);
        let change = Change::new(tree, world.held().held(now), world.wanted.held(now));
        let effects: Vec<_> = change.effects(tree).collect();
        for (position, node) in tree.nodes().iter().enumerate() {
            let capabilities = |held| capabilities_of(rules::effective(tree, held, node.id, now));
            let (had, has) = (capabilities(world.held()), capabilities(&world.wanted));
            let was_notified = rules::is_notified(tree, world.held(), node, now);
            let is_notified = rules::is_notified(tree, &world.wanted, node, now);
            let after = Notified::at(node, change.after().at(position), true);
            prop_assert_eq!(after.is_some_and(|after| after.value), is_notified);
            match effects.iter().find(|effect| effect.position == position) {
                None => prop_assert_eq!((had, was_notified), (has, is_notified)),
                Some(effect) => {
                    prop_assert!((had, was_notified) != (has, is_notified));
                    prop_assert_eq!((had - effect.lost) | effect.gained, has);
                    prop_assert!(effect.gained.is_disjoint(had) && effect.lost.is_disjoint(has));
                    let reported = (effect.was_notified, effect.is_notified);
                    prop_assert_eq!(reported, (was_notified, is_notified));
                }
            }
            for role in Role::all() {
                let is_licensed = rules::is_licensed(tree, node.id, role);
                prop_assert_eq!(licensed_roles(tree, position).contains(role), is_licensed);
            }
        }
        Ok(())
    });
}
