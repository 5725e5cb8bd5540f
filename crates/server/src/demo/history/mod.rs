//! What the invented people did: an audit log of months.

mod life;

use std::ops::Range;

use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson, Exported};
use studio_users_domain::{NodeId, Role, RoleSet, UserId};
use uuid::{Builder, Uuid};

use super::names::PersonName;
use super::organisation::{NODES, Place, node_id};
use super::people::{People, Person, minutes};
use super::random::Random;
use crate::audit::Entry;
use life::{Life, after};

/// Something that happened, and where.
pub(super) type Event = (Uuid, Option<NodeId>, Entry);

/// The log begins so long ago; only of the known people everything is told.
const DAYS: i64 = 180;
/// However many people there are, so many have a history: about 20,000 entries.
const PEOPLE: usize = 7_000;
/// A day, in minutes.
const DAY: u64 = 24 * 60;
const SEED: u64 = 0xa0d1_7000_0000_0001;

/// Tells what happened to each person.
pub(super) struct History {
    now: DateTime<Utc>,
    leaders: Vec<Leader>,
    cast: Range<usize>,
    events: Vec<Event>,
}

/// Someone who manages a node from the day on which they joined.
struct Leader {
    number: usize,
    place: Place,
    is_administrator: bool,
    joined_at: DateTime<Utc>,
    person: AuditPerson,
}

impl History {
    pub(super) fn new(now: DateTime<Utc>, ids: &[UserId]) -> Self {
        let mut people = People::new(now);
        let mut leaders = Vec::new();
        for (number, &id) in ids.iter().enumerate().take(people.leaders()) {
            let person = people.invent(number);
            let leads = |&&(_, roles): &&(Place, RoleSet)| roles.iter().any(Role::manages);
            if let (Some(&(place, roles)), Some(joined_at), Some(name)) =
                (person.assignments.iter().find(leads), person.joined_at, person.name)
            {
                let is_administrator = roles.contains(Role::Administrator);
                let person = AuditPerson { id, name };
                leaders.push(Leader { number, place, is_administrator, joined_at, person });
            }
        }
        Self { now, leaders, cast: people.cast(), events: Vec::new() }
    }

    /// Tells what happened to one of the people.
    pub(super) fn tell(&mut self, number: usize, id: UserId, person: &Person) {
        if number >= PEOPLE {
            return;
        }
        let random = Random::new(SEED ^ (number as u64).wrapping_mul(0x9e6c_63d0_676a_9a99));
        let name = person.name.as_deref();
        let mut life = Life { history: self, random, number, id, email: &person.email, name };
        for grant in &person.grants {
            life.is_invited(grant);
        }
        if let Some(joined_at) = person.joined_at {
            life.joins(person, joined_at);
            life.changes(person, joined_at);
            life.is_viewed(person, joined_at);
            life.signs_in(person, joined_at);
        }
    }

    /// Everything that happened, in order; of people who are no longer there as well.
    pub(super) fn finish(mut self, users: usize) -> Vec<Event> {
        for number in 0..(users / 40).min(100) {
            self.comes_and_goes(number);
        }
        self.exports();
        self.events.sort_by_key(|(_, _, entry)| entry.at);
        self.events
    }

    /// Somebody who was removed, or whose invitation was taken back.
    fn comes_and_goes(&mut self, number: usize) {
        let mut random = Random::new(SEED ^ 0xdead_0000 ^ number as u64);
        let weights: Vec<_> = NODES.iter().enumerate().map(|(place, site)| (place, site.weight)).collect();
        let place = random.weighted(&weights);
        let name = PersonName::draw(&mut random, NODES[place].home);
        let email = format!("{}.{}@{}", name.given, name.family, NODES[place].domain);
        let id = UserId(Builder::from_random_bytes(random.bytes()).into_uuid());
        let has_joined = random.chance(750);
        let came_at = self.now - minutes(&mut random, 40 * DAY, DAYS.unsigned_abs() * DAY);
        let roles = *random.pick(&[Role::Agent, Role::Operator, Role::Analyst]);
        let name = has_joined.then_some(name.written.as_str());
        let mut life = Life { history: self, random, number: usize::MAX, id, email: &email, name };
        life.is_mailed(place, roles.into(), came_at);
        let left_at = came_at + minutes(&mut life.random, 3 * DAY, 38 * DAY);
        if has_joined {
            let joined_at = came_at + minutes(&mut life.random, 20, 2 * DAY);
            life.does(Action::InvitationAccepted, joined_at, Some(place), after(roles.into()));
            let removed = AuditDetails { before: Some(roles.into()), ..AuditDetails::default() };
            life.has_done(Action::UserRemoved, left_at, place, removed);
        } else {
            life.has_done(Action::InvitationRevoked, left_at, place, AuditDetails::default());
        }
    }

    fn exports(&mut self) {
        let mut random = Random::new(SEED ^ 0x0e40);
        for number in [0, 1, 1, 2, 0, 1] {
            let Some(leader) = self.leaders.iter().find(|leader| leader.number == number) else { continue };
            let at = self.now - minutes(&mut random, DAY, 90 * DAY);
            let count = u32::try_from(20 + random.below(200)).ok();
            let exported = Some(Exported { nodes: vec![node_id(leader.place)], ..Exported::default() });
            let details = AuditDetails { count, exported, ..AuditDetails::default() };
            let entry = Entry::of(Action::UsersExported, at).by(leader.person.clone()).with(details);
            self.events.push((Builder::from_random_bytes(random.bytes()).into_uuid(), None, entry));
        }
    }
}

fn is_at_or_below(mut place: Place, above: Place) -> bool {
    while place != above {
        match NODES[place].above {
            Some(next) => place = next,
            None => return false,
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::demo::organisation::PROVIDER;

    const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

    #[test]
    fn what_is_told_last_is_what_is_so_and_who_acts_manages_the_node() {
        let mut random = Random::new(5);
        let ids: Vec<UserId> =
            (0..2_000).map(|_| UserId(Builder::from_random_bytes(random.bytes()).into_uuid())).collect();
        let (mut people, mut history) = (People::new(NOW), History::new(NOW, &ids));
        let mut so = HashMap::new();
        for (number, &id) in ids.iter().enumerate() {
            let person = people.invent(number);
            history.tell(number, id, &person);
            so.extend(person.assignments.iter().map(|&(place, roles)| ((id, node_id(place)), roles)));
            so.extend(person.grants.iter().map(|grant| ((id, node_id(grant.node)), grant.roles)));
        }
        let leads: HashMap<UserId, Place> =
            history.leaders.iter().map(|leader| (leader.person.id, leader.place)).collect();
        assert!(leads.values().any(|&place| place == PROVIDER) && leads.len() > 15);
        history.events.sort_by_key(|(_, _, entry)| entry.at);
        let mut told = HashMap::new();
        for (_, node, entry) in &history.events {
            let (Some(node), Some(actor)) = (node, &entry.actor) else { continue };
            let whom = entry.target.as_ref().unwrap_or(actor).id;
            if entry.action != Action::InvitationAccepted {
                let place = (0..NODES.len()).find(|&place| node_id(place) == *node).unwrap();
                assert!(whom != actor.id && is_at_or_below(place, leads[&actor.id]), "{entry:?}");
            }
            assert!(entry.at < NOW);
            if let Some(after) = entry.details.after {
                told.insert((whom, *node), after);
            }
        }
        assert!(told.len() > 800, "{}", told.len());
        for (place, after) in told {
            assert_eq!(so.get(&place), Some(&after), "{place:?}");
        }
    }
}
