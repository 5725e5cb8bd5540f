use std::ops::Range;

use leptos::prelude::*;

use super::row::row;
use super::row_context::RowContext;
use crate::features::users::data::rows::PAGE_SIZE;
use crate::features::users::data::store::UsersStore;
use crate::i18n::{messages, use_language};
use crate::reactive::{effect, memo};

/// All rows of one page, without virtualization: for find in page, printing, and continuous reading with a screen
/// reader.
#[component]
pub(crate) fn PagedRows(
    store: UsersStore,
    context: RowContext,
    /// The page number, from 1.
    page: u32,
    /// Receives the range of rows shown.
    on_range: Callback<Range<usize>>,
    /// Whether the rows are being replaced.
    is_busy: Signal<bool>,
) -> impl IntoView {
    let language = use_language();
    let first = (page as usize - 1) * PAGE_SIZE;
    let rows = memo(move |_| {
        let total = store.rows.with(|rows| rows.as_ref().map_or(0, |rows| rows.total.value as usize));
        first.min(total)..(first + PAGE_SIZE).min(total)
    });
    effect(move |_| on_range.run(rows.get()));
    view! {
        <tbody
            class="users-table__body users-table__body--paged"
            role="rowgroup"
            aria-label=messages::users(language)
            aria-busy=move || is_busy.get().to_string()
        >
            <For each=move || rows.get() key=|row| *row let:index>
                {
                    let row = row(Signal::stored(index), context);
                    move || row().set("aria-rowindex", (index + 2).to_string()).cloned_from("paged row")
                }
            </For>
            {more_rows(store)}
        </tbody>
    }
}

/// The program needs no links to the other rows of a scrolled list.
#[cfg(target_family = "wasm")]
fn more_rows(_: UsersStore) {}

/// The links to the other rows of a scrolled list, below the prerendered ones.
#[cfg(not(target_family = "wasm"))]
fn more_rows(store: UsersStore) -> impl IntoView {
    crate::features::users::prerendered::more_rows(store)
}
