//! Keeps the list in sync with the route, with changes by other users, and with the user panel.

use std::cell::RefCell;
use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use studio_users_domain::UserId;

use super::data::rows::PAGE_SIZE;
use super::data::selection::Selection;
use super::data::store::UsersStore;
use super::table::users_table::{NAME_LINK, VIEW_AS_BUTTON, focus_row, focus_row_in_view};
use crate::i18n::{messages, use_language};
use crate::reactive::effect;
use crate::state::{
    Change, History, List, Navigation, ScrollMemory, ScrollPosition, UsersRoute, explain, use_changes,
    use_impersonation, use_list_navigation, use_notices,
};
use crate::ui::use_first_render;
use crate::ui::virtual_list::ListHandle;

/// The maximum number of rows in a range selection.
const MAX_RANGE: usize = 1_000;

/// Shows the list of the route: from the first row, or at the saved scroll position on Back and Forward.
pub(crate) fn sync_list_with_route(
    store: UsersStore,
    handle: ListHandle,
    list: Memo<List>,
    page: Memo<Option<u32>>,
    navigation: StoredValue<Navigation>,
    kept_users: KeptUsers,
) {
    let memory = expect_context::<ScrollMemory>();
    let save_position = move |list: &List| {
        let focus = handle.focused_row();
        let focus = focus
            .and_then(|index| store.rows.with_untracked(|rows| rows.as_ref()?.get(index).map(|row| row.id)));
        memory.save(list, ScrollPosition { offset: handle.offset(), focus });
    };
    let position_to_restore = StoredValue::new(None::<ScrollPosition>);
    let impersonation = use_impersonation();
    effect(move |previous: Option<List>| {
        let now = list.get();
        if let Some(previous) = previous.filter(|previous| *previous != now) {
            save_position(&previous);
        }
        let is_traversal = navigation.with_value(Navigation::is_traversal);
        let saved = memory.load(&now).filter(|_| is_traversal);
        position_to_restore.set_value(saved);
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of rows")]
        let first = saved.map_or(0, |saved| saved.offset as usize);
        let first = page.get_untracked().map_or(first, |page| (page as usize - 1) * PAGE_SIZE);
        store.show(now.clone(), first);
        now
    });
    effect(move |previous: Option<u32>| {
        let generation = store.list_generation.get();
        if previous != Some(generation) && generation > 0 {
            let saved = position_to_restore.try_update_value(Option::take).flatten();
            handle.scroll_to(saved.map_or(0.0, |saved| saved.offset));
            kept_users.follow(store, handle);
            // Returns the focus to the button that started the impersonation that just ended.
            let origin_user =
                impersonation.take_return_focus(|origin| !origin.is_panel).map(|origin| origin.user);
            let focus = origin_user.or_else(|| saved.and_then(|saved| saved.focus));
            let index =
                focus.and_then(|user| store.rows.with_untracked(|rows| rows.as_ref()?.position(user)));
            let selector = if origin_user.is_some() { VIEW_AS_BUTTON } else { NAME_LINK };
            match (index, saved) {
                (Some(index), Some(_)) => focus_row_in_view(handle, index, selector),
                (Some(index), None) => focus_row(handle, index, selector),
                _ => {}
            }
        }
        generation
    });
    on_cleanup(move || {
        if let Some(list) = list.try_get_untracked() {
            save_position(&list);
        }
    });
}

/// Refreshes the list after changes and keeps the rows in view at their position on the screen.
pub(crate) fn refresh_on_changes(
    store: UsersStore,
    handle: ListHandle,
    selection: Selection,
    kept_users: KeptUsers,
) {
    use_changes().subscribe(move |change| match change {
        Change::User(_) | Change::Users => store.refresh(),
        Change::BulkStarted => selection.clear(),
        Change::Tree => {}
    });
    effect(move |previous: Option<u32>| {
        let (times, by) = store.row_shift.get();
        if previous.is_none_or(|previous| previous == times) {
            return times;
        }
        if by != 0 {
            // Keeps the scroll position unless the list is at the top without a focused row. There, new rows appear.
            if handle.offset() > 0.0 || handle.focused_row().is_some() {
                handle.shift_rows(by);
            }
        }
        kept_users.follow(store, handle);
        times
    });
}

/// The users in the rows that the virtual list does not recycle: first the one in the focused row, then those in the rows
/// with selected text.
#[derive(Clone, Default)]
pub(crate) struct KeptUsers(Rc<RefCell<Vec<Option<UserId>>>>);

impl KeptUsers {
    /// Remembers the users whenever the focus or the text selection moves to other rows.
    pub(crate) fn remember(store: UsersStore, handle: ListHandle) -> Self {
        let kept = Self::default();
        let users = Rc::clone(&kept.0);
        effect(move |_| {
            handle.track_kept_rows();
            users.replace(Self::now(store, handle));
        });
        kept
    }

