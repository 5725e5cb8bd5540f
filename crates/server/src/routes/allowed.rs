use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use studio_users_domain::{Actor, Allowed};

use crate::app::App;
use crate::problem::Refusal;
use crate::store::{Organisation, Row, Tx};

/// What an actor may do with each of these users.
///
/// Where the actor manages, a manager stays whoever is removed: the actor. So the store is asked about other nodes
/// only, which a removal nearly never reaches, and once for all users.
pub(super) async fn allowed(
    app: &App,
    tx: &mut Tx,
    organisation: &Organisation,
    actor: &Actor<'_>,
    rows: &[Row],
    now: DateTime<Utc>,
) -> Result<Vec<Allowed>, Refusal> {
    let removals: Vec<_> = rows.iter().map(|row| actor.may_remove(row.account.id, &row.subject)).collect();
    let left = removals.iter().flatten().flat_map(|removal| removal.change.stops_managing());
    let asked: BTreeSet<usize> = left.filter(|&at| !actor.managed().contains(at)).collect();
    let managers = app.store.managers_of(tx, organisation, asked).await?;
    let judged = rows.iter().zip(&removals).map(|(row, removal)| {
        let user = row.account.key();
        let others = (0..organisation.tree.len())
            .map(|at| actor.managed().contains(at) || managers.has_other(at, user))
            .collect();
        Allowed::of(actor, row.account.id, &row.subject, now, removal, &others)
    });
    Ok(judged.collect())
}
