use std::collections::HashMap;
use std::ops::Range;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{NodeId, Role, RoleSet};

/// The kind of a node. The access rules use parent links only and ignore the kind, so a new kind changes no rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// The service provider, usually the root.
    Provider,
    /// An agency. Agencies can be nested.
    Agency,
    /// An environment, which holds bots and their conversations.
    Environment,
}

impl NodeKind {
    /// Whether a node of this kind may be below a node of another kind, or be the root (`None`). The access rules do not
    /// depend on it, so only an import checks it.
    pub const fn may_be_below(self, parent: Option<Self>) -> bool {
        match self {
            Self::Provider => parent.is_none(),
            Self::Agency | Self::Environment => matches!(parent, Some(Self::Provider | Self::Agency)),
        }
    }
}

/// One node of the organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// The id of the node.
    pub id: NodeId,
    /// The parent node. `None` for the root.
    pub parent: Option<NodeId>,
    /// The kind of the node.
    pub kind: NodeKind,
    /// The display name.
    pub name: String,
    /// The licence: the roles that cannot be given at this node and below. `None` inherits the licence of the parent.
    pub disabled_roles: Option<RoleSet>,
}

/// The reason why a list of nodes is not a tree.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TreeError {
    /// The list is empty, or every node has a parent.
    #[error("the organisation has no root")]
    NoRoot,
    /// More than one node has no parent.
    #[error("{0} is a second root: only one node may have no parent")]
    SecondRoot(NodeId),
    /// Two nodes have the same id.
    #[error("node {0} occurs more than once")]
    Duplicate(NodeId),
    /// The parent of a node is not in the list.
    #[error("the parent of {0} does not exist")]
    Orphan(NodeId),
    /// A node is its own ancestor.
    #[error("{0} is its own ancestor")]
    Cycle(NodeId),
}

impl TreeError {
    /// Returns the node at fault.
    pub const fn node(&self) -> Option<NodeId> {
        match self {
            Self::NoRoot => None,
            Self::SecondRoot(node) | Self::Duplicate(node) | Self::Orphan(node) | Self::Cycle(node) => {
                Some(*node)
            }
        }
    }
}

/// The organisation: a tree with one root, stored in preorder.
///
/// A node comes before its descendants, so every subtree is one range of positions.
#[derive(Debug, Clone)]
pub struct Tree {
    nodes: Vec<Node>,
    parents: Vec<Option<usize>>,
    ends: Vec<usize>,
    positions: HashMap<NodeId, usize>,
    licensed: Vec<RoleSet>,
}

impl Tree {
    /// Builds the tree. Siblings keep their order in the list.
    ///
    /// # Errors
    /// [`TreeError`] for a cycle, a second root, an orphan, a duplicate id or an empty list.
    pub fn new(nodes: Vec<Node>) -> Result<Self, TreeError> {
        let mut indices = HashMap::with_capacity(nodes.len());
        for (position, node) in nodes.iter().enumerate() {
            if indices.insert(node.id, position).is_some() {
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
                    children[*indices.get(&parent).ok_or(TreeError::Orphan(node.id))?].push(position);
                }
            }
        }
        let Some(root) = root else {
            // Every node has a parent in the list, so there is a cycle.
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
            let unreachable = nodes.iter().zip(reached).find(|(_, reached)| !reached);
            return Err(unreachable.map_or(TreeError::NoRoot, |(node, _)| TreeError::Cycle(node.id)));
        }

