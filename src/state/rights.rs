use studio_users_domain::{Access, Actor, Assignments, Node, RoleSet, Tree, UserId};

use super::Reader;

/// What the reader may do, as the rules want to know it: the part of the organisation that they see, and what they
/// have there. What lies below and out of their sight only the backend can judge.
#[derive(Debug, Clone)]
pub struct Rights {
    tree: Tree,
    access: Access,
    user: UserId,
    is_viewing: bool,
}

impl Rights {
    /// Those of a reader; none where what they see is no tree, which no backend answers.
    pub fn of(reader: &Reader) -> Option<Self> {
        let nodes = reader.nodes.iter().map(|node| Node {
            id: node.id,
            parent: node.parent_id,
            kind: node.kind,
            name: node.name.clone(),
            disabled_roles: node.disabled_roles,
        });
        let tree = Tree::new(nodes.collect()).ok()?;
        // What counts at each node is known; as if it were assigned there it counts just so.
        let counts = |node: &Node| reader.at(node.id).map(|held| held.roles).unwrap_or(RoleSet::empty());
        let assignments: Assignments = tree.nodes().iter().map(|node| (node.id, counts(node))).collect();
        let access = Access::new(&tree, &assignments);
        let is_viewing = reader.session.view.is_some();
        Some(Self { tree, access, user: reader.session.user.id, is_viewing })
    }

    /// The part of the organisation that they see.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The reader as somebody who asks for something.
    pub fn actor(&self) -> Actor<'_> {
        Actor::new(&self.tree, self.user, &self.access, self.is_viewing)
    }
}
