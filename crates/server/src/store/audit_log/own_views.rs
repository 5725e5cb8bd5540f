//! The impersonations of one user, from the audit log. The log keeps them longer than the table of views.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::UserId;
use uuid::Uuid;

use super::details_of;
use crate::sql::{self, QueryBuilder, Row, either};
use crate::store::value::parse_uuid;
use crate::store::{Error, Store, Tx, time_from_millis};

/// An impersonation of a user, as the audit log records it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RecordedView {
    pub(crate) id: Uuid,
    /// The manager, under their name at that time.
    pub(crate) actor: Option<AuditPerson>,
    /// The reason that the manager gave. `None` once it is erased.
    pub(crate) reason: Option<String>,
    pub(crate) started_at: DateTime<Utc>,
    /// The details of the recorded end. `None` if no end is recorded yet.
    pub(crate) end: Option<AuditDetails>,
}

impl Store {
    /// Returns impersonations of a user, the latest first, and whether there are more. `before` is the id of an
    /// impersonation to start after. Returns `None` if the user has none with this id.
    ///
    /// An impersonation has an entry for each of its topmost nodes. All of them have the same reason, so the first counts.
    pub(crate) async fn views_of(
        &self,
        tx: &mut Tx,
        user: UserId,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Option<(Vec<RecordedView>, bool)>, Error> {
        let target = user.0.as_bytes().to_vec();
        let before_seq = match before {
            None => i64::MAX,
            Some(view) => {
                let seq: Option<i64> = sql::query_scalar(either(
                    "SELECT min(seq) FROM audit INDEXED BY audit_target WHERE target = ? AND action = ? AND view = ?",
                    "SELECT min(seq) FROM audit WHERE target = ? AND action = ? AND view = ?",
                ))
                .bind(&target)
                .bind(Action::ViewStarted.wire_name())
                .bind(view.as_bytes().to_vec())
                .fetch_one(tx)
                .await?;
                let Some(seq) = seq else { return Ok(None) };
                seq
            }
        };
        let rows = sql::query(either(
            "SELECT e.view, e.at, e.actor, e.actor_name, e.details, e.texts FROM audit e WHERE e.seq IN (SELECT first FROM (SELECT min(seq) AS first \
             FROM audit INDEXED BY audit_target WHERE target = ? AND action = ? AND view IS NOT NULL \
             GROUP BY view) WHERE first < ? ORDER BY first DESC LIMIT ?) ORDER BY e.seq DESC",
            "SELECT e.view, e.at, e.actor, e.actor_name, e.details, e.texts FROM audit e WHERE e.seq IN (SELECT first FROM (SELECT min(seq) AS first \
             FROM audit WHERE target = ? AND action = ? AND view IS NOT NULL \
             GROUP BY view) AS views WHERE first < ? ORDER BY first DESC LIMIT ?) ORDER BY e.seq DESC",
        ))
        .bind(&target)
        .bind(Action::ViewStarted.wire_name())
        .bind(before_seq)
        .bind(i64::from(limit) + 1)
        .fetch_all(tx)
        .await?;
        let has_more = rows.len() > limit as usize;
        let mut views = Vec::with_capacity(rows.len());
        for row in rows.iter().take(limit as usize) {
            let actor: Option<&[u8]> = row.try_get("actor")?;
            let name: Option<String> = row.try_get("actor_name")?;
            let actor = actor.map(parse_uuid).transpose()?;
            views.push(RecordedView {
                id: parse_uuid(row.try_get("view")?)?,
                actor: actor.map(|id| AuditPerson { id: UserId(id), name: name.unwrap_or_default() }),
                reason: details(row)?.reason,
                started_at: time_from_millis(row.try_get("at")?)?,
                end: None,
            });
        }
        let mut ends = ends(tx, &target, views.iter().map(|view| view.id)).await?;
        for view in &mut views {
            view.end = ends.remove(&view.id);
        }
        Ok(Some((views, has_more)))
    }
}

/// Returns the details of the recorded ends of these impersonations of a user.
async fn ends(
    tx: &mut Tx,
    target: &[u8],
    views: impl Iterator<Item = Uuid>,
) -> Result<HashMap<Uuid, AuditDetails>, Error> {
    let mut sql = QueryBuilder::new(tx.dialect(), "SELECT view, details, texts FROM audit");
    sql.push_indexed_by("audit_target").push(" WHERE action = ");
    sql.push_bind(Action::ViewEnded.wire_name()).push(" AND target = ").push_bind(target.to_vec());
    sql.push(" AND view");
    sql.push_in_ids(views);
    let rows = sql.build().fetch_all(tx).await?;
    rows.iter().map(|row| Ok((parse_uuid(row.try_get("view")?)?, details(row)?))).collect()
}

fn details(row: &Row) -> Result<AuditDetails, Error> {
    details_of(row.try_get("details")?, row.try_get("texts")?)
        .map_err(|_| Error::InvalidData("an audit entry's details".into()))
}
