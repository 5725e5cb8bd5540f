use std::sync::Arc;

use js_sys::{Function, Promise};
use leptos::prelude::*;
use studio_users_contract::{NodeView, Session, SessionNode, StudioView};
use studio_users_domain::{CapabilitySet, NodeId, NodeKind, Role, Section, UserId};
use uuid::Uuid;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::node_index::NodeIndex;
use crate::i18n::folding::SearchWords;

/// The user who is signed in and the part of the organisation that they may see.
///
/// [`Self::new`] indexes the nodes, so neither field may change afterwards.
#[derive(Debug, Clone)]
pub struct CurrentUser {
    /// The session, with the user's permissions.
    pub session: Session,
    /// The visible nodes of the organisation, in tree order. A position is an index into this list.
    pub nodes: Vec<NodeView>,
    index: NodeIndex,
}

impl PartialEq for CurrentUser {
    fn eq(&self, other: &Self) -> bool {
        // The index follows from the rest.
        (&self.session, &self.nodes) == (&other.session, &other.nodes)
    }
}

/// Whether a user is signed in.
#[derive(Debug, Clone)]
pub enum Identity {
    /// No user is signed in.
    SignedOut {
        /// Whether the user chose to sign out. Then the next sign-in does not return to the previous route.
        by_choice: bool,
    },
    /// This user is signed in.
    SignedIn(Arc<CurrentUser>),
}

/// Handles an expired session: it notifies the host page, and requests wait until the same user has signed in again.
#[derive(Clone, Copy)]
pub struct SessionRenewal {
    on_ended: Callback<()>,
    waiting: StoredValue<Vec<Function>, LocalStorage>,
}

impl SessionRenewal {
    /// Creates the handler. `on_ended` is called once for each expired session.
    pub fn new(on_ended: impl Fn() + Send + Sync + 'static) -> Self {
        Self { on_ended: Callback::new(move |()| on_ended()), waiting: StoredValue::new_local(Vec::new()) }
    }

    /// Notifies the host page and waits. Returns `true` once the same user has signed in again, `false` if the wait was
    /// cancelled.
    pub async fn wait(self) -> bool {
        let promise = Promise::new(&mut |resolve, _| {
            self.waiting.try_update_value(|waiting| waiting.push(resolve));
        });
        // Only the first waiting request notifies. The host page may be disposed by then.
        if self.waiting.try_with_value(Vec::len) == Some(1) {
            let _ = self.on_ended.try_run(());
        }
        JsFuture::from(promise).await.is_ok_and(|is_same| is_same.is_truthy())
    }

    /// Reports that the same user has signed in again. The waiting requests are sent again.
    pub fn complete(self) {
        self.resolve_all(true);
    }

    /// Reports that the same user will not sign in again. The waiting requests are aborted.
    pub fn cancel(self) {
        self.resolve_all(false);
    }

    fn resolve_all(self, is_same: bool) {
        let waiting = self.waiting.try_update_value(std::mem::take).unwrap_or_default();
        for resolve in waiting {
            // Resolving a promise cannot fail.
            let _ = resolve.call1(&JsValue::UNDEFINED, &JsValue::from_bool(is_same));
        }
    }
}

impl CurrentUser {
    /// Creates the user from the session and the visible nodes, in tree order.
    pub fn new(session: Session, nodes: Vec<NodeView>) -> Self {
        let index = NodeIndex::new(&session, &nodes);
        Self { session, nodes, index }
    }

    /// The display name, or the e-mail address if there is none. During an impersonation, that of the impersonated
    /// user.
    pub fn name(&self) -> &str {
        match &self.session.view {
            Some(StudioView { user, .. }) => user.name.as_deref().unwrap_or(&user.email),
            None => self.account_name(),
        }
    }

    /// The display name of the account owner, also during an impersonation.
    pub fn account_name(&self) -> &str {
        self.session.user.name.as_deref().unwrap_or(&self.session.user.email)
    }

    /// The id of the current user; during an impersonation, of the impersonated user.
    pub fn own_id(&self) -> UserId {
        self.session.view.as_ref().map_or(self.session.user.id, |view| view.user.id)
    }

