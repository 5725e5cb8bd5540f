use studio_users_domain::{Access, Actor, Node, NodeAccess, NodeId, NodeKind, Tree, UserId};
use uuid::Uuid;

use super::Reader;

/// The reader and what they see of the organisation, as the rules judge by it: so that the page can say why something
/// is locked before anybody tries it. The backend judges again.
#[derive(Debug, Clone)]
pub struct Standing {
    reader: UserId,
    is_viewing: bool,
    tree: Tree,
    access: Access,
}

impl Standing {
    /// Where the reader stands; none where what they see of the organisation is no tree. Then nothing can be said
    /// before the backend does.
    pub fn of(reader: &Reader) -> Option<Self> {
        let tree = tree(reader)?;
        let held = tree.nodes().iter().map(|node| {
            let here = reader.at(node.id);
            let effective = here.map(|here| here.roles).unwrap_or_default();
            let assigned = here.filter(|here| !here.inherited).map(|here| here.roles);
            NodeAccess { assigned, effective, ..NodeAccess::default() }
        });
        let access = held.collect();
        let session = &reader.session;
        Some(Self { reader: session.user.id, is_viewing: session.view.is_some(), tree, access })
    }

    /// The organisation, as far as the reader sees it.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The reader as somebody who asks for something.
    pub fn actor(&self) -> Actor<'_> {
        Actor::new(&self.tree, self.reader, &self.access, self.is_viewing)
    }
}

/// What the reader sees of the organisation. Where they see several parts of it and not what joins them, something
/// unseen does.
fn tree(reader: &Reader) -> Option<Tree> {
    let is_seen = |id: &NodeId| reader.node(*id).is_some();
    let tops = reader.nodes.iter().filter(|node| !node.parent_id.as_ref().is_some_and(is_seen)).count();
    let unseen = (tops > 1).then(|| Node {
        id: NodeId(Uuid::nil()),
        parent: None,
        kind: NodeKind::Provider,
        name: String::new(),
        disabled_roles: None,
    });
    let above = unseen.as_ref().map(|node| node.id);
    let nodes = reader.nodes.iter().map(|node| Node {
        id: node.id,
        parent: node.parent_id.filter(is_seen).or(above),
        kind: node.kind,
        name: node.name.clone(),
        disabled_roles: node.disabled_roles,
    });
    Tree::new(unseen.into_iter().chain(nodes).collect()).ok()
}
