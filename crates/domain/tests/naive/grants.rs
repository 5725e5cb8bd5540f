use proptest::prelude::*;
use studio_users_domain::{
    Assignments, Change, Denial, Entries, HeldAccess, PendingGrant, blocked_grants, pending_entries,
    void_grants,
};

use crate::rules::{self, Denials, USUAL, verdict};
use crate::stored::Stored;
use crate::world::{World, in_every_world, user};

fn inside_view(world: &World) -> Denials {
    if world.is_impersonating { [Denial::InsideView].into() } else { Denials::new() }
}

pub(crate) fn grant_denials(world: &World, before: &Stored) -> Denials {
    let after = rules::with_grants(&world.tree, before, &world.grants, world.now);
    &rules::change(&world.tree, &world.users[0], before, &after, world.now, USUAL) | &inside_view(world)
}

pub(crate) fn issue_denials(world: &World, grant: &PendingGrant) -> Denials {
    let nothing = Stored::default();
    let after = alone(world, grant);
    &rules::change(&world.tree, &world.users[0], &nothing, &after, world.now, USUAL) | &inside_view(world)
}

/// What a user with only this grant would hold. A grant whose access has ended still counts now.
fn alone(world: &World, grant: &PendingGrant) -> Stored {
    let until = grant.until.map(|until| until.max(crate::world::at_once(world.now)));
    Stored {
        entries: vec![(grant.node, studio_users_domain::Entry { until, ..grant.entry() })],
        pauses: vec![],
    }
}

/// The denials of a user who granted roles, when the target user accepts them with a mailed link.
fn fulfil_denials(world: &World, granter: &Stored, grant: &PendingGrant) -> Denials {
    let after = rules::with_grants(&world.tree, world.held(), &alone(world, grant).entries, world.now);
    rules::change(&world.tree, granter, world.held(), &after, world.now, USUAL)
}

fn granter(world: &World, index: usize) -> Stored {
    let granted_by = world.pending[index].granted_by;
    let granter = (0..3).find(|&number| user(number) == granted_by).unwrap();
    world.users.get(granter).cloned().unwrap_or_default()
}

/// "A grant that its granter could no longer give, even once resumed, cannot be accepted."
pub(crate) fn is_void(world: &World, index: usize) -> bool {
    let granter = granter(world, index).without_pauses();
    !fulfil_denials(world, &granter, &world.pending[index]).is_empty()
}

/// "While its granter is paused, a grant cannot be accepted but is kept."
pub(crate) fn is_blocked(world: &World, index: usize) -> bool {
    let granter = granter(world, index);
    !is_void(world, index) && !fulfil_denials(world, &granter, &world.pending[index]).is_empty()
}

pub(crate) fn acceptable(world: &World) -> Vec<PendingGrant> {
    let indices =
        (0..world.pending.len()).filter(|&index| !is_void(world, index) && !is_blocked(world, index));
    indices.map(|index| world.pending[index].clone()).collect()
}

/// "The corrector must have the right to revoke and to issue each grant that moves. The others stay."
pub(crate) fn correct(world: &World) -> Result<(Vec<usize>, Assignments), Denial> {
    let (tree, me, now) = (&world.tree, &world.users[0], world.now);
    verdict(&inside_view(world))?;
    let here: Vec<usize> = (0..world.pending.len())
        .filter(|&index| rules::manages(tree, me, world.pending[index].node, now))
        .collect();
    if here.is_empty() {
        return Err(Denial::NoInvitation);
    }
    let joined =
        |node: &_| rules::manages(tree, me, *node, now) && crate::visibility::has_joined(world, *node);
    if rules::nodes(tree).iter().any(joined) {
        return Err(Denial::HasJoined);
    }
    let nothing = Stored::default();
    let denials = |index: usize| {
        let alone = alone(world, &world.pending[index]);
        &rules::change(tree, me, &alone, &nothing, now, USUAL)
            | &rules::change(tree, me, &nothing, &alone, now, USUAL)
    };
    let (moved, kept): (Vec<usize>, Vec<usize>) =
        here.into_iter().partition(|&index| denials(index).is_empty());
    if moved.is_empty() {
        return Err(*kept.into_iter().flat_map(denials).collect::<Denials>().first().unwrap());
    }
    let merged = |indices: &[usize]| {
        let grants: Vec<_> = indices.iter().map(|&index| world.pending[index].clone()).collect();
        rules::pending_held(tree, me, &grants, now)
    };
    let all = rules::pending_held(tree, me, &world.pending, now);
    verdict(&rules::change(tree, me, &all, &merged(&kept), now, USUAL))?;
    let receiver = rules::pending_held(tree, me, &world.receiver, now);
    let grants = merged(&moved);
    let after = rules::with_grants(tree, &receiver, &grants.entries, now);
    verdict(&rules::change(tree, me, &receiver, &after, now, USUAL))?;
    let roles = |(node, _): &(_, _)| (*node, grants.assigned(*node, now).unwrap());
    Ok((moved, grants.entries.iter().map(roles).collect()))
}

