use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use studio_users_contract::{Sort, SortKey, UserFilters, UserRow, UsersQuery};

use super::model;
use crate::api::{ApiError, Client, Latest};

/// The number of users fetched, of which the best matches are shown.
const FETCH_LIMIT: u32 = 20;
/// The debounce of the search.
const DEBOUNCE: Duration = Duration::from_millis(60);
/// The maximum time that matching actions wait for the users.
const MAX_WAIT: Duration = Duration::from_millis(300);

/// The results of a search.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct SearchResults {
    pub(super) query: String,
    pub(super) users: Vec<UserRow>,
    /// The error of the request for the users.
    pub(super) error: Option<ApiError>,
}

/// Searches for users, debounced. A new search aborts the previous one.
#[derive(Clone, Copy)]
pub(super) struct PaletteStore {
    /// The latest results. They lag behind the typed text until the users arrive, so that arriving users do not push the
    /// highlighted option away.
    pub(super) results: RwSignal<SearchResults>,
    /// Whether the users for the typed text are still to come. They move the options below them.
    pub(super) is_loading: RwSignal<bool>,
    typed: StoredValue<String>,
    client: StoredValue<Client>,
    pending: StoredValue<PendingSearch>,
    request: Latest,
}

/// The timers of a search.
#[derive(Default)]
struct PendingSearch {
    debounce: Option<TimeoutHandle>,
    max_wait: Option<TimeoutHandle>,
}

impl PaletteStore {
    /// Reads its dependencies from the leptos context.
    pub(super) fn new() -> Self {
        let store = Self {
            results: RwSignal::new(SearchResults::default()),
            is_loading: RwSignal::new(false),
            typed: StoredValue::new(String::new()),
            client: StoredValue::new(expect_context()),
            pending: StoredValue::new(PendingSearch::default()),
            request: Latest::new(),
        };
        on_cleanup(move || store.abort());
        store
    }

    /// Replaces the query.
    pub(super) fn search(self, query: String) {
        self.abort();
        let query = query.trim().to_owned();
        self.typed.set_value(query.clone());
        self.is_loading.set(!query.is_empty());
        if query.is_empty() {
            self.results.set(SearchResults::default());
            return;
        }
        let search = query.clone();
        let debounce = set_timeout_with_handle(move || self.fetch(search), DEBOUNCE);
        let max_wait = set_timeout_with_handle(move || self.show_local_matches(query, None), MAX_WAIT);
        self.pending.update_value(|pending| {
            (pending.debounce, pending.max_wait) = (debounce.ok(), max_wait.ok());
        });
    }

    /// Whether the results belong to an earlier query.
    pub(super) fn is_stale(self) -> bool {
        self.typed.with_value(|typed| self.results.with_untracked(|results| *typed != results.query))
    }

    /// Shows the users of the previous results that match the query, without a request.
    fn show_local_matches(self, query: String, error: Option<ApiError>) {
        let _ = self.results.try_update(|results| {
            let users = model::filter_matches(&results.users, &query);
            *results = SearchResults { query, users, error };
        });
    }

    fn fetch(self, search: String) {
        let Some(client) = self.client.try_get_value() else { return };
        let sort = Sort { key: SortKey::Name, descending: false };
        let query = UsersQuery {
            filters: UserFilters { search: Some(search.clone()), ..UserFilters::default() },
            sort: Some(sort),
            limit: Some(FETCH_LIMIT),
            ..UsersQuery::default()
        };
        let request = |signal| async move { client.users(&query, Some(&signal)).await };
        self.request.send(request, move |response| {
            let _ = self.is_loading.try_set(false);
            match response {
                Ok(page) => {
                    let users = model::best_matches(page.items, &search);
                    let _ = self.results.try_set(SearchResults { query: search, users, error: None });
                }
                Err(error) => self.show_local_matches(search, Some(error)),
            }
            let max_wait = self.pending.try_update_value(|pending| pending.max_wait.take()).flatten();
            if let Some(max_wait) = max_wait {
                max_wait.clear();
            }
        });
    }

    fn abort(self) {
        self.pending.try_update_value(|pending| {
            for timer in [pending.debounce.take(), pending.max_wait.take()].into_iter().flatten() {
                timer.clear();
            }
        });
        self.request.abort();
    }
}