        let mut slots: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
        let nodes: Vec<Node> = order.iter().filter_map(|&position| slots[position].take()).collect();
        let positions: HashMap<_, _> =
            nodes.iter().enumerate().map(|(position, node)| (node.id, position)).collect();
        let parents: Vec<_> =
            nodes.iter().map(|node| node.parent.and_then(|parent| positions.get(&parent).copied())).collect();
        let mut ends: Vec<usize> = (1..=nodes.len()).collect();
        for position in (0..nodes.len()).rev() {
            if let Some(parent) = parents[position] {
                ends[parent] = ends[parent].max(ends[position]);
            }
        }
        let licensed = licensed_by_position(&nodes, &parents);
        Ok(Self { nodes, parents, ends, positions, licensed })
    }

    /// The nodes in preorder. A position is an index into this slice.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The number of nodes; at least one.
    #[allow(clippy::len_without_is_empty, reason = "a tree always has a root")]
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// The position of the node, if it exists.
    pub fn position(&self, id: NodeId) -> Option<usize> {
        self.positions.get(&id).copied()
    }

    /// The node, if it exists.
    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.position(id).map(|position| &self.nodes[position])
    }

    /// The position of the parent. `None` for the root.
    pub fn parent(&self, position: usize) -> Option<usize> {
        self.parents[position]
    }

    /// The positions of the node and of its descendants.
    pub fn subtree(&self, position: usize) -> Range<usize> {
        position..self.ends[position]
    }

    /// The roles that can be given at each node, by position.
    pub(crate) fn licensed(&self) -> &[RoleSet] {
        &self.licensed
    }

    /// Whether the node has no children.
    pub fn is_leaf(&self, position: usize) -> bool {
        self.ends[position] == position + 1
    }

    /// The positions of the ancestors, the nearest first.
    pub fn ancestors(&self, position: usize) -> impl Iterator<Item = usize> + '_ {
        std::iter::successors(self.parents[position], |&above| self.parents[above])
    }
}

/// Computes the licensed roles of each node of a list in preorder.
///
/// Without any licence, only [`Role::Developer`] is disabled **(choice)**: the manual's table of roles does not
/// include it.
fn licensed_by_position(nodes: &[Node], parents: &[Option<usize>]) -> Vec<RoleSet> {
    let mut licensed: Vec<RoleSet> = Vec::with_capacity(nodes.len());
    for (node, parent) in nodes.iter().zip(parents) {
        let inherited = parent.map_or(RoleSet::all() - Role::Developer, |parent| licensed[parent]);
        licensed.push(node.disabled_roles.map_or(inherited, |disabled| RoleSet::all() - disabled));
    }
    licensed
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use uuid::Uuid;

    /// The id of test node `number`.
    pub(crate) fn id(number: usize) -> NodeId {
        NodeId(Uuid::from_u128(number as u128 + 1))
    }

    /// Builds a tree from the parent number of each node. Node 0 is the root.
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
    fn stores_each_subtree_as_one_range() {
        let tree = tree(&[0, 0, 1, 1, 2]);
        let order: Vec<_> = tree.nodes().iter().map(|node| node.id).collect();
        assert_eq!(order, [0, 1, 3, 4, 2, 5].map(id));
        let first = tree.position(id(1)).unwrap();
        assert_eq!(tree.subtree(first), 1..4);
        assert_eq!(tree.ancestors(tree.position(id(4)).unwrap()).collect::<Vec<_>>(), [1, 0]);
        assert!(tree.is_leaf(tree.position(id(5)).unwrap()));
    }

    #[test]
    fn rejects_a_second_root() {
        let mut nodes = nodes(&[0]);
        nodes[1].parent = None;
        assert_eq!(Tree::new(nodes).unwrap_err(), TreeError::SecondRoot(id(1)));
    }

    #[test]
    fn rejects_an_orphan() {
        assert_eq!(Tree::new(nodes(&[7])).unwrap_err(), TreeError::Orphan(id(1)));
    }

    #[test]
    fn rejects_a_cycle_apart_from_the_root() {
        assert_eq!(Tree::new(nodes(&[2, 1])).unwrap_err(), TreeError::Cycle(id(1)));
    }

    #[test]
    fn rejects_a_cycle_without_a_root() {
        let mut nodes = nodes(&[0]);
        nodes[0].parent = Some(id(1));
        assert_eq!(Tree::new(nodes).unwrap_err(), TreeError::Cycle(id(0)));
    }

    #[test]
    fn rejects_a_duplicate_id_and_an_empty_list() {
        let mut duplicate = nodes(&[0]);
        duplicate[1].id = id(0);
        assert_eq!(Tree::new(duplicate).unwrap_err(), TreeError::Duplicate(id(0)));
        assert_eq!(Tree::new(Vec::new()).unwrap_err(), TreeError::NoRoot);
    }
}
