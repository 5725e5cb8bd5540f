//! Keyset pagination for the export of all users (<https://use-the-index-luke.com/no-offset>).
//!
//! Each page continues after the last user of the previous one. So a page costs the same at the start and at the end
//! of a long list, unlike with an offset.

use chrono::{DateTime, Utc};
use studio_users_contract::{Sort, SortKey, UserFilters};

use super::directory::query::{DirectoryQuery, sort_column};
use super::directory::search::Term;
use super::list::{Scopes, UserRecord, user_records};
use super::{Error, ListWindow, Organisation, Store, Tx, UserKey};
use crate::sql::{Dialect, QueryBuilder, Row};

/// The order, size and start of a page.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CursorPage<'a> {
    /// The sort column and direction.
    pub(crate) sort: Sort,
    /// The page size, in rows.
    pub(crate) limit: u32,
    /// The end of the previous page. `None` for the first page.
    pub(crate) after: Option<&'a Cursor>,
}

/// The last row of a page: the user, and their value in the sort column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cursor {
    value: SortValue,
    user: UserKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum SortValue {
    Text(String),
    Number(i64),
    None,
}

/// A range of rows after a cursor. Each range is one seek in the index of the sort order.
#[derive(Debug, Clone, Copy)]
enum SeekRange {
    /// All rows. For the first page, which has no cursor.
    All,
    /// Rows with the same sort value as the cursor, and a higher row id of the user.
    Ties,
    /// Rows with a sort value after the cursor's.
    Beyond,
    /// Rows without a sort value, which are always last.
    Nulls,
}

impl Store {
    /// Returns the users after a cursor, and the cursor of the next page. Returns no users after the last page.
    ///
    /// A user whose sort value changes between two pages can occur twice or not at all.
    pub(crate) async fn users_after(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        scopes: Scopes<'_>,
        filters: &UserFilters,
        CursorPage { sort, limit, after }: CursorPage<'_>,
        now: DateTime<Utc>,
    ) -> Result<(Vec<UserRecord>, Option<Cursor>), Error> {
        let parts = organisation.part_keys(scopes.within)?;
        if parts.is_empty() {
            return Ok((Vec::new(), None));
        }
        let query = DirectoryQuery { parts, filters, window: ListWindow { sort, offset: 0, limit } };
        let term = filters.search.as_deref().and_then(Term::new);
        let mut found: Vec<Cursor> = Vec::new();
        for &range in seek_ranges(sort, after) {
            let remaining = i64::from(limit) - i64::try_from(found.len()).unwrap_or(i64::MAX);
            if remaining <= 0 {
                break;
            }
            let mut sql = query.seek_sql(tx.dialect(), range, after, term.as_ref(), remaining);
            let rows = sql.build().persistent(query.is_cacheable()).fetch_all(tx).await?;
            found.extend(rows.iter().map(|row| Cursor::of(row, sort)).collect::<Result<Vec<_>, _>>()?);
        }
        let users: Vec<UserKey> = found.iter().map(|cursor| cursor.user).collect();
        Ok((user_records(tx, organisation, scopes, &users, now).await?, found.pop()))
    }
}

impl Cursor {
    fn of(row: &Row, sort: Sort) -> Result<Self, Error> {
        let value = match sort.key {
            SortKey::Name | SortKey::Email => SortValue::Text(row.try_get(1)?),
            SortKey::Status | SortKey::CreatedAt => SortValue::Number(row.try_get(1)?),
            SortKey::LastActiveAt => {
                row.try_get::<Option<i64>, _>(1)?.map_or(SortValue::None, SortValue::Number)
            }
        };
        Ok(Self { value, user: UserKey(row.try_get(0)?) })
    }

    /// Pushes the condition that the row `d` is in a range after this cursor.
    fn push_seek(&self, sql: &mut QueryBuilder, window: ListWindow, range: SeekRange) {
        let sort = window.sort;
        let column = sort_column(sort.key);
        // The second column of that index of SQLite is `last_active_at IS NULL`.
        if window.has_null_flag(sql.dialect()) {
            let is_none = matches!(range, SeekRange::Nulls) || self.value == SortValue::None;
            sql.push(" AND (d.last_active_at IS NULL) = ").push(if is_none { "1" } else { "0" });
        }
        let beyond = if sort.descending { " < " } else { " > " };
        match (range, &self.value) {
            (SeekRange::All, _) => {}
            (SeekRange::Nulls, _) | (_, SortValue::None) => {
                sql.push(" AND ").push(column).push(" IS NULL");
            }
            (SeekRange::Ties, value) => value.push_to(sql.push(" AND ").push(column).push(" = ")),
            (SeekRange::Beyond, value) => value.push_to(sql.push(" AND ").push(column).push(beyond)),
        }
        if matches!(range, SeekRange::Ties) {
            sql.push(" AND d.user_pk > ").push_bind(self.user.0);
        }
    }
}

const fn seek_ranges(sort: Sort, after: Option<&Cursor>) -> &'static [SeekRange] {
    match (after, sort.key) {
        (None, _) => &[SeekRange::All],
        (Some(Cursor { value: SortValue::None, .. }), _) => &[SeekRange::Ties],
        (_, SortKey::LastActiveAt) => &[SeekRange::Ties, SeekRange::Beyond, SeekRange::Nulls],
        (_, SortKey::Email) => &[SeekRange::Beyond],
        _ => &[SeekRange::Ties, SeekRange::Beyond],
    }
}

impl DirectoryQuery<'_> {
    fn seek_sql(
        &self,
        dialect: Dialect,
        range: SeekRange,
        after: Option<&Cursor>,
        term: Option<&Term>,
        limit: i64,
    ) -> QueryBuilder {
        let mut sql = QueryBuilder::new(dialect, "");
        self.push_rows(&mut sql, false, |sql| {
            if let Some(term) = term {
                sql.push(" AND EXISTS (SELECT 1 FROM search_texts t WHERE t.user_pk = d.user_pk");
                term.push_matches(sql, "d.status");
                sql.push(")");
            }
            if let Some(cursor) = after {
                cursor.push_seek(sql, self.window, range);
            }
        });
        sql.push(" LIMIT ").push_bind(limit);
        sql
    }
}

impl SortValue {
    fn push_to(&self, sql: &mut QueryBuilder) {
        match self {
            Self::Text(text) => sql.push_bind(text.clone()),
            Self::Number(number) => sql.push_bind(*number),
            Self::None => sql.push("NULL"),
        };
    }
}
