//! A table body that holds only the rows in view, of as many rows as there are.

mod geometry;

use std::ops::Range;

use leptos::html;
use leptos::prelude::*;

use super::measure::use_size;
use geometry::{Geometry, Position};

/// How many rows are kept above and below those in view.
const OVERSCAN: usize = 6;

/// A scrolled `<tbody>` with the rows in view, each at its place. `aria-rowindex` counts all rows, the header
/// as the first.
#[component]
pub fn VirtualRows<Cells>(
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
    /// Changes when another list is shown: its first row is scrolled to.
    #[prop(into)]
    list: Signal<u32>,
    /// Is told which rows are in view.
    #[prop(into)]
    on_range: Callback<Range<usize>>,
    /// The cells of the row with this number, counted from 0.
    cells: impl Fn(usize) -> Cells + Copy + Send + Sync + 'static,
) -> impl IntoView
where
    Cells: IntoView + 'static,
{
    let body = NodeRef::<html::Tbody>::new();
    let (_, viewport) = use_size(body);
    let geometry = Memo::new(move |_| Geometry {
        rows: rows.get(),
        row_height: row_height.get(),
        viewport: viewport.get(),
    });
    let position = RwSignal::new(Position::default());
    // Rows stand where they would without a bound on the height, moved by what the bound takes away.
    let shift = Memo::new(move |_| position.with(Position::shift));
    let range = Memo::new(move |_| geometry.get().in_view(position.get(), OVERSCAN));
    let in_view = Memo::new(move |_| geometry.get().in_view(position.get(), 0));
    Effect::new(move |_| on_range.run(in_view.get()));

    Effect::new(move |shown: Option<u32>| {
        let list = list.get();
        if shown.is_some_and(|shown| shown != list) {
            position.set(Position::default());
            if let Some(body) = body.get_untracked() {
                body.set_scroll_top(0);
            }
        }
        list
    });
    let on_scroll = move |_| {
        if let Some(body) = body.get_untracked() {
            let geometry = geometry.get_untracked();
            position
                .update(|position| *position = geometry.scrolled(*position, f64::from(body.scroll_top())));
        }
    };
    // Where the height is bounded, the thumb is put back in proportion once scrolling rests.
    let on_scrollend = move |_| {
        if let Some(body) = body.get_untracked() {
            let rested = geometry.get_untracked().rested(position.get_untracked());
            if rested != position.get_untracked() {
                position.set(rested);
                #[allow(clippy::cast_possible_truncation, reason = "bounded by the height of the list")]
                body.set_scroll_top(rested.top as i32);
            }
        }
    };

    view! {
        <tbody
            class=class
            role="rowgroup"
            tabindex="0"
            aria-label=label
            aria-busy=move || is_busy.get().to_string()
            style:--list-height=move || format!("{}px", geometry.get().height())
            node_ref=body
            on:scroll=on_scroll
            on:scrollend=on_scrollend
        >
            <For each=move || range.get() key=|row| *row let:row>
                <tr
                    class=row_class
                    role="row"
                    aria-rowindex=(row + 2).to_string()
                    style:transform=move || {
                        format!("translateY({}px)", geometry.get().place(row) + shift.get())
                    }
                >
                    {cells(row)}
                </tr>
            </For>
        </tbody>
    }
}
