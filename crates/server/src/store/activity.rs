//! What a reader may see of the audit log, the newest first.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::{NodeId, Scope, UserId};
use uuid::Uuid;

use super::value::uuid_of;
use super::{Error, NodeKey, Organisation, Store, Tx, UserKey, directory, time_of};
use question::Question;

mod question;
#[cfg(test)]
mod tests;

/// Which entries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct ActivityWindow {
    /// In which this user is actor or target.
    pub(crate) user: Option<UserId>,
    /// Of what kind.
    pub(crate) action: Option<Action>,
    /// Older than this one.
    pub(crate) before: Option<Uuid>,
    /// How many.
    pub(crate) limit: u32,
}

/// An entry as a reader sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Happened {
    /// Its id.
    pub(crate) id: Uuid,
    /// When it happened.
    pub(crate) at: DateTime<Utc>,
    /// What happened.
    pub(crate) action: Action,
    /// Who did it.
    pub(crate) actor: Option<AuditPerson>,
    /// To whom.
    pub(crate) target: Option<AuditPerson>,
    /// Where.
    pub(crate) node: Option<NodeId>,
    /// Inside of what view.
    pub(crate) view: Option<Uuid>,
    /// What else there is to say.
    pub(crate) details: AuditDetails,
}

impl Store {
    /// Whether the reader of a scope sees this user at all.
    pub(crate) async fn sees(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        user: UserId,
    ) -> Result<bool, Error> {
        let key = UserKey::from(user);
        let seen = directory::visible(tx, &organisation.part_keys(scope)?, &[key]).await?;
        let is_same = self.account(tx, key).await?.is_some_and(|account| account.id == user);
        Ok(is_same && seen.contains_key(&key))
    }

    /// The entries that the reader of a scope may see, and whether there are more: those at a node that they
    /// manage; and those at no node of somebody who has joined where the reader manages. None where the window
    /// begins at an entry that the reader does not see.
    pub(crate) async fn activity(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        window: ActivityWindow,
    ) -> Result<Option<(Vec<Happened>, bool)>, Error> {
        let Some(question) = Question::new(tx, organisation, scope, window).await? else { return Ok(None) };
        let mut rows = if question.nodes.is_empty() {
            Vec::new()
        } else {
            question.query("").build().fetch_all(&mut **tx).await?
        };
        let limit = window.limit as usize;
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let mut entries: Vec<_> =
            rows.iter().map(|row| Happened::of(organisation, row)).collect::<Result<_, _>>()?;
        hide_people(tx, &question.parts, &mut entries).await?;
        hide_exported(organisation, scope, &mut entries);
        Ok(Some((entries, has_more)))
    }
}

#[cfg(test)]
impl Store {
    /// How the database would look for a window.
    pub(super) async fn explain_activity(
        &self,
        organisation: &Organisation,
        scope: &Scope,
        window: ActivityWindow,
        is_wide: bool,
    ) -> Result<String, Error> {
        let mut tx = self.read().await?;
        let question = Question::new(&mut tx, organisation, scope, window).await?;
        let mut question = question.ok_or_else(|| Error::Foreign("no such entry".into()))?;
        question.is_wide = is_wide;
        let rows = question.query("EXPLAIN QUERY PLAN ").build().fetch_all(&mut *tx).await?;
        let lines = rows.iter().map(|row| row.try_get::<String, _>("detail"));
        Ok(lines.collect::<Result<Vec<_>, _>>()?.join("; "))
    }
}

impl Happened {
    fn of(organisation: &Organisation, row: &SqliteRow) -> Result<Self, Error> {
        let id = |column: &str| -> Result<Option<Uuid>, Error> {
            row.try_get::<Option<&[u8]>, _>(column)?.map(uuid_of).transpose()
        };
        let person = |column: &str, name: &str| -> Result<Option<AuditPerson>, Error> {
            let name: Option<String> = row.try_get(name)?;
            Ok(id(column)?.map(|id| AuditPerson { id: UserId(id), name: name.unwrap_or_default() }))
        };
        let node: Option<i64> = row.try_get("node")?;
        let action: &str = row.try_get("action")?;
        let details: &str = row.try_get("details")?;
        Ok(Self {
            id: uuid_of(row.try_get("id")?)?,
            at: time_of(row.try_get("at")?)?,
            action: Action::from_wire_name(action).unwrap_or(Action::Unknown),
            actor: person("actor", "actor_name")?,
            target: person("target", "target_name")?,
            node: node.map(|key| organisation.id(NodeKey(key))).transpose()?,
            view: id("view")?,
            details: serde_json::from_str(details)
                .map_err(|_| Error::Foreign("an audit entry's details".into()))?,
        })
    }
}

/// Of what happened at no node, whoever sees one of the two is not told who the other is, unless they see them too.
async fn hide_people(tx: &mut Tx, parts: &str, entries: &mut [Happened]) -> Result<(), Error> {
    let of_people = |entry: &Happened| {
        let is_of_both = entry.node.is_none() && entry.actor.is_some() && entry.target.is_some();
        is_of_both
            .then(|| [&entry.actor, &entry.target].map(|person| person.as_ref().map(|person| person.id)))
    };
    let people: HashSet<UserId> = entries.iter().filter_map(of_people).flatten().flatten().collect();
    if people.is_empty() {
        return Ok(());
    }
    let mut query = QueryBuilder::<Sqlite>::new(format!(
        "SELECT u.id FROM users u JOIN directory d ON d.user = u.pk WHERE d.part IN ({parts}) AND d.status = 0 AND u.id IN ("
    ));
    let mut ids = query.separated(", ");
    for person in &people {
        ids.push_bind(person.0.as_bytes().to_vec());
    }
    ids.push_unseparated(")");
    let mut seen = HashSet::new();
    for row in query.build().fetch_all(&mut **tx).await? {
        seen.insert(UserId(uuid_of(row.try_get(0)?)?));
    }
    for entry in entries.iter_mut().filter(|entry| entry.node.is_none()) {
        if entry.actor.is_some() && entry.target.is_some() {
            entry.actor.take_if(|person| !seen.contains(&person.id));
            entry.target.take_if(|person| !seen.contains(&person.id));
        }
    }
    Ok(())
}

/// What an export was made of, and how many, is told to who manages all of that: of other nodes not even a number is.
fn hide_exported(organisation: &Organisation, scope: &Scope, entries: &mut [Happened]) {
    let covers = |node: &NodeId| scope.covers(&organisation.tree, *node);
    for entry in entries.iter_mut().filter(|entry| entry.action == Action::UsersExported) {
        if !entry.details.exported.as_ref().is_some_and(|exported| exported.nodes.iter().all(covers)) {
            entry.details = AuditDetails::default();
        }
    }
}
