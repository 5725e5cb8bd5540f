use std::collections::HashMap;
use std::sync::OnceLock;

use studio_users_contract::{NodeView, Session};
use studio_users_domain::NodeId;

use crate::i18n::case;

/// Finds nodes by their ids. It is built once for each session, so that a look-up does not search the list of nodes.
#[derive(Debug, Clone)]
pub(super) struct NodeIndex {
    places: HashMap<NodeId, Place>,
    /// The positions of the visible parents, by position.
    parents: Vec<Option<usize>>,
    /// Whether the current user manages the node, by position.
    managed: Vec<bool>,
    /// The names in lower case, by position. Computed for the first search.
    lowercase_names: OnceLock<Vec<String>>,
}

/// The places of a node in the lists of the session.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    visible: Option<usize>,
    held: Option<usize>,
}

impl NodeIndex {
    pub(super) fn new(session: &Session, nodes: &[NodeView]) -> Self {
        let mut places = HashMap::<NodeId, Place>::with_capacity(nodes.len());
        for (position, node) in nodes.iter().enumerate() {
            places.entry(node.id).or_default().visible.get_or_insert(position);
        }
        for (position, held) in session.nodes.iter().enumerate() {
            places.entry(held.node_id).or_default().held.get_or_insert(position);
        }
        let visible = |id: &NodeId| places.get(id)?.visible;
        let parents = nodes.iter().map(|node| visible(node.parent_id.as_ref()?)).collect();
        let mut managed = vec![false; nodes.len()];
        for position in session.managed.iter().filter_map(visible) {
            managed[position] = true;
        }
        Self { parents, managed, places, lowercase_names: OnceLock::new() }
    }

    /// The position of a visible node.
    pub(super) fn visible(&self, id: NodeId) -> Option<usize> {
        self.places.get(&id)?.visible
    }

    /// The position of a node in the session.
    pub(super) fn held(&self, id: NodeId) -> Option<usize> {
        self.places.get(&id)?.held
    }

    pub(super) fn is_managed(&self, position: usize) -> bool {
        self.managed[position]
    }

    /// The positions of the visible ancestors, the nearest first. The number of nodes limits them, so a cycle in the data
    /// cannot hang the page.
    pub(super) fn ancestors(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parents[position], |&above| self.parents[above]).take(self.parents.len())
    }

    pub(super) fn lowercase_names(&self, nodes: &[NodeView]) -> &[String] {
        self.lowercase_names.get_or_init(|| nodes.iter().map(|node| case::to_lowercase(&node.name)).collect())
    }
}
