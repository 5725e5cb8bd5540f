use std::ops::Range;
use std::time::Duration;

use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_contract::{Sort, UserPage, UsersQuery};
use studio_users_domain::UserId;
use web_sys::AbortController;

use super::calls::{Answer, Calls, Foreseen};
use super::model::{self, List};
use super::rows::{PAGE, Rows};
use crate::api::{ApiError, Begun, Client};
use crate::i18n::clock;
use crate::ui::after_frame;

/// How many rows beyond those in view are fetched ahead: in the direction of travel, and behind.
const AHEAD: usize = 75;
const BEHIND: usize = 15;
/// The most pages of one call.
const AT_ONCE: usize = 4;
/// The first page.
const FIRST: Range<usize> = 0..1;
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
    /// Whether rows have come that are yet to be painted.
    is_fresh: RwSignal<bool>,
    wanted: StoredValue<List>,
    /// The first row of those that are to be shown first.
    first: StoredValue<usize>,
    in_view: StoredValue<Range<usize>>,
    /// Whether the list was scrolled up last.
    goes_up: StoredValue<bool>,
    calls: StoredValue<Calls, LocalStorage>,
    gathering: StoredValue<Option<TimeoutHandle>>,
    client: StoredValue<Client>,
}

impl Store {
    pub(super) fn new(client: Client) -> Self {
        let store = Self {
            rows: RwSignal::new(None),
            list: RwSignal::new(0),
            error: RwSignal::new(None),
            is_awaited: RwSignal::new(false),
            moved: RwSignal::new((0, 0)),
            is_fresh: RwSignal::new(false),
            wanted: StoredValue::new(List::default()),
            first: StoredValue::new(0),
            in_view: StoredValue::new(0..0),
            goes_up: StoredValue::new(false),
            calls: StoredValue::new_local(Calls::default()),
            gathering: StoredValue::new(None),
            client: StoredValue::new(client),
        };
        on_cleanup(move || {
            store.give_up();
            store.calls.try_update_value(|calls| calls.foresee(None));
        });
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
        let page = first / PAGE;
        let foreseen = self.calls.try_update_value(|calls| calls.foreseen(&list, page)).flatten();
        if let Some(Foreseen { list, query, answer }) = foreseen {
            let take = move |answer| self.take(list, query, 0, answer);
            self.receive(FIRST, answer, Box::new(take));
        } else {
            let query = model::query(&list, clock::now());
            self.fetch(list, query, page..page + 1);
        }
    }

    /// The list is likely to be shown in this order next: its first rows are asked for already.
    pub(super) fn foresee(self, sort: Sort) {
        let list = List { sort, ..self.wanted.get_value() };
        let query = model::query(&list, clock::now());
        if let Some(answer) = self.ask(&query, &FIRST) {
            self.calls.update_value(|calls| calls.foresee(Some(Foreseen { list, query, answer })));
        }
    }

    /// Fetches what is missing of the rows in view, and once they are here and painted, of some around them; gives up
    /// what no longer is needed.
    pub(super) fn need(self, in_view: &Range<usize>) {
        let before = self.in_view.try_update_value(|before| std::mem::replace(before, in_view.clone()));
        if let Some(before) = before.filter(|before| before.start != in_view.start) {
            self.goes_up.set_value(before.start > in_view.start);
            // What comes into view waits no longer.
            if self.is_fresh.get_untracked() {
                self.is_fresh.set(false);
            }
        }
        let (behind, ahead) = if self.goes_up.get_value() { (AHEAD, BEHIND) } else { (BEHIND, AHEAD) };
        // Where another list is wanted, nothing more is fetched of the one shown.
        if !self.is_wanted() {
            return;
        }
        let pages = in_view.start.saturating_sub(behind) / PAGE..(in_view.end + ahead).div_ceil(PAGE);
        self.calls.update_value(|calls| calls.keep(&pages));
        self.fetch_missing(in_view.start / PAGE..in_view.end.div_ceil(PAGE));
        let in_view = in_view.clone();
        after_frame(move || {
            // Once rows in view that are on their way have come, this is due again. What cannot be had now is asked
            // for once it is in view.
            let is_due = self.is_wanted()
                && self.in_view.with_value(|now| *now == in_view)
                && !self.awaits(&in_view)
                && leptos::prelude::window().navigator().on_line();
            if is_due {
                self.fetch_missing(pages);
            }
        });
    }

