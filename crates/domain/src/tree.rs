use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::licence::licences;
use crate::{NodeId, RoleSet};

/// What a node is. The rules look at parent links only: a further kind changes none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// The service provider, usually the root.
    Provider,
    /// An agency; agencies may nest.
    Agency,
    /// Holds bots and their conversations.
    Environment,
}

/// One node of the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// The node above it; none for the root.
    pub parent: Option<NodeId>,
    /// What it is.
    pub kind: NodeKind,
    /// What it is called.
    pub name: String,
    /// Its licence: the roles that cannot be given here or below; none where the node says nothing of it.
    pub disabled_roles: Option<RoleSet>,
}

/// Why a list of nodes is not a tree.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TreeError {
    /// There is no node without a parent.
    #[error("the organisation has no root")]
    NoRoot,
    /// Two nodes have no parent.
    #[error("{0} is a second root: only one node may have no parent")]
    SecondRoot(NodeId),
    /// An id stands twice.
    #[error("the node {0} stands twice")]
    Duplicate(NodeId),
    /// A parent is not among the nodes.
    #[error("the parent of {0} does not exist")]
    Orphan(NodeId),
    /// Following the parents comes back to where it began.
    #[error("{0} lies below itself")]
    Cycle(NodeId),
}

/// The organisation: one root, every node below it, in preorder (a node stands before what is below it),
/// so that whatever lies below a node is one range.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
    parents: Vec<Option<usize>>,
    ends: Vec<usize>,
    positions: HashMap<NodeId, usize>,
    licensed: Vec<RoleSet>,
}

impl Tree {
    /// Builds the tree. Siblings keep the order in which they are given.
    ///
    /// # Errors
    /// A cycle, a second root, an orphan or a doubled id is refused.
    pub fn new(nodes: Vec<Node>) -> Result<Self, TreeError> {
        let mut given = HashMap::with_capacity(nodes.len());
        for (position, node) in nodes.iter().enumerate() {
            if given.insert(node.id, position).is_some() {
                return Err(TreeError::Duplicate(node.id));
            }
        }
        let mut root = None;
        let mut children = vec![Vec::new(); nodes.len()];
        for (position, node) in nodes.iter().enumerate() {
            match node.parent {
                None if root.is_some() => return Err(TreeError::SecondRoot(node.id)),
                None => root = Some(position),
                Some(parent) => {
                    children[*given.get(&parent).ok_or(TreeError::Orphan(node.id))?].push(position);
                }
            }
        }
        let Some(root) = root else {
            // Every node has a parent among the nodes, so following the parents must come round.
            return Err(nodes.first().map_or(TreeError::NoRoot, |node| TreeError::Cycle(node.id)));
        };

        let mut order = Vec::with_capacity(nodes.len());
        let mut stack = vec![root];
        while let Some(position) = stack.pop() {
            order.push(position);
            stack.extend(children[position].iter().rev());
        }
        if order.len() < nodes.len() {
            let mut reached = vec![false; nodes.len()];
            for &position in &order {
                reached[position] = true;
            }
            let lost = nodes.iter().zip(reached).find(|(_, reached)| !reached);
            return Err(lost.map_or(TreeError::NoRoot, |(node, _)| TreeError::Cycle(node.id)));
        }

        let mut places: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
        let nodes: Vec<Node> = order.iter().filter_map(|&position| places[position].take()).collect();
        let positions: HashMap<_, _> = nodes.iter().enumerate().map(|(at, node)| (node.id, at)).collect();
        let parents: Vec<_> =
            nodes.iter().map(|node| node.parent.and_then(|parent| positions.get(&parent).copied())).collect();
        let mut ends: Vec<usize> = (1..=nodes.len()).collect();
        for position in (0..nodes.len()).rev() {
            if let Some(parent) = parents[position] {
                ends[parent] = ends[parent].max(ends[position]);
            }
        }
        let licensed = licences(&nodes, &parents);
        Ok(Self { nodes, parents, ends, positions, licensed })
    }

