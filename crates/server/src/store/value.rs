//! Conversions between values of the domain and columns of the database.

use chrono::{DateTime, Utc};
use studio_users_domain::{NodeKind, RoleSet, Status};
use uuid::Uuid;

use super::Error;

/// Parses a time from milliseconds since 1970.
pub(crate) fn time_from_millis(millis: i64) -> Result<DateTime<Utc>, Error> {
    DateTime::from_timestamp_millis(millis).ok_or_else(|| Error::InvalidData(format!("the time {millis}")))
}

/// Returns roles as the bit set that the database stores.
pub(crate) fn roles_to_bits(roles: RoleSet) -> i64 {
    i64::from(roles.as_repr())
}

pub(super) fn roles_from_bits(bits: i64) -> Result<RoleSet, Error> {
    u16::try_from(bits)
        .ok()
        .and_then(RoleSet::try_from_repr)
        .ok_or_else(|| Error::InvalidData(format!("the roles {bits}")))
}

pub(super) fn parse_uuid(bytes: &[u8]) -> Result<Uuid, Error> {
    Uuid::from_slice(bytes).map_err(|_| Error::InvalidData("an id that is not a UUID".into()))
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

pub(super) fn parse_kind(name: &str) -> Result<NodeKind, Error> {
    [NodeKind::Provider, NodeKind::Agency, NodeKind::Environment]
        .into_iter()
        .find(|&kind| kind_name(kind) == name)
        .ok_or_else(|| Error::InvalidData(format!("the kind {name}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_domain::Role;

    #[test]
    fn managers_index_covers_the_roles_that_manage() {
        let managing: RoleSet = Role::all().filter(|role| role.manages()).collect();
        let condition = format!("WHERE roles & {} <> 0", roles_to_bits(managing));
        assert!(include_str!("../../migrations/0001_accounts.sql").contains(&condition), "{condition}");
    }

    #[test]
    fn roles_survive_a_round_trip() {
        let roles = Role::Agent | Role::Developer;
        assert_eq!(roles_from_bits(roles_to_bits(roles)).unwrap(), roles);
        assert!(roles_from_bits(1 << 15).is_err());
    }
}
