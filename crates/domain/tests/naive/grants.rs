use proptest::prelude::*;
use studio_users_domain::{
    Access, Assignments, Change, Denial, PendingGrant, pending_assignments, void_grants, with_grants,
};

use crate::rules::{self, Denials, verdict};
use crate::world::{NOW, World, in_every_world, user};

fn inside_view(world: &World) -> Denials {
    if world.is_impersonating { [Denial::InsideView].into() } else { Denials::new() }
}

pub(crate) fn grant_denials(world: &World, before: &Assignments) -> Denials {
    let after = rules::with_grants(&world.tree, before, &world.grants);
    &rules::change(&world.tree, &world.users[0], before, &after) | &inside_view(world)
}

pub(crate) fn issue_denials(world: &World, grant: &PendingGrant) -> Denials {
    let after = [(grant.node, grant.roles)].into();
    &rules::change(&world.tree, &world.users[0], &Assignments::new(), &after) | &inside_view(world)
}

/// The denials of a user who granted roles, when the target user accepts them with a mailed link.
fn fulfil_denials(world: &World, granter: usize, grant: &PendingGrant) -> Denials {
    let nothing = Assignments::new();
    let access = world.users.get(granter).unwrap_or(&nothing);
    let grants = [(grant.node, grant.roles)].into();
    rules::change(&world.tree, access, world.held(), &rules::with_grants(&world.tree, world.held(), &grants))
}

/// "A grant that its granter could no longer give cannot be accepted."
pub(crate) fn is_void(world: &World, index: usize) -> bool {
    let grant = &world.pending[index];
    let granter = (0..3).find(|&number| user(number) == grant.granted_by).unwrap();
    !fulfil_denials(world, granter, grant).is_empty()
}

pub(crate) fn acceptable(world: &World) -> Vec<PendingGrant> {
    let indices = (0..world.pending.len()).filter(|&index| !is_void(world, index));
    indices.map(|index| world.pending[index].clone()).collect()
}

/// "The corrector must have the right to revoke and to issue each grant that moves. The others stay."
pub(crate) fn correct(world: &World) -> Result<(Vec<usize>, Assignments), Denial> {
    let (tree, me) = (&world.tree, &world.users[0]);
    verdict(&inside_view(world))?;
    let here: Vec<usize> = (0..world.pending.len())
        .filter(|&index| rules::manages(tree, me, world.pending[index].node))
        .collect();
    if here.is_empty() {
        return Err(Denial::NoInvitation);
    }
    let joined = |node: &_| {
        rules::manages(tree, me, *node)
            && (world.held().contains_key(node) || !rules::effective(tree, world.held(), *node).is_empty())
    };
    if rules::nodes(tree).iter().any(joined) {
        return Err(Denial::HasJoined);
    }
    let nothing = Assignments::new();
    let denials = |index: usize| {
        let alone = [(world.pending[index].node, world.pending[index].roles)].into();
        &rules::change(tree, me, &alone, &nothing) | &rules::change(tree, me, &nothing, &alone)
    };
    let (moved, kept): (Vec<usize>, Vec<usize>) =
        here.into_iter().partition(|&index| denials(index).is_empty());
    if moved.is_empty() {
        return Err(*kept.into_iter().flat_map(denials).collect::<Denials>().first().unwrap());
    }
    let merged = |indices: &[usize]| {
        let grants: Vec<_> = indices.iter().map(|&index| world.pending[index].clone()).collect();
        rules::pending_assignments(tree, me, &grants)
    };
    let all = rules::pending_assignments(tree, me, &world.pending);
    verdict(&rules::change(tree, me, &all, &merged(&kept)))?;
    let receiver = rules::pending_assignments(tree, me, &world.receiver);
    let grants = merged(&moved);
    verdict(&rules::change(tree, me, &receiver, &rules::with_grants(tree, &receiver, &grants)))?;
    Ok((moved, grants))
}

