use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use studio_users_contract::{Total, UserRow, UsersQuery};
use studio_users_domain::UserId;

use super::model::List;

/// Rows are fetched in pages of so many.
pub(super) const PAGE: usize = 50;
/// How many pages are kept. Those farthest from view go first.
const KEPT: usize = 200;

/// The rows of one list: those of one search, filter and order.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// What they are the rows of.
    pub(super) list: List,
    /// What was asked of the backend.
    pub(super) query: UsersQuery,
    /// How many there are.
    pub(super) total: Total,
    /// When the last of them came.
    pub(super) loaded_at: DateTime<Utc>,
    pages: HashMap<usize, Page>,
}

#[derive(Debug, Clone)]
struct Page {
    rows: Arc<Vec<UserRow>>,
    /// Somebody changed something since.
    is_stale: bool,
}

/// A row where it is kept.
#[derive(Debug, Clone)]
pub(super) struct KeptRow {
    page: Arc<Vec<UserRow>>,
    at: usize,
}

impl std::ops::Deref for KeptRow {
    type Target = UserRow;

    fn deref(&self) -> &UserRow {
        &self.page[self.at]
    }
}

impl PartialEq for KeptRow {
    fn eq(&self, other: &Self) -> bool {
        self.at == other.at && Arc::ptr_eq(&self.page, &other.page) || **self == **other
    }
}

impl Rows {
    /// The row with this number, if it has come.
    pub(super) fn get(&self, row: usize) -> Option<KeptRow> {
        let (page, at) = (Arc::clone(&self.pages.get(&(row / PAGE))?.rows), row % PAGE);
        (at < page.len()).then_some(KeptRow { page, at })
    }

    /// The number of a user's row, if it has come.
    pub(super) fn position(&self, user: UserId) -> Option<usize> {
        self.pages.iter().find_map(|(page, kept)| {
            kept.rows.iter().position(|row| row.id == user).map(|at| page * PAGE + at)
        })
    }

    /// None of them has come yet.
    pub(super) fn new(list: List, query: UsersQuery, total: Total, now: DateTime<Utc>) -> Self {
        Self { list, query, total, loaded_at: now, pages: HashMap::new() }
    }

    /// Whether the rows of a page are here, as they are by now.
    pub(super) fn has(&self, page: usize) -> bool {
        self.pages.get(&page).is_some_and(|page| !page.is_stale)
    }

    /// Somebody changed something: they are to be read anew, and are shown until they have been.
    pub(super) fn grow_stale(&mut self) {
        for page in self.pages.values_mut() {
            page.is_stale = true;
        }
    }

    /// These pages are no more.
    pub(super) fn forget(&mut self, pages: impl Iterator<Item = usize>) {
        for page in pages {
            self.pages.remove(&page);
        }
    }

    /// Keeps rows that came, from the first of a page on.
    pub(super) fn keep(&mut self, first: usize, items: Vec<UserRow>, now: DateTime<Utc>) {
        self.loaded_at = now;
        let mut items = items.into_iter();
        let mut page = first / PAGE;
        loop {
            let rows: Vec<_> = items.by_ref().take(PAGE).collect();
            if rows.is_empty() {
                break;
            }
            // What came the same stays the same, so that nothing is rendered anew.
            let same = self.pages.get(&page).map(|kept| &kept.rows).filter(|kept| ***kept == rows);
            let rows = same.map_or_else(|| Arc::new(rows), Arc::clone);
            self.pages.insert(page, Page { rows, is_stale: false });
            page += 1;
        }
    }

    /// Keeps no more pages than there is room for.
    pub(super) fn forget_beyond(&mut self, in_view: &Range<usize>) {
        if self.pages.len() > KEPT {
            let middle = in_view.start.midpoint(in_view.end) / PAGE;
            let mut pages: Vec<_> = self.pages.keys().copied().collect();
            pages.sort_by_key(|page| page.abs_diff(middle));
            for page in &pages[KEPT / 2..] {
                self.pages.remove(page);
            }
        }
    }
}
