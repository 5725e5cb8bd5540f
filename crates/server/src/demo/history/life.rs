//! One person's life, as far as the log tells it.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::{Role, RoleSet, UserId};
use uuid::{Builder, Uuid};

use super::{DAY, DAYS, History, Leader, is_at_or_below};
use crate::audit::Entry;
use crate::demo::organisation::{Place, node_id};
use crate::demo::people::{Grant, INVITATION_LASTS, KNOWN, Person, minutes};
use crate::demo::random::Random;

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

/// One person's life as far as it is told.
pub(super) struct Life<'a> {
    pub(super) history: &'a mut History,
    pub(super) random: Random,
    pub(super) number: usize,
    pub(super) id: UserId,
    pub(super) email: &'a str,
    pub(super) name: Option<&'a str>,
}

impl Life<'_> {
    /// An invitation that waits, or waited in vain.
    pub(super) fn is_invited(&mut self, grant: &Grant) {
        let by = self.history.leaders.iter().find(|leader| leader.number == grant.by);
        let Some(by) = by.map(|leader| leader.person.clone()) else { return };
        let (at, place) = (grant.created_at, grant.node);
        let none = AuditDetails::default;
        self.add(Action::UserInvited, at, Some(&by), Some(place), after(grant.roles));
        self.add(Action::InvitationSent, at + TimeDelta::seconds(1), Some(&by), Some(place), none());
        let mailed_at = grant.expires_at - INVITATION_LASTS;
        if mailed_at > at {
            self.add(Action::InvitationResent, mailed_at, Some(&by), Some(place), none());
        }
        if self.number < KNOWN.len() || self.random.chance(250) {
            let copied_at = mailed_at + minutes(&mut self.random, 30, 2 * DAY);
            self.add(Action::InvitationLinkCopied, copied_at, Some(&by), Some(place), none());
        }
    }

    /// The invitation that was accepted. The first administrator was invited by nobody.
    pub(super) fn joins(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let first = person.assignments.iter().find(|(_, roles)| !roles.is_empty());
        let Some(&(place, roles)) = first.filter(|_| self.number != 0) else { return };
        if !self.is_told(person.created_at) {
            return;
        }
        let granted = if self.is_changed(person) { Self::roles_before(roles) } else { roles };
        self.is_mailed(place, granted, person.created_at);
        self.does(Action::InvitationAccepted, joined_at, Some(place), after(granted));
    }

    /// What was assigned in other places later, and what has changed since.
    pub(super) fn changes(&mut self, person: &Person, joined_at: DateTime<Utc>) {
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
                let before = Self::roles_before(roles);
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
    pub(super) fn is_viewed(&mut self, person: &Person, joined_at: DateTime<Utc>) {
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

    pub(super) fn signs_in(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let Some(last) = person.last_active_at else { return };
        let is_known = self.number < KNOWN.len() || self.is_of_cast();
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

    pub(super) fn is_mailed(&mut self, place: Place, roles: RoleSet, at: DateTime<Utc>) {
        let Some(by) = self.leader(place, roles, at) else { return };
        self.add(Action::UserInvited, at, Some(&by), Some(place), after(roles));
        let sent_at = at + TimeDelta::seconds(1);
        self.add(Action::InvitationSent, sent_at, Some(&by), Some(place), AuditDetails::default());
    }

    /// Something that the person did.
    pub(super) fn does(
        &mut self,
        action: Action,
        at: DateTime<Utc>,
        place: Option<Place>,
        details: AuditDetails,
    ) {
        let entry = Entry::of(action, at).by(self.label(true)).with(details);
        self.push(entry, place);
    }

    /// Something that a manager of the node did to the person.
    pub(super) fn has_done(
        &mut self,
        action: Action,
        at: DateTime<Utc>,
        place: Place,
        details: AuditDetails,
    ) {
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

    fn is_of_cast(&self) -> bool {
        self.history.cast.contains(&self.number)
    }

    /// Whether the log had begun then; of the known people it tells everything.
    fn is_told(&self, at: DateTime<Utc>) -> bool {
        self.number < KNOWN.len() || at > self.history.now - TimeDelta::days(DAYS)
    }

    /// Whether what was given first is something else today. Who leads has led from the first day on.
    fn is_changed(&self, person: &Person) -> bool {
        let is_picked = self.number < KNOWN.len() || self.id.0.as_bytes()[15] < 32;
        is_picked
            && !self.is_of_cast()
            && !self.leads()
            && person.assignments.iter().any(|(_, roles)| !roles.is_empty())
    }

    /// What someone had who has these roles today.
    fn roles_before(roles: RoleSet) -> RoleSet {
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

pub(super) fn after(roles: RoleSet) -> AuditDetails {
    AuditDetails { after: Some(roles), ..AuditDetails::default() }
}

fn between(before: RoleSet, roles: RoleSet) -> AuditDetails {
    AuditDetails { before: Some(before), ..after(roles) }
}
