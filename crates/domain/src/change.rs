use crate::timeline::{State, Timeline, is_notified};
use crate::{Access, HeldAccess, NodeAccess, NodesOverTime, Pause, TargetUser, Tree, UserId};

/// The effect of one request on one user's access: the state before and after the whole request, now and at each later
/// moment at which an entry or a pause ends.
#[derive(Debug, Clone)]
pub struct Change {
    timeline: Timeline,
    /// The same change as if other pauses were in force: any pause may be resumed on its own.
    hypothetical: Vec<Timeline>,
    changed: Vec<usize>,
    has_unknown_nodes: bool,
    unconfirmed_by: Option<UserId>,
    is_for_now: bool,
    asks_licence: bool,
}

impl Change {
    /// Compares two states of access. Use it for pending grants, which a user gets only by a link. Use
    /// [`Self::of_user`] for roles that a user holds.
    pub fn new(tree: &Tree, before: impl Into<HeldAccess>, after: impl Into<HeldAccess>) -> Self {
        let (before, after) = (before.into(), after.into());
        let nodes = before.entries().nodes().chain(after.entries().nodes());
        let entries = nodes.filter(|&node| before.entries().at(node) != after.entries().at(node));
        let pauses = |held: &HeldAccess, other: &HeldAccess| {
            let is_changed = |pause: &&Pause| !other.pauses().contains(pause);
            held.pauses().iter().filter(is_changed).map(|pause| pause.node).collect::<Vec<_>>()
        };
        let nodes: Vec<_> = entries.chain(pauses(&before, &after)).chain(pauses(&after, &before)).collect();
        let mut changed: Vec<usize> = nodes.iter().filter_map(|&node| tree.position(node)).collect();
        changed.sort_unstable();
        changed.dedup();
        Self {
            timeline: Timeline::new(tree, &before, &after),
            hypothetical: Timeline::hypothetical(tree, &before, &after),
            changed,
            has_unknown_nodes: nodes.iter().any(|&node| tree.position(node).is_none()),
            unconfirmed_by: None,
            is_for_now: false,
            asks_licence: true,
        }
    }

    /// Compares the roles that a user holds with those after a request. The change knows whether the user's e-mail
    /// address is confirmed, so that [`Actor::may_change`](crate::Actor::may_change) checks it on every path.
    pub fn of_user(tree: &Tree, target: &TargetUser, after: impl Into<HeldAccess>) -> Self {
        Self { unconfirmed_by: target.unconfirmed_by, ..Self::new(tree, &target.held, after) }
    }

    /// Marks the change as the undo of the actor's own removal or pause. It is checked for the present only: the user
    /// had the access before.
    #[must_use]
    pub(crate) fn undoing_own(self) -> Self {
        Self { is_for_now: true, ..self }
    }

    /// Marks the change as the end of a pause. It asks for no licence, because a held role is kept.
    #[must_use]
    pub(crate) fn resuming(self) -> Self {
        Self { asks_licence: false, ..self }
    }

    /// The manager by whose copied link the user joined, if their e-mail address is not confirmed.
    pub fn unconfirmed_by(&self) -> Option<UserId> {
        self.unconfirmed_by
    }

    /// Whether the change is checked for the present only.
    pub(crate) fn is_for_now(&self) -> bool {
        self.is_for_now
    }

    /// Whether the licence must include the gained roles.
    pub(crate) fn asks_licence(&self) -> bool {
        self.asks_licence
    }

    /// The states before and after the change.
    pub(crate) fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The timelines that the actor must have the right to bring about.
    pub(crate) fn timelines(&self) -> impl Iterator<Item = &Timeline> {
        std::iter::once(&self.timeline).chain(&self.hypothetical)
    }

    /// Whether the user gains a role or the chat notifications of an environment, at any node and at any moment.
    pub fn gives_access(&self, tree: &Tree) -> bool {
        let states = self.timelines().flat_map(Timeline::states);
        let mut checked = states.filter(|state| !self.is_for_now || state.from.is_none());
        checked.any(|state| state.gives_access(tree))
    }

    /// The user's access before the request, in the present.
    pub fn before(&self) -> &Access {
        &self.timeline.present().before
    }

    /// The user's access after the request, in the present.
    pub fn after(&self) -> &Access {
        &self.timeline.present().after
    }

    /// Whether an assignment changes at a node that is not in the tree. Nobody manages such a node.
    pub fn has_unknown_nodes(&self) -> bool {
        self.has_unknown_nodes
    }

    /// The positions at which entries or pauses are added, changed or removed.
    pub fn changed_assignments(&self) -> impl Iterator<Item = usize> + '_ {
        self.changed.iter().copied()
    }

    /// The positions that the user would manage now or later without the request, but does not with it.
    pub fn stops_managing(&self) -> impl Iterator<Item = usize> + '_ {
        self.positions_that_stop(|_, here| here.manages())
    }

    /// The positions at which the user would be a manager by direct assignment without the request, now or later, but is
    /// not with it.
    pub fn stops_managing_directly(&self) -> impl Iterator<Item = usize> + '_ {
        self.positions_that_stop(|_, here| here.manages_directly())
    }

    /// The environments of which the user would get the chat notifications without the request, now or later, but does
    /// not with it.
    pub fn stops_notifying<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = usize> + 'a {
        self.positions_that_stop(move |position, here| is_notified(tree, position, here))
    }

    /// Whether every node that the user stops managing has another joined manager, inherited ones included.
    ///
    /// - A node that has a joined manager now keeps one now. Paused managers do not count.
    /// - A node that has one when everything with an end has ended keeps one then.
    /// - **(choice)** A node that has one at every moment from now on keeps one at every moment. So a node with a
    ///   manager without an end is never without one.
    pub fn keeps_managers(&self, managed_by_others: impl Into<NodesOverTime>) -> bool {
        let others = managed_by_others.into();
        let mut moments: Vec<_> = self.timeline.moments().collect();
        moments.extend(others.moments());
        moments.sort_unstable();
        let last = moments.last().copied();
        self.stops_managing().all(|position| {
            let has_manager = |access: &Access, moment| {
                access.at(position).manages() || others.at(moment).contains(position)
            };
            let before = |moment| has_manager(&self.timeline.at(moment).before, moment);
            let after = |moment| has_manager(&self.timeline.at(moment).after, moment);
            let always = || std::iter::once(None).chain(moments.iter().map(|&moment| Some(moment)));
            [None, last].into_iter().all(|moment| !before(moment) || after(moment))
                && (!always().all(before) || always().all(after))
        })
    }

    fn positions_that_stop<'a>(
        &'a self,
        has: impl Fn(usize, &NodeAccess) -> bool + 'a,
    ) -> impl Iterator<Item = usize> + 'a {
        let stops = move |state: &State, position: usize| {
            has(position, state.before.at(position)) && !has(position, state.after.at(position))
        };
        let positions = 0..self.before().iter().len();
        positions.filter(move |&position| self.timeline.states().any(|state| stops(state, position)))
    }
}
