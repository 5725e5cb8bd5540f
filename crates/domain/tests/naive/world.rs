//! Small random worlds, in which users, roles and overrides collide often.

use std::cell::Cell;

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use studio_users_domain::{
    Access, Actor, Assignments, Node, NodeId, NodeKind, NodeSet, PendingGrant, Role, RoleSet, TargetUser,
    Tree, UserId,
};
use uuid::Uuid;

use crate::grants;

pub(crate) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
/// The number of worlds that each property is tested on.
const WORLDS: u32 = 1_600;

/// An organisation with some users, and a request of the first user about another.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) tree: Tree,
    /// The assignments of each user: first the actor, then the target user, then others.
    pub(crate) users: Vec<Assignments>,
    /// The index of the target user, sometimes the actor.
    pub(crate) target: usize,
    /// The pending grants of the target user.
    pub(crate) pending: Vec<PendingGrant>,
    /// The requested assignments of the target user, which differ at some nodes from the current ones.
    pub(crate) wanted: Assignments,
    /// The roles to grant to the target user.
    pub(crate) grants: Assignments,
    pub(crate) is_impersonating: bool,
    /// The pending grants of another address, to which the invitation of the target user is corrected.
    pub(crate) receiver: Vec<PendingGrant>,
    /// The manager by whose copied link the target user joined, if their address is not confirmed.
    pub(crate) unconfirmed_by: Option<UserId>,
}

impl World {
    pub(crate) fn any() -> impl Strategy<Value = Self> {
        proptest::collection::vec(any::<u8>(), 80..160)
            .prop_map(|choices| Self::from(&Choices::new(&choices)))
    }

    fn from(choices: &Choices<'_>) -> Self {
        let tree = any_tree(choices);
        let mut users = vec![choices.manager(&tree), choices.assignments(&tree, 4)];
        for _ in 0..choices.below(2) {
            users.push(choices.assignments(&tree, 2));
        }
        if choices.one_in(6) {
            // Only the target user manages the nodes below one where the actor has no access.
            let root = tree.nodes()[0].id;
            users[1] = [(root, Role::OrganisationManager.into())].into();
            users[0] = [(choices.node(&tree), RoleSet::empty())].into();
            users[0].entry(root).or_insert(Role::OrganisationManager.into());
        }
        let target = usize::from(!choices.one_in(8));
        let mut wanted = users[target].clone();
        for _ in 0..=choices.below(3) {
            let own = users[target].keys().nth(choices.below(4)).copied();
            let node = own.unwrap_or_else(|| choices.node(&tree));
            if choices.one_in(2) {
                wanted.remove(&node);
            } else {
                wanted.insert(node, choices.roles());
            }
        }
        if choices.one_in(40) {
            wanted.insert(id(99), Role::Agent.into());
        }
        let pending = (0..choices.below(4)).map(|_| choices.grant(&tree)).collect();
        let grants = (0..=choices.below(2)).map(|_| (choices.node(&tree), choices.roles())).collect();
        let is_impersonating = choices.one_in(20);
        let receiver = (0..choices.below(3)).map(|_| choices.grant(&tree)).collect();
        let unconfirmed_by = [None, None, Some(user(0)), Some(user(2))][choices.below(4)];
        if choices.one_in(3) && target == 1 {
            // Only invited, so that the address of the invitation can be corrected.
            users[1].clear();
        }
        Self { tree, users, target, pending, wanted, grants, is_impersonating, receiver, unconfirmed_by }
    }

    pub(crate) fn actor_access(&self) -> Access {
        Access::new(&self.tree, &self.users[0])
    }

    pub(crate) fn actor<'a>(&'a self, access: &'a Access) -> Actor<'a> {
        Actor::new(&self.tree, user(0), access, self.is_impersonating)
    }

    pub(crate) fn held(&self) -> &Assignments {
        &self.users[self.target]
    }

    pub(crate) fn target(&self) -> TargetUser {
        TargetUser {
            held: self.held().clone(),
            pending: self.pending.clone(),
            void: (0..self.pending.len()).filter(|&index| grants::is_void(self, index)).collect(),
            unconfirmed_by: self.unconfirmed_by,
        }
    }

    /// The nodes that any other user than `except` manages.
    pub(crate) fn managed_by_others(&self, users: &[Assignments], except: usize) -> NodeSet {
        let others = users.iter().enumerate().filter(|&(user, _)| user != except);
        let others: Vec<_> = others.map(|(_, held)| Access::new(&self.tree, held)).collect();
        (0..self.tree.len())
            .map(|position| others.iter().any(|access| access.at(position).manages()))
            .collect()
    }

    /// The ids of the nodes of a set.
    pub(crate) fn ids(&self, set: &NodeSet) -> Vec<NodeId> {
        set.iter().map(|position| self.tree.nodes()[position].id).collect()
    }
}

/// Tests a property on many worlds.
pub(crate) fn in_every_world(property: impl Fn(&World) -> TestCaseResult) {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(WORLDS) });
    runner.run(&World::any(), |world| property(&world)).unwrap();
}

/// Generates the same worlds every time.
pub(crate) fn fixed_worlds(count: usize) -> impl Iterator<Item = World> {
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    std::iter::repeat_with(move || World::any().new_tree(&mut runner).unwrap().current()).take(count)
}

pub(crate) fn user(number: usize) -> UserId {
    UserId(Uuid::from_u128(number as u128))
}

/// Returns ids in a different order than the numbers.
pub(crate) fn id(number: usize) -> NodeId {
    NodeId(Uuid::from_u128(((number as u128) * 37 + 11) % 101))
}

fn any_tree(choices: &Choices<'_>) -> Tree {
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

/// A sequence of random numbers that all choices are derived from. After its end it yields zero, the simplest choice,
/// so that proptest can shrink a world.
struct Choices<'a> {
    numbers: &'a [u8],
    next: Cell<usize>,
}

impl<'a> Choices<'a> {
    fn new(numbers: &'a [u8]) -> Self {
        Self { numbers, next: Cell::new(0) }
    }

    fn below(&self, bound: usize) -> usize {
        let index = self.next.replace(self.next.get() + 1);
        usize::from(self.numbers.get(index).copied().unwrap_or_default()) % bound
    }

    fn one_in(&self, chances: usize) -> bool {
        self.below(chances) == chances - 1
    }

    fn node(&self, tree: &Tree) -> NodeId {
        tree.nodes()[self.below(tree.len())].id
    }

    fn roles(&self) -> RoleSet {
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

    fn assignments(&self, tree: &Tree, most: usize) -> Assignments {
        (0..self.below(most + 1)).map(|_| (self.node(tree), self.roles())).collect()
    }

    /// Assignments of a manager, sometimes with an override below that ends the management.
    fn manager(&self, tree: &Tree) -> Assignments {
        let mut held = self.assignments(tree, 2);
        let node = if self.one_in(2) { tree.nodes()[0].id } else { self.node(tree) };
        match self.below(5) {
            0 | 1 => held.insert(node, Role::OrganisationManager.into()),
            2 | 3 => held.insert(node, Role::Administrator.into()),
            _ => None,
        };
        if self.one_in(3) {
            held.insert(self.node(tree), [RoleSet::empty(), Role::Agent.into()][self.below(2)]);
        }
        held
    }

    fn grant(&self, tree: &Tree) -> PendingGrant {
        PendingGrant {
            node: self.node(tree),
            roles: self.roles(),
            granted_by: user(self.below(3)),
            expires_at: NOW + TimeDelta::days([5, 1, 0, -1][self.below(4)]),
        }
    }
}
