use std::ops::Range;

use crate::Tree;

/// A set of nodes of one tree: one flag for each position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSet(Vec<bool>);

impl NodeSet {
    /// Creates a set of consecutive positions of a tree.
    pub fn range(tree: &Tree, positions: Range<usize>) -> Self {
        let mut set = vec![false; tree.len()];
        set[positions].fill(true);
        Self(set)
    }

    /// Whether the node at this position is in the set.
    pub fn contains(&self, position: usize) -> bool {
        self.0[position]
    }

    /// The positions in the set, ascending.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        self.0.iter().enumerate().filter_map(|(position, &is_in)| is_in.then_some(position))
    }

    /// Whether the set has no node.
    pub fn is_empty(&self) -> bool {
        !self.0.contains(&true)
    }
}

impl FromIterator<bool> for NodeSet {
    /// Collects one flag for each position, in order: whether the node is in the set.
    fn from_iter<I: IntoIterator<Item = bool>>(are_in: I) -> Self {
        Self(are_in.into_iter().collect())
    }
}
