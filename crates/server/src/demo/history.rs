//! What the invented people did: an audit log of months.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::{NodeId, Role, RoleSet, UserId};
use uuid::{Builder, Uuid};

use super::names::PersonName;
use super::organisation::{NODES, Place, node_id};
use super::people::{Grant, INVITATION_LASTS, KNOWN, People, Person, minutes};
use super::random::Random;
use crate::audit::Entry;

/// Something that happened, and where.
pub(super) type Event = (Uuid, Option<NodeId>, Entry);

/// The log begins so long ago; only of the known people everything is told.
const DAYS: i64 = 200;
/// However many people there are, so many have a history: about 20,000 entries.
const PEOPLE: usize = 7_500;
const SEED: u64 = 0xa0d1_7000_0000_0001;

const REASONS: [&str; 6] = [
    "Cannot find the inbox, ticket 4711",
    "Asked why the planning page is missing",
    "Checking the new roles together on the phone",
    "Sees no conversations since this morning",
    "Training: what an agent sees on the first day",
    "Says that a campaign is not in the CMS",
];
const DEVICES: [&str; 6] = [
    "Firefox on Windows",
    "Chrome on Windows",
    "Safari on macOS",
    "Chrome on macOS",
    "Firefox on Linux",
    "Safari on iPhone",
];

/// Tells what happened to each person.
pub(super) struct History {
    now: DateTime<Utc>,
    leaders: Vec<Leader>,
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

/// One person's life as far as it is told.
struct Life<'a> {
    history: &'a mut History,
    random: Random,
    number: usize,
    id: UserId,
    email: &'a str,
    name: Option<&'a str>,
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
        Self { now, leaders, events: Vec::new() }
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
            let details = AuditDetails { count, ..AuditDetails::default() };
            let entry = Entry::of(Action::UsersExported, at).by(leader.person.clone()).with(details);
            self.events.push((Builder::from_random_bytes(random.bytes()).into_uuid(), None, entry));
        }
    }
}

