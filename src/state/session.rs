use std::sync::Arc;

use js_sys::{Function, Promise};
use leptos::prelude::*;
use studio_users_contract::{NodeView, Session, SessionNode, StudioView};
use studio_users_domain::{CapabilitySet, NodeId, NodeKind, Section, UserId};
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use crate::i18n::letters;

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

/// What becomes of a page whose backend knows no session any more: the page around it is told, and calls wait until
/// it has the same person signed in again.
#[derive(Clone, Copy)]
pub struct SessionEnded {
    on_ended: Callback<()>,
    waiting: StoredValue<Vec<Function>, LocalStorage>,
}

impl SessionEnded {
    /// Calls this once the session has ended.
    pub fn new(on_ended: impl Fn() + Send + Sync + 'static) -> Self {
        Self { on_ended: Callback::new(move |()| on_ended()), waiting: StoredValue::new_local(Vec::new()) }
    }

    /// Tells of it, and waits: for that the same person is signed in again (true), or for that they will not be.
    pub async fn wait(self) -> bool {
        let promise = Promise::new(&mut |resolve, _| {
            self.waiting.try_update_value(|waiting| waiting.push(resolve));
        });
        // Whoever listened may be gone by then.
        if self.waiting.try_with_value(Vec::len) == Some(1) {
            let _ = self.on_ended.try_run(());
        }
        JsFuture::from(promise).await.is_ok_and(|is_same| is_same.is_truthy())
    }

    /// The page around says that the same person is signed in again: what waits goes on.
    pub fn renewed(self) {
        self.answer(true);
    }

    /// The page around says that they are not, and will not be: what waits is given up.
    pub fn given_up(self) {
        self.answer(false);
    }

    fn answer(self, is_same: bool) {
        let waiting = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        for resolve in waiting {
            // Resolving a promise cannot fail.
            let _ = resolve.call1(&JsValue::UNDEFINED, &JsValue::from_bool(is_same));
        }
    }
}

impl Reader {
    /// The name to show: the e-mail address until there is one. Inside a view it is that of whom it shows.
    pub fn name(&self) -> &str {
        match &self.session.view {
            Some(StudioView { user, .. }) => user.name.as_deref().unwrap_or(&user.email),
            None => self.account_name(),
        }
    }

    /// The name of whose account it is, whatever they view.
    pub fn account_name(&self) -> &str {
        self.session.user.name.as_deref().unwrap_or(&self.session.user.email)
    }

    /// Whether this is the reader themselves; inside a view, the person whom it shows.
    pub fn is(&self, user: UserId) -> bool {
        self.session.view.as_ref().map_or(self.session.user.id, |view| view.user.id) == user
    }

    /// Whether the reader views as somebody.
    pub fn is_viewing(&self) -> bool {
        self.session.view.is_some()
    }

    /// The view that this is read inside of, by its id.
    pub fn view(&self) -> Option<Uuid> {
        self.session.view.as_ref().map(|view| view.id)
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

    /// The nodes that the reader manages and that have this in their name, in their order, each with how many of those
    /// managed stand above it.
    pub fn managed_nodes(&self, search: &str) -> Vec<(NodeView, usize)> {
        let managed = |id: NodeId| self.session.managed.contains(&id).then(|| self.node(id)).flatten();
        let above = |node: &NodeView| node.parent_id.and_then(managed);
        // As many steps as there are nodes, whatever they say of each other.
        let depth = |node: &NodeView| {
            std::iter::successors(above(node), |node| above(node)).take(self.nodes.len()).count()
        };
        let wanted = letters::small(search.trim());
        let nodes = self.nodes.iter().filter(|node| managed(node.id).is_some());
        let found = nodes.filter(|node| letters::small(&node.name).contains(&wanted));
        found.map(|node| (node.clone(), depth(node))).collect()
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
