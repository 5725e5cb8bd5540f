//! The choice of nodes in the environment filter. A chosen node includes all its descendants.

use std::iter::once;

use studio_users_domain::NodeId;

use crate::state::CurrentUser;

/// The state of a node's checkbox. It is checked if the node or an ancestor is chosen, and indeterminate if only a
/// descendant is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum CheckState {
    #[default]
    Unchecked,
    Indeterminate,
    Checked,
}

/// Returns the chosen nodes after a click on a node.
///
/// A click removes the descendants of the node from the choice. Unchecking a node below a chosen ancestor replaces the
/// ancestor by the siblings on each level between the two.
pub(crate) fn toggled_node(current_user: &CurrentUser, chosen: &[NodeId], clicked: NodeId) -> Vec<NodeId> {
    let Some(clicked_at) = current_user.position(clicked) else { return chosen.to_vec() };
    let is_chosen = chosen_flags(current_user, chosen);
    let path: Vec<_> = once(clicked_at).chain(current_user.ancestors(clicked_at)).collect();
    // The topmost chosen ancestor, or the node itself.
    let covering = path.iter().rposition(|&at| is_chosen[at]);
    let replaced = covering.map_or(&path[..1], |covering| &path[..=covering]);
    let is_kept = |id: NodeId| {
        current_user.position(id).is_none_or(|at| {
            !replaced.contains(&at) && current_user.ancestors(at).all(|above| above != clicked_at)
        })
    };
    let others = chosen.iter().copied().filter(|&id| is_kept(id));
    if covering.is_none() {
        return others.chain(once(clicked)).collect();
    }
    let is_new_sibling = |&position: &usize| {
        let above = current_user.ancestors(position).next();
        above.is_some_and(|above| replaced[1..].contains(&above))
            && !replaced.contains(&position)
            && !is_chosen[position]
    };
    let siblings = (0..current_user.nodes.len()).filter(is_new_sibling);
    others.chain(siblings.map(|position| current_user.nodes[position].id)).collect()
}

/// Computes the checkboxes of all visible nodes, by position.
pub(crate) fn check_states(current_user: &CurrentUser, chosen: &[NodeId]) -> Vec<CheckState> {
    let is_chosen = chosen_flags(current_user, chosen);
    let mut states = vec![None; is_chosen.len()];
    let mut path = Vec::new();
    for start in 0..states.len() {
        // Follows the ancestors to the first with a known state, so each node is visited once.
        let mut state = CheckState::Unchecked;
        for at in once(start).chain(current_user.ancestors(start)) {
            if let Some(known) = states[at] {
                state = known;
                break;
            }
            path.push(at);
            if is_chosen[at] {
                state = CheckState::Checked;
                break;
            }
        }
        for at in path.drain(..) {
            states[at] = Some(state);
        }
    }
    let mut states: Vec<_> = states.into_iter().map(Option::unwrap_or_default).collect();
    for chosen in chosen.iter().filter_map(|&id| current_user.position(id)) {
        for above in current_user.ancestors(chosen) {
            if states[above] != CheckState::Unchecked {
                break;
            }
            states[above] = CheckState::Indeterminate;
        }
    }
    states
}

/// Whether each visible node is chosen, by position.
fn chosen_flags(current_user: &CurrentUser, chosen: &[NodeId]) -> Vec<bool> {
    let mut flags = vec![false; current_user.nodes.len()];
    for position in chosen.iter().filter_map(|&id| current_user.position(id)) {
        flags[position] = true;
    }
    flags
}

