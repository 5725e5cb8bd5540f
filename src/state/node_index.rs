use std::collections::HashMap;
use std::sync::OnceLock;

use studio_users_contract::{NodeView, Session};
use studio_users_domain::NodeId;

use crate::i18n::folding::fold;

/// Finds nodes by their ids. It is built once for each session, so that a look-up does not search the list of nodes.
#[derive(Debug, Clone)]
pub(super) struct NodeIndex {
    places: HashMap<NodeId, Place>,
    /// The positions of the visible parents, by position.
    parents: Vec<Option<usize>>,
    /// Whether the current user manages the node, by position.
    managed: Vec<bool>,
    /// The folded names, by position. Computed for the first search.
    folded_names: OnceLock<Vec<String>>,
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
        Self { parents, managed, places, folded_names: OnceLock::new() }
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

    pub(super) fn folded_names(&self, nodes: &[NodeView]) -> &[String] {
        self.folded_names.get_or_init(|| nodes.iter().map(|node| fold(&node.name)).collect())
    }
}

// These tests run natively, because the page's tests in the browser have no proptest.
#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;
    use studio_users_contract::{NodeView, Session, SessionNode, SessionUser};
    use studio_users_domain::{Capability, CapabilitySet, NodeId, NodeKind, RoleSet, UserId};
    use unicode_normalization::UnicodeNormalization;
    use unicode_normalization::char::is_combining_mark;
    use uuid::Uuid;

    use crate::state::CurrentUser;

    fn id(number: usize) -> NodeId {
        NodeId(Uuid::from_u128(number as u128))
    }

    /// Nodes with parents that can be missing, be later in the list, or form a cycle, and ids that can occur twice.
    fn any_user() -> impl Strategy<Value = CurrentUser> {
        let number = || 0_usize..12;
        let name = prop::sample::select(vec!["Bank", "bank Ä", "ÉCOLE", "İzmir", "Straße", ""]);
        let nodes = prop::collection::vec((number(), prop::option::of(number()), name), 0..12);
        let some = || prop::collection::vec(number(), 0..12);
        (nodes, some(), some()).prop_map(|(nodes, managed, held_numbers)| {
            let node = |(number, above, name): (usize, Option<usize>, &str)| NodeView {
                id: id(number),
                parent_id: above.map(id),
                kind: if number % 3 == 0 { NodeKind::Agency } else { NodeKind::Environment },
                name: name.to_owned(),
                own_managers: None,
                disabled_roles: None,
            };
            let held = |number: usize| SessionNode {
                node_id: id(number),
                roles: RoleSet::empty(),
                inherited: false,
                capabilities: if number % 2 == 0 { Capability::Cms.into() } else { CapabilitySet::empty() },
                notified: None,
            };
            let user = SessionUser {
                id: UserId(Uuid::nil()),
                name: None,
                email: "m@x.example".into(),
                locale: None,
                digests: true,
            };
            let session = Session {
                user,
                managed: managed.into_iter().map(id).collect(),
                nodes: held_numbers.into_iter().map(held).collect(),
                view: None,
            };
            CurrentUser::new(session, nodes.into_iter().map(node).collect())
        })
    }

    /// The managed nodes above a node, by the definition.
    fn naive_depth(user: &CurrentUser, position: usize) -> usize {
        let (mut depth, mut at) = (0, &user.nodes[position]);
        while let Some(parent) = at.parent_id.and_then(|id| user.nodes.iter().find(|node| node.id == id))
            && user.session.managed.contains(&parent.id)
            && depth < user.nodes.len()
        {
            (depth, at) = (depth + 1, parent);
        }
        depth
    }

    proptest! {
        #[test]
        fn look_ups_match_a_search_of_the_lists(user in any_user(), search in "[ bBäÄaéEİiß]{0,3}") {
            for node in (0..12).map(id) {
                prop_assert_eq!(user.node(node), user.nodes.iter().find(|view| view.id == node));
                let held = user.session.nodes.iter().find(|held| held.node_id == node);
                prop_assert_eq!(user.session_node(node), held);
                let capabilities = held.map(|held| held.capabilities).unwrap_or_default();
                prop_assert_eq!(user.capabilities(Some(node)), capabilities);
                let is_managed = user.session.managed.contains(&node) && user.node(node).is_some();
                prop_assert_eq!(user.manages(node), is_managed);
            }
            // A node that occurs twice is listed once.
            let mut listed = HashSet::new();
            let plain = |text: &str| -> String {
                let letters = text.to_lowercase().replace('ß', "ss");
                letters.nfd().filter(|letter| !is_combining_mark(*letter)).collect()
            };
            let is_found = |position: &usize| {
                let node = &user.nodes[*position];
                listed.insert(node.id)
                    && user.session.managed.contains(&node.id)
                    && search.split_whitespace().all(|word| plain(&node.name).contains(&plain(word)))
            };
            let found: Vec<_> = (0..user.nodes.len()).filter(is_found).collect();
            prop_assert_eq!(user.find_managed(&search), found.clone());
            for position in found {
                prop_assert_eq!(user.managed_depth(position), naive_depth(&user, position));
            }
        }
    }
}
