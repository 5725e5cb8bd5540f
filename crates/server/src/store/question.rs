//! What is asked of the directory, as SQL: the rows of one part of a scope, or those of several as one for each user.
//!
//! Whoever has joined in any of several parts is what they are in those where they have. What they are ordered by
//! is the same in each of these, so any of these rows stands for them; of who has joined in none, the one that
//! comes first in the order does.

use sqlx::{QueryBuilder, Sqlite};
use studio_users_contract::{Sort, SortKey};

use super::value::{listed, status_code};
use super::{Error, Selection, Tx, UserKey, Window, millis, roles_to_bits};

/// The rows of so many parts at most are merged while they are walked; a query takes no more.
const MOST_MERGED: usize = if cfg!(test) { 3 } else { 64 };

/// The parts of a scope and what is asked of them, ready to be put into a query.
pub(super) struct Question<'a> {
    pub(super) parts: Vec<i64>,
    pub(super) selection: &'a Selection,
    pub(super) window: Window,
}

/// What the rows of several parts are put together for.
pub(super) enum Grouped<'a> {
    /// To be counted: no order is needed.
    Counted,
    /// To be ordered.
    Ordered,
    /// To be ordered, of those whom this finds.
    Among(&'a dyn Fn(&mut QueryBuilder<Sqlite>)),
}

