use proptest::prelude::*;
use studio_users_domain::{Denial, RoleSet};

use crate::grants;
use crate::rules;
use crate::world::{World, in_every_world, user};

/// The reason why there is no view.
pub(crate) fn denial(world: &World) -> Option<Denial> {
    if world.is_impersonating {
        return Some(Denial::InsideView);
    }
    if world.target == 0 {
        return Some(Denial::OwnView);
    }
    let shown = viewed_roles(world);
    if shown.iter().any(Result::is_ok) { None } else { shown.into_iter().filter_map(Result::err).max() }
}

/// What a view shows at each node, in the order of the tree.
pub(crate) fn viewed_roles(world: &World) -> Vec<Result<(RoleSet, bool), Denial>> {
    let acceptable = grants::acceptable(world);
    let (me, held) = (&world.users[0], world.held());
    let nodes = rules::nodes(&world.tree).into_iter();
    nodes.map(|node| rules::viewed_roles(&world.tree, me, held, &acceptable, node, world.now)).collect()
}

#[test]
fn views_match_the_reference() {
    in_every_world(|world| {
        let tree = &world.tree;
        let held = world.actor_held();
        let result = world.actor(&held).may_impersonate(user(world.target), &world.target(), world.now);
        prop_assert_eq!(result.as_ref().err().copied(), denial(world));
        let Ok(view) = result else { return Ok(()) };
        let roots: Vec<_> = view.roots(tree).map(|position| tree.nodes()[position].id).collect();
        let all = viewed_roles(world);
        for (position, node) in rules::nodes(tree).into_iter().enumerate() {
            let shown = all[position];
            prop_assert_eq!(view.nodes().contains(position), shown.is_ok());
            prop_assert_eq!(view.pending().contains(position), matches!(shown, Ok((_, true))));
            let roles = shown.map(|(roles, _)| roles).unwrap_or_default();
            prop_assert_eq!(view.access().at(position).effective, roles);
            let at_once = rules::effective(tree, world.held(), node, world.now);
            let is_paused = matches!(shown, Ok((_, false))) && at_once.is_empty();
            prop_assert_eq!(view.paused().contains(position), is_paused);
            let is_root = shown.is_ok() && tree.parent(position).is_none_or(|parent| all[parent].is_err());
            prop_assert_eq!(roots.contains(&node), is_root);
        }
        Ok(())
    });
}