    /// Fetches those pages that neither are here nor on their way, those that follow one another by one call.
    fn fetch_missing(self, pages: Range<usize>) {
        let missing = self.rows.with_untracked(|rows| {
            let rows = rows.as_ref()?;
            let end = pages.end.min((rows.total.value as usize).div_ceil(PAGE));
            let is_missing =
                |page: &usize| !rows.has(*page) && !self.calls.with_value(|calls| calls.have(*page));
            let missing: Vec<_> = (pages.start..end).filter(is_missing).collect();
            Some((rows.list.clone(), rows.query.clone(), missing))
        });
        let Some((list, query, missing)) = missing else { return };
        for run in missing.chunk_by(|page, next| page + 1 == *next) {
            for pages in run.chunks(AT_ONCE) {
                self.fetch(list.clone(), query.clone(), pages[0]..pages[0] + pages.len());
            }
        }
    }

    /// Whether any of these rows is on its way.
    fn awaits(self, rows: &Range<usize>) -> bool {
        self.calls
            .with_value(|calls| (rows.start / PAGE..rows.end.div_ceil(PAGE)).any(|page| calls.have(page)))
    }

    /// Whether what has come for this row can wait, as it is out of view, until those in view are painted.
    pub(super) fn can_wait(self, row: usize) -> bool {
        self.is_fresh.get() && !self.in_view.with_value(|in_view| in_view.contains(&row))
    }

    /// Rows come: first of all those in view are rendered.
    fn render_in_view_first(self) {
        if !self.in_view.with_value(Range::is_empty) {
            self.is_fresh.set(true);
            after_frame(move || {
                self.is_fresh.try_set(false);
            });
        }
    }

    /// Whether the list that is shown is the one asked for last. Not once the table has gone.
    fn is_wanted(self) -> bool {
        let is_wanted = |list: &List| self.wanted.try_with_value(|wanted| wanted == list) == Some(true);
        let is_shown =
            self.rows.try_with_untracked(|rows| rows.as_ref().is_some_and(|rows| is_wanted(&rows.list)));
        is_shown == Some(true)
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
        self.calls.try_update_value(|calls| calls.foresee(None));
        if self.gathering.try_with_value(Option::is_none) != Some(true) {
            return;
        }
        let timeout = set_timeout_with_handle(
            move || {
                self.gathering.try_set_value(None);
                self.read_anew();
            },
            GATHER,
        );
        self.gathering.set_value(timeout.ok());
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

    fn fetch(self, list: List, query: UsersQuery, pages: Range<usize>) {
        if let Some(answer) = self.ask(&query, &pages) {
            let first = pages.start;
            let take = move |answer| self.take(list, query, first, answer);
            self.receive(pages, answer, Box::new(take));
        }
    }

    /// Takes the answer to a call for some pages once it has come, unless it is waited for no longer.
    fn receive(
        self,
        pages: Range<usize>,
        Begun { abort, answer, .. }: Answer,
        take: Box<dyn FnOnce(UserPage)>,
    ) {
        let call = self.calls.try_update_value(|calls| calls.begin(pages, abort));
        spawn_local(async move {
            let answer = answer.await;
            if self.is_current(call)
                && let Some(answer) = self.accept(answer)
            {
                take(answer);
            }
        });
    }

    fn ask(self, query: &UsersQuery, pages: &Range<usize>) -> Option<Answer> {
        let client = self.client.try_get_value()?;
        let asked = window(query, pages.start * PAGE, pages.len() * PAGE);
        Begun::new(|signal| async move { client.users(&asked, &signal).await })
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
        let asked = first..first + pages;
        if let Some(answer) = self.ask(&query, &asked) {
            self.receive(asked, answer, Box::new(move |answer| self.take_anew(first, pages, answer)));
        }
    }

    /// Whether the answer to this call is still waited for: the table may be gone by now, or show another list.
    fn is_current(self, call: Option<u32>) -> bool {
        self.calls.try_update_value(|calls| call.is_some_and(|call| calls.end(call))) == Some(true)
    }

    fn accept(self, answer: Result<UserPage, ApiError>) -> Option<UserPage> {
        match answer {
            Ok(answer) => return Some(answer),
            Err(ApiError::Aborted) => {}
            Err(error) => {
                // Only where a list was awaited: who listens asks for what is missing, and that would fail again at once.
                if self.is_awaited.get_untracked() {
                    self.is_awaited.set(false);
                }
                self.error.set(Some(error));
            }
        }
        None
    }

    fn take(self, list: List, query: UsersQuery, page: usize, answer: UserPage) {
        let (now, total) = (clock::now(), answer.total);
        self.error.set(None);
        self.render_in_view_first();
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
        self.calls.try_update_value(|calls| calls.keep(&(0..0)));
        if let Some(gathering) = self.gathering.try_update_value(Option::take).flatten() {
            gathering.clear();
        }
    }
}

fn window(query: &UsersQuery, offset: usize, limit: usize) -> UsersQuery {
    UsersQuery { offset: u32::try_from(offset).ok(), limit: u32::try_from(limit).ok(), ..query.clone() }
}
