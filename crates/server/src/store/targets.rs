//! Completes users for the domain's rules: whether their e-mail address is confirmed, and which of their pending grants
//! nobody can accept.

use std::collections::{HashMap, HashSet};

use studio_users_domain::{Assignments, HeldAccess, TargetUser, UserId, void_grants};

use super::accounts::{push_keys, user_keys};
use super::value::{parse_uuid, roles_from_bits};
use super::{Error, NodeKey, Organisation, Store, Tx, UserKey};
use crate::sql::QueryBuilder;

impl Store {
    /// Sets [`TargetUser::unconfirmed_by`] and [`TargetUser::void`] of a user with assignments and pending grants.
    pub(crate) async fn complete_target(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        user: UserKey,
        target: &mut TargetUser,
    ) -> Result<(), Error> {
        complete_targets(tx, organisation, &mut [(user, target)]).await
    }
}

/// Completes several users with a fixed number of queries.
pub(super) async fn complete_targets(
    tx: &mut Tx,
    organisation: &Organisation,
    targets: &mut [(UserKey, &mut TargetUser)],
) -> Result<(), Error> {
    let users: Vec<UserKey> = targets.iter().map(|(user, _)| *user).collect();
    let unconfirmed_by = unconfirmed_by(tx, &users).await?;
    let granters: HashSet<UserId> =
        targets.iter().flat_map(|(_, target)| target.pending.iter().map(|grant| grant.granted_by)).collect();
    let held = held_by(tx, organisation, &granters).await?;
    for (user, target) in targets {
        target.unconfirmed_by = unconfirmed_by.get(user).copied();
        target.void = void_grants(&organisation.tree, target, |granter| held.get(&granter));
    }
    Ok(())
}

/// Returns the creators of the copied links by which these users joined, of users with an unconfirmed address.
async fn unconfirmed_by(tx: &mut Tx, users: &[UserKey]) -> Result<HashMap<UserKey, UserId>, Error> {
    let mut sql = QueryBuilder::new(
        tx.dialect(),
        "SELECT u.pk, c.id FROM users u JOIN users c ON c.pk = u.unproved_by WHERE u.pk",
    );
    let rows = push_keys(&mut sql, users).build().fetch_all(tx).await?;
    rows.iter().map(|row| Ok((UserKey(row.try_get(0)?), UserId(parse_uuid(row.try_get(1)?)?)))).collect()
}

/// Returns what each of these users holds.
async fn held_by(
    tx: &mut Tx,
    organisation: &Organisation,
    users: &HashSet<UserId>,
) -> Result<HashMap<UserId, HeldAccess>, Error> {
    if users.is_empty() {
        return Ok(HashMap::new());
    }
    let ids: Vec<UserId> = users.iter().copied().collect();
    let by_key: HashMap<UserKey, UserId> =
        user_keys(tx, &ids).await?.into_iter().map(|(user, key)| (key, user)).collect();
    let keys: Vec<UserKey> = by_key.keys().copied().collect();
    let mut held: HashMap<UserId, Assignments> =
        users.iter().map(|&user| (user, Assignments::new())).collect();
    let mut sql =
        QueryBuilder::new(tx.dialect(), "SELECT user_pk, node, roles FROM assignments WHERE user_pk");
    for row in push_keys(&mut sql, &keys).build().fetch_all(tx).await? {
        let Some(user) = by_key.get(&UserKey(row.try_get(0)?)) else { continue };
        let node = organisation.id(NodeKey(row.try_get(1)?))?;
        held.entry(*user).or_default().insert(node, roles_from_bits(row.try_get(2)?)?);
    }
    Ok(held.into_iter().map(|(user, held)| (user, held.into())).collect())
}