    /// The nodes in preorder. Positions elsewhere in this crate count along this slice.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// How many nodes there are; never none.
    #[allow(clippy::len_without_is_empty, reason = "a tree has a root")]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Where the node stands in preorder, if it exists.
    pub fn position(&self, id: NodeId) -> Option<usize> {
        self.positions.get(&id).copied()
    }

    /// The node, if it exists.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.position(id).map(|position| &self.nodes[position])
    }

    /// The position of the node above, if there is one.
    pub fn parent(&self, position: usize) -> Option<usize> {
        self.parents[position]
    }

    /// The positions of the node and of all below it.
    pub fn subtree(&self, position: usize) -> Range<usize> {
        position..self.ends[position]
    }

    /// The roles that can be given at each node, by position.
    pub(crate) fn licensed(&self) -> &[RoleSet] {
        &self.licensed
    }

    /// Whether nothing lies below the node.
    pub fn is_leaf(&self, position: usize) -> bool {
        self.ends[position] == position + 1
    }

    /// The positions of the nodes above, the nearest first.
    pub fn ancestors(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parents[position], |&above| self.parents[above])
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use uuid::Uuid;

    /// The node that tests call `number`.
    pub(crate) fn id(number: usize) -> NodeId {
        NodeId(Uuid::from_u128(number as u128 + 1))
    }

    /// A tree from each node's parent, given by its number; node 0 is the root.
    pub(crate) fn tree(parents: &[usize]) -> Tree {
        Tree::new(nodes(parents)).unwrap()
    }

    fn nodes(parents: &[usize]) -> Vec<Node> {
        std::iter::once(None)
            .chain(parents.iter().map(|&parent| Some(id(parent))))
            .enumerate()
            .map(|(number, parent)| Node {
                id: id(number),
                parent,
                kind: if parent.is_some() { NodeKind::Environment } else { NodeKind::Provider },
                name: format!("Node {number}"),
                disabled_roles: None,
            })
            .collect()
    }

    #[test]
    fn preorder_keeps_what_is_below_a_node_in_one_range() {
        let tree = tree(&[0, 0, 1, 1, 2]);
        let order: Vec<_> = tree.nodes().iter().map(|node| node.id).collect();
        assert_eq!(order, [0, 1, 3, 4, 2, 5].map(id));
        let first = tree.position(id(1)).unwrap();
        assert_eq!(tree.subtree(first), 1..4);
        assert_eq!(tree.ancestors(tree.position(id(4)).unwrap()).collect::<Vec<_>>(), [1, 0]);
        assert!(tree.is_leaf(tree.position(id(5)).unwrap()));
    }

    #[test]
    fn a_second_root_is_refused() {
        let mut nodes = nodes(&[0]);
        nodes[1].parent = None;
        assert_eq!(Tree::new(nodes).unwrap_err(), TreeError::SecondRoot(id(1)));
    }

    #[test]
    fn an_orphan_is_refused() {
        assert_eq!(Tree::new(nodes(&[7])).unwrap_err(), TreeError::Orphan(id(1)));
    }

    #[test]
    fn a_cycle_beside_the_root_is_refused() {
        assert_eq!(Tree::new(nodes(&[2, 1])).unwrap_err(), TreeError::Cycle(id(1)));
    }

    #[test]
    fn a_cycle_without_a_root_is_refused() {
        let mut nodes = nodes(&[0]);
        nodes[0].parent = Some(id(1));
        assert_eq!(Tree::new(nodes).unwrap_err(), TreeError::Cycle(id(0)));
    }

    #[test]
    fn a_doubled_id_and_an_empty_list_are_refused() {
        let mut doubled = nodes(&[0]);
        doubled[1].id = id(0);
        assert_eq!(Tree::new(doubled).unwrap_err(), TreeError::Duplicate(id(0)));
        assert_eq!(Tree::new(Vec::new()).unwrap_err(), TreeError::NoRoot);
    }
}
