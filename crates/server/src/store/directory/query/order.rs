//! The order of the list. Users who were never active are last in both orders of the last activity.
//!
//! SQLite sorts NULL first in ascending order. So that order begins with the column `is_absent` there, as its index does.
//! The indexes of PostgreSQL have `NULLS LAST`.

use studio_users_contract::{Sort, SortKey};

use super::{DirectoryQuery, ListWindow};
use crate::sql::{Dialect, QueryBuilder};

impl DirectoryQuery<'_> {
    /// Pushes the sort value of the row `d` as the column `ordered_by`.
    pub(in crate::store) fn push_sort_value(&self, sql: &mut QueryBuilder) {
        sql.push(sort_column(self.window.sort.key)).push(" AS ordered_by");
        if self.window.has_null_flag(sql.dialect()) {
            sql.push(", d.last_active_at IS NULL AS is_absent");
        }
    }

    /// Pushes the `ORDER BY` clause of the window, reversed if the scan is from the end.
    pub(in crate::store) fn push_order(&self, sql: &mut QueryBuilder, from_end: bool) {
        let Sort { key, descending } = self.window.sort;
        let direction = |descending: bool| if descending { " DESC" } else { "" };
        sql.push(" ORDER BY ");
        if self.window.has_null_flag(sql.dialect()) {
            sql.push("is_absent").push(direction(from_end)).push(", ");
        }
        sql.push("ordered_by").push(direction(descending != from_end));
        if key == SortKey::LastActiveAt {
            sql.push_either("", if from_end { " NULLS FIRST" } else { " NULLS LAST" });
        }
        if key != SortKey::Email {
            sql.push(", user_pk").push(direction(from_end));
        }
    }
}

impl ListWindow {
    /// Returns whether the query sorts by `is_absent` first.
    pub(in crate::store) fn has_null_flag(self, dialect: Dialect) -> bool {
        let is_ascending = self.sort == Sort { key: SortKey::LastActiveAt, descending: false };
        is_ascending && dialect == Dialect::Sqlite
    }

    /// Returns the name of the index for the sort order.
    pub(super) const fn index(self) -> &'static str {
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
