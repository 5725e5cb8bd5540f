//! The organisation of the tests: a provider, an agency with two environments, and another agency with one.

use chrono::{DateTime, TimeDelta, Utc};
use studio_users_domain::{
    Access, Actor, Assignments, Change, Denial, Entries, Entry, HeldAccess, Node, NodeId, NodeKind, NodeSet,
    NodesOverTime, PendingGrant, Role, RoleSet, TargetUser, Tree, UserId,
};
use uuid::Uuid;

pub(crate) const PROVIDER: NodeId = NodeId(Uuid::from_u128(1));
pub(crate) const AGENCY: NodeId = NodeId(Uuid::from_u128(2));
pub(crate) const SHOP: NodeId = NodeId(Uuid::from_u128(3));
pub(crate) const BANK: NodeId = NodeId(Uuid::from_u128(4));
pub(crate) const OTHER_AGENCY: NodeId = NodeId(Uuid::from_u128(5));
pub(crate) const ZOO: NodeId = NodeId(Uuid::from_u128(6));

pub(crate) const ME: UserId = UserId(Uuid::from_u128(1));
pub(crate) const THEM: UserId = UserId(Uuid::from_u128(2));
pub(crate) const NOW: DateTime<Utc> = DateTime::from_timestamp(1_800_000_000, 0).unwrap();

pub(crate) const MANAGER: Role = Role::OrganisationManager;

/// Builds the organisation. The licence of the shop includes every role.
pub(crate) fn tree() -> Tree {
    let node = |id, parent, kind| Node { id, parent, kind, name: String::new(), disabled_roles: None };
    let mut shop = node(SHOP, Some(AGENCY), NodeKind::Environment);
    shop.disabled_roles = Some(RoleSet::empty());
    Tree::new(vec![
        node(PROVIDER, None, NodeKind::Provider),
        node(AGENCY, Some(PROVIDER), NodeKind::Agency),
        shop,
        node(BANK, Some(AGENCY), NodeKind::Environment),
        node(OTHER_AGENCY, Some(PROVIDER), NodeKind::Agency),
        node(ZOO, Some(OTHER_AGENCY), NodeKind::Environment),
    ])
    .unwrap()
}

/// Builds assignments from one role for each node.
pub(crate) fn held<const N: usize>(roles: [(NodeId, Role); N]) -> Assignments {
    roles.map(|(node, role)| (node, role.into())).into()
}

pub(crate) fn pending(node: NodeId, roles: impl Into<RoleSet>) -> PendingGrant {
    PendingGrant {
        node,
        roles: roles.into(),
        granted_by: ME,
        expires_at: NOW + TimeDelta::days(1),
        until: None,
    }
}

pub(crate) fn target(held: &Assignments, pending: &[PendingGrant]) -> TargetUser {
    TargetUser { held: held.into(), pending: pending.to_vec(), ..TargetUser::default() }
}

/// The moment some days from now.
pub(crate) fn after(days: i64) -> DateTime<Utc> {
    NOW + TimeDelta::days(days)
}

/// Builds access from one role with its end for each node.
pub(crate) fn until<const N: usize>(roles: [(NodeId, Role, Option<DateTime<Utc>>); N]) -> HeldAccess {
    roles
        .into_iter()
        .map(|(node, role, until)| (node, Entry::new(role.into(), until)))
        .collect::<Entries>()
        .into()
}

pub(crate) fn holding(held: &HeldAccess, pending: &[PendingGrant]) -> TargetUser {
    TargetUser { held: held.clone(), pending: pending.to_vec(), ..TargetUser::default() }
}

/// Runs a check as an actor who holds this access.
pub(crate) fn as_holder<T>(held: &HeldAccess, check: impl FnOnce(&Actor<'_>) -> T) -> T {
    let tree = tree();
    check(&Actor::holding(&tree, ME, held, false))
}

/// Checks whether an actor may change what another user holds, with these other users.
pub(crate) fn may_assign(
    actor: &HeldAccess,
    before: &HeldAccess,
    after: &HeldAccess,
    others: &[&HeldAccess],
) -> Result<(), Denial> {
    let others = NodesOverTime::managed(&tree(), others.iter().copied());
    as_holder(actor, |me| me.may_assign(THEM, &Change::new(&tree(), before, after), &others))
}

/// Runs a check as an actor with these assignments.
pub(crate) fn as_actor<T>(held: &Assignments, check: impl FnOnce(&Actor<'_>) -> T) -> T {
    let tree = tree();
    let access = Access::new(&tree, held);
    check(&Actor::new(&tree, ME, &access, false))
}

pub(crate) fn change(before: &Assignments, after: &Assignments) -> Change {
    Change::new(&tree(), before, after)
}

/// Checks whether an actor with these assignments may make a change of another user.
pub(crate) fn may_change(
    held: &Assignments,
    before: &Assignments,
    after: &Assignments,
) -> Result<(), Denial> {
    as_actor(held, |actor| actor.may_change(&change(before, after)))
}

pub(crate) fn managed(held: &Assignments) -> NodeSet {
    Access::new(&tree(), held).iter().map(studio_users_domain::NodeAccess::manages).collect()
}
