use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Code, Total, UserRow, UsersQuery};
use web_sys::AbortController;

use crate::api::{ApiError, Client};
use crate::state::{SessionEnded, UsersPlace};

/// Rows are fetched in pages of so many.
const PAGE: usize = 50;
/// How many rows beyond those in view are fetched ahead.
const AHEAD: usize = 30;

/// The rows of one list: those of one search, filter and order.
#[derive(Debug, Clone)]
pub(super) struct Rows {
    /// What they are the rows of.
    pub(super) place: UsersPlace,
    /// How many there are.
    pub(super) total: Total,
    pages: HashMap<usize, Arc<Vec<UserRow>>>,
}

/// Fetches rows and keeps those that came. A newer list replaces an older one only once its first rows have
/// come; what was under way for the older one is given up.
#[derive(Clone, Copy)]
pub(super) struct Store {
    /// The rows shown; none until the first have come.
    pub(super) rows: RwSignal<Option<Rows>>,
    /// Counts the lists shown.
    pub(super) list: RwSignal<u32>,
    /// What went wrong last, until something comes right.
    pub(super) error: RwSignal<Option<ApiError>>,
    /// Whether the list asked for last is on its way.
    pub(super) is_awaited: RwSignal<bool>,
    wanted: StoredValue<UsersPlace>,
    calls: StoredValue<Calls, LocalStorage>,
    client: StoredValue<Client>,
    ended: SessionEnded,
}

/// What is under way: the call for each page, by its number among all calls.
#[derive(Default)]
struct Calls {
    made: u32,
    under_way: HashMap<usize, (u32, AbortController)>,
}

impl Rows {
    /// The row with this number, if it has come.
    pub(super) fn get(&self, row: usize) -> Option<&UserRow> {
        self.pages.get(&(row / PAGE))?.get(row % PAGE)
    }
}

impl Store {
    pub(super) fn new(client: Client, ended: SessionEnded) -> Self {
        let store = Self {
            rows: RwSignal::new(None),
            list: RwSignal::new(0),
            error: RwSignal::new(None),
            is_awaited: RwSignal::new(false),
            wanted: StoredValue::new(UsersPlace::default()),
            calls: StoredValue::new_local(Calls::default()),
            client: StoredValue::new(client),
            ended,
        };
        on_cleanup(move || store.give_up());
        store
    }

    /// Shows another list, from its first row.
    pub(super) fn show(&self, place: UsersPlace) {
        self.give_up();
        self.wanted.set_value(place.clone());
        self.is_awaited.set(true);
        self.fetch(place, 0);
    }

    /// Fetches what is missing of the rows in view and of some around them, and gives up what no longer is.
    pub(super) fn need(&self, in_view: &Range<usize>) {
        let wanted = self.rows.with_untracked(|rows| {
            let rows = rows.as_ref()?;
            let end = (in_view.end + AHEAD).min(rows.total.value as usize);
            let pages = in_view.start.saturating_sub(AHEAD) / PAGE..end.div_ceil(PAGE);
            let missing: Vec<_> = pages.clone().filter(|page| !rows.pages.contains_key(page)).collect();
            Some((rows.place.clone(), pages, missing))
        });
        // Where another list is wanted, nothing more is fetched of the one shown.
        let is_wanted = |place: &UsersPlace| self.wanted.with_value(|wanted| wanted == place);
        let Some((place, pages, missing)) = wanted.filter(|(place, ..)| is_wanted(place)) else { return };
        self.calls.update_value(|calls| {
            calls.under_way.retain(|page, (_, call)| {
                let is_wanted = pages.contains(page);
                if !is_wanted {
                    call.abort();
                }
                is_wanted
            });
        });
        for page in missing {
            self.fetch(place.clone(), page);
        }
    }

    /// Asks once more for what could not be had.
    pub(super) fn retry(&self, place: UsersPlace, in_view: &Range<usize>) {
        self.error.set(None);
        if self.rows.with_untracked(|rows| rows.as_ref().is_some_and(|rows| rows.place == place)) {
            self.need(in_view);
        } else {
            self.show(place);
        }
    }

    fn fetch(&self, place: UsersPlace, page: usize) {
        let Ok(abort) = AbortController::new() else { return };
        let signal = abort.signal();
        let call = self.calls.try_update_value(|calls| {
            if calls.under_way.contains_key(&page) {
                return None;
            }
            calls.made += 1;
            calls.under_way.insert(page, (calls.made, abort));
            Some(calls.made)
        });
        let Some(call) = call.flatten() else { return };
        let query = UsersQuery {
            search: Some(place.search.trim().to_owned()).filter(|search| !search.is_empty()),
            nodes: place.node.into_iter().collect(),
            sort: Some(place.sort),
            offset: u32::try_from(page * PAGE).ok(),
            limit: u32::try_from(PAGE).ok(),
            ..UsersQuery::default()
        };
        let (store, client) = (*self, self.client.get_value());
        spawn_local(async move {
            let answer = client.users(&query, &signal).await;
            // The table may be gone by now, or show another list.
            let is_current = store.calls.try_update_value(|calls| {
                let is_current = calls.under_way.get(&page).is_some_and(|(number, _)| *number == call);
                if is_current {
                    calls.under_way.remove(&page);
                }
                is_current
            });
            if is_current != Some(true) {
                return;
            }
            match answer {
                Ok(answer) => store.take(place, page, answer.total, answer.items),
                Err(ApiError::Aborted) => {}
                Err(error) if error.code() == Some(Code::Unauthenticated) => store.ended.tell(),
                Err(error) => {
                    store.is_awaited.set(false);
                    store.error.set(Some(error));
                }
            }
        });
    }

    fn take(&self, place: UsersPlace, page: usize, total: Total, items: Vec<UserRow>) {
        self.error.set(None);
        let is_other = self.rows.with_untracked(|rows| rows.as_ref().is_none_or(|rows| rows.place != place));
        let items = Arc::new(items);
        if is_other {
            self.rows.set(Some(Rows { place, total, pages: HashMap::from([(page, items)]) }));
            self.list.update(|list| *list += 1);
        } else {
            self.rows.update(|rows| {
                if let Some(rows) = rows {
                    rows.total = rows.total.refined(total);
                    rows.pages.insert(page, items);
                }
            });
        }
        self.is_awaited.set(false);
    }

    fn give_up(&self) {
        self.calls.try_update_value(|calls| {
            for (_, (_, call)) in calls.under_way.drain() {
                call.abort();
            }
        });
    }
}
