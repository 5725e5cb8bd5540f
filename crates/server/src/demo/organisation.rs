//! The invented organisation.

use studio_users_domain::{NodeId, NodeKind, Role, RoleSet};
use uuid::Builder;

use super::names::Culture;
use super::random::Random;
use crate::store::ImportedNode;

/// A node of the demo, by its place in [`NODES`].
pub(super) type Place = usize;

/// What a node of the demo is.
pub(super) struct Site {
    pub(super) name: &'static str,
    pub(super) above: Option<Place>,
    pub(super) kind: NodeKind,
    /// Where its people have their addresses.
    pub(super) domain: &'static str,
    /// How many of a thousand users it has, about.
    pub(super) weight: u64,
    /// Where most of its people come from.
    pub(super) home: Culture,
    /// Whether somebody is assigned to manage just this node.
    pub(super) is_managed: bool,
}

pub(super) const PROVIDER: Place = 0;
pub(super) const NORTHWIND: Place = 1;
pub(super) const HARBOR_BANK: Place = 2;
pub(super) const CITY_CLINIC: Place = 3;
pub(super) const VELO_BIKES: Place = 4;
pub(super) const POLDER_ENERGY: Place = 5;
pub(super) const SANDBOX: Place = 6;
pub(super) const SAKURA: Place = 14;
pub(super) const SEOUL_MOBILITY: Place = 16;

/// The nodes, each after the one above it.
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

/// The id of a node: the same each time.
pub(super) fn node_id(place: Place) -> NodeId {
    NodeId(Builder::from_random_bytes(Random::new(0x000d_e000 + place as u64).bytes()).into_uuid())
}

/// The nodes as they are imported.
pub(super) fn organisation() -> Vec<ImportedNode> {
    let node = |(place, site): (Place, &Site)| ImportedNode {
        id: node_id(place),
        parent_id: site.above.map(node_id),
        kind: site.kind,
        name: site.name.into(),
        disabled_roles: match place {
            PROVIDER => Some(RoleSet::only(Role::Developer)),
            // Bots are built here.
            SANDBOX => Some(RoleSet::empty()),
            _ => None,
        },
    };
    NODES.iter().enumerate().map(node).collect()
}

/// The environments at or below a node.
pub(super) fn environments(place: Place) -> Vec<Place> {
    let is_below = |mut at: Place| {
        while at != place {
            match NODES[at].above {
                Some(above) => at = above,
                None => return false,
            }
        }
        true
    };
    (0..NODES.len()).filter(|&at| NODES[at].kind == NodeKind::Environment && is_below(at)).collect()
}

const fn site(
    name: &'static str,
    above: Option<Place>,
    kind: NodeKind,
    domain: &'static str,
    weight: u64,
    home: Culture,
) -> Site {
    Site { name, above, kind, domain, weight, home, is_managed: true }
}

const fn agency(name: &'static str, above: Place, domain: &'static str, weight: u64, home: Culture) -> Site {
    site(name, Some(above), NodeKind::Agency, domain, weight, home)
}

const fn environment(
    name: &'static str,
    above: Place,
    domain: &'static str,
    weight: u64,
    home: Culture,
) -> Site {
    site(name, Some(above), NodeKind::Environment, domain, weight, home)
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
    fn the_organisation_is_a_tree_in_which_bots_are_built_in_one_environment() {
        let nodes = organisation().into_iter().map(|node| Node {
            id: node.id,
            parent: node.parent_id,
            kind: node.kind,
            name: node.name,
            disabled_roles: node.disabled_roles,
        });
        let tree = Tree::new(nodes.collect()).unwrap();
        let may_build = |&at: &usize| licensed_roles(&tree, at).contains(Role::Developer);
        let names: Vec<_> = (0..tree.len()).filter(may_build).map(|at| &tree.nodes()[at].name).collect();
        assert_eq!(names, ["Sandbox"]);
        assert_eq!(environments(NORTHWIND), [2, 3, 4, 5, 6]);
        assert!(environments(PROVIDER).len() >= 12);
    }
}
