use std::collections::BTreeSet;

use crate::{Actor, HeldAccess, PendingGrant, TargetUser, Tree, UserId};

/// Returns the indices of the pending grants that the user could not accept, because the user who granted them may no
/// longer give them, even once resumed. `held_by` returns what a granting user holds.
///
/// Assumes a confirmed e-mail address, because a mailed link confirms it.
pub fn void_grants<'a>(
    tree: &Tree,
    target: &TargetUser,
    held_by: impl Fn(UserId) -> Option<&'a HeldAccess>,
) -> BTreeSet<usize> {
    refused(target, |target, grant| {
        held_by(grant.granted_by).is_none_or(|held| !can_give(tree, &held.resumed(), target, grant))
    })
}

/// Returns the indices of the pending grants that the user cannot accept only because the user who granted them is
/// paused. The grants are kept.
pub fn blocked_grants<'a>(
    tree: &Tree,
    target: &TargetUser,
    held_by: impl Fn(UserId) -> Option<&'a HeldAccess>,
) -> BTreeSet<usize> {
    refused(target, |target, grant| {
        held_by(grant.granted_by).is_some_and(|held| {
            !can_give(tree, held, target, grant) && can_give(tree, &held.resumed(), target, grant)
        })
    })
}

fn refused(target: &TargetUser, is_refused: impl Fn(&TargetUser, &PendingGrant) -> bool) -> BTreeSet<usize> {
    let confirmed = TargetUser { unconfirmed_by: None, ..target.clone() };
    let grants = target.pending.iter().enumerate();
    grants.filter(|(_, grant)| is_refused(&confirmed, grant)).map(|(index, _)| index).collect()
}

fn can_give(tree: &Tree, granter: &HeldAccess, target: &TargetUser, grant: &PendingGrant) -> bool {
    Actor::holding(tree, grant.granted_by, granter, false).may_fulfil(target, grant).is_ok()
}
