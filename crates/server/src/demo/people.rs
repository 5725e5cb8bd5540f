//! The users of the demo: named users, the cast of new users, and any number of random users.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::{Language, NodeKind, Role, RoleSet};

use super::cast::{CAST, CROWD_AGE, CastMember};
use super::names::{Culture, PersonName};
use super::organisation::{
    CITY_CLINIC, HARBOR_BANK, NODES, NORTHWIND, NodeIndex, POLDER_ENERGY, PROVIDER, SANDBOX, VELO_BIKES,
    environments,
};
use super::person::{Grant, INVITATION_VALIDITY, Person, grant, invitee};
use crate::random::Random;

/// A user whom the documentation and the tests refer to.
pub(super) struct NamedUser {
    name: &'static str,
    email: &'static str,
    roles: &'static [(NodeIndex, &'static [Role])],
    /// The days until the invitation expires. `None` for users who have joined.
    days_left: Option<i64>,
}

/// The four users that the sign-in page offers, with the node to show.
pub(super) const SIGN_IN_USERS: [(&str, NodeIndex); 4] = [
    ("charlotte@meridian.example", PROVIDER),
    ("maud@northwind.example", NORTHWIND),
    ("ingrid@clinic.example", CITY_CLINIC),
    ("femke@harborbank.example", HARBOR_BANK),
];

pub(super) const NAMED_USERS: [NamedUser; 14] = [
    joined("Charlotte Pemberton", SIGN_IN_USERS[0].0, &[(PROVIDER, &[Role::Administrator])]),
    joined("Maud Jansen", SIGN_IN_USERS[1].0, &[(NORTHWIND, &[Role::OrganisationManager])]),
    joined("Ingrid Solberg", SIGN_IN_USERS[2].0, &[(CITY_CLINIC, &[Role::OrganisationManager])]),
    joined("Femke Hoekstra", SIGN_IN_USERS[3].0, &[(HARBOR_BANK, &[Role::Agent])]),
    joined(
        "Oliver Whitfield",
        "oliver@northwind.example",
        &[(HARBOR_BANK, &[Role::Supervisor]), (CITY_CLINIC, &[Role::Supervisor])],
    ),
    joined("Thijs van den Berg", "thijs@velobikes.example", &[(VELO_BIKES, &[Role::Agent, Role::Planner])]),
    joined(
        "Sanne de Vries",
        "sanne@northwind.example",
        &[(NORTHWIND, &[Role::Operator]), (VELO_BIKES, &[Role::Agent])],
    ),
    joined("Astrid Bergström", "astrid@northwind.example", &[(NORTHWIND, &[Role::Analyst])]),
    joined(
        "Jesper Lindqvist",
        "jesper@harborbank.example",
        &[(HARBOR_BANK, &[Role::Producer, Role::ContentManager])],
    ),
    joined("Emil Håkansson", "emil@clinic.example", &[(CITY_CLINIC, &[Role::Operator])]),
    joined("Bram Kuipers", "bram@velobikes.example", &[(VELO_BIKES, &[Role::OrganisationManager])]),
    invited("lars@polder.example", &[(POLDER_ENERGY, &[Role::Producer])], 9),
    invited("nora@clinic.example", &[(CITY_CLINIC, &[Role::Planner])], 3),
    invited("kim@velobikes.example", &[(VELO_BIKES, &[Role::Agent])], -6),
];

const SEED: u64 = 0x5eed_0f57_0d10_0001;

/// Generates people by number. Addresses are unique.
pub(super) struct People {
    now: DateTime<Utc>,
    /// The nodes with their weights.
    sites: Vec<(NodeIndex, u64)>,
    /// The nodes with a manager of their own, except the provider.
    managed: Vec<NodeIndex>,
    /// The number of users per address, before numbers make the addresses unique.
    addresses: HashMap<String, u32>,
}

