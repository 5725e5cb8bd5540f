use studio_users_domain::{Access, Actor, Node, NodeAccess, NodeId, NodeKind, Tree, UserId};
use uuid::Uuid;

use super::CurrentUser;

/// The current user and the visible part of the organisation, as input for the domain's permission rules. The page uses
/// it to explain why an action is locked before the user tries it. The backend checks again.
#[derive(Debug, Clone)]
pub struct PermissionContext {
    current_user: UserId,
    is_viewing: bool,
    tree: Tree,
    access: Access,
}

impl PermissionContext {
    /// Builds the context. `None` if the visible nodes form no tree: then only the backend can decide.
    pub fn of(current_user: &CurrentUser) -> Option<Self> {
        let tree = tree(current_user)?;
        let node_access = tree.nodes().iter().map(|node| {
            let session_node = current_user.session_node(node.id);
            let effective = session_node.map(|session_node| session_node.roles).unwrap_or_default();
            let assigned = session_node
                .filter(|session_node| !session_node.inherited)
                .map(|session_node| session_node.roles);
            NodeAccess { assigned, effective, ..NodeAccess::default() }
        });
        let access = node_access.collect();
        let session = &current_user.session;
        Some(Self { current_user: session.user.id, is_viewing: session.view.is_some(), tree, access })
    }

    /// The organisation as far as the current user sees it.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The current user as the actor of a permission check.
    pub fn actor(&self) -> Actor<'_> {
        Actor::new(&self.tree, self.current_user, &self.access, self.is_viewing)
    }
}

/// Builds the tree of the visible nodes. Several visible subtrees without a visible common ancestor get a placeholder
/// root.
fn tree(current_user: &CurrentUser) -> Option<Tree> {
    let is_visible = |id: &NodeId| current_user.node(*id).is_some();
    let root_count =
        current_user.nodes.iter().filter(|node| !node.parent_id.as_ref().is_some_and(is_visible)).count();
    let placeholder = (root_count > 1).then(|| Node {
        id: NodeId(Uuid::nil()),
        parent: None,
        kind: NodeKind::Provider,
        name: String::new(),
        disabled_roles: None,
    });
    let root = placeholder.as_ref().map(|node| node.id);
    let nodes = current_user.nodes.iter().map(|node| Node {
        id: node.id,
        parent: node.parent_id.filter(is_visible).or(root),
        kind: node.kind,
        name: node.name.clone(),
        disabled_roles: node.disabled_roles,
    });
    Tree::new(placeholder.into_iter().chain(nodes).collect()).ok()
}
