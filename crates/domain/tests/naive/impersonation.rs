use proptest::prelude::*;
use studio_users_domain::{Denial, RoleSet};

use crate::grants;
use crate::rules;
use crate::world::{NOW, World, in_every_world, user};

/// The reason why there is no view.
pub(crate) fn denial(world: &World) -> Option<Denial> {
    if world.is_impersonating {
        return Some(Denial::InsideView);
    }
    if world.target == 0 {
        return Some(Denial::OwnView);
    }
    let shown: Vec<_> = rules::nodes(&world.tree).into_iter().map(|node| viewed_roles(world, node)).collect();
    if shown.iter().any(Result::is_ok) { None } else { shown.into_iter().filter_map(Result::err).max() }
}

pub(crate) fn viewed_roles(
    world: &World,
    node: studio_users_domain::NodeId,
) -> Result<(RoleSet, bool), Denial> {
    rules::viewed_roles(&world.tree, &world.users[0], world.held(), &grants::acceptable(world), node)
}

#[test]
fn views_match_the_reference() {
    in_every_world(|world| {
        let tree = &world.tree;
        let access = world.actor_access();
        let result = world.actor(&access).may_impersonate(user(world.target), &world.target(), NOW);
        prop_assert_eq!(result.as_ref().err().copied(), denial(world));
        let Ok(view) = result else { return Ok(()) };
        let roots: Vec<_> = view.roots(tree).map(|position| tree.nodes()[position].id).collect();
        for (position, node) in rules::nodes(tree).into_iter().enumerate() {
            let shown = viewed_roles(world, node);
            prop_assert_eq!(view.nodes().contains(position), shown.is_ok());
            prop_assert_eq!(view.pending().contains(position), matches!(shown, Ok((_, true))));
            let roles = shown.map(|(roles, _)| roles).unwrap_or_default();
            prop_assert_eq!(view.access().at(position).effective, roles);
            let is_root = shown.is_ok()
                && rules::parent(tree, node).is_none_or(|parent| viewed_roles(world, parent).is_err());
            prop_assert_eq!(roots.contains(&node), is_root);
        }
        Ok(())
    });
}