impl Life<'_> {
    /// An invitation that waits, or waited in vain.
    fn is_invited(&mut self, grant: &Grant) {
        let by = self.history.leaders.iter().find(|leader| leader.number == grant.by);
        let Some(by) = by.map(|leader| leader.person.clone()) else { return };
        let (at, node) = (grant.created_at, grant.node);
        let none = AuditDetails::default;
        self.add(Action::UserInvited, at, Some(&by), Some(node), after(grant.roles));
        self.add(Action::InvitationSent, at + TimeDelta::seconds(1), Some(&by), Some(node), none());
        let mailed_at = grant.expires_at - INVITATION_LASTS;
        if mailed_at > at {
            self.add(Action::InvitationResent, mailed_at, Some(&by), Some(node), none());
        }
        if self.number < KNOWN.len() || self.random.chance(250) {
            let copied_at = mailed_at + minutes(&mut self.random, 30, 2 * DAY);
            self.add(Action::InvitationLinkCopied, copied_at, Some(&by), Some(node), none());
        }
    }

    /// The invitation that was accepted. The first administrator was invited by nobody.
    fn joins(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let first = person.assignments.iter().find(|(_, roles)| !roles.is_empty());
        let Some(&(place, roles)) = first.filter(|_| self.number != 0) else { return };
        if !self.is_told(person.created_at) {
            return;
        }
        let granted = if self.is_changed(person) { self.roles_before(roles) } else { roles };
        self.is_mailed(place, granted, person.created_at);
        self.does(Action::InvitationAccepted, joined_at, Some(place), after(granted));
    }

    /// What was assigned in other places later, and what has changed since.
    fn changes(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let Some(first) = person.assignments.iter().position(|(_, roles)| !roles.is_empty()) else { return };
        let (mut at, is_changed) = (joined_at, self.is_changed(person));
        for (place, &(node, roles)) in person.assignments.iter().enumerate() {
            at += self.somewhat_until_now(at);
            if !self.is_told(at) || self.number == 0 {
                continue;
            }
            if place != first {
                self.has_done(Action::RolesChanged, at, node, after(roles));
            } else if is_changed {
                let before = self.roles_before(roles);
                let by_the_way = Role::Planner | before;
                let later = at + self.somewhat_until_now(at);
                if self.number < KNOWN.len() && by_the_way != roles {
                    self.has_done(Action::RolesChanged, at, node, between(before, by_the_way));
                    self.has_done(Action::RolesChanged, later, node, between(by_the_way, roles));
                } else {
                    self.has_done(Action::RolesChanged, at, node, between(before, roles));
                }
                at = later;
            }
        }
        if self.number > KNOWN.len() && self.random.chance(6) && self.is_told(at) && !self.leads() {
            self.is_removed_and_restored(person, at);
        }
    }

    fn is_removed_and_restored(&mut self, person: &Person, since: DateTime<Utc>) {
        let at = since + self.somewhat_until_now(since);
        for &(node, roles) in person.assignments.iter().filter(|(_, roles)| !roles.is_empty()).take(1) {
            let removed = AuditDetails { before: Some(roles), ..AuditDetails::default() };
            let back = at + minutes(&mut self.random, 1, 300);
            if back < self.history.now {
                self.has_done(Action::UserRemoved, at, node, removed);
                self.has_done(Action::UserRestored, back, node, after(roles));
            }
        }
    }

    /// Views of the studio as this person sees it.
    fn is_viewed(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let place = person.assignments.iter().find(|(_, roles)| !roles.is_empty());
        let Some(&(place, roles)) = place.filter(|_| self.number != 0) else { return };
        let times = if self.number < KNOWN.len() { 3 } else { usize::from(self.random.chance(45)) };
        for _ in 0..times {
            let since = joined_at.max(self.history.now - TimeDelta::days(DAYS));
            let at = since + self.somewhat_until_now(since);
            let lasted = minutes(&mut self.random, 1, 30);
            let reason = Some((*self.random.pick(&REASONS)).to_owned());
            let Some(by) = self.leader(place, roles, at).filter(|_| at + lasted < self.history.now) else {
                continue;
            };
            let view = self.draw_id();
            let first = self.history.events.len();
            let none = AuditDetails::default;
            self.add(Action::ViewStarted, at, Some(&by), Some(place), AuditDetails { reason, ..none() });
            if self.random.chance(200) {
                let operation = Some("PATCH /api/v1/users/{id}/access".to_owned());
                let tried_at = at + lasted / 2;
                let details = AuditDetails { operation, ..none() };
                self.add(Action::ViewRefused, tried_at, Some(&by), Some(place), details);
            }
            let seconds = u32::try_from(lasted.num_seconds()).ok();
            let details = AuditDetails { seconds, ..none() };
            self.add(Action::ViewEnded, at + lasted, Some(&by), Some(place), details);
            for (_, _, entry) in &mut self.history.events[first..] {
                entry.view = Some(view);
            }
        }
    }

    fn signs_in(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let Some(last) = person.last_active_at else { return };
        let is_known = self.number < KNOWN.len();
        let times = if is_known { 16 } else { u64::from(self.random.chance(700)) };
        let device = *self.random.pick(&DEVICES);
        for back in 0..times {
            let ended_at = last - TimeDelta::days(i64::try_from(back * 4).unwrap_or(0));
            let at = (ended_at - minutes(&mut self.random, 1, 180)).max(joined_at);
            if at >= ended_at || at < self.history.now - TimeDelta::days(70) {
                continue;
            }
            let on = if self.random.chance(850) { device } else { *self.random.pick(&DEVICES) };
            let details = AuditDetails { device: Some(on.into()), ..AuditDetails::default() };
            self.does(Action::SessionStarted, at, None, details);
            if self.random.chance(if is_known { 600 } else { 250 }) {
                self.does(Action::SessionEnded, ended_at, None, AuditDetails::default());
            }
        }
    }

    fn is_mailed(&mut self, place: Place, roles: RoleSet, at: DateTime<Utc>) {
        let Some(by) = self.leader(place, roles, at) else { return };
        self.add(Action::UserInvited, at, Some(&by), Some(place), after(roles));
        let sent_at = at + TimeDelta::seconds(1);
        self.add(Action::InvitationSent, sent_at, Some(&by), Some(place), AuditDetails::default());
    }

    /// Something that the person did.
    fn does(&mut self, action: Action, at: DateTime<Utc>, place: Option<Place>, details: AuditDetails) {
        let entry = Entry::of(action, at).by(self.label(true)).with(details);
        self.push(entry, place);
    }

    /// Something that a manager of the node did to the person.
    fn has_done(&mut self, action: Action, at: DateTime<Utc>, place: Place, details: AuditDetails) {
        let roles = details.before.unwrap_or_default() | details.after.unwrap_or_default();
        if let Some(by) = self.leader(place, roles, at) {
            self.add(action, at, Some(&by), Some(place), details);
        }
    }

    fn add(
        &mut self,
        action: Action,
        at: DateTime<Utc>,
        by: Option<&AuditPerson>,
        place: Option<Place>,
        details: AuditDetails,
    ) {
        // Until they have joined, a person is an address.
        let is_invited = matches!(
            action,
            Action::UserInvited
                | Action::InvitationSent
                | Action::InvitationResent
                | Action::InvitationLinkCopied
                | Action::InvitationRevoked
        );
        let entry = Entry::of(action, at).to(self.label(!is_invited)).with(details);
        self.push(Entry { actor: by.cloned(), ..entry }, place);
    }

    fn push(&mut self, entry: Entry, place: Option<Place>) {
        if entry.at < self.history.now {
            let id = self.draw_id();
            self.history.events.push((id, place.map(node_id), entry));
        }
    }

    fn label(&self, has_joined: bool) -> AuditPerson {
        let name = self.name.filter(|_| has_joined).unwrap_or(self.email);
        AuditPerson { id: self.id, name: name.into() }
    }

    /// Someone else who managed the node then, and could give these roles there.
    fn leader(&mut self, place: Place, roles: RoleSet, at: DateTime<Utc>) -> Option<AuditPerson> {
        let leads = |leader: &&Leader| {
            leader.number != self.number
                && leader.joined_at < at
                && is_at_or_below(place, leader.place)
                && (leader.is_administrator || !roles.contains(Role::Administrator))
        };
        let leaders: Vec<_> = self.history.leaders.iter().filter(leads).collect();
        if leaders.is_empty() { None } else { Some(self.random.pick(&leaders).person.clone()) }
    }

    fn leads(&self) -> bool {
        self.history.leaders.iter().any(|leader| leader.number == self.number)
    }

    /// Whether the log had begun then; of the known people it tells everything.
    fn is_told(&self, at: DateTime<Utc>) -> bool {
        self.number < KNOWN.len() || at > self.history.now - TimeDelta::days(DAYS)
    }

    /// Whether what was given first is something else today. Who leads has led from the first day on.
    fn is_changed(&self, person: &Person) -> bool {
        let is_picked = self.number < KNOWN.len() || self.id.0.as_bytes()[15] < 32;
        is_picked && !self.leads() && person.assignments.iter().any(|(_, roles)| !roles.is_empty())
    }

    /// What someone had who has these roles today.
    fn roles_before(&self, roles: RoleSet) -> RoleSet {
        let others = [Role::Agent, Role::Analyst].map(RoleSet::only);
        if roles == others[0] { others[1] } else { others[0] }
    }

    /// Up to a third of the time that has passed since.
    fn somewhat_until_now(&mut self, since: DateTime<Utc>) -> TimeDelta {
        let seconds = u64::try_from((self.history.now - since).num_seconds() / 3).unwrap_or(0);
        TimeDelta::seconds(i64::try_from(60 + self.random.below(seconds.max(1))).unwrap_or(60))
    }

    fn draw_id(&mut self) -> Uuid {
        Builder::from_random_bytes(self.random.bytes()).into_uuid()
    }
}

const DAY: u64 = 24 * 60;

fn is_at_or_below(mut place: Place, above: Place) -> bool {
    while place != above {
        match NODES[place].above {
            Some(next) => place = next,
            None => return false,
        }
    }
    true
}

fn after(roles: RoleSet) -> AuditDetails {
    AuditDetails { after: Some(roles), ..AuditDetails::default() }
}

fn between(before: RoleSet, roles: RoleSet) -> AuditDetails {
    AuditDetails { before: Some(before), ..after(roles) }
}
