//! How values of the domain stand in the database.

use chrono::{DateTime, Utc};
use studio_users_domain::{NodeKind, RoleSet, Status, UserId};
use uuid::Uuid;

use super::Error;

/// The key of a user: the first 31 bits of their id.
///
/// Ids are random, so the bits are as good as any number, and a new id whose key is taken is drawn again. The
/// order by key is then the order by id, which ties are broken by; and the search index stores small numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct UserKey(pub(crate) i64);

impl From<UserId> for UserKey {
    fn from(id: UserId) -> Self {
        let bytes = id.0.as_bytes();
        Self(i64::from(u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]) >> 1))
    }
}

/// A time as the database keeps it.
pub(crate) fn millis(time: DateTime<Utc>) -> i64 {
    time.timestamp_millis()
}

/// A time as the database kept it.
pub(crate) fn time_of(millis: i64) -> Result<DateTime<Utc>, Error> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| Error::Foreign(format!("the time {millis}")))
}

/// Roles as the database keeps them.
pub(crate) fn roles_to_bits(roles: RoleSet) -> i64 {
    i64::from(roles.as_repr())
}

pub(super) fn roles_of(bits: i64) -> Result<RoleSet, Error> {
    u16::try_from(bits)
        .ok()
        .and_then(RoleSet::try_from_repr)
        .ok_or_else(|| Error::Foreign(format!("the roles {bits}")))
}

pub(super) fn uuid_of(bytes: &[u8]) -> Result<Uuid, Error> {
    Uuid::from_slice(bytes).map_err(|_| Error::Foreign("an id that is no UUID".into()))
}

/// Numbers as they stand in a query: there can be more of them than it takes values.
pub(super) fn listed(numbers: &[i64]) -> String {
    numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}

pub(super) const fn status_code(status: Status) -> i64 {
    match status {
        Status::Active => 0,
        Status::Invited => 1,
        Status::Expired => 2,
    }
}

pub(super) const fn kind_name(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Provider => "provider",
        NodeKind::Agency => "agency",
        NodeKind::Environment => "environment",
    }
}

pub(super) fn kind_of(name: &str) -> Result<NodeKind, Error> {
    [NodeKind::Provider, NodeKind::Agency, NodeKind::Environment]
        .into_iter()
        .find(|&kind| kind_name(kind) == name)
        .ok_or_else(|| Error::Foreign(format!("the kind {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::Role;

    #[test]
    fn keys_are_ordered_as_ids_are() {
        let id = |text: &str| text.parse::<UserId>().unwrap();
        let low = id("0fffffff-0000-4000-8000-000000000000");
        let high = id("f0000000-0000-4000-8000-000000000000");
        assert!(UserKey::from(low) < UserKey::from(high));
        assert!(UserKey::from(high).0 <= i64::from(i32::MAX));
    }

    #[test]
    fn the_index_of_managers_holds_the_roles_that_manage() {
        let managing: RoleSet = Role::all().filter(|role| role.manages()).collect();
        let condition = format!("WHERE roles & {} <> 0", roles_to_bits(managing));
        assert!(include_str!("../../migrations/0001_accounts.sql").contains(&condition), "{condition}");
    }

    #[test]
    fn roles_come_back_as_they_were() {
        let roles = Role::Agent | Role::Developer;
        assert_eq!(roles_of(roles_to_bits(roles)).unwrap(), roles);
        assert!(roles_of(1 << 15).is_err());
    }
}
