//! The log entries of one person.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson, ViewEnd};
use studio_users_domain::{Role, RoleSet, UserId};
use uuid::{Builder, Uuid};

use super::{DAY, History, LOG_DAYS, Manager, is_at_or_below};
use crate::audit::Entry;
use crate::demo::cast::FAILED_MAILS;
use crate::demo::organisation::{NodeIndex, node_id};
use crate::demo::people::{NAMED_USERS, random_minutes};
use crate::demo::person::{Grant, INVITATION_VALIDITY, Person};
use crate::random::Random;

const REASONS: [&str; 6] = [
    "Cannot find the inbox, ticket 4711",
    "Planning page missing",
    "Checking the new roles together on the phone",
    "No conversations since this morning",
    "Training: what an agent sees on the first day",
    "Campaign missing in the CMS",
];
const DEVICES: [&str; 6] = [
    "Firefox on Windows",
    "Chrome on Windows",
    "Safari on macOS",
    "Chrome on macOS",
    "Firefox on Linux",
    "Safari on iPhone",
];

/// Generates the entries of one person.
pub(super) struct PersonHistory<'a> {
    pub(super) history: &'a mut History,
    pub(super) random: Random,
    pub(super) number: usize,
    pub(super) id: UserId,
    pub(super) email: &'a str,
    pub(super) name: Option<&'a str>,
}

