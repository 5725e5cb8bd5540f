//! A table body that holds only the rows in view, of as many rows as there are. Rows of the page are used again for
//! other rows of the list, and the one with the focus never is.

mod geometry;
mod handle;
mod order;
mod slots;

use std::collections::HashMap;
use std::ops::Range;
use std::time::Duration;

use leptos::ev::{FocusEvent, KeyboardEvent};
use leptos::leptos_dom::helpers::{TimeoutHandle, set_timeout_with_handle};
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Node};

use super::measure::use_size;
use geometry::Geometry;
pub use handle::ListHandle;
use slots::{NOWHERE, Slots};

/// How many rows are kept above and below those in view.
const OVERSCAN: usize = 6;
/// How long the rows are left in the order that they came into while the list is scrolled: to move one has the browser
/// make and lay out anew all that is in it.
const REST: Duration = Duration::from_millis(100);

/// A scrolled `<tbody>` with the rows in view, each at its place. `aria-rowindex` counts all rows, the header
/// as the first.
#[component]
pub fn VirtualRows<Cells>(
    /// Scrolls it, and knows where it is.
    handle: ListHandle,
    /// How many rows there are.
    #[prop(into)]
    rows: Signal<usize>,
    /// How high each of them is, in px.
    #[prop(into)]
    row_height: Signal<f64>,
    /// The class of the body.
    class: &'static str,
    /// The class of each row.
    row_class: &'static str,
    /// The name of the scrolled region, which can be focused.
    #[prop(into)]
    label: Signal<String>,
    /// Whether the rows shown are being replaced.
    #[prop(into)]
    is_busy: Signal<bool>,
    /// Is told which rows are in view.
    #[prop(into)]
    on_range: Callback<Range<usize>>,
    /// What is special about a row, for the sheet: words in its `data-marks`. Rows that are kept for later are asked for by a
    /// number that is none: what they hold is not to be seen.
    marks: impl Fn(usize) -> &'static str + Copy + Send + Sync + 'static,
    /// The cells of the row with this number, counted from 0. The number changes when the cells are used again.
    cells: impl Fn(Signal<usize>) -> Cells + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    Cells: IntoView + 'static,
{
    let ListHandle { body, geometry, position, pinned, shifted } = handle;
    let (_, viewport) = use_size(body);
    Effect::new(move |_| {
        let now = Geometry { rows: rows.get(), row_height: row_height.get(), viewport: viewport.get() };
        if geometry.get_untracked() != now {
            geometry.set(now);
        }
    });
    // Rows stand where they would without a bound on the height, moved by what the bound takes away.
    let shift = Memo::new(move |_| position.with(geometry::Position::shift));
    let range = Memo::new(move |_| geometry.get().in_view(position.get(), OVERSCAN));
    let in_view = Memo::new(move |_| geometry.get().in_view(position.get(), 0));
    Effect::new(move |_| on_range.run(in_view.get()));

    // A slot's row is a signal without an owner: it goes when the slot does.
    let taken = RwSignal::new(Vec::<(u32, ArcRwSignal<usize>)>::new());
    let slots = StoredValue::new(Slots::default());
    let ordering = StoredValue::new(None::<TimeoutHandle>);
    let order = move || {
        let due = ordering.try_update_value(Option::take).flatten();
        if let (Some(due), Some(body)) = (due, body.try_get_untracked().flatten()) {
            due.clear();
            order::sort_rows(&body);
        }
    };
    let show = move |now: Vec<(u32, usize)>| {
        let before: HashMap<_, _> = taken.get_untracked().into_iter().collect();
        let slots = now.into_iter().map(|(slot, row)| match before.get(&slot) {
            Some(shown) => {
                if shown.get_untracked() != row {
                    shown.set(row);
                }
                (slot, shown.clone())
            }
            None => (slot, ArcRwSignal::new(row)),
        });
        let slots: Vec<_> = slots.collect();
        // They are rendered in the order in which they were made, and put in the order of their rows once scrolling rests.
        let mut made = slots;
        made.sort_unstable_by_key(|(slot, _)| *slot);
        let is_same = taken.with_untracked(|taken| {
            taken.len() == made.len() && taken.iter().zip(&made).all(|((a, _), (b, _))| a == b)
        });
        if !is_same {
            taken.set(made);
        }
        let rested = set_timeout_with_handle(order, REST).ok();
        if let Some(before) = ordering.try_update_value(|due| std::mem::replace(due, rested)).flatten() {
            before.clear();
        }
    };
    Effect::new(move |seen: Option<u32>| {
        let (times, by) = shifted.get();
        if seen.is_some_and(|seen| seen != times)
            && let Some(now) = slots.try_update_value(|slots| slots.shift(by))
        {
            show(now);
        }
        times
    });
    Effect::new(move |_| {
        shifted.track();
        let range = range.get();
        let mut rows: Vec<usize> = range.clone().collect();
        if let Some(pinned) = pinned.get().filter(|row| !range.contains(row) && *row < geometry.read().rows) {
            let at = rows.partition_point(|row| *row < pinned);
            rows.insert(at, pinned);
        }
        if let Some(now) = slots.try_update_value(|slots| slots.show(&rows)) {
            show(now);
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

    // Whoever goes on by the keyboard meets the rows in their order.
    let on_keydown = move |event: KeyboardEvent| {
        if event.key() == "Tab" {
            order();
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
            <For each=move || taken.get() key=|(slot, _)| *slot let((_, row))>
                {
                    let row = Signal::from(row);
                    view! {
                        <tr
                            class=row_class
                            role="row"
                            aria-rowindex=move || shown(row.get()).map(|row| (row + 2).to_string())
                            aria-hidden=move || shown(row.get()).is_none().then_some("true")
                            data-marks=move || marks(row.get())
                            style:transform=move || match shown(row.get()) {
                                Some(row) => {
                                    format!("translateY({}px)", geometry.read().place(row) + shift.get())
                                }
                                // Above the list, where nothing is seen of it.
                                None => "translateY(-100%)".into(),
                            }
                        >
                            {cells(row)}
                        </tr>
                    }
                }
            </For>
        </tbody>
    }
}

/// The row that a slot shows, if any.
fn shown(row: usize) -> Option<usize> {
    (row != NOWHERE).then_some(row)
}

/// The row, counted from 0, in which something stands.
pub fn row_of(target: Option<web_sys::EventTarget>) -> Option<usize> {
    let row = target?.dyn_into::<Element>().ok()?.closest("[aria-rowindex]").ok()??;
    row.get_attribute("aria-rowindex")?.parse::<usize>().ok()?.checked_sub(2)
}
