//! Sequences of changes by several people, while time passes.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use proptest::prelude::*;
use studio_users_domain::{
    AccessDiff, Actor, Author, Change, Entries, HeldAccess, NewPause, NodeId, NodesOverTime, Role, TargetUser,
};

use crate::choices::Choices;
use crate::rules::{self, Moment};
use crate::stored::Stored;
use crate::world::{START, World, in_every_sequence, user};

/// A change that can be undone: its target user, its author and what it changed.
type Past = (usize, usize, AccessDiff);

/// What each person was ever rightfully given: a role at a node at a moment.
type Given = BTreeSet<(usize, NodeId, Role, Moment)>;

/// "No sequence of allowed changes gives a person a role for longer than the giver had the right to give it, by their
/// access at the moment of giving. No node that had a manager without an end is ever without one."
#[test]
fn nobody_has_a_role_for_longer_than_its_giver_could_give_it() {
    in_every_sequence(|world, choices| {
        let (tree, mut users, mut now) = (&world.tree, world.users.clone(), world.now);
        let mut given = initially_given(world);
        let managed = always_managed(world);
        let mut past = Vec::new();
        for _ in 0..8 {
            let (actor, target) = (choices.below(users.len()), choices.below(users.len()));
            if let Some(after) = attempt(world, &users, now, (actor, target), choices, &mut past) {
                give(world, &mut given, &users[actor], target, now);
                users[target] = after;
            }
            now += TimeDelta::days([0, 0, 1][choices.below(3)]);
            for (index, held) in users.iter().enumerate() {
                for (node, moment) in everywhere(world, now) {
                    for role in rules::effective(tree, held, node, moment) {
                        prop_assert!(given.contains(&(index, node, role, moment)), "{role:?} at {moment}");
                    }
                }
            }
            for &node in &managed {
                prop_assert!(users.iter().any(|held| rules::manages(tree, held, node, now)));
            }
        }
        Ok(())
    });
}

fn everywhere(world: &World, now: Moment) -> impl Iterator<Item = (NodeId, Moment)> {
    let nodes = rules::nodes(&world.tree).into_iter();
    nodes.flat_map(move |node| moments(now).map(move |moment| (node, moment)))
}

/// Every day from now on at which time passes or anything ends in a sequence.
fn moments(now: Moment) -> impl Iterator<Item = Moment> {
    let days = (0..=10).map(|days| START + TimeDelta::days(days));
    days.filter(move |&moment| moment >= now)
}

/// What the users have at the start, with any of their pauses.
fn initially_given(world: &World) -> Given {
    let mut given = Given::new();
    for (index, held) in world.users.iter().enumerate() {
        for subset in 0..1_usize << held.pauses.len() {
            let pauses = held.pauses.iter().enumerate().filter(|(at, _)| subset & 1 << at != 0);
            let held = held.with_pauses(pauses.map(|(_, pause)| pause.clone()).collect());
            for (node, moment) in everywhere(world, world.now) {
                let roles = rules::effective(&world.tree, &held, node, moment);
                given.extend(roles.iter().map(|role| (index, node, role, moment)));
            }
        }
    }
    given
}

/// Adds everything that an actor has the right to give to a user: now, and at each moment at which it is effective.
fn give(world: &World, given: &mut Given, actor: &Stored, target: usize, now: Moment) {
    for (node, moment) in everywhere(world, now) {
        for role in Role::all() {
            let may = |at| {
                let is_administrator = rules::is_administrator(&world.tree, actor, node, at);
                rules::manages(&world.tree, actor, node, at)
                    && (role != Role::Administrator || is_administrator)
            };
            if may(now) && may(moment) {
                given.insert((target, node, role, moment));
            }
        }
    }
}

fn always_managed(world: &World) -> Vec<NodeId> {
    let mut nodes = rules::nodes(&world.tree);
    nodes.retain(|&node| {
        let is_managed =
            |moment| world.users.iter().any(|held| rules::manages(&world.tree, held, node, moment));
        moments(world.now).all(is_managed)
    });
    nodes
}

/// Makes a random change, if it is allowed. Returns what the target user holds afterwards.
fn attempt(
    world: &World,
    users: &[Stored],
    now: Moment,
    (actor, target): (usize, usize),
    choices: &Choices<'_>,
    past: &mut Vec<Past>,
) -> Option<Stored> {
    let tree = &world.tree;
    let held: Vec<HeldAccess> = users.iter().map(|held| held.held(now)).collect();
    let me = Actor::holding(tree, user(actor), &held[actor], false);
    let them = TargetUser { held: held[target].clone(), ..TargetUser::default() };
    let others = held.iter().enumerate().filter(|&(index, _)| index != target).map(|(_, held)| held);
    let others = NodesOverTime::managed(tree, others);
    let assign = |after: HeldAccess| {
        let change = Change::of_user(tree, &them, &after);
        me.may_assign(user(target), &change, &others).ok().map(|()| after)
    };
    let author = Author::User(user(actor));
    let gift = || choices.gift(now).given(author, now);
    let new = |node| NewPause { node, since: now, until: choices.gift(now).until, reason: "Holiday".into() };
    let node = choices.node(tree);
    let after = match choices.below(8) {
        0 | 1 => {
            let entries: Vec<_> = (0..choices.below(3)).map(|_| gift()).collect();
            assign(them.held.with_replaced(BTreeMap::from([(node, entries)])))?
        }
        2 => assign(them.held.with_grants(tree, &[(node, gift())].into_iter().collect::<Entries>()))?,
        3 => {
            let position = tree.position(node)?;
            let until = choices.gift(now).until;
            assign(them.held.with_assigned_here(tree, position, until, author, now))?
        }
        4 => {
            let removal = me.may_remove(user(target), &them).ok()?;
            removal.keeps_managers(&others).ok()?;
            removal.remaining
        }
        5 => {
            let node = choices.one_in(2).then_some(node);
            let pausing = me.may_pause(user(target), &them, &new(node)).ok()?;
            pausing.keeps_managers(&others).ok()?;
            pausing.remaining
        }
        6 => me.may_resume(&them, choices.one_in(2).then_some(node)).ok()?.resumed,
        _ => {
            let own = past.iter().rposition(|&(user, _, _)| user == target)?;
            let (_, by, diff) = past.remove(own);
            let undo = me.undo(&them, &diff, Author::User(user(by)), now)?;
            me.may_assign(user(target), &undo.change, &others).ok()?;
            return Some(stored(&undo.restored));
        }
    };
    past.push((target, actor, AccessDiff::between(&them.held, &after)));
    Some(stored(&after))
}

fn stored(held: &HeldAccess) -> Stored {
    let entries = held.entries().iter().chain(held.ended().iter());
    Stored {
        entries: entries.map(|(node, entry)| (node, entry.clone())).collect(),
        pauses: held.pauses().to_vec(),
    }
}
