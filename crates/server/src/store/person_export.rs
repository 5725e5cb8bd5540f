//! Exports everything that is stored about a person.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use studio_users_contract::{Action, AuditPerson};
use uuid::Uuid;

use super::audit_log::details_of;
use super::erasure::{PersonAccounts, PersonQuery, nameless};
use super::value::{roles_from_bits, time_from_millis};
use super::{Error, Store, Tx};
use crate::audit::Entry;
use crate::sql::{self, Cell, Row};

/// The tables with data about an account, each with the query for its rows. No row contains a secret or its hash.
const TABLES: [(&str, &str); 13] = [
    (
        "assignments",
        "SELECT n.id AS node_id, n.name AS node, a.roles FROM assignments a JOIN nodes n ON n.pk = a.node WHERE a.user_pk = ? \
         ORDER BY a.node",
    ),
    (
        "invitations",
        "SELECT n.id AS node_id, n.name AS node, g.roles, b.id AS granted_by, g.created_at, g.expires_at, g.message, \
         g.locale FROM pending_grants g JOIN nodes n ON n.pk = g.node JOIN users b ON b.pk = g.granted_by WHERE g.user_pk = ? \
         ORDER BY g.node, g.granted_by",
    ),
    (
        "sessions",
        "SELECT id, device, created_at, last_seen_at, expires_at FROM sessions WHERE user_pk = ? ORDER BY seq",
    ),
    (
        "sign_in_links",
        "SELECT is_mailed, created_at, expires_at, used_at FROM sign_in_links WHERE user_pk = ? ORDER BY created_at",
    ),
    (
        "invitation_links",
        "SELECT m.id AS created_by, l.is_mailed, l.created_at, l.ended_at FROM invitation_links l \
         JOIN users m ON m.pk = l.maker WHERE l.user_pk = ? ORDER BY l.seq",
    ),
    ("digests", "SELECT digests AS is_on FROM users WHERE pk = ?"),
    ("unsubscribe_links", "SELECT created_at FROM unsubscribe_links WHERE user_pk = ? ORDER BY created_at"),
    (
        "mails",
        "SELECT o.mail, o.language, o.created_at, j.due_at, j.attempts, o.outcome, o.reply, o.ended_at \
         FROM outbox o JOIN jobs j ON j.pk = o.pk WHERE o.user_pk = ? ORDER BY o.pk",
    ),
    (
        "counted_mails",
        "SELECT c.kind, c.created_at FROM counted_mails c JOIN users u ON u.email_norm = c.address WHERE u.pk = ? \
         ORDER BY c.number",
    ),
    (
        "jobs",
        "SELECT j.id, b.action, b.state, b.total, b.done, j.created_at, j.finished_at \
         FROM jobs j JOIN bulk_jobs b ON b.job = j.pk WHERE j.owner = ? ORDER BY j.pk",
    ),
    (
        "removals",
        "SELECT r.id, r.name, b.id AS removed_by, r.removed_at, r.restored_at, r.taken FROM removals r \
         JOIN users b ON b.pk = r.removed_by WHERE r.user_pk = ? ORDER BY r.seq",
    ),
    (
        "impersonations",
        "SELECT v.id, a.id AS manager, u.id AS \"user\", v.started_at, v.expires_at, v.ended_at, v.end_reason FROM views v \
         JOIN users a ON a.pk = v.actor JOIN users u ON u.pk = v.user_pk WHERE ?1 IN (v.actor, v.user_pk) ORDER BY v.seq",
    ),
    ("idempotent_requests", "SELECT answer, created_at FROM idempotency_keys WHERE user_pk = ? ORDER BY key"),
];

