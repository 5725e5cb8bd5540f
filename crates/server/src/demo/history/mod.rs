//! The audit log of the demo: 180 days of generated entries.

mod person_history;

use std::ops::Range;

use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson, ExportFilters};
use studio_users_domain::{NodeId, Role, RoleSet, UserId};
use uuid::{Builder, Uuid};

use super::names::PersonName;
use super::organisation::{NODES, NodeIndex, node_id};
use super::people::{People, random_minutes};
use super::person::Person;
use crate::audit::Entry;
use crate::random::Random;
use person_history::{PersonHistory, after};

/// An entry with its id and its node.
pub(super) type HistoryEntry = (Uuid, Option<NodeId>, Entry);

/// The length of the log, in days. Only the entries of named users go back further.
const LOG_DAYS: i64 = 180;
/// The maximum number of users with entries. It limits the log to about 20,000 entries.
const MAX_PEOPLE: usize = 7_000;
/// A day, in minutes.
const DAY: u64 = 24 * 60;
const SEED: u64 = 0xa0d1_7000_0000_0001;

/// Generates the entries of each person.
pub(super) struct History {
    now: DateTime<Utc>,
    managers: Vec<Manager>,
    cast: Range<usize>,
    entries: Vec<HistoryEntry>,
}

/// A user who manages a node from the day on which they joined.
struct Manager {
    number: usize,
    node: NodeIndex,
    is_administrator: bool,
    joined_at: DateTime<Utc>,
    person: AuditPerson,
}

impl History {
    pub(super) fn new(now: DateTime<Utc>, ids: &[UserId]) -> Self {
        let mut people = People::new(now);
        let mut managers = Vec::new();
        for (number, &id) in ids.iter().enumerate().take(people.manager_count()) {
            let person = people.generate(number);
            let is_managed = |&&(_, roles): &&(NodeIndex, RoleSet)| roles.iter().any(Role::manages);
            if let (Some(&(node, roles)), Some(joined_at), Some(name)) =
                (person.assignments.iter().find(is_managed), person.joined_at, person.name)
            {
                let is_administrator = roles.contains(Role::Administrator);
                let person = AuditPerson { id, name };
                managers.push(Manager { number, node, is_administrator, joined_at, person });
            }
        }
        Self { now, managers, cast: people.cast(), entries: Vec::new() }
    }

    /// Adds the entries of a person.
    pub(super) fn add_person(&mut self, number: usize, id: UserId, person: &Person) {
        if number >= MAX_PEOPLE {
            return;
        }
        let random = Random::new(SEED ^ (number as u64).wrapping_mul(0x9e6c_63d0_676a_9a99));
        let name = person.name.as_deref();
        let mut person_history =
            PersonHistory { history: self, random, number, id, email: &person.email, name };
        for grant in &person.grants {
            person_history.add_invitation(grant);
        }
        if let Some(joined_at) = person.joined_at {
            person_history.add_acceptance(person, joined_at);
            person_history.add_role_changes(person, joined_at);
            person_history.add_views(person, joined_at);
            person_history.add_sessions(person, joined_at);
        }
    }

    /// Adds the entries of former users and the exports. Returns all entries in order of time.
    pub(super) fn finish(mut self, users: usize) -> Vec<HistoryEntry> {
        for number in 0..(users / 40).min(100) {
            self.add_former_user(number);
        }
        self.add_exports();
        self.entries.sort_by_key(|(_, _, entry)| entry.at);
        self.entries
    }

