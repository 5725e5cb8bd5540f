use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use studio_users_contract::{Total, UserRow, UsersQuery};
use studio_users_domain::UserId;

use crate::state::List;

/// The number of rows in a page, the unit of fetching and caching.
pub(crate) const PAGE_SIZE: usize = 50;
/// The maximum number of cached pages.
const MAX_CACHED_PAGES: usize = 200;

/// The cached rows of one list.
#[derive(Debug, Clone)]
pub(crate) struct Rows {
    pub(crate) list: List,
    /// The query without offset and limit.
    pub(crate) query: UsersQuery,
    /// The number of rows in the list, or a lower bound.
    pub(crate) total: Total,
    /// The time of the last response.
    pub(crate) loaded_at: DateTime<Utc>,
    pages: HashMap<usize, Page>,
}

#[derive(Debug, Clone)]
struct Page {
    rows: Arc<Vec<UserRow>>,
    /// Whether data changed since the page was fetched.
    is_stale: bool,
}

/// A reference to a cached row. It shares the page, so that cloning a row is cheap.
#[derive(Debug, Clone)]
pub(crate) struct CachedRow {
    page: Arc<Vec<UserRow>>,
    index: usize,
}

impl std::ops::Deref for CachedRow {
    type Target = UserRow;

    fn deref(&self) -> &UserRow {
        &self.page[self.index]
    }
}

impl PartialEq for CachedRow {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index && Arc::ptr_eq(&self.page, &other.page) || **self == **other
    }
}

impl Rows {
    /// The row at an index (from 0), if it is cached.
    pub(crate) fn get(&self, row: usize) -> Option<CachedRow> {
        let (page, index) = (Arc::clone(&self.pages.get(&(row / PAGE_SIZE))?.rows), row % PAGE_SIZE);
        (index < page.len()).then_some(CachedRow { page, index })
    }

    /// The index of a user's row, if it is cached. A stale page may still contain a user who has moved to another page.
    pub(crate) fn position(&self, user: UserId) -> Option<usize> {
        let found = self.pages.iter().filter_map(|(page, cached)| {
            let index = cached.rows.iter().position(|row| row.id == user)?;
            Some((cached.is_stale, page * PAGE_SIZE + index))
        });
        found.min().map(|(_, row)| row)
    }

    /// The row at an index (from 0), if it is cached and not stale.
    pub(crate) fn get_fresh(&self, row: usize) -> Option<CachedRow> {
        self.get(row).filter(|_| self.has_fresh(row / PAGE_SIZE))
    }

    /// Creates a list without cached rows.
    pub(crate) fn new(list: List, query: UsersQuery, total: Total, now: DateTime<Utc>) -> Self {
        Self { list, query, total, loaded_at: now, pages: HashMap::new() }
    }

    /// Whether a page is cached and not stale.
    pub(crate) fn has_fresh(&self, page: usize) -> bool {
        self.pages.get(&page).is_some_and(|page| !page.is_stale)
    }

    /// Marks all pages as stale after a change. Stale rows stay visible until they are refetched.
    pub(crate) fn mark_stale(&mut self) {
        for page in self.pages.values_mut() {
            page.is_stale = true;
        }
    }

    /// Removes these pages from the cache.
    pub(crate) fn evict(&mut self, pages: impl Iterator<Item = usize>) {
        for page in pages {
            self.pages.remove(&page);
        }
    }

    /// Caches fetched rows. `first` is the index of the first row and a multiple of [`PAGE_SIZE`].
    pub(crate) fn insert(&mut self, first: usize, items: Vec<UserRow>, now: DateTime<Utc>) {
        self.loaded_at = now;
        let mut items = items.into_iter();
        let mut page = first / PAGE_SIZE;
        loop {
            let rows: Vec<_> = items.by_ref().take(PAGE_SIZE).collect();
            if rows.is_empty() {
                break;
            }
            // Keeps the old allocation of an unchanged page, so that its rows do not render again.
            let unchanged =
                self.pages.get(&page).map(|cached| &cached.rows).filter(|cached| ***cached == rows);
            let rows = unchanged.map_or_else(|| Arc::new(rows), Arc::clone);
            self.pages.insert(page, Page { rows, is_stale: false });
            page += 1;
        }
    }

    /// Keeps only the pages around the view, half of [`MAX_CACHED_PAGES`], if the cache exceeds that number.
    pub(crate) fn evict_far_from(&mut self, in_view: &Range<usize>) {
        if self.pages.len() > MAX_CACHED_PAGES {
            let middle = in_view.start.midpoint(in_view.end) / PAGE_SIZE;
            self.pages.retain(|page, _| page.abs_diff(middle) <= MAX_CACHED_PAGES / 4);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use studio_users_contract::RowEnvironments;
    use studio_users_domain::{Allowed, Status};
    use uuid::Uuid;

    fn user(number: usize) -> UserId {
        UserId(Uuid::from_u128(number as u128))
    }

    fn insert(rows: &mut Rows, page: usize, number: usize) {
        let row = UserRow {
            id: user(number),
            name: None,
            email: String::new(),
            address_unconfirmed: false,
            status: Status::Invited,
            created_at: DateTime::UNIX_EPOCH,
            last_active_at: None,
            roles: Vec::new(),
            environments: RowEnvironments { total: 0, first: Vec::new() },
            invitation: None,
            invited_by: None,
            allowed: Allowed::default(),
        };
        rows.insert(page * PAGE_SIZE, vec![row], DateTime::UNIX_EPOCH);
    }

    fn no_rows() -> Rows {
        let total = Total { value: 100_000, exact: true };
        Rows::new(List::default(), UsersQuery::default(), total, DateTime::UNIX_EPOCH)
    }

    #[test]
    fn evicts_the_pages_far_from_the_view_once_there_are_too_many() {
        let mut rows = no_rows();
        let in_view = 100 * PAGE_SIZE..101 * PAGE_SIZE;
        (0..MAX_CACHED_PAGES).for_each(|page| insert(&mut rows, page, page));
        rows.evict_far_from(&in_view);
        assert_eq!(rows.pages.len(), MAX_CACHED_PAGES);
        insert(&mut rows, MAX_CACHED_PAGES, MAX_CACHED_PAGES);
        rows.evict_far_from(&in_view);
        assert!((50..=150).all(|page| rows.has_fresh(page)));
        assert_eq!(rows.pages.len(), 101);
    }

    #[test]
    fn finds_a_user_who_moved_on_the_page_that_is_not_stale() {
        let mut rows = no_rows();
        insert(&mut rows, 0, 7);
        rows.mark_stale();
        insert(&mut rows, 3, 7);
        assert_eq!(rows.position(user(7)), Some(3 * PAGE_SIZE));
    }
}
