use chrono::{DateTime, Utc};

use crate::{Access, HeldAccess, NodeAccess, Notified, Pause, Tree};

/// The states of a change in the order of time. The first is the present.
#[derive(Debug, Clone)]
pub(crate) struct Timeline(Vec<State>);

/// The access of a user before and after a change, from one moment on.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// The start of this state. `None` for the present.
    pub(crate) from: Option<DateTime<Utc>>,
    pub(crate) before: Access,
    pub(crate) after: Access,
}

impl Timeline {
    pub(crate) fn new(tree: &Tree, before: &HeldAccess, after: &HeldAccess) -> Self {
        let present = State { from: None, before: before.access(tree), after: after.access(tree) };
        let mut moments = before.moments();
        moments.extend(after.moments());
        let later = moments.into_iter().map(|moment| State {
            from: Some(moment),
            before: before.later(moment).access(tree),
            after: after.later(moment).access(tree),
        });
        Self(std::iter::once(present).chain(later).collect())
    }

    /// The state in the present.
    pub(crate) fn present(&self) -> &State {
        self.at(None)
    }

    /// The state at a moment. `None` is the present.
    pub(crate) fn at(&self, moment: Option<DateTime<Utc>>) -> &State {
        let later = self.0.partition_point(|state| state.from <= moment);
        &self.0[later.max(1) - 1]
    }

    /// The moments at which the states start, without the present.
    pub(crate) fn moments(&self) -> impl Iterator<Item = DateTime<Utc>> + '_ {
        self.0.iter().filter_map(|state| state.from)
    }

    /// The states in the order of time. The first is the present.
    pub(crate) fn states(&self) -> impl Iterator<Item = &State> {
        self.0.iter()
    }

    /// Returns the timelines of a change of entries as if none of the user's pauses was in force, and as if each was in
    /// force alone. Pauses end one by one, and their author may end them without a further check of the entries. Any other
    /// combination gives each node the same roles as one of these, or none.
    pub(crate) fn hypothetical(tree: &Tree, before: &HeldAccess, after: &HeldAccess) -> Vec<Self> {
        let begun = after.pauses().iter().filter(|pause| !before.pauses().contains(pause));
        let pauses: Vec<&Pause> = before.pauses().iter().chain(begun).collect();
        if pauses.is_empty() || before.entries() == after.entries() {
            return Vec::new();
        }
        let alone = pauses.into_iter().map(|pause| vec![pause.clone()]);
        let timeline = |pauses: Vec<Pause>| {
            Self::new(tree, &before.with_pauses(pauses.clone()), &after.with_pauses(pauses))
        };
        std::iter::once(Vec::new()).chain(alone).map(timeline).collect()
    }
}

impl State {
    /// Whether the user gains a role or the chat notifications of an environment, at any node.
    pub(crate) fn gives_access(&self, tree: &Tree) -> bool {
        (0..tree.len()).any(|position| {
            let (before, after) = (self.before.at(position), self.after.at(position));
            let starts_chats = is_notified(tree, position, after) && !is_notified(tree, position, before);
            starts_chats || !after.effective.is_subset(before.effective)
        })
    }
}

/// Whether a joined user with this access gets the chat notifications of a node.
pub(crate) fn is_notified(tree: &Tree, position: usize, access: &NodeAccess) -> bool {
    Notified::at(&tree.nodes()[position], access, true).is_some_and(|here| here.value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::tests::{id, tree};
    use crate::{Entries, Entry, Role};
    use chrono::TimeDelta;

    #[test]
    fn has_a_state_for_each_end() {
        let tree = tree(&[0]);
        let at = |days| DateTime::from_timestamp(1_800_000_000, 0).unwrap() + TimeDelta::days(days);
        let entries = |ends: &[i64]| -> Entries {
            ends.iter().map(|&days| (id(0), Entry::new(Role::Agent.into(), Some(at(days))))).collect()
        };
        let timeline = Timeline::new(&tree, &entries(&[3]).into(), &entries(&[1, 5]).into());
        assert_eq!(timeline.moments().collect::<Vec<_>>(), [at(1), at(3), at(5)]);
        let has_roles = |moment| {
            let state = timeline.at(moment);
            (state.before.has_roles(), state.after.has_roles())
        };
        assert_eq!(has_roles(None), (true, true));
        assert_eq!(has_roles(Some(at(3))), (false, true));
        assert_eq!(has_roles(Some(at(4))), (false, true), "the state of the last end");
        assert_eq!(has_roles(Some(at(5))), (false, false));
    }
}
