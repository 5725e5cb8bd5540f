use std::collections::BTreeSet;

use crate::{Access, Actor, PendingGrant, TargetUser, Tree, UserId};

/// Returns the indices of the pending grants that the user could not accept, because the user who granted them may no
/// longer give them. `access_of` returns the access of a granting user.
///
/// Assumes a confirmed e-mail address, because a mailed link confirms it.
pub fn void_grants<'a>(
    tree: &'a Tree,
    target: &TargetUser,
    access_of: impl Fn(UserId) -> Option<&'a Access>,
) -> BTreeSet<usize> {
    let target = TargetUser { unconfirmed_by: None, ..target.clone() };
    let is_void = |grant: &PendingGrant| {
        access_of(grant.granted_by).is_none_or(|access| {
            Actor::new(tree, grant.granted_by, access, false).may_fulfil(&target, grant).is_err()
        })
    };
    let grants = target.pending.iter().enumerate();
    grants.filter(|(_, grant)| is_void(grant)).map(|(index, _)| index).collect()
}