    /// Whether `user` is the current user; during an impersonation, the impersonated user.
    pub fn is_self(&self, user: UserId) -> bool {
        self.own_id() == user
    }

    /// Whether the user may see the e-mails that did not arrive.
    pub fn sees_undelivered_mail(&self) -> bool {
        self.session.nodes.iter().any(|held| held.roles.iter().any(Role::sees_undelivered_mail))
    }

    /// Whether an impersonation is active.
    pub fn is_viewing(&self) -> bool {
        self.session.view.is_some()
    }

    /// The id of the active view.
    pub fn view(&self) -> Option<Uuid> {
        self.session.view.as_ref().map(|view| view.id)
    }

    /// The user's capabilities at a node. `None` unites the capabilities at all nodes.
    pub fn capabilities(&self, node: Option<NodeId>) -> CapabilitySet {
        if let Some(node) = node {
            return self.session_node(node).map(|held| held.capabilities).unwrap_or_default();
        }
        let held = self.session.nodes.iter();
        held.fold(CapabilitySet::empty(), |all, held| all | held.capabilities)
    }

    /// The sections visible with the given node in focus. Without a node at which the user has a role, the sections
    /// visible anywhere.
    pub fn sections(&self, node: Option<NodeId>) -> Vec<Section> {
        let capabilities = self.capabilities(node.filter(|&node| self.session_node(node).is_some()));
        Section::all().filter(|section| section.is_visible_with(capabilities)).collect()
    }

    /// The environments in which the user has a role.
    pub fn environments(&self) -> impl Iterator<Item = &NodeView> {
        self.nodes
            .iter()
            .filter(|node| node.kind == NodeKind::Environment && self.session_node(node.id).is_some())
    }

    /// The user's roles and capabilities at a node.
    pub fn session_node(&self, node: NodeId) -> Option<&SessionNode> {
        self.index.held(node).map(|position| &self.session.nodes[position])
    }

    /// Returns a visible node by its id.
    pub fn node(&self, id: NodeId) -> Option<&NodeView> {
        self.position(id).map(|position| &self.nodes[position])
    }

    /// Returns the position of a visible node.
    pub fn position(&self, id: NodeId) -> Option<usize> {
        self.index.visible(id)
    }

    /// The positions of the visible nodes above a node, the nearest first.
    pub fn ancestors(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        self.index.ancestors(position)
    }

    /// Whether the user manages a visible node.
    pub fn manages(&self, node: NodeId) -> bool {
        self.position(node).is_some_and(|position| self.index.is_managed(position))
    }

    /// The organisation shown in the top bar: the topmost node at which the user has a role, or its parent if that node
    /// is an environment.
    pub fn organisation(&self) -> Option<&NodeView> {
        let top = self.session.nodes.first().and_then(|held| self.node(held.node_id))?;
        let above = top.parent_id.filter(|_| top.kind == NodeKind::Environment);
        above.and_then(|parent| self.node(parent)).or(Some(top))
    }

    /// The positions of the managed nodes, in tree order.
    pub fn managed_positions(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(|&position| self.index.is_managed(position))
    }

    /// The positions of the managed nodes whose name contains all words of `search`, in tree order. Ignores case and
    /// accents.
    pub fn find_managed(&self, search: &str) -> Vec<usize> {
        let words = SearchWords::of(search);
        if words.is_empty() {
            return self.managed_positions().collect();
        }
        let names = self.index.folded_names(&self.nodes);
        self.managed_positions().filter(|&position| words.matches(&names[position])).collect()
    }

    /// The number of managed nodes directly above a node, up to the first that is not managed.
    pub fn managed_depth(&self, position: usize) -> usize {
        self.ancestors(position).take_while(|&above| self.index.is_managed(above)).count()
    }

    /// The number of environments that the user manages.
    pub fn managed_environments(&self) -> usize {
        let is_environment = |&position: &usize| self.nodes[position].kind == NodeKind::Environment;
        self.managed_positions().filter(is_environment).count()
    }
}

/// Returns the current user from the context. The signal follows changes of what they see and may do.
pub fn use_current_user() -> Signal<Arc<CurrentUser>> {
    expect_context()
}