    /// Adds a user who was removed, or whose invitation was revoked.
    fn add_former_user(&mut self, number: usize) {
        let mut random = Random::new(SEED ^ 0xdead_0000 ^ number as u64);
        let weights: Vec<_> = NODES.iter().enumerate().map(|(node, site)| (node, site.weight)).collect();
        let node = random.weighted(&weights);
        let name = PersonName::random(&mut random, NODES[node].culture);
        let email = format!("{}.{}@{}", name.given, name.family, NODES[node].domain);
        let id = UserId(Builder::from_random_bytes(random.bytes()).into_uuid());
        let has_joined = random.chance(750);
        let invited_at = self.now - random_minutes(&mut random, 40 * DAY, LOG_DAYS.unsigned_abs() * DAY);
        let roles = *random.pick(&[Role::Agent, Role::Operator, Role::Analyst]);
        let name = has_joined.then_some(name.written.as_str());
        let mut person_history =
            PersonHistory { history: self, random, number: usize::MAX, id, email: &email, name };
        person_history.add_sent_invitation(node, roles.into(), invited_at);
        let removed_at = invited_at + random_minutes(&mut person_history.random, 3 * DAY, 38 * DAY);
        if has_joined {
            let joined_at = invited_at + random_minutes(&mut person_history.random, 20, 2 * DAY);
            person_history.add_own(Action::InvitationAccepted, joined_at, Some(node), after(roles.into()));
            let removed = AuditDetails { before: Some(roles.into()), ..AuditDetails::default() };
            person_history.add_by_manager(Action::UserRemoved, removed_at, node, removed);
        } else {
            person_history.add_by_manager(
                Action::InvitationRevoked,
                removed_at,
                node,
                AuditDetails::default(),
            );
        }
    }

    fn add_exports(&mut self) {
        let mut random = Random::new(SEED ^ 0x0e40);
        for number in [0, 1, 1, 2, 0, 1] {
            let Some(manager) = self.managers.iter().find(|manager| manager.number == number) else {
                continue;
            };
            let at = self.now - random_minutes(&mut random, DAY, 90 * DAY);
            let count = u32::try_from(20 + random.below(200)).ok();
            let exported =
                Some(ExportFilters { nodes: vec![node_id(manager.node)], ..ExportFilters::default() });
            let details = AuditDetails { count, exported, ..AuditDetails::default() };
            let entry = Entry::of(Action::UsersExported, at).by(manager.person.clone()).with(details);
            self.entries.push((Builder::from_random_bytes(random.bytes()).into_uuid(), None, entry));
        }
    }
}

fn is_at_or_below(mut node: NodeIndex, ancestor: NodeIndex) -> bool {
    while node != ancestor {
        match NODES[node].parent {
            Some(parent) => node = parent,
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
    fn ends_with_the_current_roles_and_names_only_managers_as_actors() {
        let mut random = Random::new(5);
        let ids: Vec<UserId> =
            (0..2_000).map(|_| UserId(Builder::from_random_bytes(random.bytes()).into_uuid())).collect();
        let (mut people, mut history) = (People::new(NOW), History::new(NOW, &ids));
        let mut current = HashMap::new();
        for (number, &id) in ids.iter().enumerate() {
            let person = people.generate(number);
            history.add_person(number, id, &person);
            current.extend(person.assignments.iter().map(|&(node, roles)| ((id, node_id(node)), roles)));
            current.extend(person.grants.iter().map(|grant| ((id, node_id(grant.node)), grant.roles)));
        }
        let managed: HashMap<UserId, NodeIndex> =
            history.managers.iter().map(|manager| (manager.person.id, manager.node)).collect();
        assert!(managed.values().any(|&node| node == PROVIDER) && managed.len() > 15);
        history.entries.sort_by_key(|(_, _, entry)| entry.at);
        let mut last = HashMap::new();
        for (_, node, entry) in &history.entries {
            let (Some(node), Some(actor)) = (node, &entry.actor) else { continue };
            let user = entry.target.as_ref().unwrap_or(actor).id;
            if entry.action != Action::InvitationAccepted {
                let index = (0..NODES.len()).find(|&index| node_id(index) == *node).unwrap();
                assert!(user != actor.id && is_at_or_below(index, managed[&actor.id]), "{entry:?}");
            }
            assert!(entry.at < NOW);
            if let Some(after) = entry.details.after {
                last.insert((user, *node), after);
            }
        }
        assert!(last.len() > 800, "{}", last.len());
        for (key, after) in last {
            assert_eq!(current.get(&key), Some(&after), "{key:?}");
        }
    }
}
