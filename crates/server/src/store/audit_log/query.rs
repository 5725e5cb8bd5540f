use studio_users_contract::Action;
use studio_users_domain::{Scope, UserId};
use uuid::Uuid;

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
        sql.push(" AND status = 0 LIMIT ").push_bind(MAX_INDEXED_USERS + 1).push(")");
        Ok(sql.build_query_scalar().fetch_one(tx).await?)
    }

    /// Builds the SQL. Tests pass `EXPLAIN QUERY PLAN` as the prefix.
    pub(super) fn to_sql(&self, dialect: Dialect, prefix: &str) -> QueryBuilder {
        let mut sql = QueryBuilder::new(dialect, prefix);
        sql.push("SELECT e.* FROM audit e WHERE e.seq IN (");
        if let Some(user) = self.user {
            for (joint, column) in [("", "actor"), (" UNION ALL ", "target")] {
                sql.push(format!(
                    "{joint}SELECT seq FROM (SELECT a.seq FROM audit a INDEXED BY audit_{column} WHERE a.{column} = "
                ));
                sql.push_bind(user.0.as_bytes().to_vec()).push(" AND ");
                self.push_visible(&mut sql);
                self.push_window(&mut sql);
                sql.push(")");
            }
        } else if self.is_log_scan {
            let index = if self.action.is_some() { "INDEXED BY audit_action" } else { "NOT INDEXED" };
            sql.push(format!("SELECT seq FROM (SELECT a.seq FROM audit a {index} WHERE "));
            self.push_visible(&mut sql);
            self.push_window(&mut sql);
            sql.push(")");
        } else {
            self.push_by_node_and_user(&mut sql);
        }
        sql.push(") ORDER BY e.seq DESC LIMIT ").push_bind(self.limit);
        sql
    }

    /// Pushes a seek for the newest entries of each node, and for each user's newest entries without a node.
    fn push_by_node_and_user(&self, sql: &mut QueryBuilder) {
        sql.push("SELECT found.seq FROM nodes n CROSS JOIN audit found WHERE n.pk");
        sql.push_in_integers(self.nodes.iter().copied());
        sql.push(" AND found.seq IN (SELECT a.seq FROM audit a INDEXED BY audit_node WHERE a.node = n.pk");
        self.push_window(sql);
        sql.push(")");
        for column in ["actor", "target"] {
            sql.push(
                " UNION ALL SELECT found.seq FROM directory d INDEXED BY directory_status \
                 CROSS JOIN users u ON u.pk = d.user_pk CROSS JOIN audit found WHERE d.part",
            );
            sql.push_in_integers(self.parts.iter().copied());
            sql.push(format!(
                " AND d.status = 0 AND found.seq IN \
                 (SELECT a.seq FROM audit a INDEXED BY audit_{column} WHERE a.{column} = u.id AND a.node IS NULL"
            ));
            self.push_window(sql);
            sql.push(")");
        }
    }

    fn push_visible(&self, sql: &mut QueryBuilder) {
        sql.push("(a.node");
        sql.push_in_integers(self.nodes.iter().copied());
        sql.push(
            " OR a.node IS NULL AND EXISTS (SELECT 1 FROM users u CROSS JOIN directory d ON d.user_pk = u.pk \
             WHERE u.id IN (a.actor, a.target) AND d.part",
        );
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
