use crate::{RoleSet, Tree};

/// Returns the roles that can be given at a node: all roles except those that the nearest licence disables.
///
/// The nearest licence is that of the node itself, or else of the closest ancestor that has one. A user keeps a
/// role that they already hold, even if the licence disables it.
pub fn licensed_roles(tree: &Tree, position: usize) -> RoleSet {
    tree.licensed()[position]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;
    use crate::{Node, Role};

    #[test]
    fn applies_the_nearest_licence_and_disables_developer_by_default() {
        let plain = tree(&[0, 1]);
        assert_eq!(licensed_roles(&plain, 2), RoleSet::all() - Role::Developer);

        let mut nodes: Vec<Node> = plain.nodes().to_vec();
        nodes[1].disabled_roles = Some(RoleSet::only(Role::Planner));
        let licensed = Tree::new(nodes).unwrap();
        assert_eq!(licensed_roles(&licensed, 0), RoleSet::all() - Role::Developer);
        assert_eq!(licensed_roles(&licensed, 2), RoleSet::all() - Role::Planner);
    }
}
