use proptest::prelude::*;
use studio_users_domain::{Assignments, Denial, PendingGrant, granted, promised};

use crate::rules::{self, Denials, verdict};
use crate::world::{NOW, World, in_every_world};

fn inside_view(world: &World) -> Denials {
    if world.is_viewing { [Denial::InsideView].into() } else { Denials::new() }
}

pub(crate) fn promising(world: &World, before: &Assignments) -> Denials {
    let after = rules::granted(&world.tree, before, &world.grants);
    &rules::change(&world.tree, &world.users[0], before, &after) | &inside_view(world)
}

pub(crate) fn giving(world: &World, grant: &PendingGrant) -> Denials {
    let after = [(grant.node, grant.roles)].into();
    &rules::change(&world.tree, &world.users[0], &Assignments::new(), &after) | &inside_view(world)
}

/// "A link covers the grants at the nodes that its maker manages", and that they could give.
pub(crate) fn sending(world: &World) -> Result<Vec<usize>, Denial> {
    verdict(&inside_view(world))?;
    let here: Vec<usize> = (0..world.pending.len())
        .filter(|&place| rules::manages(&world.tree, &world.users[0], world.pending[place].node))
        .collect();
    let covered: Vec<usize> =
        here.iter().copied().filter(|&place| giving(world, &world.pending[place]).is_empty()).collect();
    if !covered.is_empty() {
        return Ok(covered);
    }
    let denials: Denials = here.iter().flat_map(|&place| giving(world, &world.pending[place])).collect();
    Err(denials.first().copied().unwrap_or(Denial::NoInvitation))
}

/// A copied link opens those of them that can still be accepted.
pub(crate) fn copying(world: &World) -> Result<Vec<usize>, Denial> {
    let mut open = sending(world)?;
    open.retain(|&place| world.pending[place].expires_at > NOW);
    if open.is_empty() { Err(Denial::InvitationExpired) } else { Ok(open) }
}

#[test]
fn promises_and_links() {
    in_every_world(|world| {
        let access = world.actor_access();
        let actor = world.actor(&access);
        let before = promised(&world.tree, actor.managed(), &world.pending);
        prop_assert_eq!(&before, &rules::promised(&world.tree, &world.users[0], &world.pending));
        for before in [&before, &Assignments::new(), world.held()] {
            prop_assert_eq!(actor.may_promise(before, &world.grants), verdict(&promising(world, before)));
            let after = granted(&world.tree, before, &world.grants);
            prop_assert_eq!(after, rules::granted(&world.tree, before, &world.grants));
        }
        for grant in &world.pending {
            prop_assert_eq!(actor.may_give(grant), verdict(&giving(world, grant)));
        }
        prop_assert_eq!(actor.may_send_link(&world.pending), sending(world));
        prop_assert_eq!(actor.may_copy_link(&world.pending, NOW), copying(world));
        Ok(())
    });
}

#[test]
fn being_given_something_takes_nothing_away() {
    in_every_world(|world| {
        let after = granted(&world.tree, world.held(), &world.grants);
        for node in rules::nodes(&world.tree) {
            let before = rules::effective(&world.tree, world.held(), node);
            prop_assert!(rules::effective(&world.tree, &after, node).is_superset(before));
        }
        Ok(())
    });
}
