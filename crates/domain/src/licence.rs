use crate::{Role, RoleSet, Tree};

/// The roles that can be given at a node: all but those disabled by the nearest licence, the node's own or
/// of a node above. Where no node says anything, the root disables [`Role::Developer`] **(choice)**. A role
/// already held is kept, whatever the licence says.
pub fn licensed_roles(tree: &Tree, position: usize) -> RoleSet {
    let disabled = std::iter::once(position)
        .chain(tree.ancestors(position))
        .find_map(|at| tree.nodes()[at].disabled_roles)
        .unwrap_or(RoleSet::only(Role::Developer));
    RoleSet::all() - disabled
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;
    use crate::{Node, Tree};

    #[test]
    fn the_nearest_licence_counts_and_developer_is_disabled_by_default() {
        let plain = tree(&[0, 1]);
        assert_eq!(licensed_roles(&plain, 2), RoleSet::all() - Role::Developer);

        let mut nodes: Vec<Node> = plain.nodes().to_vec();
        nodes[1].disabled_roles = Some(RoleSet::only(Role::Planner));
        let licensed = Tree::new(nodes).unwrap();
        assert_eq!(licensed_roles(&licensed, 0), RoleSet::all() - Role::Developer);
        assert_eq!(licensed_roles(&licensed, 2), RoleSet::all() - Role::Planner);
    }
}
