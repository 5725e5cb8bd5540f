use sqlx::{QueryBuilder, Sqlite};
use studio_users_contract::Action;
use studio_users_domain::{Scope, UserId};
use uuid::Uuid;

use super::ActivityWindow;
use crate::store::value::listed;
use crate::store::{Error, Organisation, Tx};

/// Whoever manages more nodes than this, or sees more people who have joined, sees so much of the log that the
/// log itself is walked; for everyone else each node and each person is looked up.
const MANY_NODES: usize = 64;
const MANY_PEOPLE: i64 = 2_000;

/// What is asked for, ready to be put into a query.
pub(super) struct Question {
    pub(super) nodes: String,
    pub(super) parts: String,
    pub(super) is_wide: bool,
    user: Option<UserId>,
    action: Option<Action>,
    below: i64,
    limit: i64,
}

impl Question {
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
        let mut question = Self {
            nodes: listed(&managed),
            parts: listed(&organisation.part_keys(scope)?),
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

    pub(super) fn query(&self, prefix: &str) -> QueryBuilder<Sqlite> {
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
