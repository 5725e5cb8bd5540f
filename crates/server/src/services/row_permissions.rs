//! The actions that a user may take on each row of a list.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use studio_users_domain::{Actor, Allowed, NodeSet};

use crate::error::AppError;
use crate::state::AppState;
use crate::store::{Organisation, Tx, UserRecord};

/// Returns the actions that an actor may take on each of these users.
///
/// A node that the actor manages keeps a manager, whichever user is removed: the actor. So only other nodes need a
/// look-up in the store. A removal rarely affects those, and one query covers all rows.
pub(crate) async fn allowed(
    state: &AppState,
    tx: &mut Tx,
    organisation: &Organisation,
    actor: &Actor<'_>,
    rows: &[UserRecord],
    now: DateTime<Utc>,
) -> Result<Vec<Allowed>, AppError> {
    let removals: Vec<_> = rows.iter().map(|row| actor.may_remove(row.account.id, &row.target)).collect();
    let unmanaged = removals.iter().flatten().flat_map(|removal| removal.change.stops_managing());
    let outside: BTreeSet<usize> = unmanaged.filter(|&at| !actor.managed().contains(at)).collect();
    let managers = state.store.managers_of(tx, organisation, outside).await?;
    let allowed = rows.iter().zip(&removals).map(|(row, removal)| {
        let user = row.account.key();
        let others: NodeSet = (0..organisation.tree.len())
            .map(|at| actor.managed().contains(at) || managers.has_other(at, user))
            .collect();
        Allowed::of(actor, row.account.id, &row.target, now, removal, &others)
    });
    Ok(allowed.collect())
}
