use std::ops::Range;
use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Sort, UserPage, UsersQuery};
use studio_users_domain::UserId;

use super::model;
use super::requests::{PageRequest, Prefetched, RowRequests};
use super::rows::{PAGE_SIZE, Rows};
use crate::api::{ApiError, Client, InFlight};
use crate::i18n::clock;
use crate::state::List;
use crate::ui::after_paint;

/// The number of rows to prefetch beyond those in view, in the scroll direction.
const PREFETCH_AHEAD: usize = 75;
/// The number of rows to prefetch against the scroll direction.
const PREFETCH_BEHIND: usize = 15;
/// The maximum number of pages in one request.
const MAX_PAGES_PER_REQUEST: usize = 4;
const FIRST_PAGE: Range<usize> = 0..1;
/// The time that the store collects changes before it refetches the rows.
const REFRESH_DELAY: Duration = Duration::from_millis(250);

/// Fetches and caches the rows of the list.
///
/// A new list replaces the old one when its first rows arrive. Requests for the old list are aborted.
#[derive(Clone, Copy)]
pub(crate) struct UsersStore {
    /// The rows of the current list, or `None` until the first rows arrive.
    pub(crate) rows: RwSignal<Option<Rows>>,
    /// The number of lists shown so far. It changes when a new list replaces the old one.
    pub(crate) list_generation: RwSignal<u32>,
    /// The last error, until a request succeeds.
    pub(crate) error: RwSignal<Option<ApiError>>,
    /// Whether the requested list is loading.
    pub(crate) is_loading: RwSignal<bool>,
    /// The number of refetches so far, and the rows by which the rows in view moved in the last one.
    pub(crate) row_shift: RwSignal<(u32, isize)>,
    /// Whether rows arrived that are not painted yet.
    has_unpainted_rows: RwSignal<bool>,
    requested: StoredValue<List>,
    /// The first row to show of the requested list.
    first_row: StoredValue<usize>,
    in_view: StoredValue<Range<usize>>,
    /// Whether the last scroll went up.
    is_scrolling_up: StoredValue<bool>,
    requests: StoredValue<RowRequests, LocalStorage>,
    refresh_timer: StoredValue<Option<TimeoutHandle>>,
    client: StoredValue<Client>,
}

impl UsersStore {
    pub(crate) fn new(client: Client) -> Self {
        let store = Self {
            rows: RwSignal::new(None),
            list_generation: RwSignal::new(0),
            error: RwSignal::new(None),
            is_loading: RwSignal::new(false),
            row_shift: RwSignal::new((0, 0)),
            has_unpainted_rows: RwSignal::new(false),
            requested: StoredValue::new(List::default()),
            first_row: StoredValue::new(0),
            in_view: StoredValue::new(0..0),
            is_scrolling_up: StoredValue::new(false),
            requests: StoredValue::new_local(RowRequests::default()),
            refresh_timer: StoredValue::new(None),
            client: StoredValue::new(client),
        };
        on_cleanup(move || {
            store.abort_all();
            store.requests.try_update_value(|requests| requests.set_prefetched(None));
        });
        #[cfg(not(target_family = "wasm"))]
        store.prerender();
        store
    }

    /// Shows the rows from the [`PrerenderedRows`](crate::features::users::PrerenderedRows) context.
    #[cfg(not(target_family = "wasm"))]
    fn prerender(self) {
        let Some(crate::features::users::PrerenderedRows { route, rows }) = use_context() else { return };
        let list = route.list();
        let page = route.page.map_or(0, |page| page as usize - 1);
        match rows {
            Ok(rows) => self.store_page(list.clone(), model::query(&list, clock::now()), page, rows),
            Err(error) => self.error.set(Some(error)),
        }
    }

    /// Requests a list, starting at the page that contains the row `first`.
    pub(crate) fn show(self, list: List, first: usize) {
        self.abort_all();
        self.requested.set_value(list.clone());
        self.first_row.set_value(first);
        self.is_loading.set(true);
        let page = first / PAGE_SIZE;
        let prefetched =
            self.requests.try_update_value(|requests| requests.take_prefetched(&list, page)).flatten();
        if let Some(Prefetched { list, query, request }) = prefetched {
            let on_response = move |response| self.store_page(list, query, 0, response);
            self.await_response(FIRST_PAGE, request, Box::new(on_response));
        } else {
            let query = model::query(&list, clock::now());
            self.fetch(list, query, page..page + 1);
        }
    }

    /// Prefetches the first page of the current list in another sort order.
    pub(crate) fn prefetch(self, sort: Sort) {
        let list = List { sort, ..self.requested.get_value() };
        let query = model::query(&list, clock::now());
        if let Some(request) = self.start_request(&query, &FIRST_PAGE) {
            self.requests
                .update_value(|requests| requests.set_prefetched(Some(Prefetched { list, query, request })));
        }
    }

