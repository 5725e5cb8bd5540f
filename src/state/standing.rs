use studio_users_domain::{Access, Actor, Node, NodeAccess, Tree};

use super::Reader;

/// The reader and what they see of the organisation, as the rules judge by it: so that the page can say why something
/// is locked before anybody tries it. The backend judges again.
#[derive(Debug, Clone)]
pub struct Standing<'a> {
    reader: &'a Reader,
    tree: Tree,
    access: Access,
}

impl<'a> Standing<'a> {
    /// Where the reader stands; none where what they see of the organisation is no tree. Then nothing can be said
    /// before the backend does.
    pub fn of(reader: &'a Reader) -> Option<Self> {
        let nodes = reader.nodes.iter().map(|node| Node {
            id: node.id,
            parent: node.parent_id,
            kind: node.kind,
            name: node.name.clone(),
            disabled_roles: node.disabled_roles,
        });
        let tree = Tree::new(nodes.collect()).ok()?;
        let held = tree.nodes().iter().map(|node| {
            let here = reader.at(node.id);
            let effective = here.map(|here| here.roles).unwrap_or_default();
            let assigned = here.filter(|here| !here.inherited).map(|here| here.roles);
            NodeAccess { assigned, effective, ..NodeAccess::default() }
        });
        let access = held.collect();
        Some(Self { reader, tree, access })
    }

    /// The organisation, as far as the reader sees it.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The reader as somebody who asks for something.
    pub fn actor(&self) -> Actor<'_> {
        let session = &self.reader.session;
        Actor::new(&self.tree, session.user.id, &self.access, session.view.is_some())
    }
}
