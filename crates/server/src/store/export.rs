//! All users of a list, window by window: each goes on where the one before ended, so that no window passes over
//! what came before it, however long the list is.

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row as _, Sqlite};
use studio_users_contract::{Sort, SortKey};
use studio_users_domain::Scope;

use super::list::{Row, rows};
use super::question::{Question, sort_column};
use super::search::Term;
use super::{Error, Organisation, Selection, Store, Tx, UserKey, Window};

/// A window that goes on where another ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Following<'a> {
    /// The order.
    pub(crate) sort: Sort,
    /// How many to take.
    pub(crate) limit: u32,
    /// Where the window before ended; none for the first.
    pub(crate) place: Option<&'a Place>,
}

/// Where a window ended: the user, and by what they are ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    key: Key,
    user: UserKey,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Key {
    Text(String),
    Number(i64),
    None,
}

/// What may come after a place, in the order of the list: each of these is a seek in its index.
#[derive(Debug, Clone, Copy)]
enum Stretch {
    /// Everybody: there is no place yet.
    Whole,
    /// Those who are ordered by the same, after the user.
    Ties,
    /// Those who are ordered by something that comes later.
    Later,
    /// Those who are ordered by nothing: always last.
    Nothing,
}

impl Store {
    /// The next users of a list after a place, and where they end; nobody where the list has ended.
    ///
    /// Who changes place in the list meanwhile can be met twice or not at all.
    pub(crate) async fn users_after(
        &self,
        tx: &mut Tx,
        organisation: &Organisation,
        (sees, within): (&Scope, &Scope),
        selection: &Selection,
        Following { sort, limit, place }: Following<'_>,
        now: DateTime<Utc>,
    ) -> Result<(Vec<Row>, Option<Place>), Error> {
        let parts = organisation.part_keys(within)?;
        if parts.is_empty() {
            return Ok((Vec::new(), None));
        }
        let question = Question { parts, selection, window: Window { sort, offset: 0, limit } };
        let term = selection.search.as_deref().and_then(Term::new);
        let mut found: Vec<Place> = Vec::new();
        for &stretch in stretches(sort, place) {
            let left = i64::from(limit) - i64::try_from(found.len()).unwrap_or(i64::MAX);
            if left <= 0 {
                break;
            }
            let mut query = question.following(stretch, place, term.as_ref(), left);
            let some = query.build().fetch_all(&mut **tx).await?;
            found.extend(some.iter().map(|row| Place::of(row, sort)).collect::<Result<Vec<_>, _>>()?);
        }
        let users: Vec<UserKey> = found.iter().map(|place| place.user).collect();
        Ok((rows(tx, organisation, (sees, within), &users, now).await?, found.pop()))
    }
}

impl Place {
    fn of(row: &SqliteRow, sort: Sort) -> Result<Self, Error> {
        let key = match sort.key {
            SortKey::Name | SortKey::Email => Key::Text(row.try_get(1)?),
            SortKey::Status | SortKey::CreatedAt => Key::Number(row.try_get(1)?),
            SortKey::LastActiveAt => row.try_get::<Option<i64>, _>(1)?.map_or(Key::None, Key::Number),
        };
        Ok(Self { key, user: UserKey(row.try_get(0)?) })
    }

    /// What the row `d` must have to be of a stretch after this place.
    fn push_stretch(&self, query: &mut QueryBuilder<Sqlite>, sort: Sort, stretch: Stretch) {
        let column = sort_column(sort.key);
        // The ascending index of activity begins with whether there was any.
        if sort.key == SortKey::LastActiveAt && !sort.descending {
            let is_none = matches!(stretch, Stretch::Nothing) || self.key == Key::None;
            query.push(" AND (d.last_active_at IS NULL) = ").push(if is_none { "1" } else { "0" });
        }
        let later = if sort.descending { " < " } else { " > " };
        match (stretch, &self.key) {
            (Stretch::Whole, _) => {}
            (Stretch::Nothing, _) | (_, Key::None) => {
                query.push(" AND ").push(column).push(" IS NULL");
            }
            (Stretch::Ties, key) => key.push_after(query.push(" AND ").push(column).push(" = ")),
            (Stretch::Later, key) => key.push_after(query.push(" AND ").push(column).push(later)),
        }
        if matches!(stretch, Stretch::Ties) {
            query.push(" AND d.user > ").push_bind(self.user.0);
        }
    }
}

const fn stretches(sort: Sort, place: Option<&Place>) -> &'static [Stretch] {
    match (place, sort.key) {
        (None, _) => &[Stretch::Whole],
        (Some(Place { key: Key::None, .. }), _) => &[Stretch::Ties],
        (_, SortKey::LastActiveAt) => &[Stretch::Ties, Stretch::Later, Stretch::Nothing],
        (_, SortKey::Email) => &[Stretch::Later],
        _ => &[Stretch::Ties, Stretch::Later],
    }
}

impl Question<'_> {
    fn following(
        &self,
        stretch: Stretch,
        place: Option<&Place>,
        term: Option<&Term>,
        limit: i64,
    ) -> QueryBuilder<Sqlite> {
        let mut query = QueryBuilder::new("");
        self.push_rows(&mut query, |query| {
            if let Some(term) = term {
                query.push(" AND EXISTS (SELECT 1 FROM search_texts t WHERE t.user = d.user");
                term.push_matches(query, "d.status");
                query.push(")");
            }
            if let Some(place) = place {
                place.push_stretch(query, self.window.sort, stretch);
            }
        });
        self.push_order(&mut query, false);
        query.push(" LIMIT ").push_bind(limit);
        query
    }
}

impl Key {
    fn push_after(&self, query: &mut QueryBuilder<Sqlite>) {
        match self {
            Self::Text(text) => query.push_bind(text.clone()),
            Self::Number(number) => query.push_bind(*number),
            Self::None => query.push("NULL"),
        };
    }
}
