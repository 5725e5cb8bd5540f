use crate::{Node, Role, RoleSet, Tree};

/// The roles that can be given at a node: all but those disabled by the nearest licence, the node's own or of a
/// node above. A role already held is kept, whatever the licence says.
pub fn licensed_roles(tree: &Tree, position: usize) -> RoleSet {
    tree.licensed()[position]
}

/// The roles that can be given at each node of a list in preorder. Where no node says anything, the root disables
/// [`Role::Developer`] **(choice)**: it stands outside the manual's table of roles.
pub(crate) fn licences(nodes: &[Node], parents: &[Option<usize>]) -> Vec<RoleSet> {
    let mut licensed: Vec<RoleSet> = Vec::with_capacity(nodes.len());
    for (node, parent) in nodes.iter().zip(parents) {
        let by_default = parent.map_or(RoleSet::all() - Role::Developer, |parent| licensed[parent]);
        licensed.push(node.disabled_roles.map_or(by_default, |disabled| RoleSet::all() - disabled));
    }
    licensed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::tree;

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
