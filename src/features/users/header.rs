use leptos::html;
use leptos::prelude::*;
use studio_users_contract::{Sort, SortKey};

use super::columns::{Column, Layout};
use super::columns_menu::column_name;
use super::model;
use super::selection::{Selected, Selection};
use super::store::Store;
use crate::i18n::{messages, use_language};
use crate::ui::{Glyph, Icon};

/// The header of the table: what selects all, and the columns, by some of which the list can be ordered.
#[component]
pub(super) fn HeadRow(
    /// The rows.
    store: Store,
    /// Who is selected.
    selection: Selection,
    /// How the reader likes the table.
    layout: Layout,
    /// The columns besides the name.
    columns: Signal<Vec<Column>>,
    /// The order asked for.
    sort: Signal<Sort>,
    /// Asks for another.
    on_sort: Callback<Sort>,
    /// The row itself.
    row: NodeRef<html::Tr>,
) -> impl IntoView {
    let language = use_language();
    view! {
        <thead class="users-table__head" role="rowgroup">
            <tr class="users-table__row" role="row" aria-rowindex="1" node_ref=row>
                <td class="users-table__cell users-table__cell--select" role="cell" aria-colindex="1">
                    <SelectAll store selection />
                </td>
                <SortHeader
                    store
                    words=messages::name(language)
                    key=SortKey::Name
                    class="users-table__cell users-table__cell--name"
                    place=2
                    sort
                    on_sort
                />
                {move || {
                    let columns = columns.get().into_iter();
                    let headers = columns.map(|column| {
                        let (words, place) = (column_name(language, column), layout.place(column));
                        match column.sort_key() {
                            Some(key) => {
                                view! { <SortHeader store words key class=column.class() place sort on_sort /> }
                                    .into_any()
                            }
                            None => {
                                view! {
                                    <th
                                        class=column.class()
                                        role="columnheader"
                                        scope="col"
                                        aria-colindex=place.to_string()
                                    >
                                        {words}
                                    </th>
                                }
                                    .into_any()
                            }
                        }
                    });
                    headers.collect_view()
                }}
                <th
                    class="users-table__cell users-table__actions"
                    role="columnheader"
                    scope="col"
                    aria-colindex=move || layout.places().to_string()
                >
                    <span class="visually-hidden">{messages::actions(language)}</span>
                </th>
            </tr>
        </thead>
    }
}

/// A column's header that orders the list by it.
#[component]
fn SortHeader(
    /// The rows.
    store: Store,
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
    let next = move || model::toggled(sort.get_untracked(), key);
    view! {
        <th class=class role="columnheader" scope="col" aria-sort=direction aria-colindex=place.to_string()>
            <button
                class="users-table__sort"
                type="button"
                on:pointerdown=move |event| {
                    if event.button() == 0 {
                        store.foresee(next());
                    }
                }
                on:click=move |_| on_sort.run(next())
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
fn SelectAll(
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
