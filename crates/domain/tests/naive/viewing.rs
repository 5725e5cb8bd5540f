use proptest::prelude::*;
use studio_users_domain::{Denial, RoleSet};

use crate::rules;
use crate::world::{NOW, World, in_every_world, user};

/// Why there is no view at all.
pub(crate) fn denial(world: &World) -> Option<Denial> {
    if world.is_viewing {
        return Some(Denial::InsideView);
    }
    if world.subject == 0 {
        return Some(Denial::OwnView);
    }
    let shown: Vec<_> = rules::nodes(&world.tree).into_iter().map(|node| viewed(world, node)).collect();
    if shown.iter().any(Result::is_ok) { None } else { shown.into_iter().filter_map(Result::err).max() }
}

pub(crate) fn viewed(world: &World, node: studio_users_domain::NodeId) -> Result<(RoleSet, bool), Denial> {
    rules::viewed(&world.tree, &world.users[0], world.held(), &world.pending, node)
}

#[test]
fn a_view_shows_what_the_user_sees_where_the_actor_manages() {
    in_every_world(|world| {
        let tree = &world.tree;
        let access = world.actor_access();
        let judged = world.actor(&access).may_view(user(world.subject), &world.subject(), NOW);
        prop_assert_eq!(judged.as_ref().err().copied(), denial(world));
        let Ok(view) = judged else { return Ok(()) };
        let tops: Vec<_> = view.tops(tree).map(|at| tree.nodes()[at].id).collect();
        for (at, node) in rules::nodes(tree).into_iter().enumerate() {
            let shown = viewed(world, node);
            prop_assert_eq!(view.nodes().contains(at), shown.is_ok());
            prop_assert_eq!(view.promised().contains(at), matches!(shown, Ok((_, true))));
            let roles = shown.map(|(roles, _)| roles).unwrap_or_default();
            prop_assert_eq!(view.access().at(at).effective, roles);
            let is_top = shown.is_ok()
                && rules::parent(tree, node).is_none_or(|parent| viewed(world, parent).is_err());
            prop_assert_eq!(tops.contains(&node), is_top);
        }
        Ok(())
    });
}