    /// After the users of the rows changed: lets the focus follow its user, so that a key does not act on someone else,
    /// and clears the text selection if it would contain someone else.
    fn follow(&self, store: UsersStore, handle: ListHandle) {
        let (before, now) = (self.0.borrow(), Self::now(store, handle));
        let (Some((focused, selected)), Some((now_focused, now_selected))) =
            (before.split_first(), now.split_first())
        else {
            return;
        };
        if focused != now_focused
            && let Some(user) = *focused
            && let Some(row) = store.rows.with_untracked(|rows| rows.as_ref()?.position(user))
        {
            handle.move_focused_row(row);
        }
        if selected != now_selected {
            handle.clear_text_selection();
        }
    }

    fn now(store: UsersStore, handle: ListHandle) -> Vec<Option<UserId>> {
        let (focused, selected) = handle.kept_rows();
        store.rows.with_untracked(|rows| {
            let user = |row: usize| Some(rows.as_ref()?.get(row)?.id);
            let mut users = vec![focused.and_then(user)];
            users.extend(selected.into_iter().map(user));
            users
        })
    }
}

/// Publishes the position of the open user to the panel and handles its previous and next buttons.
pub(crate) fn sync_list_navigation(
    store: UsersStore,
    open: Memo<Option<UserId>>,
    route: Memo<UsersRoute>,
    go: impl Fn(UsersRoute, History) + Copy + Send + Sync + 'static,
) {
    let first_render = use_first_render();
    let list_navigation = use_list_navigation();
    let language = use_language();
    let notices = use_notices();
    effect(move |_| {
        let open = open.get();
        let (total, found) = store.rows.with(|rows| match rows {
            Some(rows) => {
                let index = open.and_then(|user| rows.position(user));
                (Some(rows.total), index.and_then(|index| Some((index, (*rows.get(index)?).clone()))))
            }
            None => (None, None),
        });
        let (index, row) = found.unzip();
        list_navigation.total.set(total);
        if total.is_some() || store.error.with(Option::is_some) {
            first_render.mark();
        }
        list_navigation.position.set(index);
        list_navigation.row.set(row);
    });
    list_navigation.on_step(move |by| {
        let Some(to) =
            list_navigation.position.get_untracked().and_then(|index| index.checked_add_signed(by))
        else {
            return;
        };
        if list_navigation.total.get_untracked().is_some_and(|total| to >= total.value as usize) {
            return;
        }
        spawn_local(async move {
            match store.user_at(to).await {
                Ok(Some(user)) => {
                    list_navigation.prefetch(user);
                    list_navigation.stepped_to.try_set(Some(user));
                    go(route.get_untracked().with_open(user), History::Replace);
                }
                Ok(None) => {}
                Err(error) => notices.error(explain(language, &error)),
            }
        });
    });
}

/// Scrolls to the open user if a link or a reload leads to a row beyond the loaded ones, so that the panel knows the
/// position in the list.
pub(crate) fn scroll_to_linked_user(
    store: UsersStore,
    handle: ListHandle,
    open: Memo<Option<UserId>>,
    page: Memo<Option<u32>>,
) {
    let linked = StoredValue::new(open.get_untracked());
    effect(move |_| {
        if store.list_generation.get() == 0 || page.get_untracked().is_some() {
            return;
        }
        let Some(user) = linked.try_update_value(Option::take).flatten() else { return };
        spawn_local(async move {
            let Some(row) = store.find(user).await else { return };
            // The user may have gone on meanwhile.
            if open.try_get_untracked() == Some(Some(user)) && handle.offset() == 0.0 {
                handle.scroll_into_view(row);
            }
        });
    });
}

/// Returns the handler that toggles a row or selects a range up to it.
pub(crate) fn select_rows(store: UsersStore, selection: Selection) -> Callback<(usize, UserId, bool)> {
    let language = use_language();
    let notices = use_notices();
    Callback::new(move |(row, user, is_range): (usize, UserId, bool)| {
        if !is_range {
            selection.toggle(row, user);
            return;
        }
        let start = selection.range_start().unwrap_or((row, user));
        if store.row_of(start).abs_diff(row) >= MAX_RANGE {
            notices.info(messages::range_too_long(language));
            return;
        }
        spawn_local(async move {
            match store.ids_between(start, (row, user)).await {
                Ok(Some(users)) => selection.add(users),
                // The users between the two are unknown.
                Ok(None) => {
                    selection.start_range(row, user);
                    selection.add([user]);
                }
                Err(error) => notices.error(explain(language, &error)),
            }
        });
    })
}
