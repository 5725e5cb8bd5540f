use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{UserPage, UsersQuery};
use studio_users_domain::UserId;
use web_sys::{AbortController, AbortSignal};

use super::model::{self, List};
use super::rows::{PAGE, Rows};
use crate::api::{ApiError, Client};
use crate::i18n::clock;

/// How many rows beyond those in view are fetched ahead: in the direction of travel, and behind.
const AHEAD: usize = 75;
const BEHIND: usize = 15;
/// The most pages of one call.
const AT_ONCE: usize = 4;
/// How long others' changes are gathered before the rows are read anew.
const GATHER: Duration = Duration::from_millis(250);

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
    /// By how many places the rows in view moved when they were read anew, and how often they were.
    pub(super) moved: RwSignal<(u32, isize)>,
    wanted: StoredValue<List>,
    /// The first row of those that are to be shown first.
    first: StoredValue<usize>,
    in_view: StoredValue<Range<usize>>,
    calls: StoredValue<Calls, LocalStorage>,
    client: StoredValue<Client>,
}

/// What is under way: the call for each page, by its number among all calls.
#[derive(Default)]
struct Calls {
    made: u32,
    under_way: HashMap<usize, (u32, AbortController)>,
    gathering: Option<TimeoutHandle>,
}

impl Store {
    pub(super) fn new(client: Client) -> Self {
        let store = Self {
            rows: RwSignal::new(None),
            list: RwSignal::new(0),
            error: RwSignal::new(None),
            is_awaited: RwSignal::new(false),
            moved: RwSignal::new((0, 0)),
            wanted: StoredValue::new(List::default()),
            first: StoredValue::new(0),
            in_view: StoredValue::new(0..0),
            calls: StoredValue::new_local(Calls::default()),
            client: StoredValue::new(client),
        };
        on_cleanup(move || store.give_up());
        #[cfg(not(target_family = "wasm"))]
        store.draw();
        store
    }

    /// Shows the rows that the page is to be drawn with.
    #[cfg(not(target_family = "wasm"))]
    fn draw(self) {
        if let Some(super::DrawnRows(page)) = use_context() {
            let list = List::default();
            let query = model::query(&list, clock::now());
            self.take(list, query, 0, page);
        }
    }

    /// Shows another list, from the page of this row.
    pub(super) fn show(self, list: List, first: usize) {
        self.give_up();
        self.wanted.set_value(list.clone());
        self.first.set_value(first);
        self.is_awaited.set(true);
        let query = model::query(&list, clock::now());
        self.fetch(list, query, first / PAGE);
    }

