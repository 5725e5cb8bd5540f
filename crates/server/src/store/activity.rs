//! What a reader may see of the audit log, the newest first.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use studio_users_contract::{Action, AuditDetails, AuditPerson};
use studio_users_domain::{NodeId, Scope, UserId};
use uuid::Uuid;

use super::list::part_keys;
use super::value::uuid_of;
use super::{Error, NodeKey, Organisation, Store, Tx, UserKey, directory, time_of};

/// Whoever manages more nodes than this, or sees more people who have joined, sees so much of the log that the
/// log itself is walked; for everyone else each node and each person is looked up.
const MANY_NODES: usize = 64;
const MANY_PEOPLE: i64 = 2_000;

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

/// What is asked for, ready to be put into a query.
struct Question {
    nodes: String,
    parts: String,
    is_wide: bool,
    user: Option<UserId>,
    action: Option<Action>,
    below: i64,
    limit: i64,
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
        let seen = directory::visible(tx, &part_keys(organisation, scope)?, &[key]).await?;
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
        hide(tx, &question.parts, &mut entries).await?;
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
        let question =
            Question { is_wide, ..question.ok_or_else(|| Error::Foreign("no such entry".into()))? };
        let rows = question.query("EXPLAIN QUERY PLAN ").build().fetch_all(&mut *tx).await?;
        let lines = rows.iter().map(|row| row.try_get::<String, _>("detail"));
        Ok(lines.collect::<Result<Vec<_>, _>>()?.join("; "))
    }
}

impl Question {
    async fn new(
        tx: &mut Tx,
        organisation: &Organisation,
        scope: &Scope,
        window: ActivityWindow,
    ) -> Result<Option<Self>, Error> {
        let tree = &organisation.tree;
        let managed: Vec<i64> = scope
            .managed()
            .iter()
            .filter_map(|position| organisation.key(tree.nodes()[position].id).map(|key| key.0))
            .collect();
        let mut question = Self {
            nodes: listed(&managed),
            parts: listed(&part_keys(organisation, scope)?),
            is_wide: managed.len() > MANY_NODES,
            user: window.user,
            action: window.action,
            below: i64::MAX,
            limit: i64::from(window.limit) + 1,
        };
        if let Some(before) = window.before {
            let Some(seq) = question.place(tx, before).await? else { return Ok(None) };
            question.below = seq;
        }
        if !question.is_wide && question.user.is_none() && !managed.is_empty() {
            question.is_wide = question.people(tx).await? > MANY_PEOPLE;
        }
        Ok(Some(question))
    }

    /// Where in the log an entry stands; nowhere if the reader does not see it.
    async fn place(&self, tx: &mut Tx, entry: Uuid) -> Result<Option<i64>, Error> {
        if self.nodes.is_empty() {
            return Ok(None);
        }
        let mut query = QueryBuilder::<Sqlite>::new("SELECT a.seq FROM audit a WHERE a.id = ");
        query.push_bind(entry.as_bytes().to_vec()).push(" AND ");
        self.push_visible(&mut query);
        Ok(query.build_query_scalar().fetch_optional(&mut **tx).await?)
    }

    /// How many people have joined where the reader manages, or that they are many.
    async fn people(&self, tx: &mut Tx) -> Result<i64, Error> {
        let parts = &self.parts;
        let mut query = QueryBuilder::<Sqlite>::new(format!(
            "SELECT count(*) FROM (SELECT 1 FROM directory WHERE part IN ({parts}) AND status = 0 LIMIT {})",
            MANY_PEOPLE + 1
        ));
        Ok(query.build_query_scalar().fetch_one(&mut **tx).await?)
    }

    fn query(&self, prefix: &str) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(prefix);
        query.push("SELECT e.* FROM audit e WHERE e.seq IN (");
        if let Some(user) = self.user {
            for (joint, column) in [("", "actor"), (" UNION ALL ", "target")] {
                query.push(format!(
                    "{joint}SELECT seq FROM (SELECT a.seq FROM audit a INDEXED BY audit_{column} WHERE a.{column} = "
                ));
                query.push_bind(user.0.as_bytes().to_vec()).push(" AND ");
                self.push_visible(&mut query);
                self.push_window(&mut query);
                query.push(")");
            }
        } else if self.is_wide {
            let index = if self.action.is_some() { "INDEXED BY audit_action" } else { "NOT INDEXED" };
            query.push(format!("SELECT seq FROM (SELECT a.seq FROM audit a {index} WHERE "));
            self.push_visible(&mut query);
            self.push_window(&mut query);
            query.push(")");
        } else {
            self.push_each(&mut query);
        }
        query.push(") ORDER BY e.seq DESC LIMIT ").push_bind(self.limit);
        query
    }

    /// The newest entries of each node, and of each person those at no node.
    fn push_each(&self, query: &mut QueryBuilder<Sqlite>) {
        let (nodes, parts) = (&self.nodes, &self.parts);
        query.push(format!(
            "SELECT found.seq FROM nodes n CROSS JOIN audit found WHERE n.pk IN ({nodes}) AND found.seq IN \
             (SELECT a.seq FROM audit a INDEXED BY audit_node WHERE a.node = n.pk"
        ));
        self.push_window(query);
        query.push(")");
        for column in ["actor", "target"] {
            query.push(format!(
                " UNION ALL SELECT found.seq FROM directory d INDEXED BY directory_status \
                 CROSS JOIN users u ON u.pk = d.user CROSS JOIN audit found \
                 WHERE d.part IN ({parts}) AND d.status = 0 AND found.seq IN \
                 (SELECT a.seq FROM audit a INDEXED BY audit_{column} WHERE a.{column} = u.id AND a.node IS NULL"
            ));
            self.push_window(query);
            query.push(")");
        }
    }

    fn push_visible(&self, query: &mut QueryBuilder<Sqlite>) {
        let (nodes, parts) = (&self.nodes, &self.parts);
        query.push(format!(
            "(a.node IN ({nodes}) OR a.node IS NULL AND EXISTS (SELECT 1 FROM users u JOIN directory d ON d.user = u.pk \
             WHERE u.id IN (a.actor, a.target) AND d.part IN ({parts}) AND d.status = 0))"
        ));
    }

    fn push_window(&self, query: &mut QueryBuilder<Sqlite>) {
        if let Some(action) = self.action {
            query.push(" AND a.action = ").push_bind(action.wire_name());
        }
        query.push(" AND a.seq < ").push_bind(self.below);
        query.push(" ORDER BY a.seq DESC LIMIT ").push_bind(self.limit);
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
async fn hide(tx: &mut Tx, parts: &str, entries: &mut [Happened]) -> Result<(), Error> {
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

/// Keys as they stand in a query: there can be more of them than it takes values.
fn listed(keys: &[i64]) -> String {
    keys.iter().map(i64::to_string).collect::<Vec<_>>().join(",")
}
