use leptos::prelude::*;
use studio_users_contract::{Sort, SortKey};

use super::model;
use super::selection::{Selected, Selection};
use super::store::Store;
use crate::i18n::{messages, use_language};
use crate::ui::{Glyph, Icon};

/// A column's header that orders the list by it.
#[component]
pub(super) fn SortHeader(
    /// What the column is called.
    words: &'static str,
    /// What it orders by.
    key: SortKey,
    /// The cell's class.
    class: &'static str,
    /// The column's number, from 1.
    place: usize,
    /// The order asked for.
    sort: Signal<Sort>,
    /// Asks for another.
    on_sort: Callback<Sort>,
) -> impl IntoView {
    let direction = move || match sort.get() {
        sort if sort.key != key => None,
        Sort { descending: true, .. } => Some("descending"),
        _ => Some("ascending"),
    };
    view! {
        <th class=class role="columnheader" scope="col" aria-sort=direction aria-colindex=place.to_string()>
            <button
                class="users-table__sort"
                type="button"
                on:click=move |_| on_sort.run(model::toggled(sort.get_untracked(), key))
            >
                {words}
                <span class="users-table__direction">
                    <Icon glyph=Glyph::ArrowDown small=true />
                </span>
            </button>
        </th>
    }
}

/// Selects all who match, or nobody.
#[component]
pub(super) fn SelectAll(
    /// The rows.
    store: Store,
    /// Who is selected.
    selection: Selection,
) -> impl IntoView {
    let language = use_language();
    let is = move |wanted: fn(&Selected) -> bool| selection.selected.with(wanted);
    let on_change = move |_| {
        let is_all = selection.selected.with_untracked(|selected| *selected == Selected::All);
        if is_all || store.rows.with_untracked(Option::is_none) {
            selection.clear();
        } else {
            selection.all();
        }
    };
    view! {
        <input
            class="checkbox"
            type="checkbox"
            aria-label=messages::select_all(language)
            prop:checked=move || is(|selected| *selected == Selected::All)
            prop:indeterminate=move || is(|selected| matches!(selected, Selected::These(_)))
            on:change=on_change
        />
    }
}
