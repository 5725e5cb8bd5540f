//! A person of the demo, before it is written to the store.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::{Language, RoleSet};

use super::organisation::{CITY_CLINIC, NORTHWIND, NodeIndex, SANDBOX};

/// A person of the demo. Other people are referred to by their number.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) name: Option<String>,
    pub(super) email: String,
    pub(super) locale: Option<Language>,
    pub(super) created_at: DateTime<Utc>,
    pub(super) joined_at: Option<DateTime<Utc>>,
    pub(super) last_active_at: Option<DateTime<Utc>>,
    pub(super) assignments: Vec<(NodeIndex, RoleSet)>,
    pub(super) grants: Vec<Grant>,
}

/// A pending grant.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    pub(super) node: NodeIndex,
    pub(super) roles: RoleSet,
    /// The number of the person who gives it.
    pub(super) by: usize,
    pub(super) created_at: DateTime<Utc>,
    pub(super) expires_at: DateTime<Utc>,
}

/// The validity of an invitation.
pub(super) const INVITATION_VALIDITY: TimeDelta = TimeDelta::days(14);

/// Returns a person with a pending or expired invitation. An expiry of more than 14 days after the creation
/// means that the invitation was resent.
pub(super) fn invitee(
    email: String,
    roles: &[(NodeIndex, RoleSet)],
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> Person {
    let grants = roles.iter().map(|&(node, roles)| Grant { created_at, ..grant(node, roles, expires_at) });
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

/// Returns a grant by the manager of the clinic, the manager of the agency, or the provider's administrator.
pub(super) fn grant(node: NodeIndex, roles: RoleSet, expires_at: DateTime<Utc>) -> Grant {
    let by = match node {
        CITY_CLINIC => 2,
        NORTHWIND..=SANDBOX => 1,
        _ => 0,
    };
    Grant { node, roles, by, created_at: expires_at - INVITATION_VALIDITY, expires_at }
}