/// "A link covers only grants at nodes that the actor manages, that the actor could issue themselves, and that the user
/// could then accept."
pub(crate) fn send_link(world: &World) -> Result<Vec<usize>, Denial> {
    verdict(&inside_view(world))?;
    let here: Vec<usize> = (0..world.pending.len())
        .filter(|&index| rules::manages(&world.tree, &world.users[0], world.pending[index].node, world.now))
        .filter(|&index| world.pending[index].until.is_none_or(|until| until > world.now))
        .collect();
    // A change by a grant counts only if the actor could issue the grant.
    let denials = |index: usize| {
        let grant = &world.pending[index];
        let denials = issue_denials(world, grant);
        if denials.is_empty() { fulfil_denials(world, &world.users[0], grant) } else { denials }
    };
    let covered: Vec<usize> = here.iter().copied().filter(|&index| denials(index).is_empty()).collect();
    if !covered.is_empty() {
        return Ok(covered);
    }
    let first = |index: &usize| denials(*index).first().copied();
    let denials: Denials = here.iter().filter_map(first).collect();
    Err(denials.first().copied().unwrap_or(Denial::NoInvitation))
}

/// A copied link opens the covered grants that have not expired.
pub(crate) fn copy_link(world: &World) -> Result<Vec<usize>, Denial> {
    let mut open = send_link(world)?;
    open.retain(|&index| world.pending[index].expires_at > world.now);
    if open.is_empty() { Err(Denial::InvitationExpired) } else { Ok(open) }
}

#[test]
fn grants_and_links_match_the_reference() {
    in_every_world(|world| {
        let (held, now) = (world.actor_held(), world.now);
        let actor = world.actor(&held);
        let grants = Entries::from_iter(world.grants.clone());
        let pending = rules::pending_held(&world.tree, &world.users[0], &world.pending, now);
        let nothing = Stored::default();
        let entries = pending_entries(&world.tree, actor.managed(), &world.pending);
        let given = |before: HeldAccess| actor.may_grant(before, &grants);
        prop_assert_eq!(given(entries.into()), verdict(&grant_denials(world, &pending)));
        for before in [&nothing, world.held()] {
            prop_assert_eq!(given(before.held(now)), verdict(&grant_denials(world, before)));
            let after = before.held(now).with_grants(&world.tree, &grants);
            let expected = rules::with_grants(&world.tree, before, &world.grants, now);
            prop_assert_eq!(after, expected.held(now));
        }
        for grant in &world.pending {
            let denials = issue_denials(world, grant);
            prop_assert_eq!(actor.may_issue(grant), verdict(&denials));
            let is_own = grant.granted_by == user(0);
            prop_assert_eq!(actor.link_accepts(grant), is_own || denials.is_empty());
        }
        let target = world.target();
        prop_assert_eq!(actor.may_send_link(&target, now), send_link(world));
        prop_assert_eq!(actor.may_copy_link(&target, now), copy_link(world));
        Ok(())
    });
}

