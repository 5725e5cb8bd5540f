use proptest::prelude::*;
use studio_users_domain::{Change, Denial, NodeKind, Notified, Role, capabilities_of, licensed_roles};

use crate::rules::{self, Denials, verdict};
use crate::world::{World, in_every_world, user};

pub(crate) fn denials(world: &World) -> Denials {
    let (held, wanted) = (world.held(), &world.wanted);
    let mut denials = rules::change(&world.tree, &world.users[0], held, wanted);
    denials.extend(rules::address(&world.tree, user(0), world.unconfirmed_by, held, wanted));
    if world.is_impersonating {
        denials.insert(Denial::InsideView);
    }
    denials
}

/// The denials of a change, including those of the state after it.
pub(crate) fn assign_denials(world: &World) -> Denials {
    let mut denials = denials(world);
    let mut after = world.users.clone();
    after[world.target].clone_from(&world.wanted);
    if !rules::nodes_without_manager(&world.tree, &world.users, &after).is_empty() {
        denials.insert(Denial::LastManager);
    }
    let stops = |&node: &_| {
        rules::manages(&world.tree, world.held(), node) && !rules::manages(&world.tree, &world.wanted, node)
    };
    if world.target == 0 && rules::nodes(&world.tree).iter().any(stops) {
        denials.insert(Denial::OwnManagement);
    }
    denials
}

#[test]
fn changes_match_the_reference() {
    in_every_world(|world| {
        let access = world.actor_access();
        let actor = world.actor(&access);
        let change = Change::of_user(&world.tree, &world.target(), &world.wanted);
        prop_assert_eq!(actor.may_change(&change), verdict(&denials(world)));

        let others = world.managed_by_others(&world.users, world.target);
        let result = actor.may_assign(user(world.target), &change, &others);
        prop_assert_eq!(result, verdict(&assign_denials(world)));
        Ok(())
    });
}

#[test]
fn managers_of_a_whole_subtree_give_every_licensed_role_except_administrator() {
    in_every_world(|world| {
        let access = world.actor_access();
        let actor = world.actor(&access);
        for (position, node) in world.tree.nodes().iter().enumerate() {
            let manages_all = world.tree.subtree(position).all(|below| access.at(below).manages());
            if world.is_impersonating || !manages_all {
                continue;
            }
            for role in Role::all() {
                let wanted = rules::with_grants(&world.tree, world.held(), &[(node.id, role.into())].into());
                let change = Change::new(&world.tree, world.held(), &wanted);
                let has_administrator = world
                    .tree
                    .subtree(position)
                    .any(|position| change.after().at(position).effective.contains(Role::Administrator));
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
        let tree = &world.tree;
        let change = Change::new(tree, world.held(), &world.wanted);
        let effects: Vec<_> = change.effects(tree).collect();
        for (position, node) in tree.nodes().iter().enumerate() {
            let capabilities = |held| capabilities_of(rules::effective(tree, held, node.id));
            let (had, has) = (capabilities(world.held()), capabilities(&world.wanted));
            let notified =
                |access| node.kind == NodeKind::Environment && Notified::evaluate(access, true).value;
            let was_notified = notified(change.before().at(position));
            let is_notified = notified(change.after().at(position));
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
