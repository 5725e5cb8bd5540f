use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::{Access, HeldAccess, Node, NodeAccess, NodeSet, Notified, Tree};

/// A set of nodes that changes by itself, because access and pauses end: the nodes that any of some users manages, or
/// at which any of them is notified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodesOverTime {
    present: NodeSet,
    /// The set from each later moment on.
    later: BTreeMap<DateTime<Utc>, NodeSet>,
}

impl NodesOverTime {
    /// Returns the nodes that any of these users manages. Paused managers do not count until they are resumed.
    pub fn managed<'a>(tree: &Tree, users: impl IntoIterator<Item = &'a HeldAccess>) -> Self {
        Self::new(tree, users, |_, here| here.manages())
    }

    /// Returns the nodes that any of these users manages by an assignment at the node itself.
    pub fn managed_directly<'a>(tree: &Tree, users: impl IntoIterator<Item = &'a HeldAccess>) -> Self {
        Self::new(tree, users, |_, here| here.manages_directly())
    }

    /// Returns the environments of which any of these users gets the chat notifications. All of them have joined.
    pub fn notified<'a>(tree: &Tree, users: impl IntoIterator<Item = &'a HeldAccess>) -> Self {
        Self::new(tree, users, |node, here| Notified::at(node, here, true).is_some_and(|it| it.value))
    }

    /// Returns the set at a moment. `None` is the present.
    pub fn at(&self, moment: Option<DateTime<Utc>>) -> &NodeSet {
        let last = moment.and_then(|moment| self.later.range(..=moment).next_back());
        last.map_or(&self.present, |(_, nodes)| nodes)
    }

    /// Returns the later moments at which the set may change.
    pub fn moments(&self) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        self.later.keys().copied()
    }

    fn new<'a>(
        tree: &Tree,
        users: impl IntoIterator<Item = &'a HeldAccess>,
        is_in: impl Fn(&Node, &NodeAccess) -> bool,
    ) -> Self {
        let users: Vec<_> = users.into_iter().collect();
        let nodes = |moment: Option<DateTime<Utc>>| -> NodeSet {
            let state = |held: &&HeldAccess| match moment {
                Some(moment) => held.later(moment).access(tree),
                None => held.access(tree),
            };
            let states: Vec<Access> = users.iter().map(state).collect();
            let nodes = tree.nodes().iter().enumerate();
            nodes.map(|(at, node)| states.iter().any(|access| is_in(node, access.at(at)))).collect()
        };
        let moments = users.iter().flat_map(|held| held.moments());
        Self { present: nodes(None), later: moments.map(|moment| (moment, nodes(Some(moment)))).collect() }
    }
}

impl From<NodeSet> for NodesOverTime {
    /// Creates a set that does not change by itself.
    fn from(nodes: NodeSet) -> Self {
        Self { present: nodes, later: BTreeMap::new() }
    }
}

impl From<&NodeSet> for NodesOverTime {
    fn from(nodes: &NodeSet) -> Self {
        nodes.clone().into()
    }
}

impl From<&Self> for NodesOverTime {
    fn from(nodes: &Self) -> Self {
        nodes.clone()
    }
}