/// "A link covers only grants at nodes that the actor manages, that the actor could issue themselves, and that the user
/// could then accept."
pub(crate) fn send_link(world: &World) -> Result<Vec<usize>, Denial> {
    verdict(&inside_view(world))?;
    let here: Vec<usize> = (0..world.pending.len())
        .filter(|&index| rules::manages(&world.tree, &world.users[0], world.pending[index].node))
        .collect();
    // A change by a grant counts only if the actor could issue the grant.
    let denials = |index: usize| {
        let grant = &world.pending[index];
        let denials = issue_denials(world, grant);
        if denials.is_empty() { fulfil_denials(world, 0, grant) } else { denials }
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
    open.retain(|&index| world.pending[index].expires_at > NOW);
    if open.is_empty() { Err(Denial::InvitationExpired) } else { Ok(open) }
}

#[test]
fn grants_and_links_match_the_reference() {
    in_every_world(|world| {
        let access = world.actor_access();
        let actor = world.actor(&access);
        let before = pending_assignments(&world.tree, actor.managed(), &world.pending);
        prop_assert_eq!(&before, &rules::pending_assignments(&world.tree, &world.users[0], &world.pending));
        for before in [&before, &Assignments::new(), world.held()] {
            prop_assert_eq!(actor.may_grant(before, &world.grants), verdict(&grant_denials(world, before)));
            let after = with_grants(&world.tree, before, &world.grants);
            prop_assert_eq!(after, rules::with_grants(&world.tree, before, &world.grants));
        }
        for grant in &world.pending {
            let denials = issue_denials(world, grant);
            prop_assert_eq!(actor.may_issue(grant), verdict(&denials));
            let is_own = grant.granted_by == user(0);
            prop_assert_eq!(actor.link_accepts(grant), is_own || denials.is_empty());
        }
        let target = world.target();
        prop_assert_eq!(actor.may_send_link(&target), send_link(world));
        prop_assert_eq!(actor.may_copy_link(&target, NOW), copy_link(world));
        Ok(())
    });
}

/// The grants that a link covers become the actor's own. So the user can accept each of them at once.
#[test]
fn no_link_is_dead_from_the_start() {
    in_every_world(|world| {
        let (access, target) = (world.actor_access(), world.target());
        let Ok(covered) = world.actor(&access).may_send_link(&target) else { return Ok(()) };
        let mut taken_over = target;
        for &index in &covered {
            taken_over.pending[index].granted_by = user(0);
        }
        let void = void_grants(&world.tree, &taken_over, |granter| (granter == user(0)).then_some(&access));
        prop_assert!(covered.iter().all(|index| !void.contains(index)));
        Ok(())
    });
}

#[test]
fn void_grants_match_the_reference() {
    in_every_world(|world| {
        let users: Vec<_> = world.users.iter().map(|held| Access::new(&world.tree, held)).collect();
        let nobody = Access::new(&world.tree, &Assignments::new());
        let access_of = |granter| {
            let known = (0..users.len()).find(|&number| user(number) == granter);
            Some(known.map_or(&nobody, |at| &users[at]))
        };
        let target = world.target();
        prop_assert_eq!(void_grants(&world.tree, &target, access_of), target.void);
        Ok(())
    });
}

#[test]
fn corrections_match_the_reference() {
    in_every_world(|world| {
        let access = world.actor_access();
        let corrected = world.actor(&access).may_correct(&world.target(), &world.receiver);
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
        let access = world.actor_access();
        let actor = world.actor(&access);
        let Ok(correction) = actor.may_correct(&world.target(), &world.receiver) else { return Ok(()) };
        for &index in &correction.moved {
            let grant = &world.pending[index];
            let alone = [(grant.node, grant.roles)].into();
            prop_assert_eq!(actor.may_grant(&Assignments::new(), &alone), Ok(()));
            prop_assert_eq!(actor.may_revoke(std::slice::from_ref(grant)), Ok(()));
        }
        Ok(())
    });
}

/// No change, whatever it assigns, brings a role to a user whose address nobody but another manager vouches for.
#[test]
fn an_unconfirmed_address_gains_nothing_from_other_managers() {
    in_every_world(|world| {
        let (access, mut target) = (world.actor_access(), world.target());
        target.unconfirmed_by = Some(user(2));
        let actor = world.actor(&access);
        for after in [&world.wanted, &rules::with_grants(&world.tree, world.held(), &world.grants)] {
            let change = Change::of_user(&world.tree, &target, after);
            if actor.may_change(&change).is_ok() {
                for node in rules::nodes(&world.tree) {
                    let had = rules::effective(&world.tree, world.held(), node);
                    prop_assert!(rules::effective(&world.tree, after, node).is_subset(had));
                }
            }
        }
        Ok(())
    });
}

#[test]
fn grants_never_take_access_away() {
    in_every_world(|world| {
        let after = with_grants(&world.tree, world.held(), &world.grants);
        for node in rules::nodes(&world.tree) {
            let before = rules::effective(&world.tree, world.held(), node);
            prop_assert!(rules::effective(&world.tree, &after, node).is_superset(before));
        }
        Ok(())
    });
}
