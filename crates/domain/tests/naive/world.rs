//! Small random worlds, in which users, roles and overrides collide often.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseResult, TestRng, TestRunner};
use studio_users_domain::{
    Actor, Entry, HeldAccess, NodeId, NodeSet, NodesOverTime, Pause, PendingGrant, Role, RoleSet, TargetUser,
    Tree, UserId,
};
use uuid::Uuid;

use crate::choices::{Choices, any_tree};
use crate::grants;
use crate::rules::{Gifts, Moment};
use crate::stored::Stored;

pub(crate) const START: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
/// The number of worlds that each property is tested on, unless `STUDIO_USERS_WORLDS` has another.
const WORLDS: u32 = 400;

/// An organisation with some users, and a request of the first user about another.
#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) tree: Tree,
    /// The time of the request.
    pub(crate) now: Moment,
    /// What each user holds: first the actor, then the target user, then others.
    pub(crate) users: Vec<Stored>,
    /// The index of the target user, sometimes the actor.
    pub(crate) target: usize,
    /// The pending grants of the target user.
    pub(crate) pending: Vec<PendingGrant>,
    /// What the target user would hold after the request. It differs at some nodes from what they hold.
    pub(crate) wanted: Stored,
    /// The entries to grant to the target user.
    pub(crate) grants: Gifts,
    pub(crate) is_impersonating: bool,
    /// The pending grants of another address, to which the invitation of the target user is corrected.
    pub(crate) receiver: Vec<PendingGrant>,
    /// The manager by whose copied link the target user joined, if their address is not confirmed.
    pub(crate) unconfirmed_by: Option<UserId>,
}

impl World {
    pub(crate) fn any() -> impl Strategy<Value = Self> {
        proptest::collection::vec(any::<u8>(), 120..260)
            .prop_map(|choices| Self::from(&Choices::new(&choices)))
    }

    fn from(choices: &Choices<'_>) -> Self {
        let tree = any_tree(choices);
        let now = START + TimeDelta::days([0, 1][choices.below(2)]);
        let mut users = vec![choices.manager(&tree), choices.stored(&tree, 4)];
        for _ in 0..choices.below(2) {
            users.push(choices.stored(&tree, 2));
        }
        if choices.one_in(6) {
            // Only the target user manages the nodes below one where the actor has no access.
            let root = tree.nodes()[0].id;
            users[1] = Stored::for_good(&[(root, Role::OrganisationManager.into())].into());
            let own = [(choices.node(&tree), RoleSet::empty()), (root, Role::OrganisationManager.into())];
            users[0] = Stored::for_good(&own.into());
        }
        let target = usize::from(!choices.one_in(8));
        let mut wanted = users[target].clone();
        for _ in 0..=choices.below(3) {
            let own = users[target].entries.get(choices.below(4)).map(|(node, _)| *node);
            let node = own.unwrap_or_else(|| choices.node(&tree));
            wanted.entries.retain(|(other, _)| *other != node);
            for _ in 0..[0, 1, 1, 2][choices.below(4)] {
                wanted.entries.push((node, choices.entry()));
            }
        }
        if choices.one_in(40) {
            wanted.entries.push((id(99), Entry::new(Role::Agent.into(), None)));
        }
        let pending = (0..choices.below(4)).map(|_| choices.grant(&tree)).collect();
        let grants = (0..=choices.below(2)).map(|_| (choices.node(&tree), choices.gift(now))).collect();
        let is_impersonating = choices.one_in(20);
        let receiver = (0..choices.below(3)).map(|_| choices.grant(&tree)).collect();
        let unconfirmed_by = [None, None, Some(user(0)), Some(user(2))][choices.below(4)];
        if target == 1 {
            match choices.below(12) {
                // Only invited, so that the address of the invitation can be corrected.
                8.. => users[1] = Stored::default(),
                // A pause above a node that the actor does not manage.
                6 | 7 => {
                    let root = tree.nodes()[0].id;
                    users[1].entries.push((root, choices.entry()));
                    users[1].pauses.push(Pause { node: root, until: None, ..choices.pause(&tree) });
                }
                // Everything has ended.
                4 | 5 => {
                    let ended = START + TimeDelta::days([-40, -10, 0][choices.below(3)]);
                    for (_, entry) in &mut users[1].entries {
                        entry.until = Some(ended);
                    }
                }
                _ => {}
            }
        }
        Self { tree, now, users, target, pending, wanted, grants, is_impersonating, receiver, unconfirmed_by }
    }

    pub(crate) fn actor_held(&self) -> HeldAccess {
        self.users[0].held(self.now)
    }

    pub(crate) fn actor<'a>(&'a self, held: &'a HeldAccess) -> Actor<'a> {
        Actor::holding(&self.tree, user(0), held, self.is_impersonating)
    }

    pub(crate) fn held(&self) -> &Stored {
        &self.users[self.target]
    }

    pub(crate) fn target(&self) -> TargetUser {
        let those = |is_refused: &dyn Fn(usize) -> bool| {
            (0..self.pending.len()).filter(|&index| is_refused(index)).collect()
        };
        TargetUser {
            held: self.held().held(self.now),
            pending: self.pending.clone(),
            void: those(&|index| grants::is_void(self, index)),
            blocked: those(&|index| grants::is_blocked(self, index)),
            unconfirmed_by: self.unconfirmed_by,
        }
    }

    /// What any other user than `except` holds.
    pub(crate) fn others(&self, users: &[Stored], except: usize) -> Vec<HeldAccess> {
        let others = users.iter().enumerate().filter(|&(user, _)| user != except);
        others.map(|(_, held)| held.held(self.now)).collect()
    }

    /// The nodes that any other user than `except` manages.
    pub(crate) fn managed_by_others(&self, users: &[Stored], except: usize) -> NodesOverTime {
        NodesOverTime::managed(&self.tree, &self.others(users, except))
    }

    /// The ids of the nodes of a set.
    pub(crate) fn ids(&self, set: &NodeSet) -> Vec<NodeId> {
        set.iter().map(|position| self.tree.nodes()[position].id).collect()
    }
}

/// Tests a property on many worlds.
pub(crate) fn in_every_world(property: impl Fn(&World) -> TestCaseResult) {
    let worlds = std::env::var("STUDIO_USERS_WORLDS").ok().map_or(WORLDS, |count| count.parse().unwrap());
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(worlds) });
    runner.run(&World::any(), |world| property(&world)).unwrap();
}

/// Tests a property on many worlds, each with a sequence of random choices.
pub(crate) fn in_every_sequence(property: impl Fn(&World, &Choices<'_>) -> TestCaseResult) {
    let worlds = std::env::var("STUDIO_USERS_WORLDS").ok().map_or(WORLDS, |count| count.parse().unwrap());
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(worlds) });
    let sequences = (World::any(), proptest::collection::vec(any::<u8>(), 60..200));
    runner.run(&sequences, |(world, choices)| property(&world, &Choices::new(&choices))).unwrap();
}

/// The days at which access, pauses and grants can end in a random world.
pub(crate) fn clock() -> impl Iterator<Item = Moment> {
    let days = ENDS.into_iter().map(|days| START + TimeDelta::days(days));
    days.chain([at_once(START), at_once(START + TimeDelta::days(1))])
}

/// The moment right after now.
pub(crate) fn at_once(now: Moment) -> Moment {
    now + TimeDelta::seconds(1)
}

/// The days, after the start, at which anything can end. What ended at -40 is no longer visible.
pub(crate) const ENDS: [i64; 7] = [-40, -10, 0, 1, 2, 3, 5];

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
