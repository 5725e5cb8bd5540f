use studio_users_contract::Action;
use studio_users_domain::{Scope, UserId};
use uuid::Uuid;

use super::super::columns::audit_columns;
use super::ActivityWindow;
use crate::sql::{Dialect, QueryBuilder};
use crate::store::{Error, Organisation, Tx};

/// The maximum number of managed nodes for which the query seeks the entries of each node and user in an index. Above
/// it, or above [`MAX_INDEXED_USERS`], the query scans the log: the user sees so much of it that the scan soon fills
/// a page.
const MAX_INDEXED_NODES: usize = 64;
/// The maximum number of joined users for which the query seeks their entries in an index.
const MAX_INDEXED_USERS: i64 = 2_000;

/// A query of the audit log.
pub(super) struct AuditLogQuery {
    pub(super) nodes: Vec<i64>,
    pub(super) parts: Vec<i64>,
    pub(super) is_log_scan: bool,
    user: Option<UserId>,
    action: Option<Action>,
    before_seq: i64,
    limit: i64,
}

/// A seek for the newest entries of each node or user.
struct EntrySeek<'a> {
    /// The tables of the nodes or the users.
    owners: &'static str,
    /// The column of the owners that is one of `keys`.
    key: &'static str,
    keys: &'a [i64],
    /// Another condition on the owners.
    condition: &'static str,
    /// The index of the entries, for SQLite.
    index: &'static str,
    /// The condition on the entries `a` of an owner.
    entries: &'static str,
}

impl AuditLogQuery {
    pub(super) async fn new(
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
        let mut query = Self {
            parts: organisation.part_keys(scope)?,
            is_log_scan: managed.len() > MAX_INDEXED_NODES,
            nodes: managed,
            user: window.user,
            action: window.action,
            before_seq: i64::MAX,
            limit: i64::from(window.limit) + 1,
        };
        if let Some(before) = window.before {
            let Some(seq) = query.seq_of(tx, before).await? else { return Ok(None) };
            query.before_seq = seq;
        }
        if !query.is_log_scan && query.user.is_none() && !query.nodes.is_empty() {
            query.is_log_scan = query.count_joined_users(tx).await? > MAX_INDEXED_USERS;
        }
        Ok(Some(query))
    }

    /// Returns the sequence number of an entry, or `None` if it is not visible in the scope.
    async fn seq_of(&self, tx: &mut Tx, entry: Uuid) -> Result<Option<i64>, Error> {
        if self.nodes.is_empty() {
            return Ok(None);
        }
        let mut sql = QueryBuilder::new(tx.dialect(), "SELECT a.seq FROM audit a WHERE a.id = ");
        sql.push_bind(entry.as_bytes().to_vec()).push(" AND ");
        self.push_visible(&mut sql);
        Ok(sql.build_query_scalar().fetch_optional(tx).await?)
    }

    /// Counts the joined users in the scope. Stops counting above [`MAX_INDEXED_USERS`].
    async fn count_joined_users(&self, tx: &mut Tx) -> Result<i64, Error> {
        let mut sql =
            QueryBuilder::new(tx.dialect(), "SELECT count(*) FROM (SELECT 1 FROM directory WHERE part");
        sql.push_in_integers(self.parts.iter().copied());
        sql.push(" AND status = 0 LIMIT ").push_bind(MAX_INDEXED_USERS + 1).push(") joined");
        Ok(sql.build_query_scalar().fetch_one(tx).await?)
    }

    /// Builds the SQL. Tests pass `EXPLAIN QUERY PLAN` as the prefix.
    pub(super) fn to_sql(&self, dialect: Dialect, prefix: &str) -> QueryBuilder {
        let mut sql = QueryBuilder::new(dialect, prefix);
        match dialect {
            Dialect::Sqlite => {
                sql.push(concat!("SELECT ", audit_columns!(e), " FROM audit e WHERE e.seq IN ("));
                self.push_found(&mut sql);
                sql.push(") ORDER BY e.seq DESC LIMIT ").push_bind(self.limit);
            }
            // With IN, PostgreSQL may read the log from its end. An entry is found twice if the actor and the target match.
            Dialect::Postgres => {
                sql.push(concat!("SELECT ", audit_columns!(e), " FROM (SELECT DISTINCT seq FROM ("));
                self.push_found(&mut sql);
                sql.push(") found ORDER BY seq DESC LIMIT ").push_bind(self.limit);
                sql.push(") newest JOIN audit e ON e.seq = newest.seq ORDER BY e.seq DESC");
            }
        }
        sql
    }

