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

/// Searches for users.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// What is typed.
    pub(super) query: RwSignal<String>,
    /// The users found.
    pub(super) users: RwSignal<Vec<UserRow>>,
    /// Why they could not be searched for.
    pub(super) error: RwSignal<Option<ApiError>>,
    client: StoredValue<Client>,
    under_way: StoredValue<UnderWay, LocalStorage>,
}

/// The search that is to come, and the one that is made.
#[derive(Default)]
struct UnderWay {
    pause: Option<TimeoutHandle>,
    call: Option<AbortController>,
}

impl Store {
    /// Over what the page provides.
    pub(super) fn new() -> Self {
        let store = Self {
            query: RwSignal::new(String::new()),
            users: RwSignal::new(Vec::new()),
            error: RwSignal::new(None),
            client: StoredValue::new(expect_context()),
            under_way: StoredValue::new_local(UnderWay::default()),
        };
        on_cleanup(move || store.give_up());
        store
    }

    /// Searches for something else.
    pub(super) fn search(self, query: String) {
        self.give_up();
        let asked = query.trim().to_owned();
        if asked.is_empty() {
            self.users.set(Vec::new());
        } else {
            self.users.update(|users| *users = model::still_matching(users, &asked));
        }
        self.error.set(None);
        self.query.set(query);
        if !asked.is_empty() {
            let pause = set_timeout_with_handle(move || self.fetch(asked), PAUSE);
            self.under_way.update_value(|under_way| under_way.pause = pause.ok());
        }
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
                Ok(_) if signal.aborted() => {}
                Ok(page) => {
                    let _ = self.users.try_set(model::best(page.items, &search));
                }
                Err(ApiError::Aborted) => {}
                Err(error) => {
                    let _ = self.error.try_set(Some(error));
                }
            }
        });
    }

    fn give_up(self) {
        self.under_way.try_update_value(|under_way| {
            if let Some(pause) = under_way.pause.take() {
                pause.clear();
            }
            if let Some(call) = under_way.call.take() {
                call.abort();
            }
        });
    }
}
