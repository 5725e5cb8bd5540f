//! The organisation tree of the demo.

use studio_users_domain::{NodeId, NodeKind, Role, RoleSet};
use uuid::Builder;

use super::names::Culture;
use crate::random::Random;
use crate::store::ImportedNode;

/// The index of a node in [`NODES`].
pub(super) type NodeIndex = usize;

/// A node of the demo.
pub(super) struct Site {
    pub(super) name: &'static str,
    pub(super) parent: Option<NodeIndex>,
    pub(super) kind: NodeKind,
    /// The domain of e-mail addresses.
    pub(super) domain: &'static str,
    /// The approximate share of users, per mille.
    pub(super) weight: u64,
    /// The culture of most names.
    pub(super) culture: Culture,
    /// Whether a manager is assigned at this node itself.
    pub(super) is_managed: bool,
}

pub(super) const PROVIDER: NodeIndex = 0;
pub(super) const NORTHWIND: NodeIndex = 1;
pub(super) const HARBOR_BANK: NodeIndex = 2;
pub(super) const CITY_CLINIC: NodeIndex = 3;
pub(super) const VELO_BIKES: NodeIndex = 4;
pub(super) const POLDER_ENERGY: NodeIndex = 5;
pub(super) const SANDBOX: NodeIndex = 6;
pub(super) const SAKURA: NodeIndex = 14;
pub(super) const SEOUL_MOBILITY: NodeIndex = 16;

/// The nodes. Each comes after its parent.
pub(super) const NODES: [Site; 21] = [
    site("Meridian Cloud", None, NodeKind::Provider, "meridian.example", 1, Culture::English),
    agency("Northwind Telecom", PROVIDER, "northwind.example", 14, Culture::Dutch),
    environment("Harbor Bank", NORTHWIND, "harborbank.example", 210, Culture::Dutch),
    environment("City Clinic", NORTHWIND, "clinic.example", 90, Culture::Nordic),
    environment("Velo Bikes", NORTHWIND, "velobikes.example", 60, Culture::Dutch),
    unmanaged(environment("Polder Energy", NORTHWIND, "polder.example", 45, Culture::Dutch)),
    unmanaged(environment("Sandbox", NORTHWIND, "northwind.example", 8, Culture::English)),
    agency("Lumen Digital", PROVIDER, "lumen.example", 8, Culture::German),
    environment("Aurora Airlines", 7, "aurora.example", 130, Culture::Nordic),
    environment("Kaffeehaus Central", 7, "kaffeehaus.example", 50, Culture::German),
    environment("Château Verne", 7, "verne.example", 40, Culture::French),
    agency("Lumen Iberia", 7, "iberia.lumen.example", 4, Culture::Spanish),
    environment("Costa Hotels", 11, "costahotels.example", 70, Culture::Spanish),
    environment("Sol Seguros", 11, "solseguros.example", 35, Culture::Spanish),
    agency("Sakura Partners", PROVIDER, "sakura.example", 5, Culture::Japanese),
    environment("Hanabi Retail", 14, "hanabi.example", 80, Culture::Japanese),
    environment("Seoul Mobility", 14, "seoulmobility.example", 45, Culture::Korean),
    environment("Lotus Travel", 14, "lotustravel.example", 40, Culture::Vietnamese),
    agency("Anatolia Connect", PROVIDER, "anatolia.example", 4, Culture::Turkish),
    environment("Bosphorus Market", 18, "bosphorus.example", 40, Culture::Turkish),
    environment("Cedar University", 18, "cedar.example", 30, Culture::Arabic),
];

/// Returns the id of a node. It is always the same.
pub(super) fn node_id(node: NodeIndex) -> NodeId {
    NodeId(Builder::from_random_bytes(Random::new(0x000d_e000 + node as u64).bytes()).into_uuid())
}

/// Returns the nodes for the import.
pub(super) fn organisation() -> Vec<ImportedNode> {
    let node = |(node, site): (NodeIndex, &Site)| ImportedNode {
        id: node_id(node),
        parent_id: site.parent.map(node_id),
        kind: site.kind,
        name: site.name.into(),
        disabled_roles: match node {
            PROVIDER => Some(RoleSet::only(Role::Developer)),
            // The only environment with the role Developer.
            SANDBOX => Some(RoleSet::empty()),
            _ => None,
        },
    };
    NODES.iter().enumerate().map(node).collect()
}

/// Returns the environments at or below a node.
pub(super) fn environments(node: NodeIndex) -> Vec<NodeIndex> {
    let is_below = |mut index: NodeIndex| {
        while index != node {
            match NODES[index].parent {
                Some(parent) => index = parent,
                None => return false,
            }
        }
        true
    };
    (0..NODES.len()).filter(|&index| NODES[index].kind == NodeKind::Environment && is_below(index)).collect()
}

const fn site(
    name: &'static str,
    parent: Option<NodeIndex>,
    kind: NodeKind,
    domain: &'static str,
    weight: u64,
    culture: Culture,
) -> Site {
    Site { name, parent, kind, domain, weight, culture, is_managed: true }
}

const fn agency(
    name: &'static str,
    parent: NodeIndex,
    domain: &'static str,
    weight: u64,
    culture: Culture,
) -> Site {
    site(name, Some(parent), NodeKind::Agency, domain, weight, culture)
}

const fn environment(
    name: &'static str,
    parent: NodeIndex,
    domain: &'static str,
    weight: u64,
    culture: Culture,
) -> Site {
    site(name, Some(parent), NodeKind::Environment, domain, weight, culture)
}

const fn unmanaged(mut site: Site) -> Site {
    site.is_managed = false;
    site
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::{Node, Tree, licensed_roles};

    #[test]
    fn is_a_tree_with_developers_in_one_environment_only() {
        let nodes = organisation().into_iter().map(|node| Node {
            id: node.id,
            parent: node.parent_id,
            kind: node.kind,
            name: node.name,
            disabled_roles: node.disabled_roles,
        });
        let tree = Tree::new(nodes.collect()).unwrap();
        let allows_developers = |&index: &usize| licensed_roles(&tree, index).contains(Role::Developer);
        let names: Vec<_> =
            (0..tree.len()).filter(allows_developers).map(|index| &tree.nodes()[index].name).collect();
        assert_eq!(names, ["Sandbox"]);
        assert_eq!(environments(NORTHWIND), [2, 3, 4, 5, 6]);
        assert!(environments(PROVIDER).len() >= 12);
    }
}