    /// Fetches the missing rows in view and aborts requests for rows out of range. Prefetches the rows around them once
    /// the rows in view are painted.
    pub(crate) fn ensure_loaded(self, in_view: &Range<usize>) {
        let previous = self.in_view.try_update_value(|previous| std::mem::replace(previous, in_view.clone()));
        if let Some(previous) = previous.filter(|previous| previous.start != in_view.start) {
            self.is_scrolling_up.set_value(previous.start > in_view.start);
            // Rows that scroll into view render at once.
            if self.has_unpainted_rows.get_untracked() {
                self.has_unpainted_rows.set(false);
            }
        }
        let (behind, ahead) = if self.is_scrolling_up.get_value() {
            (PREFETCH_AHEAD, PREFETCH_BEHIND)
        } else {
            (PREFETCH_BEHIND, PREFETCH_AHEAD)
        };
        // Fetches nothing for the old list while a new one is loading.
        if !self.is_current() {
            return;
        }
        let pages =
            in_view.start.saturating_sub(behind) / PAGE_SIZE..(in_view.end + ahead).div_ceil(PAGE_SIZE);
        self.requests.update_value(|requests| requests.abort_outside(&pages));
        self.fetch_missing(in_view.start / PAGE_SIZE..in_view.end.div_ceil(PAGE_SIZE));
        let in_view = in_view.clone();
        after_paint(move || {
            // Skips the prefetch while rows in view are in flight: the page calls this method again when they
            // arrive. Skips it offline: rows are fetched when they come into view.
            let is_due = self.is_current()
                && self.in_view.with_value(|now| *now == in_view)
                && !self.has_pending(&in_view)
                && leptos::prelude::window().navigator().on_line();
            if is_due {
                self.fetch_missing(pages);
            }
        });
    }

    /// Fetches the pages that are neither cached nor in flight. Adjacent pages share one request.
    fn fetch_missing(self, pages: Range<usize>) {
        let missing = self.rows.with_untracked(|rows| {
            let rows = rows.as_ref()?;
            let end = pages.end.min((rows.total.value as usize).div_ceil(PAGE_SIZE));
            let is_missing = |page: &usize| {
                !rows.has_fresh(*page) && !self.requests.with_value(|requests| requests.is_pending(*page))
            };
            let missing: Vec<_> = (pages.start..end).filter(is_missing).collect();
            Some((rows.list.clone(), rows.query.clone(), missing))
        });
        let Some((list, query, missing)) = missing else { return };
        for adjacent in missing.chunk_by(|page, next| page + 1 == *next) {
            for pages in adjacent.chunks(MAX_PAGES_PER_REQUEST) {
                self.fetch(list.clone(), query.clone(), pages[0]..pages[0] + pages.len());
            }
        }
    }

    /// Whether a request for any of these rows is in flight.
    fn has_pending(self, rows: &Range<usize>) -> bool {
        self.requests.with_value(|requests| {
            (rows.start / PAGE_SIZE..rows.end.div_ceil(PAGE_SIZE)).any(|page| requests.is_pending(page))
        })
    }

    /// Whether this row is out of view and can render after the rows in view are painted.
    pub(crate) fn can_defer(self, row: usize) -> bool {
        self.has_unpainted_rows.get() && !self.in_view.with_value(|in_view| in_view.contains(&row))
    }

    /// Renders only the rows in view until the next frame is painted.
    fn defer_rows_out_of_view(self) {
        if !self.in_view.with_value(Range::is_empty) {
            self.has_unpainted_rows.set(true);
            after_paint(move || {
                self.has_unpainted_rows.try_set(false);
            });
        }
    }

    /// Whether the list shown is the requested one. Returns false after the table is disposed.
    fn is_current(self) -> bool {
        let is_current =
            |list: &List| self.requested.try_with_value(|requested| requested == list) == Some(true);
        let is_shown =
            self.rows.try_with_untracked(|rows| rows.as_ref().is_some_and(|rows| is_current(&rows.list)));
        is_shown == Some(true)
    }

    /// Retries after an error.
    pub(crate) fn retry(self, list: List) {
        self.error.set(None);
        if self.rows.with_untracked(|rows| rows.as_ref().is_some_and(|rows| rows.list == list)) {
            self.ensure_loaded(&self.in_view.get_value());
        } else {
            self.show(list, self.first_row.get_value());
        }
    }

    /// Schedules a refetch after a change. All changes within [`REFRESH_DELAY`] share one refetch.
    pub(crate) fn refresh(self) {
        self.requests.try_update_value(|requests| requests.set_prefetched(None));
        if self.refresh_timer.try_with_value(Option::is_none) != Some(true) {
            return;
        }
        let timeout = set_timeout_with_handle(
            move || {
                self.refresh_timer.try_set_value(None);
                self.refetch_in_view();
            },
            REFRESH_DELAY,
        );
        self.refresh_timer.set_value(timeout.ok());
    }

