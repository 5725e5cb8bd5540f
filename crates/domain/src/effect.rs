use crate::{CapabilitySet, Change, NodeAccess, NodeKind, Notified, Tree, capabilities_of};

/// What a change means for a user at one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// The node, by position.
    pub at: usize,
    /// What the user will be able to do there, and could not.
    pub gained: CapabilitySet,
    /// What the user could do there, and will not.
    pub lost: CapabilitySet,
    /// Whether chats there notified the user; never at a node that is no environment.
    pub was_notified: bool,
    /// Whether they will.
    pub is_notified: bool,
}

impl Change {
    /// What the change means at each node at which it means anything, in the tree's order. Roles that bring the
    /// same as others are no difference here. Only who has joined holds anything, so notifications are those of
    /// somebody who has.
    pub fn effects<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = Effect> + 'a {
        let states = self.before().iter().zip(self.after().iter());
        states.enumerate().filter_map(|(at, (before, after))| Effect::of(tree, at, before, after))
    }
}

impl Effect {
    fn of(tree: &Tree, at: usize, before: &NodeAccess, after: &NodeAccess) -> Option<Self> {
        let is_notified = |access: &NodeAccess| {
            tree.nodes()[at].kind == NodeKind::Environment && Notified::judge(access, true).value
        };
        let (could, can) = (capabilities_of(before.effective), capabilities_of(after.effective));
        let effect = Self {
            at,
            gained: can - could,
            lost: could - can,
            was_notified: is_notified(before),
            is_notified: is_notified(after),
        };
        (could != can || effect.was_notified != effect.is_notified).then_some(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{id, tree};
    use crate::{Assignments, Capability, Role, assigned_here};

    fn effects(before: &Assignments, after: &Assignments) -> Vec<Effect> {
        // 0 the provider, with the environments 1 and 2.
        let tree = tree(&[0, 0]);
        Change::new(&tree, before, after).effects(&tree).collect()
    }

    #[test]
    fn a_change_above_means_something_at_every_node_that_it_reaches() {
        let before = Assignments::from([(id(0), Role::Operator.into()), (id(2), Role::Planner.into())]);
        let after = Assignments::from([(id(0), Role::Supervisor.into()), (id(2), Role::Planner.into())]);
        let lost = CapabilitySet::only(Capability::BeAssigned);
        let effect =
            |at| Effect { at, gained: CapabilitySet::empty(), lost, was_notified: false, is_notified: false };
        assert_eq!(effects(&before, &after), [effect(0), effect(1)]);
    }

    #[test]
    fn an_override_tells_what_it_gains_and_loses_and_that_notifications_begin() {
        let before = Assignments::from([(id(0), Role::Supervisor.into())]);
        let mut after = before.clone();
        after.insert(id(1), Role::Agent.into());
        let seen = effects(&before, &after);
        let lost = Role::Supervisor.capabilities() - Role::Agent.capabilities();
        let gained = Capability::BeAssigned.into();
        assert_eq!(seen, [Effect { at: 1, gained, lost, was_notified: false, is_notified: true }]);
    }

    #[test]
    fn assigning_the_same_roles_here_means_notifications_and_nothing_else() {
        let before = Assignments::from([(id(0), Role::Agent.into())]);
        let mut after = before.clone();
        let nothing = CapabilitySet::empty();
        after.insert(id(1), assigned_here(Change::new(&tree(&[0, 0]), &before, &before).before().at(1)));
        let began = Effect { at: 1, gained: nothing, lost: nothing, was_notified: false, is_notified: true };
        assert_eq!(effects(&before, &after), [began]);
        let ended = Effect { was_notified: true, is_notified: false, ..began };
        assert_eq!(effects(&after, &before), [ended]);
    }

    #[test]
    fn what_brings_the_same_is_no_difference() {
        let before = Assignments::from([(id(1), Role::Producer.into())]);
        let after = Assignments::from([(id(1), Role::Producer | Role::ContentManager)]);
        assert_eq!(effects(&before, &after), []);
    }
}
