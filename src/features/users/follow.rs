//! What the list follows: the place, what others change, and the panel beside it.

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::UserId;

use super::memory::{self, Left};
use super::model::List;
use super::rows::PAGE;
use super::selection::Selection;
use super::store::Store;
use super::table::{NAME, VIEW_AS, focus_row, focus_row_in_view};
use crate::i18n::{messages, use_language};
use crate::state::{
    Change, History, Navigation, UsersPlace, explain, use_changes, use_notices, use_results, use_viewing,
};
use crate::ui::settled;
use crate::ui::virtual_list::ListHandle;

/// The most rows of one range.
const LONGEST_RANGE: usize = 1_000;

/// Shows the list of the place: from its first row, or, where the reader comes back to it, as they left it.
pub(super) fn remember(
    store: Store,
    handle: ListHandle,
    list: Memo<List>,
    page: Memo<Option<u32>>,
    navigation: StoredValue<Navigation>,
) {
    let leave = move |list: &List| {
        let focus = handle.focused();
        let focus =
            focus.and_then(|at| store.rows.with_untracked(|rows| rows.as_ref()?.get(at).map(|row| row.id)));
        memory::leave(list, Left { offset: handle.offset(), focus });
    };
    let coming_back = StoredValue::new(None::<Left>);
    let viewing = use_viewing();
    Effect::new(move |before: Option<List>| {
        let now = list.get();
        if let Some(before) = before.filter(|before| *before != now) {
            leave(&before);
        }
        let is_back = navigation.with_value(Navigation::came_back);
        let left = memory::left(&now).filter(|_| is_back);
        coming_back.set_value(left);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
        let first = left.map_or(0, |left| left.offset as usize);
        let first = page.get_untracked().map_or(first, |page| (page as usize - 1) * PAGE);
        store.show(now.clone(), first);
        now
    });
    Effect::new(move |seen: Option<u32>| {
        let shown = store.list.get();
        if seen != Some(shown) && shown > 0 {
            let left = coming_back.try_update_value(Option::take).flatten();
            handle.scroll_to(left.map_or(0.0, |left| left.offset));
            // Who returns from a view returns to the button that began it.
            let began = viewing.take_origin(|origin| !origin.is_panel).map(|origin| origin.user);
            let focus = began.or_else(|| left.and_then(|left| left.focus));
            let at = focus.and_then(|user| store.rows.with_untracked(|rows| rows.as_ref()?.position(user)));
            let selector = if began.is_some() { VIEW_AS } else { NAME };
            match (at, left) {
                (Some(at), Some(_)) => focus_row_in_view(handle, at, selector),
                (Some(at), None) => focus_row(handle, at, selector),
                _ => {}
            }
        }
        shown
    });
    on_cleanup(move || {
        if let Some(list) = list.try_get_untracked() {
            leave(&list);
        }
    });
}

/// What others change appears, and what is in view stays where it is.
pub(super) fn follow_changes(store: Store, handle: ListHandle, selection: Selection) {
    use_changes().listen(move |change| match change {
        Change::User(_) => store.refresh(),
        // What was to be done with many is done.
        Change::Users => {
            selection.clear();
            store.refresh();
        }
        Change::Tree => {}
    });
    Effect::new(move |seen: Option<u32>| {
        let (times, by) = store.moved.get();
        if seen.is_some_and(|seen| seen != times) && by != 0 {
            // At the very top what is new is seen to come; a reader who is in a row, or further down, keeps their place.
            if handle.offset() > 0.0 || handle.focused().is_some() {
                handle.shift(by);
            }
        }
        times
    });
}

/// Tells the panel where in the list its user stands, and steps on from there.
pub(super) fn tell_results(
    store: Store,
    open: Memo<Option<UserId>>,
    place: Memo<UsersPlace>,
    go: impl Fn(UsersPlace, History) + Copy + Send + Sync + 'static,
) {
    let results = use_results();
    let language = use_language();
    let notices = use_notices();
    Effect::new(move |_| {
        let open = open.get();
        let (total, found) = store.rows.with(|rows| match rows {
            Some(rows) => {
                let at = open.and_then(|user| rows.position(user));
                (Some(rows.total), at.and_then(|at| Some((at, (*rows.get(at)?).clone()))))
            }
            None => (None, None),
        });
        let (at, row) = found.unzip();
        results.total.set(total);
        if total.is_some() || store.error.with(Option::is_some) {
            settled();
        }
        results.position.set(at);
        results.row.set(row);
    });
    results.on_step(move |by| {
        let Some(to) = results.position.get_untracked().and_then(|at| at.checked_add_signed(by)) else {
            return;
        };
        if results.total.get_untracked().is_some_and(|total| to >= total.value as usize) {
            return;
        }
        spawn_local(async move {
            match store.user_at(to).await {
                Ok(Some(user)) => {
                    results.open_soon(user);
                    results.stepped.try_set(Some(user));
                    go(place.get_untracked().with_open(user), History::Replace);
                }
                Ok(None) => {}
                Err(error) => notices.error(explain(language, &error)),
            }
        });
    });
}

/// Selects a row, or all up to it.
pub(super) fn select_rows(store: Store, selection: Selection) -> Callback<(usize, UserId, bool)> {
    let language = use_language();
    let notices = use_notices();
    Callback::new(move |(row, user, is_range): (usize, UserId, bool)| {
        if !is_range {
            selection.toggle(row, user);
            return;
        }
        let range = selection.range_to(row);
        if range.clone().count() > LONGEST_RANGE {
            notices.info(messages::range_too_long(language));
            return;
        }
        let range = *range.start()..*range.end() + 1;
        spawn_local(async move {
            match store.ids(range).await {
                Ok(users) => selection.add(users),
                Err(error) => notices.error(explain(language, &error)),
            }
        });
    })
}
