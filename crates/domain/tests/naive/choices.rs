//! The random choices that a world is built from.

use std::cell::Cell;

use chrono::TimeDelta;
use studio_users_domain::{Author, Entry, Node, NodeId, NodeKind, Pause, PendingGrant, Role, RoleSet, Tree};

use crate::rules::{Moment, nodes};
use crate::stored::Stored;
use crate::world::{ENDS, START, id, user};

/// A sequence of random numbers that all choices are derived from. After its end it yields zero, the simplest choice,
/// so that proptest can shrink a world.
pub(crate) struct Choices<'a> {
    numbers: &'a [u8],
    next: Cell<usize>,
}

impl<'a> Choices<'a> {
    pub(crate) fn new(numbers: &'a [u8]) -> Self {
        Self { numbers, next: Cell::new(0) }
    }

    pub(crate) fn below(&self, bound: usize) -> usize {
        let index = self.next.replace(self.next.get() + 1);
        usize::from(self.numbers.get(index).copied().unwrap_or_default()) % bound
    }

    pub(crate) fn one_in(&self, chances: usize) -> bool {
        self.below(chances) == chances - 1
    }

    pub(crate) fn node(&self, tree: &Tree) -> NodeId {
        tree.nodes()[self.below(tree.len())].id
    }

    pub(crate) fn roles(&self) -> RoleSet {
        match self.below(12) {
            0 => RoleSet::only(Role::Agent),
            1 => RoleSet::empty(),
            2 => RoleSet::only(Role::OrganisationManager),
            3 => RoleSet::only(Role::Administrator),
            4 => RoleSet::only(Role::Operator),
            5 => RoleSet::only(Role::Supervisor),
            6 => RoleSet::only(Role::Developer),
            7 => Role::Agent | Role::Planner,
            8 => Role::OrganisationManager | Role::Agent,
            9 => Role::Administrator | Role::Producer,
            10 => Role::Planner | Role::Analyst,
            _ => RoleSet::from_repr_truncated(u16::try_from(self.below(256) * 4 + self.below(4)).unwrap()),
        }
    }

    pub(crate) fn entry(&self) -> Entry {
        let until = [None, None, None, Some(ENDS[self.below(7)])][self.below(4)];
        let until = until.map(|days| START + TimeDelta::days(days));
        // The end was recorded, and the clock may have been set back since.
        let has_ended = until.is_some() && self.one_in(8);
        Entry { has_ended, ..Entry::new(self.roles(), until) }
    }

    pub(crate) fn gift(&self, now: Moment) -> Entry {
        let entry = self.entry();
        Entry { until: entry.until.filter(|&until| until > now), has_ended: false, ..entry }
    }

    pub(crate) fn pause(&self, tree: &Tree) -> Pause {
        let node = self.node(tree);
        let below = nodes(tree).into_iter().filter(|&below| below != node);
        Pause {
            node,
            since: START,
            until: self.one_in(2).then(|| START + TimeDelta::days(ENDS[self.below(7)])),
            reason: "Holiday".into(),
            by: [Author::User(user(0)), Author::User(user(2)), Author::System][self.below(3)],
            left_out: below.filter(|_| self.one_in(4)).collect(),
        }
    }

    pub(crate) fn stored(&self, tree: &Tree, most: usize) -> Stored {
        let mut entries: Vec<_> =
            (0..self.below(most + 1)).map(|_| (self.node(tree), self.entry())).collect();
        if let (true, Some((_, first))) = (self.one_in(3), entries.first()) {
            entries.push((self.node(tree), Entry::new(first.roles, None)));
        }
        let pauses = [0, 0, 0, 1, 1, 2][self.below(6)];
        Stored { entries, pauses: (0..pauses).map(|_| self.pause(tree)).collect() }
    }

    /// What a manager holds, sometimes with an override below that ends the management.
    pub(crate) fn manager(&self, tree: &Tree) -> Stored {
        let mut held = self.stored(tree, 2);
        let node = if self.one_in(2) { tree.nodes()[0].id } else { self.node(tree) };
        let until = self.one_in(3).then(|| START + TimeDelta::days([2, 3, 5][self.below(3)]));
        match self.below(5) {
            0 | 1 => held.entries.push((node, Entry::new(Role::OrganisationManager.into(), until))),
            2 | 3 => held.entries.push((node, Entry::new(Role::Administrator.into(), until))),
            _ => {}
        }
        if self.one_in(3) {
            let roles = [RoleSet::empty(), Role::Agent.into()][self.below(2)];
            held.entries.push((self.node(tree), Entry::new(roles, None)));
        }
        if !self.one_in(4) {
            held.pauses.clear();
        }
        held
    }

    pub(crate) fn grant(&self, tree: &Tree) -> PendingGrant {
        PendingGrant {
            node: self.node(tree),
            roles: self.roles(),
            granted_by: user(self.below(3)),
            expires_at: START + TimeDelta::days([5, 1, 0, -1][self.below(4)]),
            until: [None, None, Some(0), Some(2)][self.below(4)].map(|days| START + TimeDelta::days(days)),
        }
    }
}

pub(crate) fn any_tree(choices: &Choices<'_>) -> Tree {
    let parents: Vec<_> = (0..choices.below(9)).map(|above| choices.below(above + 1)).collect();
    let mut nodes: Vec<Node> = (0..=parents.len())
        .map(|number| Node {
            id: id(number),
            parent: number.checked_sub(1).map(|child| id(parents[child])),
            kind: match number {
                0 => NodeKind::Provider,
                _ if parents.contains(&number) => NodeKind::Agency,
                _ => NodeKind::Environment,
            },
            name: format!("Node {number}"),
            disabled_roles: choices.one_in(6).then(|| choices.roles()),
        })
        .collect();
    if choices.one_in(2) {
        nodes.reverse();
    }
    Tree::new(nodes).unwrap()
}
