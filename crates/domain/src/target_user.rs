use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::{Author, Entry, HeldAccess, NodeId, RoleSet, UserId};

/// Roles that a user gets at a node when they accept the invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingGrant {
    /// The node at which the roles will be assigned.
    pub node: NodeId,
    /// The granted roles.
    pub roles: RoleSet,
    /// The user who granted the roles. Their permission is checked again when the invitation is accepted.
    pub granted_by: UserId,
    /// The time from which the grant can no longer be accepted.
    pub expires_at: DateTime<Utc>,
    /// The moment at which the granted access ends. `None` for access without an end.
    pub until: Option<DateTime<Utc>>,
}

impl PendingGrant {
    /// Whether the granted access has ended, so that nobody can accept the grant, nor a renewed invitation.
    pub fn has_ended(&self, now: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= now)
    }

    /// The time from which the grant can no longer be accepted: its expiry or the end of its access.
    pub fn acceptable_until(&self) -> DateTime<Utc> {
        self.until.map_or(self.expires_at, |until| until.min(self.expires_at))
    }

    /// Whether the grant can be accepted at this moment, if its granter may still give the roles.
    pub fn is_open(&self, now: DateTime<Utc>) -> bool {
        self.acceptable_until() > now
    }

    /// Returns the entry that the user gets when they accept the grant.
    pub fn entry(&self) -> Entry {
        Entry { given_by: Some(Author::User(self.granted_by)), ..Entry::new(self.roles, self.until) }
    }
}

impl TargetUser {
    /// Returns the grants that the user can accept until they expire.
    pub fn acceptable(&self) -> impl Iterator<Item = &PendingGrant> {
        let pending = self.pending.iter().enumerate();
        let is_refused = |index: &usize| self.void.contains(index) || self.blocked.contains(index);
        pending.filter(move |(index, _)| !is_refused(index)).map(|(_, grant)| grant)
    }

    /// Returns the next moment at which the user's access, or what they can accept, changes by itself.
    pub fn next_change(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let grants = self.pending.iter().map(PendingGrant::acceptable_until).filter(|&end| end > now);
        grants.chain(self.held.next_change()).min()
    }
}

/// The user that a request is about, with everything that was given to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetUser {
    /// What the user holds at the moment of the request. Empty until the user has joined.
    pub held: HeldAccess,
    /// The grants that the user has not accepted yet.
    pub pending: Vec<PendingGrant>,
    /// The indices in `pending` of the grants that nobody can accept, because the user who granted them may no longer
    /// give them ([`Actor::may_fulfil`](crate::Actor::may_fulfil)).
    pub void: BTreeSet<usize>,
    /// The indices in `pending` of the grants that nobody can accept while the user who granted them is paused.
    pub blocked: BTreeSet<usize>,
    /// The manager by whose copied link the user joined. `None` once a mailed link has confirmed the e-mail address.
    pub unconfirmed_by: Option<UserId>,
}
