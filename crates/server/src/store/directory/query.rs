//! Builds the SQL that filters, sorts and paginates the directory.
//!
//! A user can have rows in several parts of a scope, but is listed once. If the user has joined in any part, one of
//! those rows represents them: they all have the same sort value. Otherwise the row that sorts first does.

use studio_users_contract::{Sort, SortKey, UserFilters};
use studio_users_domain::Status;

use crate::sql::{Dialect, QueryBuilder};
use crate::store::value::status_code;
use crate::store::{Error, Tx, UserKey, millis, roles_to_bits};

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

/// The purpose for which the rows of several parts are grouped by user. It decides which columns and index to use.
pub(in crate::store) enum Grouped<'a> {
    /// Counting, which needs no sort value.
    Counted,
    /// Sorting.
    Ordered,
    /// Sorting, restricted to the users of the subquery that the closure pushes.
    Among(&'a dyn Fn(&mut QueryBuilder)),
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

    /// Builds the SQL of the window. Tests pass `EXPLAIN QUERY PLAN` as the prefix.
    pub(in crate::store) fn window_sql(
        &self,
        dialect: Dialect,
        prefix: &str,
        from_end: bool,
        skip: u32,
        take: u32,
    ) -> QueryBuilder {
        let mut sql = QueryBuilder::new(dialect, prefix);
        self.push_rows(&mut sql, |_| {});
        self.push_order(&mut sql, from_end);
        sql.push(" LIMIT ").push_bind(i64::from(take));
        sql.push(" OFFSET ").push_bind(i64::from(skip));
        sql
    }

    /// Whether a statement with [`Self::push_rows`] is cached.
    pub(in crate::store) fn is_cacheable(&self) -> bool {
        let count = self.parts.len();
        count <= MAX_CACHED_PARTS || count > MAX_MERGED_PARTS
    }

    /// Pushes a query without `ORDER BY` that returns one row per matching user: `user`, `ordered_by`, `status`.
    /// `narrow` can push more conditions on the row `d`.
    pub(in crate::store) fn push_rows(&self, sql: &mut QueryBuilder, narrow: impl Fn(&mut QueryBuilder)) {
        let index = self.window.index();
        if self.parts.len() > MAX_MERGED_PARTS {
            sql.push("SELECT d.user_pk AS user_pk, ");
            self.push_sort_value(sql);
            sql.push(", d.status AS status FROM ");
            self.push_grouped(sql, &Grouped::Ordered);
            sql.push(" d WHERE 1 = 1");
            self.push_filters(sql);
            return narrow(sql);
        }
        for (position, part) in self.parts.iter().enumerate() {
            sql.push(if position == 0 {
                "SELECT d.user_pk AS user_pk, "
            } else {
                " UNION ALL SELECT d.user_pk, "
            });
            self.push_sort_value(sql);
            // Without INDEXED BY, the planner chooses the index of a filter and sorts the result.
            sql.push(", d.status AS status FROM directory d INDEXED BY ").push(index);
            sql.push(" WHERE d.part = ").push_bind(*part);
            if self.parts.len() == 1 {
                self.push_filters(sql);
            } else {
                self.push_merged_filters(sql);
                self.push_distinct(sql);
            }
            narrow(sql);
        }
    }

    /// Pushes a subquery that groups the rows of several parts by user.
    pub(in crate::store) fn push_grouped(&self, sql: &mut QueryBuilder, purpose: &Grouped<'_>) {
        sql.push("(SELECT user_pk, min(status) AS status, max(last_active_at) AS last_active_at");
        let joined_value = |column: &str| format!("max(CASE status WHEN 0 THEN {column} END)");
        if !matches!(purpose, Grouped::Counted) {
            let column = match self.window.sort.key {
                SortKey::Name => {
                    format!(", coalesce({}, max(name_key)) AS name_key", joined_value("name_key"))
                }
                SortKey::Email => ", max(email_key) AS email_key".into(),
                SortKey::CreatedAt => {
                    format!(", coalesce({}, min(created_at)) AS created_at", joined_value("created_at"))
                }
                SortKey::Status | SortKey::LastActiveAt => String::new(),
            };
            sql.push(column);
        }
        if self.has_part_filter() {
            sql.push(", CASE min(status) WHEN 0 THEN max(CASE status WHEN 0 THEN ");
            self.push_part_filter(sql, "");
            sql.push(" END) ELSE max(");
            self.push_part_filter(sql, "");
            sql.push(") END AS matches_part");
        }
        sql.push(" FROM directory ");
        match purpose {
            Grouped::Counted => sql.push("INDEXED BY directory_status WHERE part"),
            Grouped::Ordered => sql.push("INDEXED BY ").push(self.window.index()).push(" WHERE part"),
            Grouped::Among(push_users) => {
                sql.push("WHERE user_pk IN ");
                push_users(sql);
                sql.push(" AND +part")
            }
        };
        self.push_parts(sql);
        sql.push(" GROUP BY user_pk)");
    }

    /// Pushes the filters for rows of one part, or for rows that are grouped by user.
    pub(in crate::store) fn push_filters(&self, sql: &mut QueryBuilder) {
        let UserFilters { statuses, active_since, .. } = self.filters;
        if !statuses.is_empty() {
            sql.push(" AND d.status IN ");
            self.push_statuses(sql);
        }
        if self.has_part_filter() {
            sql.push(" AND ");
            if self.parts.len() == 1 {
                self.push_part_filter(sql, "d.");
            } else {
                sql.push("d.matches_part");
            }
        }
        if let Some(since) = active_since {
            sql.push(" AND d.last_active_at >= ").push_bind(millis(*since));
        }
    }

    /// Pushes the filters for the row that represents a user with rows in several parts.
    fn push_merged_filters(&self, sql: &mut QueryBuilder) {
        let UserFilters { statuses, active_since, .. } = self.filters;
        if !statuses.is_empty() {
            sql.push(" AND CASE d.status WHEN 0 THEN 0 ELSE (SELECT min(o.status) ");
            self.push_same_user_rows(sql);
            sql.push(") END IN ");
            self.push_statuses(sql);
        }
        if self.has_part_filter() {
            sql.push(" AND (");
            self.push_part_filter(sql, "d.");
            sql.push(" OR d.status <> 0 AND EXISTS (SELECT 1 ");
            self.push_same_user_rows(sql);
            sql.push(" AND ");
            self.push_part_filter(sql, "o.");
            sql.push("))");
        }
        if let Some(since) = active_since {
            sql.push(" AND d.last_active_at >= ").push_bind(millis(*since));
        }
    }

    /// Whether a single row must meet a condition.
    fn has_part_filter(&self) -> bool {
        let UserFilters { roles, assigned, undelivered, .. } = self.filters;
        *assigned || *undelivered || !roles.is_empty()
    }

    /// Pushes the condition that a single row must meet. `row` is the prefix of its columns.
    ///
    /// Two environments must not meet the filters together: one with the role, and the other with an assignment.
    fn push_part_filter(&self, sql: &mut QueryBuilder, row: &str) {
        let UserFilters { roles, assigned, undelivered, .. } = self.filters;
        sql.push("(1");
        if !roles.is_empty() {
            sql.push(" AND ").push(row).push("roles & ").push_bind(roles_to_bits(*roles)).push(" <> 0");
        }
        if *assigned {
            sql.push(" AND ").push(row).push("is_assigned");
        }
        if *undelivered {
            sql.push(" AND ").push(row).push("is_undelivered");
        }
        sql.push(")");
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
        sql.push(" ELSE ").push(comes_first).push(" END)");
    }

    /// Pushes the `FROM` clause for all rows of the user `d` in the parts. The unary plus stops the planner from
    /// seeking each part (<https://www.sqlite.org/optoverview.html>).
    fn push_same_user_rows(&self, sql: &mut QueryBuilder) {
        sql.push("FROM directory o WHERE o.user_pk = d.user_pk AND +o.part");
        self.push_parts(sql);
    }

    fn push_parts(&self, sql: &mut QueryBuilder) {
        sql.push_in_integers(self.parts.iter().copied());
    }

    /// Pushes the statuses of the filter, for `IN`. Each status occurs at most once, so there are few texts.
    fn push_statuses(&self, sql: &mut QueryBuilder) {
        sql.push("(");
        let mut list = sql.separated(", ");
        for status in Status::ALL.into_iter().filter(|status| self.filters.statuses.contains(status)) {
            list.push_bind(status_code(status));
        }
        list.push_unseparated(")");
    }

    /// Pushes the sort value of the row `d` as the column `ordered_by`.
    pub(in crate::store) fn push_sort_value(&self, sql: &mut QueryBuilder) {
        sql.push(sort_column(self.window.sort.key)).push(" AS ordered_by");
        if self.has_null_flag() {
            sql.push(", d.last_active_at IS NULL AS is_absent");
        }
    }

    /// Pushes the `ORDER BY` clause of the window, reversed if the scan is from the end.
    pub(in crate::store) fn push_order(&self, sql: &mut QueryBuilder, from_end: bool) {
        let Sort { key, descending } = self.window.sort;
        let direction = |descending: bool| if descending { " DESC" } else { "" };
        sql.push(" ORDER BY ");
        if self.has_null_flag() {
            sql.push("is_absent").push(direction(from_end)).push(", ");
        }
        sql.push("ordered_by").push(direction(descending != from_end));
        if key != SortKey::Email {
            sql.push(", user_pk").push(direction(from_end));
        }
    }

    /// Returns whether the query sorts by `is_absent` first. SQLite sorts NULL first in ascending order, so only that
    /// order needs the flag to put NULL last.
    fn has_null_flag(&self) -> bool {
        self.window.sort == Sort { key: SortKey::LastActiveAt, descending: false }
    }
}

impl ListWindow {
    /// Returns the name of the index for the sort order.
    const fn index(self) -> &'static str {
        match (self.sort.key, self.sort.descending) {
            (SortKey::Name, false) => "directory_name",
            (SortKey::Name, true) => "directory_name_desc",
            (SortKey::Email, _) => "directory_email",
            (SortKey::Status, false) => "directory_status",
            (SortKey::Status, true) => "directory_status_desc",
            (SortKey::LastActiveAt, false) => "directory_active",
            (SortKey::LastActiveAt, true) => "directory_active_desc",
            (SortKey::CreatedAt, false) => "directory_created",
            (SortKey::CreatedAt, true) => "directory_created_desc",
        }
    }
}

/// Returns the column of the row `d` that a sort key orders by.
pub(in crate::store) const fn sort_column(key: SortKey) -> &'static str {
    match key {
        SortKey::Name => "d.name_key",
        SortKey::Email => "d.email_key",
        SortKey::Status => "d.status",
        SortKey::LastActiveAt => "d.last_active_at",
        SortKey::CreatedAt => "d.created_at",
    }
}
