use proptest::prelude::*;
use studio_users_domain::{Assignments, Denial, PendingGrant, pending_assignments, with_grants};

use crate::rules::{self, Denials, verdict};
use crate::world::{NOW, World, in_every_world};

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

/// "A link covers only grants at nodes that the actor manages and that the actor could issue themselves."
pub(crate) fn send_link(world: &World) -> Result<Vec<usize>, Denial> {
    verdict(&inside_view(world))?;
    let here: Vec<usize> = (0..world.pending.len())
        .filter(|&index| rules::manages(&world.tree, &world.users[0], world.pending[index].node))
        .collect();
    let covered: Vec<usize> = here
        .iter()
        .copied()
        .filter(|&index| issue_denials(world, &world.pending[index]).is_empty())
        .collect();
    if !covered.is_empty() {
        return Ok(covered);
    }
    let denials: Denials =
        here.iter().flat_map(|&index| issue_denials(world, &world.pending[index])).collect();
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
            prop_assert_eq!(actor.may_issue(grant), verdict(&issue_denials(world, grant)));
        }
        prop_assert_eq!(actor.may_send_link(&world.pending), send_link(world));
        prop_assert_eq!(actor.may_copy_link(&world.pending, NOW), copy_link(world));
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
