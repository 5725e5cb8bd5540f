use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{Author, NodeId, NodeSet, Tree};

/// The maximum length of the reason for a pause, in characters.
pub const MAX_PAUSE_REASON_CHARS: usize = 200;

/// A pause of a user's access at a node and below. The entries stay, but give no roles there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// The topmost paused node.
    pub node: NodeId,
    /// The start of the pause.
    pub since: DateTime<Utc>,
    /// The moment at which the pause ends by itself. `None` for a pause without an end.
    pub until: Option<DateTime<Utc>>,
    /// The reason, of 1 to 200 characters. Only for those who manage the node.
    pub reason: String,
    /// The author of the pause. Only for those who manage the node.
    pub by: Author,
    /// The nodes below that the author did not manage at the start. They keep their own entries, and inherit nothing
    /// from a paused node. Nodes that are added later are paused.
    pub left_out: BTreeSet<NodeId>,
}

impl Pause {
    /// Whether the pause has not ended at this moment. `since` does not matter, because the clock may be set back.
    pub fn is_in_force(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| until > now)
    }

    /// Returns the paused nodes: the node and the nodes below, except those that are left out.
    pub fn covered(&self, tree: &Tree) -> NodeSet {
        let below = tree.position(self.node).map_or(0..0, |position| tree.subtree(position));
        let nodes = tree.nodes().iter().enumerate();
        nodes.map(|(position, node)| below.contains(&position) && !self.left_out.contains(&node.id)).collect()
    }

    /// Whether this pause makes `other` superfluous: it is at the same node, pauses the same nodes or more, and ends no
    /// earlier.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        self.node == other.node
            && self.left_out.is_subset(&other.left_out)
            && crate::entry::lasts_as_long(self.until, other.until)
    }
}
