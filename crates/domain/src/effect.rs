use crate::{CapabilitySet, Change, NodeAccess, Notified, Tree, capabilities_of};

/// The effect of a change for the user at one node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effect {
    /// The position of the node.
    pub position: usize,
    /// The capabilities that the user gains there.
    pub gained: CapabilitySet,
    /// The capabilities that the user loses there.
    pub lost: CapabilitySet,
    /// Whether the user gets chat notifications before the change. Always false at a node that is not an environment.
    pub was_notified: bool,
    /// Whether the user gets chat notifications after the change.
    pub is_notified: bool,
}

impl Change {
    /// Returns the nodes at which the change has an effect, in preorder.
    ///
    /// Exchanging roles with the same capabilities is no effect. Notifications are evaluated for a joined user,
    /// because only joined users hold assignments.
    pub fn effects<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = Effect> + 'a {
        let states = self.before().iter().zip(self.after().iter());
        states.enumerate().filter_map(|(position, (before, after))| Effect::of(tree, position, before, after))
    }
}

impl Effect {
    fn of(tree: &Tree, position: usize, before: &NodeAccess, after: &NodeAccess) -> Option<Self> {
        let is_notified = |access: &NodeAccess| {
            Notified::at(&tree.nodes()[position], access, true).is_some_and(|here| here.value)
        };
        let (had, has) = (capabilities_of(before.effective), capabilities_of(after.effective));
        let effect = Self {
            position,
            gained: has - had,
            lost: had - has,
            was_notified: is_notified(before),
            is_notified: is_notified(after),
        };
        (had != has || effect.was_notified != effect.is_notified).then_some(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{id, tree};
    use crate::{Assignments, Capability, Role, assign_here_roles};

    fn effects(before: &Assignments, after: &Assignments) -> Vec<Effect> {
        // Node 0 is the provider, with the environments 1 and 2.
        let tree = tree(&[0, 0]);
        Change::new(&tree, before, after).effects(&tree).collect()
    }

    #[test]
    fn reports_a_change_at_every_node_that_inherits_it() {
        let before = Assignments::from([(id(0), Role::Operator.into()), (id(2), Role::Planner.into())]);
        let after = Assignments::from([(id(0), Role::Supervisor.into()), (id(2), Role::Planner.into())]);
        let lost = CapabilitySet::only(Capability::BeAssigned);
        let effect = |position| Effect {
            position,
            gained: CapabilitySet::empty(),
            lost,
            was_notified: false,
            is_notified: false,
        };
        assert_eq!(effects(&before, &after), [effect(0), effect(1)]);
    }

    #[test]
    fn reports_gains_losses_and_new_notifications_of_an_override() {
        let before = Assignments::from([(id(0), Role::Supervisor.into())]);
        let mut after = before.clone();
        after.insert(id(1), Role::Agent.into());
        let reported = effects(&before, &after);
        let lost = Role::Supervisor.capabilities() - Role::Agent.capabilities();
        let gained = Capability::BeAssigned.into();
        assert_eq!(reported, [Effect { position: 1, gained, lost, was_notified: false, is_notified: true }]);
    }

    #[test]
    fn assign_here_changes_only_notifications() {
        let before = Assignments::from([(id(0), Role::Agent.into())]);
        let mut after = before.clone();
        let nothing = CapabilitySet::empty();
        after.insert(id(1), assign_here_roles(Change::new(&tree(&[0, 0]), &before, &before).before().at(1)));
        let started =
            Effect { position: 1, gained: nothing, lost: nothing, was_notified: false, is_notified: true };
        assert_eq!(effects(&before, &after), [started]);
        let stopped = Effect { was_notified: true, is_notified: false, ..started };
        assert_eq!(effects(&after, &before), [stopped]);
    }

    #[test]
    fn ignores_roles_without_new_capabilities() {
        let before = Assignments::from([(id(1), Role::Producer.into())]);
        let after = Assignments::from([(id(1), Role::Producer | Role::ContentManager)]);
        assert_eq!(effects(&before, &after), []);
    }
}
