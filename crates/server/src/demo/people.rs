//! The invented people: some known by name, a cast of new users, and any number of random others.

use std::collections::HashMap;
use std::ops::Range;

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::{Language, NodeKind, Role, RoleSet};

use super::cast::{CAST, CROWD_AGE, CastMember};
use super::names::{Culture, PersonName};
use super::organisation::{
    CITY_CLINIC, HARBOR_BANK, NODES, NORTHWIND, POLDER_ENERGY, PROVIDER, Place, SANDBOX, VELO_BIKES,
    environments,
};
use super::random::Random;

/// Someone to be written into the store. Other people are named by their number.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) email: String,
    pub(super) locale: Option<Language>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) joined_at: Option<DateTime<Utc>>,
    pub(super) last_active_at: Option<DateTime<Utc>>,
    pub(super) assignments: Vec<(Place, RoleSet)>,
    pub(super) grants: Vec<Grant>,
}

/// A pending grant.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) node: Place,
    pub(super) roles: RoleSet,
    /// The number of the one who gives it.
    pub(super) by: usize,
    pub(super) created_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

/// Someone whom the documentation and the tests know.
pub(super) struct Known {
    name: &'static str,
    email: &'static str,
    given: &'static [(Place, &'static [Role])],
    /// For who has not joined: how many days are left to do so.
    days_left: Option<i64>,
}

/// The four people whom a visitor can be, by the node that they are shown by.
pub(super) const VISITORS: [(&str, Place); 4] = [
    ("charlotte@meridian.example", PROVIDER),
    ("maud@northwind.example", NORTHWIND),
    ("ingrid@clinic.example", CITY_CLINIC),
    ("femke@harborbank.example", HARBOR_BANK),
];

/// How long an invitation can be accepted.
pub(super) const INVITATION_LASTS: TimeDelta = TimeDelta::days(14);

