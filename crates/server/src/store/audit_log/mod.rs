//! Reads the audit log as the managers of a scope may see it, the newest entry first.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use studio_users_contract::{Action, ActorKind, AuditDetails, AuditPerson};
use studio_users_domain::{NodeId, Scope, UserId};
use uuid::Uuid;

use super::accounts::push_ids;
use super::audit_retention::audit_deleted_before;
use super::value::parse_uuid;
use super::{Error, NodeKey, Organisation, Store, Tx, directory, time_from_millis};
use crate::audit::{PersonalDetails, StoredDetails};
use crate::sql::{QueryBuilder, Row};
pub(crate) use own_views::RecordedView;
use query::AuditLogQuery;

mod own_views;
mod query;
#[cfg(test)]
mod tests;

/// The filters and the page of the audit log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ActivityWindow {
    /// Only entries with this user as actor or target.
    pub(crate) user: Option<UserId>,
    /// Only entries with this action.
    pub(crate) action: Option<Action>,
    /// The cursor: only entries older than this one.
    pub(crate) before: Option<Uuid>,
    /// The maximum number of entries.
    pub(crate) limit: u32,
}

/// An entry as the managers of a scope may see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct AuditLogEntry {
    /// The id of the entry.
    pub(crate) id: Uuid,
    /// The time of the action.
    pub(crate) at: DateTime<Utc>,
    /// The action.
    pub(crate) action: Action,
    /// The kind of actor.
    pub(crate) actor_kind: ActorKind,
    /// The user who performed the action. `None` if hidden or unknown.
    pub(crate) actor: Option<AuditPerson>,
    /// The affected user. `None` if hidden or if there is none.
    pub(crate) target: Option<AuditPerson>,
    /// The node of the action. `None` for actions without a node.
    pub(crate) node: Option<NodeId>,
    /// The impersonation during which the action happened.
    pub(crate) view: Option<Uuid>,
    /// The details, which depend on the action.
    pub(crate) details: AuditDetails,
}

/// A page of entries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ActivityPage {
    /// The entries, the newest first.
    pub(crate) entries: Vec<AuditLogEntry>,
    /// Whether there are older entries.
    pub(crate) has_more: bool,
    /// On the last page: the time before which all entries were deleted. `None` if none were.
    pub(crate) deleted_before: Option<DateTime<Utc>>,
}

impl Store {
    /// Returns whether this user is visible in the scope.
    pub(crate) async fn can_see(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        user: UserId,
    ) -> Result<bool, Error> {
        let Some(user) = self.user_key(tx, user).await? else { return Ok(false) };
        let visible = directory::visible(tx, &organisation.part_keys(scope)?, &[user]).await?;
        Ok(visible.contains_key(&user))
    }

    /// Returns a page of the entries that are visible in a scope. Returns `None` if the cursor is an entry that is not
    /// visible. Once old entries were deleted, the page is empty instead, because the cursor may be one of them.
    ///
    /// Visible are entries at the nodes of the scope, and entries without a node of users who have joined in it.
    pub(crate) async fn activity(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        window: ActivityWindow,
    ) -> Result<Option<ActivityPage>, Error> {
        let Some(query) = AuditLogQuery::new(tx, organisation, scope, window).await? else {
            let deleted_before = audit_deleted_before(tx).await?;
            let end = ActivityPage { entries: Vec::new(), has_more: false, deleted_before };
            return Ok(deleted_before.map(|_| end));
        };
        let mut rows = if query.nodes.is_empty() {
            Vec::new()
        } else {
            query.to_sql(tx.dialect(), "").build().fetch_all(tx).await?
        };
        let limit = window.limit as usize;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let mut entries: Vec<_> =
            rows.iter().map(|row| AuditLogEntry::of(organisation, row)).collect::<Result<_, _>>()?;
        redact_people(tx, &query.parts, &mut entries).await?;
        redact_exports(organisation, scope, &mut entries);
        redact_moves(organisation, scope, &mut entries);
        let deleted_before = if has_more { None } else { audit_deleted_before(tx).await? };
        Ok(Some(ActivityPage { entries, has_more, deleted_before }))
    }
}

