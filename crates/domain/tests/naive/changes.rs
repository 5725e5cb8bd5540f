use proptest::prelude::*;
use studio_users_domain::{Change, Denial, NodeKind, Notified, Role, capabilities_of, licensed_roles};

use crate::rules::{self, Denials, verdict};
use crate::world::{World, in_every_world, user};

pub(crate) fn denials(world: &World) -> Denials {
    let mut denials = rules::change(&world.tree, &world.users[0], world.held(), &world.wanted);
    if world.is_viewing {
        denials.insert(Denial::InsideView);
    }
    denials
}

/// Those of a change, and of what must hold after it.
pub(crate) fn assigning(world: &World) -> Denials {
    let mut denials = denials(world);
    let mut after = world.users.clone();
    after[world.subject].clone_from(&world.wanted);
    if !rules::left_alone(&world.tree, &world.users, &after).is_empty() {
        denials.insert(Denial::LastManager);
    }
    let stops = |&node: &_| {
        rules::manages(&world.tree, world.held(), node) && !rules::manages(&world.tree, &world.wanted, node)
    };
    if world.subject == 0 && rules::nodes(&world.tree).iter().any(stops) {
        denials.insert(Denial::OwnManagement);
    }
    denials
}

#[test]
fn who_may_change_what() {
    in_every_world(|world| {
        let access = world.actor_access();
        let actor = world.actor(&access);
        let change = Change::new(&world.tree, world.held(), &world.wanted);
        prop_assert_eq!(actor.may_change(&change), verdict(&denials(world)));

        let others = world.managed_by_others(&world.users, world.subject);
        let judged = actor.may_assign(user(world.subject), &change, &others);
        prop_assert_eq!(judged, verdict(&assigning(world)));
        Ok(())
    });
}

#[test]
fn an_organisation_manager_gives_every_licensed_role_but_administrator_where_they_manage_everything() {
    in_every_world(|world| {
        let access = world.actor_access();
        let actor = world.actor(&access);
        for (at, node) in world.tree.nodes().iter().enumerate() {
            let manages_all = world.tree.subtree(at).all(|below| access.at(below).manages());
            if world.is_viewing || !manages_all {
                continue;
            }
            for role in Role::all() {
                let wanted = rules::granted(&world.tree, world.held(), &[(node.id, role.into())].into());
                let change = Change::new(&world.tree, world.held(), &wanted);
                let has_administrator = world
                    .tree
                    .subtree(at)
                    .any(|at| change.after().at(at).effective.contains(Role::Administrator));
                let mut below = world.tree.subtree(at);
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
fn what_a_change_means_and_licences() {
    in_every_world(|world| {
        let tree = &world.tree;
        let change = Change::new(tree, world.held(), &world.wanted);
        let effects: Vec<_> = change.effects(tree).collect();
        for (at, node) in tree.nodes().iter().enumerate() {
            let able = |held| capabilities_of(rules::effective(tree, held, node.id));
            let (could, can) = (able(world.held()), able(&world.wanted));
            let notified = |access| node.kind == NodeKind::Environment && Notified::judge(access, true).value;
            let was_notified = notified(change.before().at(at));
            let is_notified = notified(change.after().at(at));
            match effects.iter().find(|effect| effect.at == at) {
                None => prop_assert_eq!((could, was_notified), (can, is_notified)),
                Some(effect) => {
                    prop_assert!((could, was_notified) != (can, is_notified));
                    prop_assert_eq!((could - effect.lost) | effect.gained, can);
                    prop_assert!(effect.gained.is_disjoint(could) && effect.lost.is_disjoint(can));
                    let told = (effect.was_notified, effect.is_notified);
                    prop_assert_eq!(told, (was_notified, is_notified));
                }
            }
            for role in Role::all() {
                let is_licensed = rules::is_licensed(tree, node.id, role);
                prop_assert_eq!(licensed_roles(tree, at).contains(role), is_licensed);
            }
        }
        Ok(())
    });
}