    /// Fetches what is missing of the rows in view and of some around them, and gives up what no longer is.
    pub(super) fn need(self, in_view: &Range<usize>) {
        let before = self.in_view.try_update_value(|before| std::mem::replace(before, in_view.clone()));
        let (behind, ahead) = match before {
            Some(before) if before.start > in_view.start => (AHEAD, BEHIND),
            _ => (BEHIND, AHEAD),
        };
        let wanted = self.rows.with_untracked(|rows| {
            let rows = rows.as_ref()?;
            let end = (in_view.end + ahead).min(rows.total.value as usize);
            let pages = in_view.start.saturating_sub(behind) / PAGE..end.div_ceil(PAGE);
            let missing: Vec<_> = pages.clone().filter(|&page| !rows.has(page)).collect();
            Some((rows.list.clone(), rows.query.clone(), pages, missing))
        });
        // Where another list is wanted, nothing more is fetched of the one shown.
        let is_wanted = |list: &List| self.wanted.with_value(|wanted| wanted == list);
        let Some((list, query, pages, missing)) = wanted.filter(|(list, ..)| is_wanted(list)) else { return };
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
            self.fetch(list.clone(), query.clone(), page);
        }
    }

    /// Asks once more for what could not be had.
    pub(super) fn retry(self, list: List) {
        self.error.set(None);
        if self.rows.with_untracked(|rows| rows.as_ref().is_some_and(|rows| rows.list == list)) {
            self.need(&self.in_view.get_value());
        } else {
            self.show(list, self.first.get_value());
        }
    }

    /// Somebody changed something: what is shown is read anew, once for all changes of a moment.
    pub(super) fn refresh(self) {
        let is_due = self.calls.try_update_value(|calls| calls.gathering.is_none());
        if is_due != Some(true) {
            return;
        }
        let timeout = set_timeout_with_handle(
            move || {
                self.calls.try_update_value(|calls| calls.gathering = None);
                self.read_anew();
            },
            GATHER,
        );
        self.calls.update_value(|calls| calls.gathering = timeout.ok());
    }

    /// The ids of the users in these rows; those that have not come are fetched.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub(super) async fn ids(self, rows: Range<usize>) -> Result<Vec<UserId>, ApiError> {
        let Some(Some((query, known))) = self.rows.try_with_untracked(|all| {
            let all = all.as_ref()?;
            let known: Option<Vec<_>> = rows.clone().map(|row| all.get(row).map(|row| row.id)).collect();
            Some((all.query.clone(), known))
        }) else {
            return Ok(Vec::new());
        };
        if let Some(known) = known {
            return Ok(known);
        }
        let (client, abort) = (self.client.get_value(), AbortController::new());
        let signal = abort.map_err(|_| ApiError::Unreachable)?.signal();
        let mut ids = Vec::new();
        let mut from = rows.start;
        while from < rows.end {
            let limit = (rows.end - from).min(PAGE * AT_ONCE);
            let page = client.users(&window(&query, from, limit), &signal).await?;
            if page.items.is_empty() {
                break;
            }
            from += page.items.len();
            ids.extend(page.items.into_iter().map(|row| row.id));
        }
        Ok(ids)
    }

    /// The user in this row, fetched if it has not come.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    pub(super) async fn user_at(self, row: usize) -> Result<Option<UserId>, ApiError> {
        Ok(self.ids(row..row + 1).await?.first().copied())
    }

    fn fetch(self, list: List, query: UsersQuery, page: usize) {
        let Some((call, signal)) = self.call(page) else { return };
        let client = self.client.get_value();
        spawn_local(async move {
            let asked = window(&query, page * PAGE, PAGE);
            let answer = client.users(&asked, &signal).await;
            if self.is_current(page, call)
                && let Some(answer) = self.accept(answer)
            {
                self.take(list, query, page, answer);
            }
        });
    }

    /// Reads the rows in view anew, all at once, so that they can be told to have moved.
    fn read_anew(self) {
        let Some(Some((query, list))) = self.rows.try_update(|rows| {
            let rows = rows.as_mut()?;
            rows.grow_stale();
            Some((rows.query.clone(), rows.list.clone()))
        }) else {
            return;
        };
        if !self.wanted.with_value(|wanted| *wanted == list) {
            return;
        }
        self.give_up();
        let in_view = self.in_view.get_value();
        let first = in_view.start / PAGE;
        let pages = (in_view.end.div_ceil(PAGE).max(first + 1) - first).min(AT_ONCE);
        let Some((call, signal)) = self.call(first) else { return };
        let client = self.client.get_value();
        spawn_local(async move {
            let asked = window(&query, first * PAGE, pages * PAGE);
            let answer = client.users(&asked, &signal).await;
            if self.is_current(first, call)
                && let Some(answer) = self.accept(answer)
            {
                self.take_anew(first, pages, answer);
            }
        });
    }

    fn call(self, page: usize) -> Option<(u32, AbortSignal)> {
        let abort = AbortController::new().ok()?;
        let signal = abort.signal();
        let call = self.calls.try_update_value(|calls| {
            if calls.under_way.contains_key(&page) {
                return None;
            }
            calls.made += 1;
            calls.under_way.insert(page, (calls.made, abort));
            Some(calls.made)
        });
        Some((call.flatten()?, signal))
    }

    /// Whether the answer to this call is still waited for: the table may be gone by now, or show another list.
    fn is_current(self, page: usize, call: u32) -> bool {
        let is_current = self.calls.try_update_value(|calls| {
            let is_current = calls.under_way.get(&page).is_some_and(|(number, _)| *number == call);
            if is_current {
                calls.under_way.remove(&page);
            }
            is_current
        });
        is_current == Some(true)
    }

    fn accept(self, answer: Result<UserPage, ApiError>) -> Option<UserPage> {
        match answer {
            Ok(answer) => return Some(answer),
            Err(ApiError::Aborted) => {}
            Err(error) => {
                self.is_awaited.set(false);
                self.error.set(Some(error));
            }
        }
        None
    }

    fn take(self, list: List, query: UsersQuery, page: usize, answer: UserPage) {
        let (now, total) = (clock::now(), answer.total);
        self.error.set(None);
        let is_other = self.rows.with_untracked(|rows| rows.as_ref().is_none_or(|rows| rows.list != list));
        if is_other {
            let mut rows = Rows::new(list, query, total, now);
            rows.keep(page * PAGE, answer.items, now);
            self.rows.set(Some(rows));
            self.list.update(|list| *list += 1);
        } else {
            let in_view = self.in_view.get_value();
            self.rows.update(|rows| {
                if let Some(rows) = rows {
                    rows.total = rows.total.refined(total);
                    rows.keep(page * PAGE, answer.items, now);
                    rows.forget_beyond(&in_view);
                }
            });
        }
        self.is_awaited.set(false);
    }

    fn take_anew(self, first: usize, pages: usize, answer: UserPage) {
        let in_view = self.in_view.get_value();
        let window = first * PAGE..first * PAGE + answer.items.len();
        let now_at =
            |user: UserId| answer.items.iter().position(|row| row.id == user).map(|at| window.start + at);
        // The first of those in view who are still there say how far all have moved.
        let moved = self.rows.with_untracked(|rows| {
            let rows = rows.as_ref()?;
            in_view.clone().find_map(|at| {
                #[allow(clippy::cast_possible_wrap, reason = "numbers of rows are far below 2^31")]
                let moved = now_at(rows.get(at)?.id)? as isize - at as isize;
                Some(moved)
            })
        });
        self.error.set(None);
        self.rows.update(|rows| {
            let Some(rows) = rows else { return };
            rows.total = answer.total;
            rows.forget((first..first + pages).filter(|page| page * PAGE >= window.end));
            rows.keep(window.start, answer.items, clock::now());
        });
        self.is_awaited.set(false);
        self.moved.update(|(times, by)| (*times, *by) = (*times + 1, moved.unwrap_or_default()));
    }

    fn give_up(self) {
        self.calls.try_update_value(|calls| {
            for (_, (_, call)) in calls.under_way.drain() {
                call.abort();
            }
            if let Some(gathering) = calls.gathering.take() {
                gathering.clear();
            }
        });
    }
}

fn window(query: &UsersQuery, offset: usize, limit: usize) -> UsersQuery {
    UsersQuery { offset: u32::try_from(offset).ok(), limit: u32::try_from(limit).ok(), ..query.clone() }
}
