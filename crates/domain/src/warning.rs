use crate::{Change, NodeAccess, NodeKind, NodeSet, NodesOverTime, Notified, Tree};

/// A consequence of a change for an environment. It never forbids the change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// The environment would have no manager of its own: nobody would be assigned a managing role in it.
    NoOwnManager,
    /// Nobody would get the chat notifications of the environment.
    NobodyNotified,
}

impl Change {
    /// Returns the warnings about removing, pausing or demoting a user, or giving their access an end: at the
    /// environments that the actor manages, by position.
    ///
    /// The sets are those of all other joined users: [`NodesOverTime::managed_directly`] and
    /// [`NodesOverTime::notified`]. They must be complete for [`Self::stops_managing_directly`] and
    /// [`Self::stops_notifying`].
    pub fn warnings(
        &self,
        tree: &Tree,
        managed: &NodeSet,
        own_managers: impl Into<NodesOverTime>,
        notified: impl Into<NodesOverTime>,
    ) -> Vec<(usize, Warning)> {
        let (own_managers, notified) = (own_managers.into(), notified.into());
        let left_without = |at: usize, has: &dyn Fn(&NodeAccess) -> bool, others: &NodesOverTime| {
            let timeline = self.timeline();
            let later = timeline.moments().chain(others.moments()).map(Some);
            std::iter::once(None).chain(later).any(|moment| {
                let state = timeline.at(moment);
                let stops = has(state.before.at(at)) && !has(state.after.at(at));
                stops && !others.at(moment).contains(at)
            })
        };
        let mut warnings = Vec::new();
        for at in managed.iter().filter(|&at| tree.nodes()[at].kind == NodeKind::Environment) {
            if left_without(at, &NodeAccess::manages_directly, &own_managers) {
                warnings.push((at, Warning::NoOwnManager));
            }
            if left_without(at, &|here| Notified::evaluate(here, true).value, &notified) {
                warnings.push((at, Warning::NobodyNotified));
            }
        }
        warnings
    }
}