impl Store {
    /// Returns everything that is stored about a person as JSON, and records the export, which it does not contain. Returns
    /// `None` if nothing is stored.
    pub(crate) async fn export_person(&self, query: &PersonQuery) -> Result<Option<Value>, Error> {
        let mut tx = self.write().await?;
        let PersonAccounts { accounts, ids } = self.person(&mut tx, query).await?;
        if ids.is_empty() {
            return Ok(None);
        }
        let mut targets: BTreeMap<Uuid, AuditPerson> = ids.iter().map(|&id| (id, nameless(id))).collect();
        let mut exported = Vec::new();
        for (account, is_removed) in accounts {
            targets.insert(account.id.0, (&account).into());
            let mut value = json!({
                "id": account.id, "name": account.name, "email": account.email, "locale": account.locale,
                "created_at": account.created_at, "joined_at": account.joined_at,
                "last_active_at": account.last_active_at, "removed": is_removed,
            });
            for (name, sql) in TABLES {
                let rows = sql::query(sql).bind(account.key().0).fetch_all(&mut tx).await?;
                value[name] = rows.iter().map(describe).collect::<Result<Value, _>>()?;
            }
            exported.push(value);
        }
        let mut entries = Vec::new();
        for id in ids {
            entries.extend(audit_entries(&mut tx, id).await?);
        }
        entries.sort_by_key(|(seq, _)| *seq);
        entries.dedup_by_key(|(seq, _)| *seq);
        let entries: Vec<Value> = entries.into_iter().map(|(_, entry)| entry).collect();
        let now = tx.now();
        let export = |target| Entry::of(Action::PersonExported, now).by_command_line().to(target);
        tx.record_all(&targets.into_values().map(export).collect::<Vec<_>>()).await?;
        tx.commit().await?;
        Ok(Some(json!({ "accounts": exported, "audit": entries })))
    }
}

/// Returns the entries in which a person is actor or target. The name of the other person is not theirs, and omitted.
async fn audit_entries(tx: &mut Tx, person: Uuid) -> Result<Vec<(i64, Value)>, Error> {
    let rows = sql::query(
        "SELECT a.seq, a.at, a.action, a.actor, a.actor_name, a.target_name, a.details, a.texts, n.name AS node_name FROM audit a LEFT JOIN nodes n ON n.pk = a.node \
         WHERE a.actor = ?1 OR a.target = ?1 ORDER BY a.seq",
    )
    .bind(person.as_bytes().as_slice())
    .fetch_all(tx)
    .await?;
    let own = person.as_bytes().as_slice();
    let entry = |row: &Row| -> Result<(i64, Value), Error> {
        let details = details_of(row.try_get("details")?, row.try_get("texts")?)
            .map_err(|_| Error::InvalidData("an audit entry's details".into()))?;
        let is_actor = row.try_get::<Option<&[u8]>, _>("actor")? == Some(own);
        let name: Option<String> = row.try_get(if is_actor { "actor_name" } else { "target_name" })?;
        Ok((
            row.try_get("seq")?,
            json!({
                "at": time_from_millis(row.try_get("at")?)?, "action": row.try_get::<String, _>("action")?,
                "as": if is_actor { "actor" } else { "target" }, "name": name,
                "node": row.try_get::<Option<String>, _>("node_name")?, "details": details,
            }),
        ))
    };
    rows.iter().map(entry).collect()
}

/// Converts a row to an object: ids to UUIDs, times to RFC 3339, roles to their names, JSON to values.
fn describe(row: &Row) -> Result<Value, Error> {
    let mut object = Map::new();
    for (index, name) in row.column_names().into_iter().enumerate() {
        let value = match row.cell(index)? {
            Cell::Null => Value::Null,
            Cell::Integer(bits) if name == "roles" => json!(roles_from_bits(bits)?),
            Cell::Integer(millis) if name.ends_with("_at") => json!(time_from_millis(millis)?),
            Cell::Integer(flag) if name.starts_with("is_") => json!(flag != 0),
            Cell::Integer(number) => json!(number),
            Cell::Text(text) if ["mail", "taken", "answer"].contains(&name) => {
                serde_json::from_str(&text).unwrap_or(Value::String(text))
            }
            Cell::Text(text) => json!(text),
            Cell::Bytes(bytes) => json!(Uuid::from_slice(&bytes).ok()),
            Cell::Bool(flag) => json!(flag),
        };
        object.insert(name.into(), value);
    }
    Ok(Value::Object(object))
}
