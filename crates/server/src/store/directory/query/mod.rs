//! Builds the SQL that filters, sorts and paginates the directory.
//!
//! A user can have rows in several parts of a scope, but is listed once. If the user has joined in any part, one of
//! those rows represents them: they all have the same sort value. Otherwise the row that sorts first does.

use studio_users_contract::{Sort, SortKey, UserFilters};

use crate::sql::{Dialect, QueryBuilder};
use crate::store::{Error, Tx, UserKey};
pub(in crate::store) use grouped::Grouped;
pub(in crate::store) use order::sort_column;

mod filters;
mod grouped;
mod order;

/// The maximum number of parts whose indexes are scanned and merged. It keeps the compound query within SQLite's limits
/// (<https://www.sqlite.org/limits.html>); above it, rows are grouped by user.
const MAX_MERGED_PARTS: usize = if cfg!(test) { 3 } else { 64 };
/// The maximum number of merged parts with which a statement is cached. Each number of parts is another text.
const MAX_CACHED_PARTS: usize = 8;

/// The order and the range of rows to return.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ListWindow {
    /// The sort column and direction.
    pub(crate) sort: Sort,
    /// The number of rows to skip.
    pub(crate) offset: u32,
    /// The maximum number of rows to return.
    pub(crate) limit: u32,
}

/// A query of the directory: the keys of a scope's parts, the filters and the window.
pub(in crate::store) struct DirectoryQuery<'a> {
    pub(in crate::store) parts: Vec<i64>,
    pub(in crate::store) filters: &'a UserFilters,
    pub(in crate::store) window: ListWindow,
}

impl DirectoryQuery<'_> {
    /// Fetches the window by an index scan. Scans from the nearer end, so that the last page is as fast as the first.
    pub(in crate::store) async fn fetch_window(
        &self,
        tx: &mut Tx,
        total: u32,
    ) -> Result<Vec<UserKey>, Error> {
        let ListWindow { offset, limit, .. } = self.window;
        let limit = limit.min(total.saturating_sub(offset));
        let after = total - offset.min(total) - limit;
        let from_end = after < offset;
        let (skip, take) = (if from_end { after } else { offset }, limit);
        let mut sql = self.window_sql(tx.dialect(), "", from_end, skip, take);
        let query = sql.build_query_scalar().persistent(self.is_cacheable());
        let mut users: Vec<i64> = query.fetch_all(tx).await?;
        if from_end {
            users.reverse();
        }
        Ok(users.into_iter().map(UserKey).collect())
    }

    /// Builds the SQL of the window. Tests pass `EXPLAIN` as the prefix.
    pub(in crate::store) fn window_sql(
        &self,
        dialect: Dialect,
        prefix: &str,
        from_end: bool,
        skip: u32,
        take: u32,
    ) -> QueryBuilder {
        let mut sql = QueryBuilder::new(dialect, prefix);
        self.push_rows(&mut sql, from_end, |_| {});
        sql.push(" LIMIT ").push_bind(i64::from(take));
        sql.push(" OFFSET ").push_bind(i64::from(skip));
        sql
    }

    /// Whether a statement with [`Self::push_rows`] is cached.
    pub(in crate::store) fn is_cacheable(&self) -> bool {
        let count = self.parts.len();
        count <= MAX_CACHED_PARTS || count > MAX_MERGED_PARTS
    }

    /// Pushes a query that returns one row per matching user: `user_pk`, `ordered_by`, `status`. The rows have the order
    /// of the window, reversed if the scan is from the end. `narrow` can push more conditions on the row `d`.
    pub(in crate::store) fn push_rows(
        &self,
        sql: &mut QueryBuilder,
        from_end: bool,
        narrow: impl Fn(&mut QueryBuilder),
    ) {
        match self.parts[..] {
            [part] => {
                self.push_part(sql, part);
                self.push_filters(sql);
                narrow(sql);
            }
            _ if self.parts.len() > MAX_MERGED_PARTS => {
                sql.push("SELECT d.user_pk AS user_pk, ");
                self.push_sort_value(sql);
                sql.push(", d.status AS status FROM ");
                self.push_grouped(sql, &Grouped::Ordered);
                sql.push(" d WHERE 1 = 1");
                self.push_filters(sql);
                narrow(sql);
            }
            _ => self.push_merged_parts(sql, from_end, narrow),
        }
        self.push_order(sql, from_end);
    }

    /// Pushes a scan of each part. SQLite merges them in the order of the whole query. PostgreSQL does so only if each of
    /// them has that order; otherwise it sorts all rows.
    fn push_merged_parts(&self, sql: &mut QueryBuilder, from_end: bool, narrow: impl Fn(&mut QueryBuilder)) {
        for (position, part) in self.parts.iter().enumerate() {
            sql.push(if position == 0 { "" } else { " UNION ALL " }).push_either("", "(");
            self.push_part(sql, *part);
            self.push_merged_filters(sql);
            self.push_distinct(sql);
            narrow(sql);
            if sql.dialect() == Dialect::Postgres {
                self.push_order(sql, from_end);
                sql.push(")");
            }
        }
    }

    /// Pushes the scan of one part, to which conditions can be added.
    fn push_part(&self, sql: &mut QueryBuilder, part: i64) {
        sql.push("SELECT d.user_pk AS user_pk, ");
        self.push_sort_value(sql);
        // Without INDEXED BY, the planner of SQLite chooses the index of a filter and sorts the result.
        sql.push(", d.status AS status FROM directory d").push_indexed_by(self.window.index());
        sql.push(" WHERE d.part = ").push_bind(part);
    }

    /// Pushes the condition that no other row represents the same user. Among rows with the status active, it
    /// compares only those that meet the part filter, because the filters exclude the others.
    fn push_distinct(&self, sql: &mut QueryBuilder) {
        let comes_first = match self.window.sort.key {
            SortKey::CreatedAt => "o.status = 0 OR (o.created_at, o.part) < (d.created_at, d.part)",
            _ => "(o.status, o.part) < (d.status, d.part)",
        };
        sql.push(" AND NOT EXISTS (SELECT 1 ");
        self.push_same_user_rows(sql);
        sql.push(" AND CASE d.status WHEN 0 THEN o.status = 0 AND o.part < d.part");
        if self.has_part_filter() {
            sql.push(" AND ");
            self.push_part_filter(sql, "o.");
        }
        sql.push(" ELSE ").push(comes_first).push(" END");
        // PostgreSQL keeps a subquery with OFFSET. It would read all rows for a join otherwise.
        sql.push_either(")", " OFFSET 0)");
    }

    /// Pushes the `FROM` clause for all rows of the user `d` in the parts. The unary plus stops the planner of SQLite
    /// from seeking each part (<https://www.sqlite.org/optoverview.html>).
    fn push_same_user_rows(&self, sql: &mut QueryBuilder) {
        sql.push("FROM directory o WHERE o.user_pk = d.user_pk AND ").push_either("+o.part", "o.part");
        self.push_parts(sql);
    }

    fn push_parts(&self, sql: &mut QueryBuilder) {
        sql.push_in_integers(self.parts.iter().copied());
    }
}