pub(super) const KNOWN: [Known; 14] = [
    joined("Charlotte Pemberton", VISITORS[0].0, &[(PROVIDER, &[Role::Administrator])]),
    joined("Maud Jansen", VISITORS[1].0, &[(NORTHWIND, &[Role::OrganisationManager])]),
    joined("Ingrid Solberg", VISITORS[2].0, &[(CITY_CLINIC, &[Role::OrganisationManager])]),
    joined("Femke Hoekstra", VISITORS[3].0, &[(HARBOR_BANK, &[Role::Agent])]),
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

/// Invents people, each by number; addresses are never given twice.
pub(super) struct People {
    now: DateTime<Utc>,
    sites: Vec<(Place, u64)>,
    managed: Vec<Place>,
    addresses: HashMap<String, u32>,
}

impl People {
    pub(super) fn new(now: DateTime<Utc>) -> Self {
        let sites = NODES.iter().enumerate().map(|(place, site)| (place, site.weight)).collect();
        let is_led = |&place: &Place| NODES[place].is_managed && place != PROVIDER;
        let known = KNOWN.iter().map(|known| known.email);
        let emails = known.chain(CAST.iter().map(CastMember::email));
        let addresses = emails.map(|email| (email.to_owned(), 1)).collect();
        Self { now, sites, managed: (0..NODES.len()).filter(is_led).collect(), addresses }
    }

    /// So many people are known, or manage a node of their own: the first of all.
    pub(super) fn leaders(&self) -> usize {
        KNOWN.len() + self.managed.len()
    }

    /// The numbers of the cast.
    pub(super) fn cast(&self) -> Range<usize> {
        self.leaders()..self.leaders() + CAST.len()
    }

    /// The person of this number.
    pub(super) fn invent(&mut self, number: usize) -> Person {
        let cast = self.cast();
        if cast.contains(&number) {
            return CAST[number - cast.start].person(self.now);
        }
        // The seeds are those of a demo without the cast: a change of the cast keeps the random people.
        let seed = if number < cast.start { number } else { number - cast.len() };
        let mut random = Random::new(SEED ^ (seed as u64).wrapping_mul(0xd134_2543_de82_ef95));
        if let Some(known) = KNOWN.get(number) {
            return self.known(&mut random, known, number);
        }
        // Every agency and nearly every environment has a manager of its own before anyone else comes.
        if let Some(&place) = self.managed.get(number - KNOWN.len()) {
            return self.member(&mut random, place, vec![(place, Role::OrganisationManager.into())]);
        }
        let place = random.weighted(&self.sites);
        let given = given_at(&mut random, place);
        match random.below(1_000) {
            0..25 => self.guest(&mut random, place, given, true),
            25..35 => self.guest(&mut random, place, given, false),
            _ => self.member(&mut random, place, given),
        }
    }

    fn known(&mut self, random: &mut Random, known: &Known, number: usize) -> Person {
        let given: Vec<(Place, RoleSet)> =
            known.given.iter().map(|&(place, roles)| (place, roles.iter().copied().collect())).collect();
        let Some(days_left) = known.days_left else {
            let created_at = self.now - TimeDelta::days(700 - 41 * i64::try_from(number).unwrap_or(0));
            return Person {
                name: Some(known.name.into()),
                email: known.email.into(),
                locale: None,
                created_at,
                joined_at: Some(created_at + TimeDelta::hours(5)),
                last_active_at: Some(self.now - minutes(random, 5, 600)),
                assignments: given,
                grants: Vec::new(),
            };
        };
        let expires_at = self.now + TimeDelta::days(days_left);
        let created_at = expires_at - INVITATION_LASTS - TimeDelta::days(4);
        invitee(known.email.into(), &given, created_at, expires_at)
    }

    fn member(&mut self, random: &mut Random, place: Place, given: Vec<(Place, RoleSet)>) -> Person {
        let (name, email) = self.name(random, place);
        // More came in the second year than in the first.
        let age = (random.below(1_000).pow(2) / 1_000) * 1_048 + random.below(1_048);
        let age = CROWD_AGE + age;
        let created_at = self.now - TimeDelta::minutes(i64::try_from(age).unwrap_or(0));
        let joined_at = created_at + minutes(random, 2, 4_000);
        let mut grants = Vec::new();
        if random.chance(6) {
            let elsewhere = random.weighted(&self.sites);
            let is_new = NODES[elsewhere].kind == NodeKind::Environment
                && given.iter().all(|&(place, _)| place != elsewhere);
            // A list shows the invitation's age to readers of that node only, so the cast must be younger than this too.
            let created_at = self.now - minutes(random, CROWD_AGE, CROWD_AGE + 10_000);
            if is_new && joined_at < created_at {
                let expires_at = self.now + minutes(random, 200, 20_000);
                grants.push(Grant { created_at, ..grant(elsewhere, Role::Analyst.into(), expires_at) });
            }
        }
        let locale = match NODES[place].home {
            Culture::Dutch if random.chance(700) => Some(Language::Nl),
            _ => random.chance(300).then_some(Language::En),
        };
        Person {
            name: Some(name.written),
            email,
            locale,
            created_at,
            joined_at: Some(joined_at),
            last_active_at: self.activity(random, joined_at),
            assignments: given,
            grants,
        }
    }

    fn guest(
        &mut self,
        random: &mut Random,
        place: Place,
        given: Vec<(Place, RoleSet)>,
        can_accept: bool,
    ) -> Person {
        let (_, email) = self.name(random, place);
        let left = if can_accept { minutes(random, 200, 20_000) } else { -minutes(random, 200, 60_000) };
        let given: Vec<_> = given.into_iter().filter(|(_, roles)| !roles.is_empty()).collect();
        let expires_at = self.now + left;
        // The account is as old as the others of the crowd. A later invitation was sent again.
        let created_at = self.now - minutes(random, CROWD_AGE, CROWD_AGE + 40_000);
        invitee(email, &given, created_at.min(expires_at - INVITATION_LASTS), expires_at)
    }

    fn activity(&self, random: &mut Random, joined_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        const DAY: u64 = 24 * 60;
        let ago = match random.below(100) {
            0..6 => return None,
            6..20 => minutes(random, 1, 60),
            20..45 => minutes(random, 60, DAY),
            45..75 => minutes(random, DAY, 14 * DAY),
            75..92 => minutes(random, 14 * DAY, 90 * DAY),
            _ => minutes(random, 90 * DAY, 400 * DAY),
        };
        let last = self.now - ago;
        // Who came later than that was active at some time since.
        let since = u64::try_from((self.now - joined_at).num_minutes()).unwrap_or(0);
        Some(if last < joined_at { self.now - minutes(random, 0, since.max(1)) } else { last })
    }

    fn name(&mut self, random: &mut Random, place: Place) -> (PersonName, String) {
        let name = PersonName::draw(random, NODES[place].home);
        let (given, family) = (&name.given, &name.family);
        let initial = given.chars().next().unwrap_or('x');
        let local = match random.below(10) {
            0 => format!("{given}{initial}.{family}"),
            1 | 2 => format!("{initial}.{family}"),
            3 => format!("{given}_{family}"),
            _ => format!("{given}.{family}"),
        };
        let domain = if random.chance(40) { "mail.example" } else { NODES[place].domain };
        let mut address = format!("{local}@{domain}");
        while let Some(bearers) = self.addresses.get_mut(&address) {
            *bearers += 1;
            address = format!("{local}{bearers}@{domain}");
        }
        self.addresses.insert(address.clone(), 1);
        (name, address)
    }
}

/// What someone has who works at this node.
fn given_at(random: &mut Random, place: Place) -> Vec<(Place, RoleSet)> {
    let roles = roles_at(random, place);
    let mut given = vec![(place, roles)];
    if NODES[place].kind == NodeKind::Environment {
        if random.chance(60) {
            let siblings = environments(NODES[place].above.unwrap_or(PROVIDER));
            let other = *random.pick(&siblings);
            if other != place {
                given.push((other, roles_at(random, other)));
            }
        }
        return given;
    }
    // Something else in one environment than in the others.
    let below: Vec<_> = environments(place).into_iter().filter(|&at| NODES[at].is_managed).collect();
    if random.chance(350) {
        let here = match random.below(5) {
            0 => RoleSet::empty(),
            1 => roles,
            2 => RoleSet::only(Role::Agent),
            3 => roles | Role::Agent,
            _ => Role::Agent | Role::Planner,
        };
        given.push((*random.pick(&below), here));
    }
    given
}

fn roles_at(random: &mut Random, place: Place) -> RoleSet {
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
    const ABOVE: [(Role, u64); 6] = [
        (Role::Operator, 300),
        (Role::Analyst, 250),
        (Role::Supervisor, 150),
        (Role::Producer, 120),
        (Role::OrganisationManager, 130),
        (Role::Administrator, 50),
    ];
    if place == SANDBOX && random.chance(500) {
        return Role::Developer.into();
    }
    let is_environment = NODES[place].kind == NodeKind::Environment;
    let mut roles = RoleSet::only(if is_environment {
        random.weighted(&IN_ENVIRONMENTS)
    } else {
        random.weighted(&ABOVE)
    });
    if random.chance(150) {
        roles |= *random.pick(&[Role::Agent, Role::Planner, Role::Analyst, Role::ContentManager]);
    }
    if NODES[place].is_managed {
        return roles;
    }
    let others: RoleSet = roles.iter().filter(|role| !role.manages()).collect();
    if others.is_empty() { Role::Agent.into() } else { others }
}

/// A person with a pending or expired invitation. It was sent again if it expires later than it first would have.
pub(super) fn invitee(
    email: String,
    given: &[(Place, RoleSet)],
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Person {
    let grants = given.iter().map(|&(place, roles)| Grant { created_at, ..grant(place, roles, expires_at) });
    Person {
        name: None,
        email,
        locale: None,
        created_at,
        joined_at: None,
        last_active_at: None,
        assignments: Vec::new(),
        grants: grants.collect(),
    }
}

fn grant(node: Place, roles: RoleSet, expires_at: DateTime<Utc>) -> Grant {
    // By the manager of the clinic, of the agency, or by the provider's administrator.
    let by = match node {
        CITY_CLINIC => 2,
        NORTHWIND..=SANDBOX => 1,
        _ => 0,
    };
    Grant { node, roles, by, created_at: expires_at - INVITATION_LASTS, expires_at }
}

/// Some time between so many minutes.
pub(super) fn minutes(random: &mut Random, from: u64, to: u64) -> TimeDelta {
    let seconds = from * 60 + random.below((to - from) * 60);
    TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0))
}

const fn joined(
    name: &'static str,
    email: &'static str,
    given: &'static [(Place, &'static [Role])],
) -> Known {
    Known { name, email, given, days_left: None }
}

const fn invited(email: &'static str, given: &'static [(Place, &'static [Role])], days_left: i64) -> Known {
    Known { name: "", email, given, days_left: Some(days_left) }
}