impl PersonHistory<'_> {
    /// Adds a pending or expired invitation.
    pub(super) fn add_invitation(&mut self, grant: &Grant) {
        let by = self.history.managers.iter().find(|manager| manager.number == grant.by);
        let Some(by) = by.map(|manager| manager.person.clone()) else { return };
        let (at, node) = (grant.created_at, grant.node);
        let no_details = AuditDetails::default;
        self.add(Action::UserInvited, at, Some(&by), Some(node), after(grant.roles));
        if FAILED_MAILS.iter().all(|(email, ..)| *email != self.email) {
            self.add(Action::InvitationSent, at + TimeDelta::seconds(1), Some(&by), Some(node), no_details());
        }
        let mailed_at = grant.expires_at - INVITATION_VALIDITY;
        if mailed_at > at {
            self.add(Action::InvitationResent, mailed_at, Some(&by), Some(node), no_details());
            let sent_at = mailed_at + TimeDelta::seconds(1);
            self.add(Action::InvitationSent, sent_at, Some(&by), Some(node), no_details());
        }
        if self.number < NAMED_USERS.len() || self.random.chance(250) {
            let copied_at = mailed_at + random_minutes(&mut self.random, 30, 2 * DAY);
            self.add(Action::InvitationLinkCopied, copied_at, Some(&by), Some(node), no_details());
        }
    }

    /// Adds the accepted invitation. The first administrator has none.
    pub(super) fn add_acceptance(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let first = person.assignments.iter().find(|(_, roles)| !roles.is_empty());
        let Some(&(node, roles)) = first.filter(|_| self.number != 0) else { return };
        if !self.is_in_log_period(person.created_at) {
            return;
        }
        let granted = if self.has_changed_roles(person) { Self::earlier_roles(roles) } else { roles };
        self.add_sent_invitation(node, granted, person.created_at);
        self.add_own(Action::InvitationAccepted, joined_at, Some(node), after(granted));
    }

    /// Adds later assignments at other nodes, and changes of the first one.
    pub(super) fn add_role_changes(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let Some(first) = person.assignments.iter().position(|(_, roles)| !roles.is_empty()) else { return };
        let (mut at, has_changed_roles) = (joined_at, self.has_changed_roles(person));
        for (index, &(node, roles)) in person.assignments.iter().enumerate() {
            at += self.random_delay(at);
            if !self.is_in_log_period(at) || self.number == 0 {
                continue;
            }
            if index != first {
                self.add_by_manager(Action::RolesChanged, at, node, after(roles));
            } else if has_changed_roles {
                let before = Self::earlier_roles(roles);
                let interim = Role::Planner | before;
                let later = at + self.random_delay(at);
                if self.number < NAMED_USERS.len() && interim != roles {
                    self.add_by_manager(Action::RolesChanged, at, node, between(before, interim));
                    self.add_by_manager(Action::RolesChanged, later, node, between(interim, roles));
                } else {
                    self.add_by_manager(Action::RolesChanged, at, node, between(before, roles));
                }
                at = later;
            }
        }
        if self.number > NAMED_USERS.len()
            && self.random.chance(6)
            && self.is_in_log_period(at)
            && !self.is_manager()
        {
            self.add_removal_and_restore(person, at);
        }
    }

    fn add_removal_and_restore(&mut self, person: &Person, since: DateTime<Utc>) {
        let at = since + self.random_delay(since);
        for &(node, roles) in person.assignments.iter().filter(|(_, roles)| !roles.is_empty()).take(1) {
            let removed = AuditDetails { before: Some(roles), ..AuditDetails::default() };
            let restored_at = at + random_minutes(&mut self.random, 1, 300);
            if restored_at < self.history.now {
                self.add_by_manager(Action::UserRemoved, at, node, removed);
                self.add_by_manager(Action::UserRestored, restored_at, node, after(roles));
            }
        }
    }

    /// Adds impersonations of the person.
    pub(super) fn add_views(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let first = person.assignments.iter().find(|(_, roles)| !roles.is_empty());
        let Some(&(node, roles)) = first.filter(|_| self.number != 0) else { return };
        let times = if self.number < NAMED_USERS.len() { 3 } else { usize::from(self.random.chance(45)) };
        for _ in 0..times {
            let since = joined_at.max(self.history.now - TimeDelta::days(LOG_DAYS));
            let at = since + self.random_delay(since);
            let duration = random_minutes(&mut self.random, 1, 30);
            let reason = Some((*self.random.pick(&REASONS)).to_owned());
            let Some(by) = self.pick_manager(node, roles, at).filter(|_| at + duration < self.history.now)
            else {
                continue;
            };
            let view = self.random_id();
            let first = self.history.entries.len();
            let no_details = AuditDetails::default;
            self.add(Action::ViewStarted, at, Some(&by), Some(node), AuditDetails { reason, ..no_details() });
            if self.random.chance(200) {
                let operation = Some("PATCH /api/v1/users/{id}/access".to_owned());
                let tried_at = at + duration / 2;
                let details = AuditDetails { operation, ..no_details() };
                self.add(Action::ViewRefused, tried_at, Some(&by), Some(node), details);
            }
            let seconds = u32::try_from(duration.num_seconds()).ok();
            let reason = Some(ViewEnd::Exited.wire_name().to_owned());
            let details = AuditDetails { seconds, reason, ..no_details() };
            self.add(Action::ViewEnded, at + duration, Some(&by), Some(node), details);
            for (_, _, entry) in &mut self.history.entries[first..] {
                entry.view = Some(view);
            }
        }
    }

    /// Adds sign-ins and sign-outs.
    pub(super) fn add_sessions(&mut self, person: &Person, joined_at: DateTime<Utc>) {
        let Some(last) = person.last_active_at else { return };
        let is_featured = self.number < NAMED_USERS.len() || self.is_in_cast();
        let times = if is_featured { 16 } else { u64::from(self.random.chance(700)) };
        let device = *self.random.pick(&DEVICES);
        for index in 0..times {
            let ended_at = last - TimeDelta::days(i64::try_from(index * 4).unwrap_or(0));
            let at = (ended_at - random_minutes(&mut self.random, 1, 180)).max(joined_at);
            if at >= ended_at || at < self.history.now - TimeDelta::days(70) {
                continue;
            }
            let session_device = if self.random.chance(850) { device } else { *self.random.pick(&DEVICES) };
            let details = AuditDetails { device: Some(session_device.into()), ..AuditDetails::default() };
            self.add_own(Action::SessionStarted, at, None, details);
            if self.random.chance(if is_featured { 600 } else { 250 }) {
                self.add_own(Action::SessionEnded, ended_at, None, AuditDetails::default());
            }
        }
    }

    /// Adds an invitation and its mail.
    pub(super) fn add_sent_invitation(&mut self, node: NodeIndex, roles: RoleSet, at: DateTime<Utc>) {
        let Some(by) = self.pick_manager(node, roles, at) else { return };
        self.add(Action::UserInvited, at, Some(&by), Some(node), after(roles));
        let sent_at = at + TimeDelta::seconds(1);
        self.add(Action::InvitationSent, sent_at, Some(&by), Some(node), AuditDetails::default());
    }

    /// Adds an action of the person.
    pub(super) fn add_own(
        &mut self,
        action: Action,
        at: DateTime<Utc>,
        node: Option<NodeIndex>,
        details: AuditDetails,
    ) {
        let entry = Entry::of(action, at).by(self.label(true)).with(details);
        self.push(entry, node);
    }

    /// Adds an action of a manager of the node on the person.
    pub(super) fn add_by_manager(
        &mut self,
        action: Action,
        at: DateTime<Utc>,
        node: NodeIndex,
        details: AuditDetails,
    ) {
        let roles = details.before.unwrap_or_default() | details.after.unwrap_or_default();
        if let Some(by) = self.pick_manager(node, roles, at) {
            self.add(action, at, Some(&by), Some(node), details);
        }
    }

    fn add(
        &mut self,
        action: Action,
        at: DateTime<Utc>,
        by: Option<&AuditPerson>,
        node: Option<NodeIndex>,
        details: AuditDetails,
    ) {
        // Until they have joined, the log names people by their address.
        let is_invitation = matches!(
            action,
            Action::UserInvited
                | Action::InvitationSent
                | Action::InvitationResent
                | Action::InvitationLinkCopied
                | Action::InvitationRevoked
        );
        let entry = Entry::of(action, at).to(self.label(!is_invitation)).with(details);
        self.push(Entry { actor: by.cloned(), ..entry }, node);
    }

    fn push(&mut self, entry: Entry, node: Option<NodeIndex>) {
        if entry.at < self.history.now {
            let id = self.random_id();
            self.history.entries.push((id, node.map(node_id), entry));
        }
    }

    fn label(&self, has_joined: bool) -> AuditPerson {
        let name = self.name.filter(|_| has_joined).unwrap_or(self.email);
        AuditPerson { id: self.id, name: name.into() }
    }

    /// Picks another user who managed the node at that time and could give these roles there.
    fn pick_manager(&mut self, node: NodeIndex, roles: RoleSet, at: DateTime<Utc>) -> Option<AuditPerson> {
        let is_eligible = |manager: &&Manager| {
            manager.number != self.number
                && manager.joined_at < at
                && is_at_or_below(node, manager.node)
                && (manager.is_administrator || !roles.contains(Role::Administrator))
        };
        let managers: Vec<_> = self.history.managers.iter().filter(is_eligible).collect();
        if managers.is_empty() { None } else { Some(self.random.pick(&managers).person.clone()) }
    }

    fn is_manager(&self) -> bool {
        self.history.managers.iter().any(|manager| manager.number == self.number)
    }

    fn is_in_cast(&self) -> bool {
        self.history.cast.contains(&self.number)
    }

    /// Whether the log covers this time. It covers all of the past of named users.
    fn is_in_log_period(&self, at: DateTime<Utc>) -> bool {
        self.number < NAMED_USERS.len() || at > self.history.now - TimeDelta::days(LOG_DAYS)
    }

    /// Whether the first roles differ from the current ones. Managers have kept their roles since they
    /// joined.
    fn has_changed_roles(&self, person: &Person) -> bool {
        let is_selected = self.number < NAMED_USERS.len() || self.id.0.as_bytes()[15] < 32;
        is_selected
            && !self.is_in_cast()
            && !self.is_manager()
            && person.assignments.iter().any(|(_, roles)| !roles.is_empty())
    }

    /// Returns the roles before these.
    fn earlier_roles(roles: RoleSet) -> RoleSet {
        let others = [Role::Agent, Role::Analyst].map(RoleSet::only);
        if roles == others[0] { others[1] } else { others[0] }
    }

    /// Returns a duration of at most a third of the time since `since`.
    fn random_delay(&mut self, since: DateTime<Utc>) -> TimeDelta {
        let seconds = u64::try_from((self.history.now - since).num_seconds() / 3).unwrap_or(0);
        TimeDelta::seconds(i64::try_from(60 + self.random.below(seconds.max(1))).unwrap_or(60))
    }

    fn random_id(&mut self) -> Uuid {
        Builder::from_random_bytes(self.random.bytes()).into_uuid()
    }
}

pub(super) fn after(roles: RoleSet) -> AuditDetails {
    AuditDetails { after: Some(roles), ..AuditDetails::default() }
}

fn between(before: RoleSet, roles: RoleSet) -> AuditDetails {
    AuditDetails { before: Some(before), ..after(roles) }
}
