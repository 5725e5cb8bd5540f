use std::sync::Arc;

use leptos::prelude::*;
use studio_users_contract::{NodeView, Session, SessionNode};
use studio_users_domain::{CapabilitySet, NodeId, NodeKind, Section, UserId};

/// Who reads the page, and the part of the organisation that they may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    /// Who is signed in.
    pub session: Session,
    /// What they may see of the organisation, in its order.
    pub nodes: Vec<NodeView>,
}

/// Whether somebody is signed in.
#[derive(Debug, Clone)]
pub enum Identity {
    /// Nobody is.
    SignedOut {
        /// Whether the reader signed out themselves: then nobody is led back to where they were.
        by_choice: bool,
    },
    /// Somebody is.
    SignedIn(Arc<Reader>),
}

/// Tells the page around a feature that the backend knows no session any more.
#[derive(Clone, Copy)]
pub struct SessionEnded(Callback<()>);

impl SessionEnded {
    /// Calls this once the session has ended.
    pub fn new(on_ended: impl Fn() + Send + Sync + 'static) -> Self {
        Self(Callback::new(move |()| on_ended()))
    }

    /// Tells of it.
    pub fn tell(self) {
        // Whoever listened may be gone by then.
        let _ = self.0.try_run(());
    }
}

impl Reader {
    /// The name to show: the e-mail address until there is one.
    pub fn name(&self) -> &str {
        self.session.user.name.as_deref().unwrap_or(&self.session.user.email)
    }

    /// Whether this is the reader themselves.
    pub fn is(&self, user: UserId) -> bool {
        self.session.user.id == user
    }

    /// What the reader may do at the node, or, without one, somewhere.
    pub fn capabilities(&self, node: Option<NodeId>) -> CapabilitySet {
        self.session
            .nodes
            .iter()
            .filter(|held| node.is_none_or(|node| held.node_id == node))
            .fold(CapabilitySet::empty(), |all, held| all | held.capabilities)
    }

    /// The sections that the reader sees with the node in focus; with none of theirs in focus, all that they see
    /// anywhere.
    pub fn sections(&self, node: Option<NodeId>) -> Vec<Section> {
        let capabilities = self.capabilities(node.filter(|&node| self.at(node).is_some()));
        Section::all().filter(|section| section.is_seen_with(capabilities)).collect()
    }

    /// The environments in which the reader has a role.
    pub fn environments(&self) -> impl Iterator<Item = &NodeView> {
        self.nodes.iter().filter(|node| node.kind == NodeKind::Environment && self.at(node.id).is_some())
    }

    /// What the reader has at the node.
    pub fn at(&self, node: NodeId) -> Option<&SessionNode> {
        self.session.nodes.iter().find(|held| held.node_id == node)
    }

    /// The node, if the reader may see it.
    pub fn node(&self, id: NodeId) -> Option<&NodeView> {
        self.nodes.iter().find(|node| node.id == id)
    }

    /// The organisation that the reader is shown to work at: the topmost node at which they have a role, or,
    /// where that is an environment, the node above it.
    pub fn organisation(&self) -> Option<&NodeView> {
        let top = self.session.nodes.first().and_then(|held| self.node(held.node_id))?;
        let above = top.parent_id.filter(|_| top.kind == NodeKind::Environment);
        above.and_then(|parent| self.node(parent)).or(Some(top))
    }

    /// How many environments the reader manages.
    pub fn managed_environments(&self) -> usize {
        let is_environment =
            |id: &NodeId| self.node(*id).is_some_and(|node| node.kind == NodeKind::Environment);
        self.session.managed.iter().filter(|id| is_environment(id)).count()
    }
}

/// The reader, as what they see and may do changes.
pub fn use_reader() -> Signal<Arc<Reader>> {
    expect_context()
}
