use std::ops::Range;

use leptos::prelude::*;

use super::cells::{self, Look};
use super::rows::PAGE;
use super::store::Store;
use crate::i18n::{messages, use_language};

/// The rows of one page, all of them there: for the browser's own search, for print and for screen readers that read
/// on and on.
#[component]
pub(super) fn PlainRows(
    /// The rows.
    store: Store,
    /// What they are shown with.
    look: Look,
    /// The number of the page, from 1.
    page: u32,
    /// Is told which rows are shown.
    on_range: Callback<Range<usize>>,
    /// What is special about a row, for the sheet.
    marks: impl Fn(usize) -> &'static str + Copy + Send + Sync + 'static,
    /// Whether the rows are being replaced.
    is_busy: Signal<bool>,
    /// At most how many rows of the page are there.
    #[prop(default = PAGE)]
    most: usize,
) -> impl IntoView {
    let language = use_language();
    let first = (page as usize - 1) * PAGE;
    let rows = Memo::new(move |_| {
        let total = store.rows.with(|rows| rows.as_ref().map_or(0, |rows| rows.total.value as usize));
        first.min(total)..(first + PAGE.min(most)).min(total)
    });
    Effect::new(move |_| on_range.run(rows.get()));
    view! {
        <tbody
            class="users-table__body users-table__body--plain"
            role="rowgroup"
            aria-label=messages::users(language)
            aria-busy=move || is_busy.get().to_string()
        >
            <For each=move || rows.get() key=|row| *row let:row>
                <tr
                    class="users-table__row"
                    role="row"
                    aria-rowindex=(row + 2).to_string()
                    data-marks=move || marks(row)
                >
                    {cells::row(store, Signal::stored(row), look)}
                </tr>
            </For>
        </tbody>
    }
}
