use studio_users_contract::SortKey;

use super::DirectoryQuery;
use crate::sql::QueryBuilder;

/// The purpose for which the rows of several parts are grouped by user. It decides which columns and index to use.
pub(in crate::store) enum Grouped<'a> {
    /// Counting, which needs no sort value.
    Counted,
    /// Sorting.
    Ordered,
    /// Sorting, restricted by the condition on `user_pk` that the closure pushes.
    Among(&'a dyn Fn(&mut QueryBuilder)),
}

impl DirectoryQuery<'_> {
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
            // PostgreSQL has no maximum of booleans.
            sql.push(", CASE min(status) WHEN 0 THEN max(CASE WHEN status = 0 AND ");
            self.push_part_filter(sql, "");
            sql.push(" THEN 1 ELSE 0 END) ELSE max(CASE WHEN ");
            self.push_part_filter(sql, "");
            sql.push(" THEN 1 ELSE 0 END) END = 1 AS matches_part");
        }
        sql.push(" FROM directory");
        match purpose {
            Grouped::Counted => sql.push_indexed_by("directory_status").push(" WHERE part"),
            Grouped::Ordered => sql.push_indexed_by(self.window.index()).push(" WHERE part"),
            Grouped::Among(push_condition) => {
                sql.push(" WHERE user_pk");
                push_condition(sql);
                sql.push(" AND ").push_either("+part", "part")
            }
        };
        self.push_parts(sql);
        sql.push(" GROUP BY user_pk)");
    }
}
