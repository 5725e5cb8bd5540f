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
