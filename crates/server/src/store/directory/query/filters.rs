use studio_users_contract::UserFilters;
use studio_users_domain::Status;

use super::DirectoryQuery;
use crate::sql::QueryBuilder;
use crate::store::value::status_code;
use crate::store::{millis, roles_to_bits};

impl DirectoryQuery<'_> {
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
    pub(super) fn push_merged_filters(&self, sql: &mut QueryBuilder) {
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
    pub(super) fn has_part_filter(&self) -> bool {
        let UserFilters { roles, assigned, undelivered, .. } = self.filters;
        *assigned || *undelivered || !roles.is_empty()
    }

    /// Pushes the condition that a single row must meet. `row` is the prefix of its columns.
    ///
    /// Two environments must not meet the filters together: one with the role, and the other with an assignment.
    pub(super) fn push_part_filter(&self, sql: &mut QueryBuilder, row: &str) {
        let UserFilters { roles, assigned, undelivered, .. } = self.filters;
        sql.push("(TRUE");
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

    /// Pushes the statuses of the filter, for `IN`. Each status occurs at most once, so there are few texts.
    fn push_statuses(&self, sql: &mut QueryBuilder) {
        sql.push("(");
        let mut list = sql.separated(", ");
        for status in Status::ALL.into_iter().filter(|status| self.filters.statuses.contains(status)) {
            list.push_bind(status_code(status));
        }
        list.push_unseparated(")");
    }
}