impl People {
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        let sites = NODES.iter().enumerate().map(|(node, site)| (node, site.weight)).collect();
        let has_manager = |&node: &NodeIndex| NODES[node].is_managed && node != PROVIDER;
        let named = NAMED_USERS.iter().map(|user| user.email);
        let emails = named.chain(CAST.iter().map(CastMember::email));
        let addresses = emails.map(|email| (email.to_owned(), 1)).collect();
        Self { now, sites, managed: (0..NODES.len()).filter(has_manager).collect(), addresses }
    }

    /// Returns the number of named users and managers. They have the first numbers.
    pub(super) fn manager_count(&self) -> usize {
        NAMED_USERS.len() + self.managed.len()
    }

    /// Returns the numbers of the cast.
    pub(super) fn cast(&self) -> Range<usize> {
        self.manager_count()..self.manager_count() + CAST.len()
    }

    /// Generates the person with this number.
    pub(super) fn generate(&mut self, number: usize) -> Person {
        let cast = self.cast();
        if cast.contains(&number) {
            return CAST[number - cast.start].person(self.now);
        }
        // The seeds skip the cast, so that a change of the cast does not change the random people.
        let seed = if number < cast.start { number } else { number - cast.len() };
        let mut random = Random::new(SEED ^ (seed as u64).wrapping_mul(0xd134_2543_de82_ef95));
        if let Some(user) = NAMED_USERS.get(number) {
            return self.named_user(&mut random, user, number);
        }
        // Every agency and nearly every environment has a manager of its own. They come before the random
        // people.
        if let Some(&node) = self.managed.get(number - NAMED_USERS.len()) {
            return self.joined_user(&mut random, node, vec![(node, Role::OrganisationManager.into())]);
        }
        let node = random.weighted(&self.sites);
        let assignments = random_assignments(&mut random, node);
        match random.below(1_000) {
            0..25 => self.invited_user(&mut random, node, assignments, true),
            25..35 => self.invited_user(&mut random, node, assignments, false),
            _ => self.joined_user(&mut random, node, assignments),
        }
    }

    fn named_user(&mut self, random: &mut Random, user: &NamedUser, number: usize) -> Person {
        let assignments: Vec<(NodeIndex, RoleSet)> =
            user.roles.iter().map(|&(node, roles)| (node, roles.iter().copied().collect())).collect();
        let Some(days_left) = user.days_left else {
            let created_at = self.now - TimeDelta::days(700 - 41 * i64::try_from(number).unwrap_or(0));
            return Person {
                name: Some(user.name.into()),
                email: user.email.into(),
                locale: None,
                created_at,
                joined_at: Some(created_at + TimeDelta::hours(5)),
                last_active_at: Some(self.now - random_minutes(random, 5, 600)),
                assignments,
                grants: Vec::new(),
            };
        };
        let expires_at = self.now + TimeDelta::days(days_left);
        let created_at = expires_at - INVITATION_VALIDITY - TimeDelta::days(4);
        invitee(user.email.into(), &assignments, created_at, expires_at)
    }

    fn joined_user(
        &mut self,
        random: &mut Random,
        node: NodeIndex,
        assignments: Vec<(NodeIndex, RoleSet)>,
    ) -> Person {
        let (name, email) = self.unique_name(random, node);
        // More users joined in the second year than in the first.
        let age = (random.below(1_000).pow(2) / 1_000) * 1_048 + random.below(1_048);
        let age = CROWD_AGE + age;
        let created_at = self.now - TimeDelta::minutes(i64::try_from(age).unwrap_or(0));
        let joined_at = created_at + random_minutes(random, 2, 4_000);
        let mut grants = Vec::new();
        if random.chance(6) {
            let elsewhere = random.weighted(&self.sites);
            let is_new = NODES[elsewhere].kind == NodeKind::Environment
                && assignments.iter().all(|&(node, _)| node != elsewhere);
            // Users who see only that node see the invitation's age, so the cast must be newer than this too.
            let created_at = self.now - random_minutes(random, CROWD_AGE, CROWD_AGE + 10_000);
            if is_new && joined_at < created_at {
                let expires_at = self.now + random_minutes(random, 200, 20_000);
                grants.push(Grant { created_at, ..grant(elsewhere, Role::Analyst.into(), expires_at) });
            }
        }
        let locale = match NODES[node].culture {
            Culture::Dutch if random.chance(700) => Some(Language::Nl),
            _ => random.chance(300).then_some(Language::En),
        };
        Person {
            name: Some(name.written),
            email,
            locale,
            created_at,
            joined_at: Some(joined_at),
            last_active_at: self.random_activity(random, joined_at),
            assignments,
            grants,
        }
    }

    fn invited_user(
        &mut self,
        random: &mut Random,
        node: NodeIndex,
        assignments: Vec<(NodeIndex, RoleSet)>,
        can_accept: bool,
    ) -> Person {
        let (_, email) = self.unique_name(random, node);
        let remaining = if can_accept {
            random_minutes(random, 200, 20_000)
        } else {
            -random_minutes(random, 200, 60_000)
        };
        let assignments: Vec<_> = assignments.into_iter().filter(|(_, roles)| !roles.is_empty()).collect();
        let expires_at = self.now + remaining;
        // The account is as old as those of other random users. A later expiry means that the invitation was
        // resent.
        let created_at = self.now - random_minutes(random, CROWD_AGE, CROWD_AGE + 40_000);
        invitee(email, &assignments, created_at.min(expires_at - INVITATION_VALIDITY), expires_at)
    }

    fn random_activity(&self, random: &mut Random, joined_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        const DAY: u64 = 24 * 60;
        let ago = match random.below(100) {
            0..6 => return None,
            6..20 => random_minutes(random, 1, 60),
            20..45 => random_minutes(random, 60, DAY),
            45..75 => random_minutes(random, DAY, 14 * DAY),
            75..92 => random_minutes(random, 14 * DAY, 90 * DAY),
            _ => random_minutes(random, 90 * DAY, 400 * DAY),
        };
        let last = self.now - ago;
        // Users who joined later than that were active at some time since.
        let since = u64::try_from((self.now - joined_at).num_minutes()).unwrap_or(0);
        Some(if last < joined_at { self.now - random_minutes(random, 0, since.max(1)) } else { last })
    }

    fn unique_name(&mut self, random: &mut Random, node: NodeIndex) -> (PersonName, String) {
        let name = PersonName::random(random, NODES[node].culture);
        let (given, family) = (&name.given, &name.family);
        let initial = given.chars().next().unwrap_or('x');
        let local = match random.below(10) {
            0 => format!("{given}{initial}.{family}"),
            1 | 2 => format!("{initial}.{family}"),
            3 => format!("{given}_{family}"),
            _ => format!("{given}.{family}"),
        };
        let domain = if random.chance(40) { "mail.example" } else { NODES[node].domain };
        let mut address = format!("{local}@{domain}");
        while let Some(count) = self.addresses.get_mut(&address) {
            *count += 1;
            address = format!("{local}{count}@{domain}");
        }
        self.addresses.insert(address.clone(), 1);
        (name, address)
    }
}