impl Question<'_> {
    /// The window, by walking the index of its order, from the end that is nearer.
    pub(super) async fn walk(&self, tx: &mut Tx, total: u32) -> Result<Vec<UserKey>, Error> {
        let Window { offset, limit, .. } = self.window;
        let limit = limit.min(total.saturating_sub(offset));
        let after = total - offset.min(total) - limit;
        let from_end = after < offset;
        let (skip, take) = (if from_end { after } else { offset }, limit);
        let mut users: Vec<i64> =
            self.walking("", from_end, skip, take).build_query_scalar().fetch_all(&mut **tx).await?;
        if from_end {
            users.reverse();
        }
        Ok(users.into_iter().map(UserKey).collect())
    }

    pub(super) fn walking(&self, prefix: &str, from_end: bool, skip: u32, take: u32) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new(prefix);
        self.push_rows(&mut query, |_| {});
        self.push_order(&mut query, from_end);
        query.push(" LIMIT ").push_bind(i64::from(take));
        query.push(" OFFSET ").push_bind(i64::from(skip));
        query
    }

    /// The rows of who matches, one for each user, without their order: `user`, `ordered_by`, `status`. What narrows
    /// them further may ask the row `d`.
    pub(super) fn push_rows(
        &self,
        query: &mut QueryBuilder<Sqlite>,
        narrow: impl Fn(&mut QueryBuilder<Sqlite>),
    ) {
        let index = self.window.index();
        if self.parts.len() > MOST_MERGED {
            query.push("SELECT d.user AS user, ");
            self.push_key(query);
            query.push(", d.status AS status FROM ");
            self.push_grouped(query, &Grouped::Ordered);
            query.push(" d WHERE 1 = 1");
            self.push_filters(query);
            return narrow(query);
        }
        for (place, part) in self.parts.iter().enumerate() {
            query.push(if place == 0 { "SELECT d.user AS user, " } else { " UNION ALL SELECT d.user, " });
            self.push_key(query);
            // Left to itself, the planner takes the index of a filter and sorts what it finds.
            query.push(", d.status AS status FROM directory d INDEXED BY ").push(index);
            query.push(" WHERE d.part = ").push_bind(*part);
            if self.parts.len() == 1 {
                self.push_filters(query);
            } else {
                self.push_filters_of_several(query);
                self.push_once(query);
            }
            narrow(query);
        }
    }

    /// The rows of several parts put together as one for each user, as a table.
    pub(super) fn push_grouped(&self, query: &mut QueryBuilder<Sqlite>, how: &Grouped<'_>) {
        query.push("(SELECT user, min(status) AS status, max(last_active_at) AS last_active_at");
        let of_active = |column: &str| format!("max(CASE status WHEN 0 THEN {column} END)");
        if !matches!(how, Grouped::Counted) {
            let key = match self.window.sort.key {
                SortKey::Name => format!(", coalesce({}, max(name_key)) AS name_key", of_active("name_key")),
                SortKey::Email => ", max(email_key) AS email_key".into(),
                SortKey::CreatedAt => {
                    format!(", coalesce({}, min(created_at)) AS created_at", of_active("created_at"))
                }
                SortKey::Status | SortKey::LastActiveAt => String::new(),
            };
            query.push(key);
        }
        if let Some(fits) = self.fits("") {
            let of_active = of_active(&fits);
            query.push(format!(", CASE min(status) WHEN 0 THEN {of_active} ELSE max({fits}) END AS fits"));
        }
        query.push(" FROM directory ");
        match how {
            Grouped::Counted => query.push("INDEXED BY directory_status WHERE part"),
            Grouped::Ordered => query.push("INDEXED BY ").push(self.window.index()).push(" WHERE part"),
            Grouped::Among(push_users) => {
                query.push("WHERE user IN ");
                push_users(query);
                query.push(" AND +part")
            }
        };
        query.push(format!(" IN ({}) GROUP BY user)", listed(&self.parts)));
    }

    /// What rows of one part must have, or those that are put together already.
    pub(super) fn push_filters(&self, query: &mut QueryBuilder<Sqlite>) {
        let Selection { statuses, active_since, .. } = self.selection;
        if !statuses.is_empty() {
            query.push(format!(" AND d.status IN ({})", self.status_codes()));
        }
        if let Some(fits) = self.fits("d.") {
            query.push(" AND ").push(if self.parts.len() == 1 { fits } else { "d.fits".into() });
        }
        if let Some(since) = active_since {
            query.push(" AND d.last_active_at >= ").push_bind(millis(*since));
        }
    }

    /// The same of the row that stands for a user among those of several parts.
    fn push_filters_of_several(&self, query: &mut QueryBuilder<Sqlite>) {
        let Selection { statuses, active_since, .. } = self.selection;
        let others = self.others();
        if !statuses.is_empty() {
            query.push(format!(
                " AND CASE d.status WHEN 0 THEN 0 ELSE (SELECT min(o.status) {others}) END IN ({})",
                self.status_codes()
            ));
        }
        if let (Some(fits), Some(other_fits)) = (self.fits("d."), self.fits("o.")) {
            query.push(format!(
                " AND ({fits} OR d.status <> 0 AND EXISTS (SELECT 1 {others} AND {other_fits}))"
            ));
        }
        if let Some(since) = active_since {
            query.push(" AND d.last_active_at >= ").push_bind(millis(*since));
        }
    }

    /// What a row of one part must have itself: what is asked of one environment cannot be met half in another. Its
    /// columns are named with `row` before them; none where nothing is asked.
    fn fits(&self, row: &str) -> Option<String> {
        let Selection { roles, is_assigned, .. } = self.selection;
        let has_role = (!roles.is_empty()).then(|| format!("{row}roles & {} <> 0", roles_to_bits(*roles)));
        let is_assigned = is_assigned.then(|| format!("{row}is_assigned"));
        let asked: Vec<_> = has_role.into_iter().chain(is_assigned).collect();
        (!asked.is_empty()).then(|| format!("({})", asked.join(" AND ")))
    }

    /// No other row stands for the same user. Among those who have joined, only rows that fit are looked at: what
    /// does not was passed by already.
    fn push_once(&self, query: &mut QueryBuilder<Sqlite>) {
        let others = self.others();
        let fits = self.fits("o.").map(|fits| format!(" AND {fits}")).unwrap_or_default();
        let comes_first = match self.window.sort.key {
            SortKey::CreatedAt => "o.status = 0 OR (o.created_at, o.part) < (d.created_at, d.part)",
            _ => "(o.status, o.part) < (d.status, d.part)",
        };
        query.push(format!(
            " AND NOT EXISTS (SELECT 1 {others} AND CASE d.status              WHEN 0 THEN o.status = 0 AND o.part < d.part{fits} ELSE {comes_first} END)"
        ));
    }

    /// All rows of the user `d` in the parts. The plus keeps the planner from seeking each part by itself.
    fn others(&self) -> String {
        format!("FROM directory o WHERE o.user = d.user AND +o.part IN ({})", listed(&self.parts))
    }

    fn status_codes(&self) -> String {
        let codes: Vec<i64> = self.selection.statuses.iter().map(|&status| status_code(status)).collect();
        listed(&codes)
    }

    /// By what the row `d` is ordered, under the name `ordered_by`.
    pub(super) fn push_key(&self, query: &mut QueryBuilder<Sqlite>) {
        query.push(sort_column(self.window.sort.key)).push(" AS ordered_by");
        if self.is_absent_told() {
            query.push(", d.last_active_at IS NULL AS is_absent");
        }
    }

    /// The order of the window, or the same read from its end.
    pub(super) fn push_order(&self, query: &mut QueryBuilder<Sqlite>, from_end: bool) {
        let Sort { key, descending } = self.window.sort;
        let direction = |descending: bool| if descending { " DESC" } else { "" };
        query.push(" ORDER BY ");
        if self.is_absent_told() {
            query.push("is_absent").push(direction(from_end)).push(", ");
        }
        query.push("ordered_by").push(direction(descending != from_end));
        if key != SortKey::Email {
            query.push(", user").push(direction(from_end));
        }
    }

    /// NULL is less than everything, so that only the ascending order has to be told to put it last.
    fn is_absent_told(&self) -> bool {
        self.window.sort == Sort { key: SortKey::LastActiveAt, descending: false }
    }
}

impl Window {
    /// The index that has the order.
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

/// The column by which the directory is ordered.
pub(super) const fn sort_column(key: SortKey) -> &'static str {
    match key {
        SortKey::Name => "d.name_key",
        SortKey::Email => "d.email_key",
        SortKey::Status => "d.status",
        SortKey::LastActiveAt => "d.last_active_at",
        SortKey::CreatedAt => "d.created_at",
    }
}
