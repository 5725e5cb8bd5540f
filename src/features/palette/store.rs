use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Sort, SortKey, UserRow, UsersQuery};
use web_sys::AbortController;

use super::model;
use crate::api::{ApiError, Client};

/// So many users are asked for: the best of them are shown.
const USERS: u32 = 20;
/// Letters that follow one another sooner are searched for together.
const PAUSE: Duration = Duration::from_millis(60);
/// Actions wait for the users no longer than so.
const GRACE: Duration = Duration::from_millis(300);

/// What is found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// For what.
    pub(super) query: String,
    /// The users.
    pub(super) users: Vec<UserRow>,
    /// Why they could not be searched for.
    pub(super) error: Option<ApiError>,
}

/// Searches for users.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// What is found. It lags behind what is typed until the users have come, so that they do not push away what is
    /// pointed at.
    pub(super) found: RwSignal<Found>,
    typed: StoredValue<String>,
    client: StoredValue<Client>,
    under_way: StoredValue<UnderWay, LocalStorage>,
}

/// The search that is to come, and the one that is made.
#[derive(Default)]
struct UnderWay {
    pause: Option<TimeoutHandle>,
    grace: Option<TimeoutHandle>,
    call: Option<AbortController>,
}

impl Store {
    /// Over what the page provides.
    pub(super) fn new() -> Self {
        let store = Self {
            found: RwSignal::new(Found::default()),
            typed: StoredValue::new(String::new()),
            client: StoredValue::new(expect_context()),
            under_way: StoredValue::new_local(UnderWay::default()),
        };
        on_cleanup(move || store.give_up());
        store
    }

    /// Searches for something else.
    pub(super) fn search(self, query: String) {
        self.give_up();
        let query = query.trim().to_owned();
        self.typed.set_value(query.clone());
        if query.is_empty() {
            self.found.set(Found::default());
            return;
        }
        let searched = query.clone();
        let pause = set_timeout_with_handle(move || self.fetch(searched), PAUSE);
        let grace = set_timeout_with_handle(move || self.show_rest(query, None), GRACE);
        self.under_way.update_value(|under_way| {
            (under_way.pause, under_way.grace) = (pause.ok(), grace.ok());
        });
    }

    /// Whether what is found is for something typed earlier.
    pub(super) fn is_behind(self) -> bool {
        self.typed.with_value(|typed| self.found.with_untracked(|found| *typed != found.query))
    }

    /// Shows what is found without asking anybody.
    fn show_rest(self, query: String, error: Option<ApiError>) {
        let _ = self.found.try_update(|found| {
            let users = model::still_matching(&found.users, &query);
            *found = Found { query, users, error };
        });
    }

    fn fetch(self, search: String) {
        let Ok(abort) = AbortController::new() else { return };
        let signal = abort.signal();
        self.under_way.try_update_value(|under_way| under_way.call = Some(abort));
        let Some(client) = self.client.try_get_value() else { return };
        let sort = Sort { key: SortKey::Name, descending: false };
        let query = UsersQuery {
            search: Some(search.clone()),
            sort: Some(sort),
            limit: Some(USERS),
            ..UsersQuery::default()
        };
        spawn_local(async move {
            match client.users(&query, &signal).await {
                // An answer that came as it was given up is for nobody.
                _ if signal.aborted() => {}
                Ok(page) => {
                    let users = model::best(page.items, &search);
                    let _ = self.found.try_set(Found { query: search, users, error: None });
                }
                Err(ApiError::Aborted) => {}
                Err(error) => self.show_rest(search, Some(error)),
            }
            self.under_way.try_update_value(|under_way| {
                // A newer search has a time of its own.
                if under_way.call.as_ref().is_some_and(|call| call.signal() == signal)
                    && let Some(grace) = under_way.grace.take()
                {
                    grace.clear();
                }
            });
        });
    }

    fn give_up(self) {
        self.under_way.try_update_value(|under_way| {
            for timer in [under_way.pause.take(), under_way.grace.take()].into_iter().flatten() {
                timer.clear();
            }
            if let Some(call) = under_way.call.take() {
                call.abort();
            }
        });
    }
}
