use proptest::prelude::*;
use studio_users_domain::{Change, Denial, NodeKind, NodesOverTime, Role, Warning};

use crate::changes;
use crate::rules::{self, Denials, Moment, verdict};
use crate::stored::Stored;
use crate::world::{World, in_every_world};

/// "A manager sees a person's sessions and ends them, if they manage every node at which the person has access. Refused
/// where the person is an administrator and the actor is not."
pub(crate) fn session_denials(world: &World) -> Denials {
    let (tree, now, me) = (&world.tree, world.now, &world.users[0]);
    let mut denials = Denials::new();
    if world.is_impersonating {
        denials.insert(Denial::InsideView);
    }
    let access =
        rules::nodes(tree).into_iter().map(|node| (node, rules::resumed(tree, world.held(), node, now)));
    let access: Vec<_> = access.filter(|(_, roles)| !roles.is_empty()).collect();
    if access.is_empty() || access.iter().any(|(node, _)| !rules::manages(tree, me, *node, now)) {
        denials.insert(Denial::NotManaged);
    }
    for (node, roles) in access {
        if roles.contains(Role::Administrator) && !rules::is_administrator(tree, me, node, now) {
            denials.insert(Denial::NeedsAdministrator);
        }
    }
    denials
}

#[test]
fn managed_nodes_match_the_reference() {
    in_every_world(|world| {
        let held = world.actor_held();
        let managed = rules::managed_nodes(&world.tree, &world.users[0], world.now);
        prop_assert_eq!(world.ids(world.actor(&held).managed()), managed);
        Ok(())
    });
}

#[test]
fn the_right_to_end_sessions_matches_the_reference() {
    in_every_world(|world| {
        let held = world.actor_held();
        let result = world.actor(&held).may_end_sessions(&world.target());
        prop_assert_eq!(result, verdict(&session_denials(world)));
        Ok(())
    });
}

/// A request for several users at once is checked against the state of all of them after it.
#[test]
fn keeps_the_last_manager_across_several_users() {
    in_every_world(|world| {
        let (tree, now) = (&world.tree, world.now);
        let mut after = world.users.clone();
        after[world.target].clone_from(&world.wanted);
        // All other users are removed by the actor.
        let managed = rules::managed_nodes(tree, &world.users[0], now);
        for held in after.iter_mut().skip(2) {
            *held = rules::after_removal(tree, &managed, held, now);
        }
        let is_kept = (0..world.users.len()).all(|user| {
            let change = Change::new(tree, world.users[user].held(now), after[user].held(now));
            change.keeps_managers(world.managed_by_others(&after, user))
        });
        let has_manager = |users: &[Stored], node, moment| {
            users.iter().any(|held| rules::manages(tree, held, node, moment))
        };
        let loses = |&node: &_, moment: Moment| {
            has_manager(&world.users, node, moment) && !has_manager(&after, node, moment)
        };
        let last = rules::moments(now).max().unwrap();
        let is_lost = rules::nodes(tree).iter().any(|node| loses(node, now) || loses(node, last));
        prop_assert!(!(is_kept && is_lost));
        Ok(())
    });
}

#[test]
fn lost_management_matches_the_reference() {
    in_every_world(|world| {
        let tree = &world.tree;
        let change = Change::new(tree, world.held().held(world.now), world.wanted.held(world.now));
        let ids = |positions: Vec<usize>| {
            positions.into_iter().map(|position| tree.nodes()[position].id).collect::<Vec<_>>()
        };
        let stops: Vec<_> = changes::stops_managing(world, &world.wanted).collect();
        prop_assert_eq!(ids(change.stops_managing().collect()), stops);

        let stops = |has: &dyn Fn(&Stored, usize, Moment) -> bool| -> Vec<usize> {
            let stops = |at: &usize| {
                rules::moments(world.now)
                    .any(|moment| has(world.held(), *at, moment) && !has(&world.wanted, *at, moment))
            };
            (0..tree.len()).filter(stops).collect()
        };
        let own = |held: &Stored, at, moment| manages_directly(world, held, at, moment);
        prop_assert_eq!(change.stops_managing_directly().collect::<Vec<_>>(), stops(&own));
        let notified = |held: &Stored, at, moment| rules::is_notified(tree, held, &tree.nodes()[at], moment);
        prop_assert_eq!(change.stops_notifying(tree).collect::<Vec<_>>(), stops(&notified));
        Ok(())
    });
}

/// The user is assigned a managing role in the environment itself.
fn manages_directly(world: &World, held: &Stored, position: usize, moment: Moment) -> bool {
    let node = world.tree.nodes()[position].id;
    held.assigned(node, moment).is_some() && rules::manages(&world.tree, held, node, moment)
}

/// "A change warns when an environment that the actor manages would be left with nobody who can be notified, or without
/// a manager of its own", at any moment.
#[test]
fn warnings_match_the_reference() {
    in_every_world(|world| {
        let (tree, held) = (&world.tree, world.actor_held());
        let actor = world.actor(&held);
        let change = Change::new(tree, world.held().held(world.now), world.wanted.held(world.now));
        let others = world.others(&world.users, world.target);
        let own_managers = NodesOverTime::managed_directly(tree, &others);
        let notified = NodesOverTime::notified(tree, &others);
        let mut users = world.users.clone();
        users[world.target].clone_from(&world.wanted);
        let mut expected = Vec::new();
        for at in actor.managed().iter().filter(|&at| tree.nodes()[at].kind == NodeKind::Environment) {
            type Has<'a> = &'a dyn Fn(&Stored, Moment) -> bool;
            let own: Has<'_> = &|held, moment| manages_directly(world, held, at, moment);
            let is_notified: Has<'_> =
                &|held, moment| rules::is_notified(tree, held, &tree.nodes()[at], moment);
            for (has, warning) in [(own, Warning::NoOwnManager), (is_notified, Warning::NobodyNotified)] {
                let is_left = rules::moments(world.now)
                    .any(|moment| has(world.held(), moment) && !users.iter().any(|held| has(held, moment)));
                if is_left {
                    expected.push((at, warning));
                }
            }
        }
        prop_assert_eq!(change.warnings(tree, actor.managed(), own_managers, notified), expected);
        Ok(())
    });
}
