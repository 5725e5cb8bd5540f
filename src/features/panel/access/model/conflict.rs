use std::collections::BTreeMap;

use studio_users_contract::UserAccess;
use studio_users_domain::{NodeId, RoleSet};

use super::draft::Staged;

/// The result of a three-way merge of the loaded access, the staged changes, and a concurrent change. That change was
/// made by another manager, or by the current user in another window.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Conflict {
    /// The nodes that both changed in different ways. Each needs a choice.
    pub(crate) nodes: Vec<NodeConflict>,
    /// The changes at nodes that only the current user changed.
    pub(crate) mine: Vec<(NodeId, Option<RoleSet>)>,
    /// The nodes that only the other manager changed, or that both changed in the same way. These are already saved.
    pub(crate) theirs: Vec<NodeId>,
}

/// A node that the current user and another manager changed in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NodeConflict {
    pub(crate) node: NodeId,
    /// The roles assigned when the current user started editing.
    pub(crate) base: Option<RoleSet>,
    /// The roles that the current user staged.
    pub(crate) mine: Option<RoleSet>,
    /// The roles that the other manager saved.
    pub(crate) theirs: Option<RoleSet>,
}

/// One of the two versions of a node in conflict.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// The version of the current user.
    Mine,
    /// The version of the other manager.
    Theirs,
}

/// The choice for each node, with the other manager's roles at that time. A choice no longer applies if these change.
pub(crate) type ConflictChoices = BTreeMap<NodeId, (Version, Option<RoleSet>)>;

impl Conflict {
    /// Merges the changes staged on `base` with the `latest` access.
    pub(crate) fn between(base: &UserAccess, latest: &UserAccess, staged: &Staged, has_joined: bool) -> Self {
        let (before, after) = (assigned(base, has_joined), assigned(latest, has_joined));
        let mut conflict = Self::default();
        for (&node, &mine) in staged {
            let (base, theirs) = (before.get(&node).copied(), after.get(&node).copied());
            if theirs == mine {
                conflict.theirs.push(node);
            } else if theirs == base {
                conflict.mine.push((node, mine));
            } else {
                conflict.nodes.push(NodeConflict { node, base, mine, theirs });
            }
        }
        for node in latest.nodes.iter().map(|node| node.node_id) {
            if !staged.contains_key(&node) && after.get(&node) != before.get(&node) {
                conflict.theirs.push(node);
            }
        }
        conflict
    }

    /// Whether there is nothing to show: no node in conflict, and no change by the other manager.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.is_empty() && self.theirs.is_empty()
    }

    /// The nodes that still need a choice.
    pub(crate) fn unresolved<'a>(
        &'a self,
        choices: &'a ConflictChoices,
    ) -> impl Iterator<Item = &'a NodeConflict> {
        self.nodes.iter().filter(|node_conflict| node_conflict.chosen(choices).is_none())
    }

    /// Returns the changes left to save after the choices. A node without a choice keeps the current user's version.
    pub(crate) fn resolved(&self, choices: &ConflictChoices) -> Staged {
        let chosen =
            self.nodes.iter().filter(|node_conflict| node_conflict.chosen(choices) != Some(Version::Theirs));
        self.mine
            .iter()
            .copied()
            .chain(chosen.map(|node_conflict| (node_conflict.node, node_conflict.mine)))
            .collect()
    }
}

impl NodeConflict {
    /// Returns the choice for this node, if it still applies.
    pub(crate) fn chosen(&self, choices: &ConflictChoices) -> Option<Version> {
        choices.get(&self.node).filter(|(_, theirs)| *theirs == self.theirs).map(|&(version, _)| version)
    }
}

fn assigned(access: &UserAccess, has_joined: bool) -> BTreeMap<NodeId, RoleSet> {
    let roles = access.nodes.iter().filter_map(|node| {
        let pending = Some(node.pending).filter(|roles| !roles.is_empty());
        Some((node.node_id, if has_joined { node.assigned } else { pending }?))
    });
    roles.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::features::panel::access::model::draft::tests::{access, id};
    use studio_users_domain::Role;

    const MANAGED: [u128; 3] = [2, 3, 4];

    #[test]
    fn requires_a_choice_only_for_nodes_that_both_changed() {
        let base = access(&MANAGED, &[(2, Role::Operator.into())]);
        let latest = access(&MANAGED, &[(2, Role::Agent.into()), (3, Role::Supervisor.into())]);
        let staged =
            Staged::from([(id(3), Some(Role::Operator.into())), (id(4), Some(Role::Planner.into()))]);
        let conflict = Conflict::between(&base, &latest, &staged, true);
        let (mine, theirs) = (staged[&id(3)], Some(RoleSet::only(Role::Supervisor)));
        let node_conflict = NodeConflict { node: id(3), base: None, mine, theirs };
        assert_eq!(conflict.nodes, [node_conflict]);
        assert_eq!(conflict.mine, [(id(4), staged[&id(4)])]);
        assert_eq!(conflict.theirs, [id(2)]);

        assert_eq!(conflict.unresolved(&ConflictChoices::new()).count(), 1);
        let theirs = ConflictChoices::from([(id(3), (Version::Theirs, node_conflict.theirs))]);
        assert_eq!(conflict.unresolved(&theirs).count(), 0);
        assert_eq!(conflict.resolved(&theirs), Staged::from([(id(4), staged[&id(4)])]));
        let mine = ConflictChoices::from([(id(3), (Version::Mine, node_conflict.theirs))]);
        assert_eq!(conflict.resolved(&mine), staged);
    }

    #[test]
    fn drops_a_choice_when_the_other_version_changes() {
        let base = access(&MANAGED, &[]);
        let staged = Staged::from([(id(3), Some(Role::Agent.into()))]);
        let choices = ConflictChoices::from([(id(3), (Version::Mine, Some(Role::Planner.into())))]);
        let latest = access(&MANAGED, &[(3, Role::Analyst.into())]);
        let conflict = Conflict::between(&base, &latest, &staged, true);
        assert_eq!(conflict.unresolved(&choices).count(), 1);
    }

    #[test]
    fn treats_the_same_change_as_already_saved() {
        let base = access(&MANAGED, &[]);
        let staged = Staged::from([(id(3), Some(Role::Agent.into()))]);
        let conflict = Conflict::between(&base, &access(&MANAGED, &[(3, Role::Agent.into())]), &staged, true);
        assert!(conflict.nodes.is_empty() && !conflict.is_empty());
        assert_eq!(conflict.resolved(&ConflictChoices::new()), Staged::new());
    }
}
