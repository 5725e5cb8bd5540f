use std::collections::BTreeMap;

use studio_users_contract::UserAccess;
use studio_users_domain::{NodeId, RoleSet};

use super::model::Staged;

/// A user's access was changed by somebody else since the reader began to change it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Conflict {
    /// Where both changed it, each in another way.
    pub(super) clashes: Vec<Clash>,
    /// Where only the reader did.
    pub(super) mine: Vec<(NodeId, Option<RoleSet>)>,
    /// Where only the other did, or both did the same: it is saved already.
    pub(super) theirs: Vec<NodeId>,
}

/// A node that two have changed, each in another way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Clash {
    /// Where.
    pub(super) node: NodeId,
    /// What was assigned when the reader began.
    pub(super) was: Option<RoleSet>,
    /// What the reader is about to assign.
    pub(super) mine: Option<RoleSet>,
    /// What the other has assigned.
    pub(super) theirs: Option<RoleSet>,
}

/// Whose change counts at a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The reader's.
    Mine,
    /// The other's.
    Theirs,
}

/// The choices made. Each holds for what the other had done then: of what they did since, it says nothing.
pub(super) type Choices = BTreeMap<NodeId, (Side, Option<RoleSet>)>;

impl Conflict {
    /// What was staged on one state, met by another.
    pub(super) fn between(base: &UserAccess, latest: &UserAccess, staged: &Staged, has_joined: bool) -> Self {
        let (was, theirs) = (assigned(base, has_joined), assigned(latest, has_joined));
        let mut conflict = Self::default();
        for (&node, &mine) in staged {
            let (was, theirs) = (was.get(&node).copied(), theirs.get(&node).copied());
            if theirs == mine {
                conflict.theirs.push(node);
            } else if theirs == was {
                conflict.mine.push((node, mine));
            } else {
                conflict.clashes.push(Clash { node, was, mine, theirs });
            }
        }
        for node in latest.nodes.iter().map(|node| node.node_id) {
            if !staged.contains_key(&node) && theirs.get(&node) != was.get(&node) {
                conflict.theirs.push(node);
            }
        }
        conflict
    }

    /// Whether nothing of it is left to tell.
    pub(super) fn is_empty(&self) -> bool {
        self.clashes.is_empty() && self.theirs.is_empty()
    }

    /// The clashes that wait for a choice.
    pub(super) fn open<'a>(&'a self, choices: &'a Choices) -> impl Iterator<Item = &'a Clash> {
        self.clashes.iter().filter(|clash| clash.chosen(choices).is_none())
    }

    /// What is left to be saved by the choices made; of a clash without one the reader's own.
    pub(super) fn settled(&self, choices: &Choices) -> Staged {
        let chosen = self.clashes.iter().filter(|clash| clash.chosen(choices) != Some(Side::Theirs));
        self.mine.iter().copied().chain(chosen.map(|clash| (clash.node, clash.mine))).collect()
    }
}

impl Clash {
    /// The choice made, if one was and still holds.
    pub(super) fn chosen(&self, choices: &Choices) -> Option<Side> {
        choices.get(&self.node).filter(|(_, theirs)| *theirs == self.theirs).map(|&(side, _)| side)
    }
}

fn assigned(access: &UserAccess, has_joined: bool) -> BTreeMap<NodeId, RoleSet> {
    let roles = access.nodes.iter().filter_map(|node| {
        let promised = Some(node.pending).filter(|roles| !roles.is_empty());
        Some((node.node_id, if has_joined { node.assigned } else { promised }?))
    });
    roles.collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::tests::{access, id};
    use super::*;
    use studio_users_domain::Role;

    const MANAGED: [u128; 3] = [2, 3, 4];

    #[test]
    fn what_both_changed_needs_a_choice_and_the_rest_is_kept() {
        let base = access(&MANAGED, &[(2, Role::Operator.into())]);
        let latest = access(&MANAGED, &[(2, Role::Agent.into()), (3, Role::Supervisor.into())]);
        let staged =
            Staged::from([(id(3), Some(Role::Operator.into())), (id(4), Some(Role::Planner.into()))]);
        let conflict = Conflict::between(&base, &latest, &staged, true);
        let (mine, theirs) = (staged[&id(3)], Some(RoleSet::only(Role::Supervisor)));
        let clash = Clash { node: id(3), was: None, mine, theirs };
        assert_eq!(conflict.clashes, [clash]);
        assert_eq!(conflict.mine, [(id(4), staged[&id(4)])]);
        assert_eq!(conflict.theirs, [id(2)]);

        assert_eq!(conflict.open(&Choices::new()).count(), 1);
        let theirs = Choices::from([(id(3), (Side::Theirs, clash.theirs))]);
        assert_eq!(conflict.open(&theirs).count(), 0);
        assert_eq!(conflict.settled(&theirs), Staged::from([(id(4), staged[&id(4)])]));
        let mine = Choices::from([(id(3), (Side::Mine, clash.theirs))]);
        assert_eq!(conflict.settled(&mine), staged);
    }

    #[test]
    fn a_choice_holds_for_what_the_other_had_done_when_it_was_made() {
        let base = access(&MANAGED, &[]);
        let staged = Staged::from([(id(3), Some(Role::Agent.into()))]);
        let choices = Choices::from([(id(3), (Side::Mine, Some(Role::Planner.into())))]);
        let since = access(&MANAGED, &[(3, Role::Analyst.into())]);
        let conflict = Conflict::between(&base, &since, &staged, true);
        assert_eq!(conflict.open(&choices).count(), 1);
    }

    #[test]
    fn who_did_the_same_has_saved_it_already() {
        let base = access(&MANAGED, &[]);
        let staged = Staged::from([(id(3), Some(Role::Agent.into()))]);
        let conflict = Conflict::between(&base, &access(&MANAGED, &[(3, Role::Agent.into())]), &staged, true);
        assert!(conflict.clashes.is_empty() && !conflict.is_empty());
        assert_eq!(conflict.settled(&Choices::new()), Staged::new());
    }
}