/// Returns random assignments of a user of this node.
fn random_assignments(random: &mut Random, node: NodeIndex) -> Vec<(NodeIndex, RoleSet)> {
    let roles = random_roles(random, node);
    let mut assignments = vec![(node, roles)];
    if NODES[node].kind == NodeKind::Environment {
        if random.chance(60) {
            let siblings = environments(NODES[node].parent.unwrap_or(PROVIDER));
            let other = *random.pick(&siblings);
            if other != node {
                assignments.push((other, random_roles(random, other)));
            }
        }
        return assignments;
    }
    // Other roles in one environment than in the others.
    let below: Vec<_> = environments(node).into_iter().filter(|&index| NODES[index].is_managed).collect();
    if random.chance(350) {
        let here = match random.below(5) {
            0 => RoleSet::empty(),
            1 => roles,
            2 => RoleSet::only(Role::Agent),
            3 => roles | Role::Agent,
            _ => Role::Agent | Role::Planner,
        };
        assignments.push((*random.pick(&below), here));
    }
    assignments
}

fn random_roles(random: &mut Random, node: NodeIndex) -> RoleSet {
    const IN_ENVIRONMENTS: [(Role, u64); 9] = [
        (Role::Agent, 450),
        (Role::Operator, 200),
        (Role::ContentManager, 85),
        (Role::Analyst, 70),
        (Role::Producer, 55),
        (Role::Planner, 55),
        (Role::Supervisor, 55),
        (Role::OrganisationManager, 22),
        (Role::Administrator, 8),
    ];
    const IN_AGENCIES: [(Role, u64); 6] = [
        (Role::Operator, 300),
        (Role::Analyst, 250),
        (Role::Supervisor, 150),
        (Role::Producer, 120),
        (Role::OrganisationManager, 130),
        (Role::Administrator, 50),
    ];
    if node == SANDBOX && random.chance(500) {
        return Role::Developer.into();
    }
    let is_environment = NODES[node].kind == NodeKind::Environment;
    let mut roles = RoleSet::only(if is_environment {
        random.weighted(&IN_ENVIRONMENTS)
    } else {
        random.weighted(&IN_AGENCIES)
    });
    if random.chance(150) {
        roles |= *random.pick(&[Role::Agent, Role::Planner, Role::Analyst, Role::ContentManager]);
    }
    if NODES[node].is_managed {
        return roles;
    }
    let others: RoleSet = roles.iter().filter(|role| !role.manages()).collect();
    if others.is_empty() { Role::Agent.into() } else { others }
}

/// Returns a random duration between two numbers of minutes.
pub(super) fn random_minutes(random: &mut Random, from: u64, to: u64) -> TimeDelta {
    let seconds = from * 60 + random.below((to - from) * 60);
    TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0))
}

const fn joined(
    name: &'static str,
    email: &'static str,
    roles: &'static [(NodeIndex, &'static [Role])],
) -> NamedUser {
    NamedUser { name, email, roles, days_left: None }
}

const fn invited(
    email: &'static str,
    roles: &'static [(NodeIndex, &'static [Role])],
    days_left: i64,
) -> NamedUser {
    NamedUser { name: "", email, roles, days_left: Some(days_left) }
}
