use std::ops::RangeInclusive;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{Assignments, Entries, HeldAccess, NodeKind, NodeSet, PendingGrant, Role, RoleSet, Tree};

/// The allowed lifetime of an invitation, in days.
pub const INVITATION_DAYS: RangeInclusive<u8> = 1..=30;
/// The default lifetime of an invitation, in days.
pub const DEFAULT_INVITATION_DAYS: u8 = 14;
/// The time before the end of an invitation at which the invited user is reminded.
pub const REMINDER_LEAD: TimeDelta = TimeDelta::days(3);
/// The shortest lifetime of an invitation with a reminder. The reminder of a shorter one would follow too soon.
const MIN_REMINDED_LIFETIME: TimeDelta = TimeDelta::days(6);

/// Returns the time of the reminder of an invitation that is mailed at `mailed_at`. `None` for a short invitation.
pub fn reminder_at(mailed_at: DateTime<Utc>, expires_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    (expires_at - mailed_at >= MIN_REMINDED_LIFETIME).then(|| expires_at - REMINDER_LEAD)
}

/// Returns the time of the reminder of a grant without a mail of its own: a role that was added to an invitation, or a
/// restored one, whose links were revoked. Its reminder is the first mail with a link that accepts it, so a short lifetime is
/// no reason to leave it out. `None` if the time has passed.
pub fn unmailed_reminder_at(now: DateTime<Utc>, expires_at: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let at = expires_at - REMINDER_LEAD;
    (at > now).then_some(at)
}

/// Merges the pending grants at these nodes into assignments. Several managers may have granted roles at one node.
pub fn pending_assignments<'a>(
    tree: &Tree,
    within: &NodeSet,
    pending: impl IntoIterator<Item = &'a PendingGrant>,
) -> Assignments {
    pending_entries(tree, within, pending).roles()
}

/// Returns the pending grants at these nodes as entries, with the ends of the granted access.
pub fn pending_entries<'a>(
    tree: &Tree,
    within: &NodeSet,
    pending: impl IntoIterator<Item = &'a PendingGrant>,
) -> Entries {
    let is_within =
        |grant: &&PendingGrant| tree.position(grant.node).is_some_and(|position| within.contains(position));
    pending.into_iter().filter(is_within).map(|grant| (grant.node, grant.entry())).collect()
}

/// Returns a user's assignments after they receive grants without an end ([`HeldAccess::with_grants`]).
///
/// Applies all grants at once: the roles of one grant are not added to a grant below it.
///
/// **(choice)** A grant assigns the effective roles plus its own at its node. So an invitation never takes
/// access away, and a granted Agent or Operator role brings chat notifications.
#[must_use]
pub fn with_grants(tree: &Tree, held: &Assignments, grants: &Assignments) -> Assignments {
    HeldAccess::from(held).with_grants(tree, &grants.into()).assignments()
}

/// Whether an environment without own managers stays without one after an invitation with these roles.
///
/// `own_managers` is the number of joined managers assigned at the node itself. The first user invited to an
/// environment should be an Organisation Manager. Call this with no roles to decide whether to suggest that
/// role. Call it with the chosen roles to decide whether to warn. It never forbids an invitation.
pub fn lacks_manager(kind: NodeKind, own_managers: u32, roles: RoleSet) -> bool {
    kind == NodeKind::Environment && own_managers == 0 && !roles.iter().any(Role::manages)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reminds_three_days_before_the_end_unless_the_invitation_is_short() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let after = |days: i64| now + TimeDelta::days(days);
        assert_eq!(reminder_at(now, after(14)), Some(after(11)));
        assert_eq!(reminder_at(now, after(6)), Some(after(3)));
        assert_eq!(reminder_at(now, after(6) - TimeDelta::milliseconds(1)), None);
        assert_eq!(reminder_at(now, now - TimeDelta::days(1)), None);
    }

    #[test]
    fn reminds_of_a_grant_without_a_mail_unless_the_end_is_near() {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let after = |days: i64| now + TimeDelta::days(days);
        assert_eq!(unmailed_reminder_at(now, after(14)), Some(after(11)));
        assert_eq!(unmailed_reminder_at(now, after(4)), Some(after(1)));
        assert_eq!(unmailed_reminder_at(now, after(3)), None);
    }

    #[test]
    fn suggests_a_manager_for_the_first_user_of_an_environment() {
        assert!(lacks_manager(NodeKind::Environment, 0, RoleSet::empty()));
        assert!(lacks_manager(NodeKind::Environment, 0, Role::Agent | Role::Producer));
        assert!(!lacks_manager(NodeKind::Environment, 0, Role::Agent | Role::OrganisationManager));
        assert!(!lacks_manager(NodeKind::Environment, 0, Role::Administrator.into()));
        assert!(!lacks_manager(NodeKind::Environment, 1, Role::Agent.into()));
        assert!(!lacks_manager(NodeKind::Agency, 0, Role::Agent.into()));
    }
}