/// The grants that a link covers become the actor's own. So the user can accept each of them at once.
#[test]
fn no_link_is_dead_from_the_start() {
    in_every_world(|world| {
        let (held, target) = (world.actor_held(), world.target());
        let Ok(covered) = world.actor(&held).may_send_link(&target, world.now) else { return Ok(()) };
        let mut taken_over = target;
        for &index in &covered {
            taken_over.pending[index].granted_by = user(0);
        }
        let held_by = |granter| (granter == user(0)).then_some(&held);
        let refused = [
            void_grants(&world.tree, &taken_over, held_by),
            blocked_grants(&world.tree, &taken_over, held_by),
        ];
        prop_assert!(covered.iter().all(|index| refused.iter().all(|refused| !refused.contains(index))));
        Ok(())
    });
}

#[test]
fn void_and_blocked_grants_match_the_reference() {
    in_every_world(|world| {
        let users: Vec<_> = world.users.iter().map(|held| held.held(world.now)).collect();
        let nobody = HeldAccess::default();
        let held_by = |granter| {
            let known = (0..users.len()).find(|&number| user(number) == granter);
            Some(known.map_or(&nobody, |at| &users[at]))
        };
        let target = world.target();
        prop_assert_eq!(void_grants(&world.tree, &target, held_by), target.void.clone());
        prop_assert_eq!(blocked_grants(&world.tree, &target, held_by), target.blocked);
        Ok(())
    });
}

#[test]
fn corrections_match_the_reference() {
    in_every_world(|world| {
        let held = world.actor_held();
        let corrected = world.actor(&held).may_correct(&world.target(), &world.receiver);
        let corrected = corrected.map(|correction| (correction.moved, correction.grants));
        prop_assert_eq!(corrected, correct(world));
        Ok(())
    });
}

/// Nobody gains, by a correction, the right to give what they could not give: each moved grant can be issued by the
/// actor alone, and grants at other nodes stay.
#[test]
fn a_correction_moves_only_what_the_actor_could_invite_with() {
    in_every_world(|world| {
        let held = world.actor_held();
        let actor = world.actor(&held);
        let Ok(correction) = actor.may_correct(&world.target(), &world.receiver) else { return Ok(()) };
        for &index in &correction.moved {
            let grant = &world.pending[index];
            let alone: Entries = [(grant.node, grant.entry())].into_iter().collect();
            prop_assert_eq!(actor.may_grant(HeldAccess::default(), &alone), Ok(()));
            prop_assert_eq!(actor.may_revoke(std::slice::from_ref(grant)), Ok(()));
        }
        Ok(())
    });
}

/// No change, whatever it assigns, brings a role to a user whose address nobody but another manager vouches for.
#[test]
fn an_unconfirmed_address_gains_nothing_from_other_managers() {
    in_every_world(|world| {
        let (held, mut target, now) = (world.actor_held(), world.target(), world.now);
        target.unconfirmed_by = Some(user(2));
        let actor = world.actor(&held);
        let granted = rules::with_grants(&world.tree, world.held(), &world.grants, now);
        for after in [&world.wanted, &granted] {
            let change = Change::of_user(&world.tree, &target, after.held(now));
            if actor.may_change(&change).is_ok() {
                for (node, moment) in rules::nodes(&world.tree)
                    .into_iter()
                    .flat_map(|node| rules::moments(now).map(move |moment| (node, moment)))
                {
                    let had = rules::effective(&world.tree, world.held(), node, moment);
                    prop_assert!(rules::effective(&world.tree, after, node, moment).is_subset(had));
                }
            }
        }
        Ok(())
    });
}

/// "An Operator for good who becomes Producer until Friday is an Operator on Saturday."
#[test]
fn grants_take_no_access_away_now_nor_from_an_own_entry_later() {
    in_every_world(|world| {
        let now = world.now;
        let after =
            world.held().held(now).with_grants(&world.tree, &Entries::from_iter(world.grants.clone()));
        let access = after.access(&world.tree);
        for (position, node) in rules::nodes(&world.tree).into_iter().enumerate() {
            let before = rules::effective(&world.tree, world.held(), node, now);
            prop_assert!(access.at(position).effective.is_superset(before));
            for moment in rules::moments(now) {
                let later = after.later(moment).access(&world.tree);
                let own = world.held().assigned(node, moment).unwrap_or_default();
                prop_assert!(later.at(position).resumed().is_superset(own));
            }
        }
        Ok(())
    });
}