    /// Returns the ids of the users in these rows. Fetches the rows unless all are cached and not stale.
    ///
    /// # Errors
    /// The error of the request.
    pub(crate) async fn ids(self, rows: Range<usize>) -> Result<Vec<UserId>, ApiError> {
        let Some(Some((query, loaded))) = self.rows.try_with_untracked(|all| {
            let all = all.as_ref()?;
            let loaded: Option<Vec<_>> =
                rows.clone().map(|row| all.get_fresh(row).map(|row| row.id)).collect();
            Some((all.query.clone(), loaded))
        }) else {
            return Ok(Vec::new());
        };
        if let Some(loaded) = loaded {
            return Ok(loaded);
        }
        let client = self.client.get_value();
        let mut ids = Vec::new();
        let mut from = rows.start;
        while from < rows.end {
            let limit = (rows.end - from).min(PAGE_SIZE * MAX_PAGES_PER_REQUEST);
            let page = client.users(&window(&query, from, limit), None).await?;
            if page.items.is_empty() {
                break;
            }
            from += page.items.len();
            ids.extend(page.items.into_iter().map(|row| row.id));
        }
        Ok(ids)
    }

    /// The index of a user's row. `last_known` is their index in an earlier state of the list.
    pub(crate) fn row_of(self, (last_known, user): (usize, UserId)) -> usize {
        let position = |rows: &Option<Rows>| rows.as_ref()?.position(user);
        self.rows.try_with_untracked(position).flatten().unwrap_or(last_known)
    }

    /// Returns the ids of the users from one user to another, both included. `None` if the list has changed so much
    /// that they are not near their last known rows.
    ///
    /// # Errors
    /// The error of a request.
    pub(crate) async fn ids_between(
        self,
        one: (usize, UserId),
        other: (usize, UserId),
    ) -> Result<Option<Vec<UserId>>, ApiError> {
        let (a, b) = (self.row_of(one), self.row_of(other));
        let (start, end) = (a.min(b), a.max(b) + 1);
        // The list may have changed since the rows were fetched, so the users decide and not the row numbers.
        for margin in [0, PAGE_SIZE] {
            let ids = self.ids(start.saturating_sub(margin)..end + margin).await?;
            let position = |user| ids.iter().position(|id| *id == user);
            if let (Some(a), Some(b)) = (position(one.1), position(other.1)) {
                return Ok(Some(ids[a.min(b)..=a.max(b)].to_vec()));
            }
        }
        Ok(None)
    }

    /// Returns the user in this row. Fetches the row unless it is cached.
    ///
    /// # Errors
    /// The error of the request.
    pub(crate) async fn user_at(self, row: usize) -> Result<Option<UserId>, ApiError> {
        Ok(self.ids(row..row + 1).await?.first().copied())
    }

    /// Returns the row of a user in the current list. Asks the backend if the row is not cached. `None` if the list does not
    /// contain the user or has changed meanwhile.
    pub(crate) async fn find(self, user: UserId) -> Option<usize> {
        let query = self.rows.try_with_untracked(|rows| {
            let rows = rows.as_ref()?;
            Some((rows.query.clone(), rows.position(user)))
        });
        let (query, cached) = query??;
        if cached.is_some() {
            return cached;
        }
        // A backend of an earlier version cannot tell. The list then stays where it is.
        let found = self.client.try_get_value()?.position(user, &query).await.ok()??;
        let is_same = |rows: &Option<Rows>| rows.as_ref().is_some_and(|rows| rows.query == query);
        (self.rows.try_with_untracked(is_same) == Some(true)).then_some(found as usize)
    }

    fn fetch(self, list: List, query: UsersQuery, pages: Range<usize>) {
        if let Some(request) = self.start_request(&query, &pages) {
            let first = pages.start;
            let on_response = move |response| self.store_page(list, query, first, response);
            self.await_response(pages, request, Box::new(on_response));
        }
    }

    /// Registers a request and calls `on_response` with its response, unless it is aborted before.
    fn await_response(
        self,
        pages: Range<usize>,
        InFlight { abort, response, .. }: PageRequest,
        on_response: Box<dyn FnOnce(UserPage)>,
    ) {
        let number = self.requests.try_update_value(|requests| requests.begin(pages, abort));
        spawn_local(async move {
            let response = response.await;
            if self.finish_request(number)
                && let Some(response) = self.ok_or_report(response)
            {
                on_response(response);
            }
        });
    }