// These tests run natively, because the page's tests in the browser have no proptest.
#[cfg(all(test, not(target_family = "wasm")))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use studio_users_contract::{NodeView, Session, SessionUser};
    use studio_users_domain::{NodeKind, UserId};
    use uuid::Uuid;

    fn id(number: usize) -> NodeId {
        NodeId(Uuid::from_u128(number as u128))
    }

    /// A user who sees nodes with these numbers and parents.
    fn current_user(nodes: &[(usize, Option<usize>)]) -> CurrentUser {
        let node = |&(number, above): &(usize, Option<usize>)| NodeView {
            id: id(number),
            parent_id: above.map(id),
            kind: NodeKind::Environment,
            name: String::new(),
            own_managers: None,
            disabled_roles: None,
        };
        let user = SessionUser {
            id: UserId(Uuid::nil()),
            name: None,
            email: "m@x.example".into(),
            locale: None,
            digests: true,
        };
        let session = Session { user, managed: Vec::new(), nodes: Vec::new(), view: None };
        CurrentUser::new(session, nodes.iter().map(node).collect())
    }

    /// Node 1 is a provider, 2 an agency with children 3 and 4, and 5 an agency with child 6.
    fn organisation() -> CurrentUser {
        current_user(&[(1, None), (2, Some(1)), (3, Some(2)), (4, Some(2)), (5, Some(1)), (6, Some(5))])
    }

    fn clicked(chosen: &[usize], node: usize) -> Vec<NodeId> {
        let chosen: Vec<_> = chosen.iter().copied().map(id).collect();
        let mut after = toggled_node(&organisation(), &chosen, id(node));
        after.sort_unstable();
        after
    }

    #[test]
    fn checking_a_node_includes_its_descendants() {
        assert_eq!(clicked(&[], 3), [id(3)]);
        assert_eq!(clicked(&[3, 4, 6], 2), [id(2), id(6)]);
        assert_eq!(clicked(&[2], 2), []);
    }

    #[test]
    fn unchecking_a_descendant_keeps_its_siblings() {
        assert_eq!(clicked(&[2], 3), [id(4)]);
        assert_eq!(clicked(&[1], 3), [id(4), id(5)]);
        let states = check_states(&organisation(), &[id(4), id(5)]);
        use CheckState::{Checked, Indeterminate, Unchecked};
        assert_eq!(states, [Indeterminate, Indeterminate, Unchecked, Checked, Checked, Checked]);
    }

    /// The nodes at and below which a user is shown, by the definition.
    fn naive_covered(nodes: &CurrentUser, chosen: &[NodeId], node: NodeId) -> bool {
        let parent = nodes.nodes.iter().find(|view| view.id == node).and_then(|view| view.parent_id);
        chosen.contains(&node) || parent.is_some_and(|parent| naive_covered(nodes, chosen, parent))
    }

    fn naive_state(nodes: &CurrentUser, chosen: &[NodeId], node: NodeId) -> CheckState {
        if naive_covered(nodes, chosen, node) {
            return CheckState::Checked;
        }
        let has_chosen = chosen.iter().any(|&below| naive_covered(nodes, &[node], below));
        if has_chosen { CheckState::Indeterminate } else { CheckState::Unchecked }
    }

    /// Trees whose nodes are in any order, with a choice of nodes, some of which are not visible, and a clicked node.
    fn any_case() -> impl Strategy<Value = (CurrentUser, Vec<NodeId>, NodeId)> {
        let picks = proptest::collection::vec(any::<prop::sample::Index>(), 0..16);
        let tree = picks.prop_map(|picks| {
            let below = picks.iter().enumerate().map(|(n, pick)| (n + 1, Some(pick.index(n + 1))));
            once((0, None)).chain(below).collect::<Vec<_>>()
        });
        let shuffled = tree.prop_flat_map(|nodes| Just(nodes).prop_shuffle());
        shuffled.prop_flat_map(|nodes| {
            let count = nodes.len();
            let chosen = proptest::collection::vec((0..count + 2).prop_map(id), 0..6);
            (Just(current_user(&nodes)), chosen, (0..count).prop_map(id))
        })
    }

    proptest! {
        #[test]
        fn states_match_the_naive_implementation((nodes, chosen, _) in any_case()) {
            let states = check_states(&nodes, &chosen);
            for (node, state) in nodes.nodes.iter().zip(states) {
                prop_assert_eq!(state, naive_state(&nodes, &chosen, node.id));
            }
        }

        #[test]
        fn a_click_toggles_the_node_and_keeps_the_nodes_beside_it((nodes, chosen, clicked) in any_case()) {
            let after = toggled_node(&nodes, &chosen, clicked);
            let was_covered = naive_covered(&nodes, &chosen, clicked);
            for node in nodes.nodes.iter().map(|node| node.id) {
                let is_below = naive_covered(&nodes, &[clicked], node);
                let is_above = naive_covered(&nodes, &[node], clicked);
                if is_below {
                    prop_assert_eq!(naive_covered(&nodes, &after, node), !was_covered);
                } else if !is_above {
                    prop_assert_eq!(
                        naive_covered(&nodes, &after, node),
                        naive_covered(&nodes, &chosen, node)
                    );
                }
            }
        }

        #[test]
        fn a_cycle_of_parents_ends(chosen in 0_usize..4, clicked in 1_usize..4) {
            let nodes = current_user(&[(1, Some(2)), (2, Some(1)), (3, Some(2))]);
            prop_assert_eq!(check_states(&nodes, &[id(chosen)]).len(), 3);
            toggled_node(&nodes, &[id(chosen)], id(clicked));
        }
    }
}
