//! A virtualized table body: the DOM holds only the rows in view, however long the list is.
//!
//! DOM rows are recycled for other rows of the list. A row that contains the focus or selected text is never recycled.

mod geometry;
mod handle;
mod order;
mod slots;
mod text_selection;

use std::ops::Range;
use std::time::Duration;

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use super::key::pressed_key;
use super::markup::Markup;
use super::measure::use_size;
use crate::reactive::{effect, memo};
use geometry::Geometry;
pub use handle::ListHandle;
use slots::{Slots, UNASSIGNED};
use text_selection::TextSelection;

/// The number of rows rendered above and below those in view.
const OVERSCAN: usize = 6;
/// Selects the rows in the `<tbody>`.
const ROWS: &str = ":scope > [aria-rowindex]";
/// The delay after the last scroll before the DOM rows are put in row order. Moving a `<tr>` makes the browser restyle
/// and lay out everything inside it, so rows are not moved while the list scrolls.
const REORDER_DELAY: Duration = Duration::from_millis(100);

/// A scrollable `<tbody>` with the rows in view, each positioned by a CSS transform.
///
/// `aria-rowindex` counts the rows of the whole list from 1, and the header is row 1. See
/// [WAI-ARIA `aria-rowindex`](https://www.w3.org/TR/wai-aria-1.2/#aria-rowindex).
#[component]
pub fn VirtualRows<Row>(
    /// Scrolls the list and reports the scroll position.
    handle: ListHandle,
    /// The number of rows in the whole list.
    #[prop(into)]
    rows: Signal<usize>,
    /// The height of each row, in px.
    #[prop(into)]
    row_height: Signal<f64>,
    /// The class of the `<tbody>`.
    class: &'static str,
    /// The accessible name of the scrollable region, which is focusable.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the rows are being replaced (`aria-busy`).
    #[prop(into)]
    is_busy: Signal<bool>,
    /// Receives the range of rows in view.
    #[prop(into)]
    on_range: Callback<Range<usize>>,
    /// Describes the `<tr>` of a row. The signal holds the row index (from 0) and changes when the row is recycled. For
    /// a spare row it holds `usize::MAX`, and the content must be hidden.
    row: impl Fn(Signal<usize>) -> Row + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    Row: Fn() -> Markup + Send + 'static,
{
    let ListHandle { body, geometry, position, pinned, selected, slots } = handle;
    slots.set_value(Slots::default());
    let (_, viewport) = use_size(body);
    effect(move |_| {
        let now = Geometry { rows: rows.get(), row_height: row_height.get(), viewport: viewport.get() };
        if geometry.get_untracked() != now {
            geometry.set(now);
        }
    });
    // Each row has its offset in the full list. The translation makes up for the bounded height of the element.
    let translation = memo(move |_| position.with(geometry::Position::translation));
    let range = memo(move |_| geometry.get().in_view(position.get(), OVERSCAN));
    let in_view = memo(move |_| geometry.get().in_view(position.get(), 0));
    effect(move |_| on_range.run(in_view.get()));

    // The row of a slot is an `ArcRwSignal`: it has no owner, so it is dropped together with its slot.
    let rendered = RwSignal::new(Vec::<(u32, ArcRwSignal<usize>)>::new());
    let reorder_timer = StoredValue::new(None::<TimeoutHandle>);
    let reorder = move || {
        let timer = reorder_timer.try_update_value(Option::take).flatten();
        if let (Some(timer), Some(body)) = (timer, body.try_get_untracked().flatten()) {
            timer.clear();
            // Moving a row would clear the text selection in it. The rows are sorted when that is gone.
            if selected.with_untracked(Vec::is_empty) {
                order::sort_rows(&body);
            }
        }
    };
    let render = move |now: Vec<(u32, usize)>| {
        // Renders the slots in the order in which they were created. `reorder` sorts them by row once scrolling ends.
        let mut slots = rendered.get_untracked();
        let count = slots.len();
        for (slot, row) in now {
            match slots.binary_search_by_key(&slot, |(slot, _)| *slot) {
                Ok(index) => {
                    let current = &slots[index].1;
                    if current.get_untracked() != row {
                        current.set(row);
                    }
                }
                Err(index) => slots.insert(index, (slot, ArcRwSignal::new(row))),
            }
        }
        // Slots are never removed.
        if slots.len() != count {
            rendered.set(slots);
        }
        let new_timer = set_timeout_with_handle(reorder, REORDER_DELAY).ok();
        if let Some(old_timer) =
            reorder_timer.try_update_value(|timer| std::mem::replace(timer, new_timer)).flatten()
        {
            old_timer.clear();
        }
    };
    effect(move |_| {
        let range = range.get();
        let mut rows: Vec<usize> = range.collect();
        let kept = pinned.get().into_iter().chain(selected.get());
        for row in kept.filter(|row| *row < geometry.read().rows) {
            if let Err(index) = rows.binary_search(&row) {
                rows.insert(index, row);
            }
        }
        if let Some(now) = slots.try_update_value(|slots| slots.assign(&rows)) {
            render(now);
        }
    });

    let on_focusin = move |event: FocusEvent| pinned.set(row_of(event.target()));
    let on_focusout = move |event: FocusEvent| {
        let to = event.related_target().and_then(|to| to.dyn_into::<Node>().ok());
        let stays = body.try_get_untracked().flatten().is_some_and(|body| body.contains(to.as_ref()));
        if !stays {
            let _ = pinned.try_set(None);
        }
    };

    TextSelection::on_change(move |selection| {
        let Some(body) = body.try_get_untracked().flatten() else { return };
        let rows = selection.rows_within(&body);
        if selected.try_with_untracked(|selected| *selected != rows) == Some(true) {
            selected.set(rows);
        }
    });

    // Sorts the rows before Tab moves the focus, so that the tab order follows the rows.
    let on_keydown = move |event: KeyboardEvent| {
        if pressed_key(&event) == "Tab" {
            reorder();
        }
    };

    view! {
        <tbody
            class=class
            role="rowgroup"
            tabindex="0"
            aria-label=label
            aria-busy=move || is_busy.get().to_string()
            style:--su-list-height=move || format!("{}px", geometry.get().height())
            node_ref=body
            on:scroll=move |_| handle.on_scroll()
            on:scrollend=move |_| handle.on_scrollend()
            on:keydown=on_keydown
            on:focusin=on_focusin
            on:focusout=on_focusout
        >
            <For each=move || rendered.get() key=|(slot, _)| *slot let((_, index))>
                {
                    let index = Signal::from(index);
                    let row = row(index);
                    let transform = move || match assigned_row(index.get()) {
                        Some(row) => format!("translateY({}px)", geometry.read().row_top(row) + translation.get()),
                        // A spare row sits above the list, out of sight.
                        None => "translateY(-100%)".into(),
                    };
                    move || {
                        let assigned = assigned_row(index.get());
                        row()
                            .attribute("aria-rowindex", assigned.map(|row| (row + 2).to_string().into()))
                            .attribute("aria-hidden", assigned.is_none().then(|| "true".into()))
                            .live_style("transform", transform)
                            .cloned_from(class)
                    }
                }
            </For>
        </tbody>
    }
}

/// Returns `None` for a spare slot.
fn assigned_row(row: usize) -> Option<usize> {
    (row != UNASSIGNED).then_some(row)
}

/// Returns the index (from 0) of the row that contains an event target.
pub fn row_of(target: Option<web_sys::EventTarget>) -> Option<usize> {
    let row = target?.dyn_into::<Element>().ok()?.closest("[aria-rowindex]").ok()??;
    row.get_attribute("aria-rowindex")?.parse::<usize>().ok()?.checked_sub(2)
}