    /// Pushes a query for the sequence numbers of the newest entries, perhaps more than the limit.
    fn push_found(&self, sql: &mut QueryBuilder) {
        if let Some(user) = self.user {
            for (joint, column) in [("", "actor"), (" UNION ALL ", "target")] {
                sql.push(format!("{joint}SELECT seq FROM (SELECT a.seq FROM audit a"));
                sql.push_indexed_by(&format!("audit_{column}")).push(format!(" WHERE a.{column} = "));
                sql.push_bind(user.0.as_bytes().to_vec()).push(" AND ");
                self.push_visible(sql);
                self.push_window(sql);
                sql.push(") page");
            }
        } else if self.is_log_scan {
            sql.push("SELECT seq FROM (SELECT a.seq FROM audit a");
            if self.action.is_some() {
                sql.push_indexed_by("audit_action");
            } else {
                sql.push_either(" NOT INDEXED", "");
            }
            sql.push(" WHERE ");
            self.push_visible(sql);
            self.push_window(sql);
            sql.push(") page");
        } else {
            self.push_by_node_and_user(sql);
        }
    }

    /// Pushes a seek for the newest entries of each node, and for each user's newest entries without a node.
    fn push_by_node_and_user(&self, sql: &mut QueryBuilder) {
        let of_nodes = EntrySeek {
            owners: "nodes n",
            key: "n.pk",
            keys: &self.nodes,
            condition: "",
            index: "audit_node",
            entries: "a.node = n.pk",
        };
        self.push_newest_of_each(sql, &of_nodes);
        for (index, entries) in [
            ("audit_actor", "a.actor = u.id AND a.node IS NULL"),
            ("audit_target", "a.target = u.id AND a.node IS NULL"),
        ] {
            let of_users = EntrySeek {
                owners: sql.dialect().select(
                    "directory d INDEXED BY directory_status CROSS JOIN users u ON u.pk = d.user_pk",
                    "directory d JOIN users u ON u.pk = d.user_pk",
                ),
                key: "d.part",
                keys: &self.parts,
                condition: " AND d.status = 0",
                index,
                entries,
            };
            sql.push(" UNION ALL ");
            self.push_newest_of_each(sql, &of_users);
        }
    }

    /// Pushes a query for the newest entries of each owner.
    fn push_newest_of_each(&self, sql: &mut QueryBuilder, seek: &EntrySeek<'_>) {
        let push_owners = |sql: &mut QueryBuilder| {
            sql.push(seek.key).push_in_integers(seek.keys.iter().copied()).push(seek.condition);
        };
        let push_newest = |sql: &mut QueryBuilder| {
            sql.push("(SELECT a.seq FROM audit a").push_indexed_by(seek.index);
            sql.push(" WHERE ").push(seek.entries);
            self.push_window(sql);
            sql.push(")");
        };
        sql.push("SELECT found.seq FROM ").push(seek.owners);
        match sql.dialect() {
            Dialect::Sqlite => {
                sql.push(" CROSS JOIN audit found WHERE ");
                push_owners(sql);
                sql.push(" AND found.seq IN ");
                push_newest(sql);
            }
            // With IN, PostgreSQL would compare each owner with each entry.
            Dialect::Postgres => {
                sql.push(" CROSS JOIN LATERAL ");
                push_newest(sql);
                sql.push(" found WHERE ");
                push_owners(sql);
            }
        }
    }

    fn push_visible(&self, sql: &mut QueryBuilder) {
        sql.push("(a.node");
        sql.push_in_integers(self.nodes.iter().copied());
        sql.push(" OR a.node IS NULL AND EXISTS (SELECT 1 FROM users u").push_ordered_join();
        sql.push("directory d ON d.user_pk = u.pk WHERE u.id IN (a.actor, a.target) AND d.part");
        sql.push_in_integers(self.parts.iter().copied());
        sql.push(" AND d.status = 0))");
    }

    fn push_window(&self, sql: &mut QueryBuilder) {
        if let Some(action) = self.action {
            sql.push(" AND a.action = ").push_bind(action.wire_name());
        }
        sql.push(" AND a.seq < ").push_bind(self.before_seq);
        sql.push(" ORDER BY a.seq DESC LIMIT ").push_bind(self.limit);
    }
}