    fn start_request(self, query: &UsersQuery, pages: &Range<usize>) -> Option<PageRequest> {
        let client = self.client.try_get_value()?;
        let query = window(query, pages.start * PAGE_SIZE, pages.len() * PAGE_SIZE);
        InFlight::new(|signal| async move { client.users(&query, Some(&signal)).await })
    }

    /// Refetches the rows in view in one request, so that one response shows how far they moved.
    fn refetch_in_view(self) {
        let Some(Some((query, list))) = self.rows.try_update(|rows| {
            let rows = rows.as_mut()?;
            rows.mark_stale();
            Some((rows.query.clone(), rows.list.clone()))
        }) else {
            return;
        };
        if !self.requested.with_value(|requested| *requested == list) {
            return;
        }
        self.abort_all();
        let in_view = self.in_view.get_value();
        let first = in_view.start / PAGE_SIZE;
        let pages = (in_view.end.div_ceil(PAGE_SIZE).max(first + 1) - first).min(MAX_PAGES_PER_REQUEST);
        let range = first..first + pages;
        if let Some(request) = self.start_request(&query, &range) {
            self.await_response(
                range,
                request,
                Box::new(move |response| self.store_refetched(first, pages, response)),
            );
        }
    }

    /// Removes a finished request. Returns false if it was aborted or the table is disposed.
    fn finish_request(self, number: Option<u32>) -> bool {
        self.requests.try_update_value(|requests| number.is_some_and(|number| requests.finish(number)))
            == Some(true)
    }

    fn ok_or_report(self, response: Result<UserPage, ApiError>) -> Option<UserPage> {
        match response {
            Ok(response) => return Some(response),
            Err(ApiError::Aborted) => {}
            Err(error) => {
                // Sets the signal only on a change. Its subscriber refetches missing rows, and a notification on
                // every error would retry in a loop.
                if self.is_loading.get_untracked() {
                    self.is_loading.set(false);
                }
                self.error.set(Some(error));
            }
        }
        None
    }

    fn store_page(self, list: List, query: UsersQuery, page: usize, response: UserPage) {
        let (now, total) = (clock::now(), response.total);
        self.error.set(None);
        self.defer_rows_out_of_view();
        let is_new_list = self.rows.with_untracked(|rows| rows.as_ref().is_none_or(|rows| rows.list != list));
        if is_new_list {
            let mut rows = Rows::new(list, query, total, now);
            rows.insert(page * PAGE_SIZE, response.items, now);
            self.rows.set(Some(rows));
            self.list_generation.update(|generation| *generation += 1);
        } else {
            let in_view = self.in_view.get_value();
            self.rows.update(|rows| {
                if let Some(rows) = rows {
                    rows.total = rows.total.refined(total);
                    rows.insert(page * PAGE_SIZE, response.items, now);
                    rows.evict_far_from(&in_view);
                }
            });
        }
        self.is_loading.set(false);
    }

    fn store_refetched(self, first: usize, pages: usize, response: UserPage) {
        let in_view = self.in_view.get_value();
        let window = first * PAGE_SIZE..first * PAGE_SIZE + response.items.len();
        let new_position = |user: UserId| {
            response.items.iter().position(|row| row.id == user).map(|index| window.start + index)
        };
        // The first row in view that is still in the response determines the shift.
        let moved = self.rows.with_untracked(|rows| {
            let rows = rows.as_ref()?;
            in_view.clone().find_map(|index| {
                #[allow(clippy::cast_possible_wrap, reason = "numbers of rows are far below 2^31")]
                let moved = new_position(rows.get(index)?.id)? as isize - index as isize;
                Some(moved)
            })
        });
        self.error.set(None);
        self.rows.update(|rows| {
            let Some(rows) = rows else { return };
            rows.total = response.total;
            rows.evict((first..first + pages).filter(|page| page * PAGE_SIZE >= window.end));
            rows.insert(window.start, response.items, clock::now());
        });
        self.is_loading.set(false);
        self.row_shift.update(|(times, by)| (*times, *by) = (*times + 1, moved.unwrap_or_default()));
    }

    fn abort_all(self) {
        self.requests.try_update_value(|requests| requests.abort_outside(&(0..0)));
        if let Some(refresh_timer) = self.refresh_timer.try_update_value(Option::take).flatten() {
            refresh_timer.clear();
        }
    }
}

/// Builds the query of one page of a list, from 0.
#[cfg(not(target_family = "wasm"))]
pub(crate) fn page_query(list: &List, page: usize, now: chrono::DateTime<chrono::Utc>) -> UsersQuery {
    window(&model::query(list, now), page * PAGE_SIZE, PAGE_SIZE)
}

fn window(query: &UsersQuery, offset: usize, limit: usize) -> UsersQuery {
    UsersQuery { offset: u32::try_from(offset).ok(), limit: u32::try_from(limit).ok(), ..query.clone() }
}
