//! Views that only the prerendered list has, so that it works without the program.

use leptos::prelude::*;

use super::data::rows::PAGE_SIZE;
use super::data::store::UsersStore;
use super::footer::Pagination;
use crate::i18n::{Language, messages};
use crate::state::{Navigation, Route, UsersRoute};

/// A table row with links to the other pages of a scrolled list. It comes after the rows, where the program shows more.
pub(super) fn more_rows(store: UsersStore) -> impl IntoView {
    let navigation = StoredValue::new(expect_context::<Navigation>());
    let Route::Users(route) = navigation.with_value(|navigation| navigation.route.get_untracked()) else {
        return None;
    };
    let total = store.rows.with_untracked(|rows| rows.as_ref().map_or(0, |rows| rows.total.value as usize));
    if route.page.is_some() || total <= PAGE_SIZE {
        return None;
    }
    let href = move |page| {
        let route = Route::Users(UsersRoute { page: Some(page), ..route.clone() });
        navigation.with_value(|navigation| navigation.href(&route))
    };
    Some(view! {
        <tr class="users-table__pages" role="row">
            <td role="cell">
                <Pagination store page=1 href=Callback::new(href) on_page=|_| {} />
            </td>
        </tr>
    })
}

/// Says that the list is read-only where the program cannot run. The style sheet shows the line that applies.
pub(super) fn read_only_note(language: Language) -> impl IntoView {
    let note = |cause, text| {
        view! {
            <p class="read-only-note" data-cause=cause role="note">
                {text}
            </p>
        }
    };
    view! {
        {note("webassembly", messages::webassembly_blocked(language))}
        {note("script", messages::javascript_off(language))}
    }
}
