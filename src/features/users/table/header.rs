use leptos::ev::PointerEvent;
use leptos::html;
use leptos::prelude::*;
use studio_users_contract::{Sort, SortKey};

use super::columns::{Column, Layout, column_name};
use crate::features::users::data::model;
use crate::features::users::data::selection::{Selected, Selection};
use crate::features::users::data::store::UsersStore;
use crate::i18n::{messages, use_language};
use crate::ui::{Glyph, Icon};

/// The header row: the checkbox that selects all users, and the column headers.
#[component]
pub(crate) fn HeaderRow(
    store: UsersStore,
    selection: Selection,
    layout: Layout,
    /// The rendered columns without the name.
    columns: Signal<Vec<Column>>,
    /// The requested sort order.
    sort: Signal<Sort>,
    /// Requests another sort order.
    on_sort: Callback<Sort>,
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
                    label=messages::name(language)
                    key=SortKey::Name
                    class="users-table__cell users-table__cell--name"
                    colindex=2
                    sort
                    on_sort
                />
                {move || {
                    let columns = columns.get().into_iter();
                    let headers = columns.map(|column| {
                        let (label, colindex) = (column_name(language, column), layout.aria_colindex(column));
                        match column.sort_key() {
                            Some(key) => {
                                view! { <SortHeader store label key class=column.class() colindex sort on_sort /> }
                                    .into_any()
                            }
                            None => {
                                view! {
                                    <th
                                        class=column.class()
                                        role="columnheader"
                                        scope="col"
                                        aria-colindex=colindex.to_string()
                                    >
                                        {label}
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
                    aria-colindex=move || layout.aria_colcount().to_string()
                >
                    <span class="visually-hidden">{messages::actions(language)}</span>
                </th>
            </tr>
        </thead>
    }
}

/// A column header that sorts the list. Pressing it prefetches the sorted list before the click completes.
#[component]
fn SortHeader(
    store: UsersStore,
    label: &'static str,
    key: SortKey,
    class: &'static str,
    /// The `aria-colindex` of the column.
    colindex: usize,
    /// The requested sort order.
    sort: Signal<Sort>,
    /// Requests another sort order.
    on_sort: Callback<Sort>,
) -> impl IntoView {
    let direction = move || match sort.get() {
        sort if sort.key != key => None,
        Sort { descending: true, .. } => Some("descending"),
        _ => Some("ascending"),
    };
    let next = move || model::toggled_sort(sort.get_untracked(), key);
    let content = view! {
        {label}
        <span class="users-table__direction">
            <Icon glyph=Glyph::ArrowDown small=true />
        </span>
    };
    let on_pointerdown = move |event: PointerEvent| {
        if event.button() == 0 {
            store.prefetch(next());
        }
    };
    #[cfg(target_family = "wasm")]
    let control = view! {
        <button
            class="users-table__sort"
            type="button"
            on:pointerdown=on_pointerdown
            on:click=move |_| on_sort.run(next())
        >
            {content}
        </button>
    };
    #[cfg(not(target_family = "wasm"))]
    let control = {
        let _ = on_pointerdown;
        view! { <a class="users-table__sort" href=crate::state::url_after(|| on_sort.run(next()))>{content}</a> }
    };
    view! {
        <th class=class role="columnheader" scope="col" aria-sort=direction aria-colindex=colindex.to_string()>
            {control}
        </th>
    }
}

/// The checkbox that selects all matching users or clears the selection.
#[component]
fn SelectAll(store: UsersStore, selection: Selection) -> impl IntoView {
    let language = use_language();
    let is = move |wanted: fn(&Selected) -> bool| selection.selected.with(wanted);
    let on_change = move |_| {
        let is_all = selection.selected.with_untracked(|selected| *selected == Selected::AllMatching);
        if is_all || store.rows.with_untracked(Option::is_none) {
            selection.clear();
        } else {
            selection.select_all();
        }
    };
    view! {
        <input
            class="checkbox"
            type="checkbox"
            aria-label=messages::select_all(language)
            prop:checked=move || is(|selected| *selected == Selected::AllMatching)
            prop:indeterminate=move || is(|selected| matches!(selected, Selected::Users(_)))
            on:change=on_change
        />
    }
}