impl AuditLogEntry {
    fn of(organisation: &Organisation, row: &Row) -> Result<Self, Error> {
        let id = |column: &str| -> Result<Option<Uuid>, Error> {
            row.try_get::<Option<&[u8]>, _>(column)?.map(parse_uuid).transpose()
        };
        let person = |column: &str, name: &str| -> Result<Option<AuditPerson>, Error> {
            let name: Option<String> = row.try_get(name)?;
            Ok(id(column)?.map(|id| AuditPerson { id: UserId(id), name: name.unwrap_or_default() }))
        };
        let node: Option<i64> = row.try_get("node")?;
        let action: &str = row.try_get("action")?;
        let details: &str = row.try_get("details")?;
        let invalid = |_| Error::InvalidData("an audit entry's details".into());
        let actor = person("actor", "actor_name")?;
        let stored: StoredDetails = serde_json::from_str(details).map_err(invalid)?;
        Ok(Self {
            id: parse_uuid(row.try_get("id")?)?,
            at: time_from_millis(row.try_get("at")?)?,
            action: Action::from_wire_name(action).unwrap_or(Action::Unknown),
            actor_kind: stored.actor_kind(actor.is_some()),
            actor,
            target: person("target", "target_name")?,
            node: node.map(|key| organisation.id(NodeKey(key))).transpose()?,
            view: id("view")?,
            details: with_texts(stored.details, row.try_get("texts")?).map_err(invalid)?,
        })
    }
}

/// Parses the details of an entry, and puts its personal texts into them unless they are erased.
pub(super) fn details_of(details: &str, texts: Option<&str>) -> Result<AuditDetails, serde_json::Error> {
    with_texts(serde_json::from_str(details)?, texts)
}

fn with_texts(mut details: AuditDetails, texts: Option<&str>) -> Result<AuditDetails, serde_json::Error> {
    if let Some(texts) = texts {
        serde_json::from_str::<PersonalDetails>(texts)?.merge_into(&mut details);
    }
    Ok(details)
}

/// Removes people who are not visible in the scope from entries without a node that have both an actor and a target.
///
/// Such an entry is visible because of one of the two, so it must not reveal the other.
async fn redact_people(tx: &mut Tx, parts: &[i64], entries: &mut [AuditLogEntry]) -> Result<(), Error> {
    let both_people = |entry: &AuditLogEntry| {
        let has_both = entry.node.is_none() && entry.actor.is_some() && entry.target.is_some();
        has_both.then(|| [&entry.actor, &entry.target].map(|person| person.as_ref().map(|person| person.id)))
    };
    let people: HashSet<UserId> = entries.iter().filter_map(both_people).flatten().flatten().collect();
    let people: Vec<UserId> = people.into_iter().collect();
    let mut visible = HashSet::new();
    if !people.is_empty() {
        let mut sql = QueryBuilder::new(tx.dialect(), "SELECT u.id FROM users u");
        sql.push_ordered_join().push("directory d ON d.user_pk = u.pk WHERE d.status = 0 AND u.id");
        push_ids(&mut sql, &people);
        sql.push(" AND d.part");
        sql.push_in_integers(parts.iter().copied());
        for row in sql.build().fetch_all(tx).await? {
            visible.insert(UserId(parse_uuid(row.try_get(0)?)?));
        }
    }
    for entry in entries.iter_mut().filter(|entry| entry.node.is_none()) {
        if entry.actor.is_some() && entry.target.is_some() {
            entry.actor.take_if(|person| !visible.contains(&person.id));
            entry.target.take_if(|person| !visible.contains(&person.id));
        }
    }
    Ok(())
}

/// Removes the details of exports, unless the scope covers all exported nodes. Otherwise the number of users would
/// reveal something about other nodes.
fn redact_exports(organisation: &Organisation, scope: &Scope, entries: &mut [AuditLogEntry]) {
    let covers = |node: &NodeId| scope.covers(&organisation.tree, *node);
    for entry in entries.iter_mut().filter(|entry| entry.action == Action::UsersExported) {
        if !entry.details.exported.as_ref().is_some_and(|exported| exported.nodes.iter().all(covers)) {
            entry.details = AuditDetails::default();
        }
    }
}

/// Removes the parents of moved nodes that are outside of the scope.
fn redact_moves(organisation: &Organisation, scope: &Scope, entries: &mut [AuditLogEntry]) {
    let tree = &organisation.tree;
    let is_managed = |node: &NodeId| tree.position(*node).is_some_and(|at| scope.managed().contains(at));
    for moved in entries.iter_mut().filter_map(|entry| entry.details.moved.as_mut()) {
        moved.from = moved.from.filter(is_managed);
        moved.to = moved.to.filter(is_managed);
    }
}
