//! Lists that render only the rows in view, however long they are. Short lists render all rows.
//!
//! Rows stay in the normal flow, so they may have any height. The margin of a row stands for the omitted rows before it.

mod heights;
mod keyed_rows;

use std::ops::Range;
use std::sync::Arc;

use leptos::html::ElementType;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement};

use super::focus::active_element;
use super::listen::listen_capturing;
use super::popover::{css_zoom, viewport_size, window_of};
use super::query::query_all;
use crate::reactive::{effect, memo};
use heights::{Heights, rendered};
pub use keyed_rows::keyed_rows;

/// The maximum number of rows of a list that renders all rows.
pub const MAX_ALL_ROWS: usize = 100;
/// The number of rows rendered before the first measurement.
const FIRST_ROWS: usize = 30;
/// The height of a row before the first measurement, in px.
const FIRST_HEIGHT: f64 = 32.0;
/// Selects the rows in the container.
const ROWS: &str = "[data-row]";

/// The rows of a list that are in the DOM.
#[derive(Clone, Copy)]
pub struct RowWindow {
    rows: Memo<usize>,
    rendered: Memo<Vec<usize>>,
    heights: RwSignal<Heights>,
}

impl RowWindow {
    /// Creates the window of a list. `container` contains the rows. `rows` is their number, and notifies when other rows
    /// take their places. `kept` is a row to keep in the DOM, such as the selected one.
    ///
    /// The element of each row of a windowed list needs the attribute `data-row` with its index, from 0.
    pub fn new<E>(container: NodeRef<E>, rows: Signal<usize>, kept: Signal<Option<usize>>) -> Self
    where
        E: ElementType + 'static,
        E::Output: JsCast + Clone + AsRef<Element> + 'static,
    {
        let container = Signal::derive_local(move || {
            let container = container.get()?;
            let element: &Element = container.as_ref();
            element.clone().dyn_into::<HtmlElement>().ok()
        });
        Self::within(container, rows, kept)
    }

    /// Like [`Self::new`], but compiled once for all kinds of elements.
    fn within(
        container: Signal<Option<HtmlElement>, LocalStorage>,
        rows: Signal<usize>,
        kept: Signal<Option<usize>>,
    ) -> Self {
        let count = memo(move |_| rows.get());
        let in_view = RwSignal::new(0..FIRST_ROWS);
        let focused = RwSignal::new(None::<usize>);
        let heights = RwSignal::new(Heights::new(FIRST_HEIGHT));
        let rendered = memo(move |_| {
            let count = count.get();
            if count <= MAX_ALL_ROWS {
                return (0..count).collect();
            }
            let kept = kept.get().into_iter().chain(focused.get());
            in_view.with(|in_view| rendered(count, in_view, kept))
        });
        let window = Self { rows: count, rendered, heights };
        let update = move || {
            let Some(container) = container.try_get_untracked().flatten() else { return };
            let count = count.get_untracked();
            if count <= MAX_ALL_ROWS {
                return;
            }
            window.measure(&container);
            let row = active_element(&container).and_then(|focused| focused.closest(ROWS).ok()?);
            let row = row.filter(|row| container.contains(Some(row)));
            set_if_changed(focused, row.and_then(|row| row_of(&row)));
            if let Some((from, to)) = view_of(&container) {
                set_if_changed(in_view, heights.with_untracked(|heights| heights.in_view(from, to, count)));
            }
        };
        effect(move |_| {
            let Some(container) = container.get() else { return };
            // Scroll events do not bubble, and do not leave a shadow root.
            let root = container.get_root_node();
            listen_capturing(&root, "scroll", Box::new(move |_| update()));
            listen_capturing(&window_of(&container), "scroll", Box::new(move |_| update()));
            listen_capturing(&window_of(&container), "resize", Box::new(move |_| update()));
            listen_capturing(&container, "focusin", Box::new(move |_| update()));
            listen_capturing(&container, "focusout", Box::new(move |_| request_animation_frame(update)));
        });
        // Waits until the new rows are in the DOM.
        effect(move |_| {
            rows.track();
            request_animation_frame(update);
        });
        effect(move |before: Option<()>| {
            rows.track();
            if before.is_some() {
                heights.update(Heights::clear);
            }
        });
        window
    }

    /// The indices of the rows to render, ascending.
    pub fn rendered(self) -> Vec<usize> {
        self.rendered.get()
    }

    /// Renders the rows in the DOM. `key` identifies the row with an index.
    pub fn rows(
        self,
        key: impl Fn(usize) -> Option<u128> + Send + Sync + 'static,
        view: impl Fn(RowPlace) -> AnyView + Send + Sync + 'static,
    ) -> AnyView {
        let rows = move || {
            let is_windowed = self.is_windowed();
            // A row that moves is rendered again, unless all rows are rendered.
            let row = |row| Some((key(row)?, row, is_windowed.then_some(row)));
            self.rendered.get().into_iter().filter_map(row).collect()
        };
        let view = move |(_, row, at): (u128, usize, Option<usize>)| {
            view(RowPlace { window: self, row, is_windowed: at.is_some() })
        };
        keyed_rows(Arc::new(rows), Arc::new(view))
    }

    /// Whether the list omits rows.
    pub fn is_windowed(self) -> bool {
        self.rows.get() > MAX_ALL_ROWS
    }

    /// The height of these rows together, in px.
    pub fn height_of(self, rows: Range<usize>) -> f64 {
        self.heights.with(|heights| heights.of(rows))
    }

    /// The margin before a rendered row, as CSS: the height of the omitted rows before it.
    pub fn margin_before(self, row: usize) -> Option<String> {
        let before = self.rendered.with(|rendered| {
            let index = rendered.partition_point(|other| *other < row);
            index.checked_sub(1).map_or(0, |index| rendered[index] + 1)
        });
        (before < row).then(|| format!("{}px", self.height_of(before..row)))
    }

    /// Stores the heights of the rows in the DOM.
    fn measure(self, container: &HtmlElement) {
        let zoom = css_zoom(container);
        let tops = query_all(container, ROWS)
            .into_iter()
            .filter_map(|row| Some((row_of(&row)?, row.get_bounding_client_rect().top() / zoom)));
        let tops: Vec<(usize, f64)> = tops.collect();
        // The distance between two rows includes what is between them, such as borders.
        let pairs = tops.windows(2).filter(|pair| pair[0].0 + 1 == pair[1].0);
        let measured: Vec<_> = pairs.map(|pair| (pair[0].0, pair[1].1 - pair[0].1)).collect();
        let mut heights = self.heights.get_untracked();
        heights.measure(&measured);
        set_if_changed(self.heights, heights);
    }
}

/// The place of a rendered row in its list. A list with all rows needs none of it.
#[derive(Clone, Copy)]
pub struct RowPlace {
    window: RowWindow,
    row: usize,
    is_windowed: bool,
}

impl RowPlace {
    /// The index of the row.
    pub fn index(self) -> usize {
        self.row
    }

    /// The value of the attribute `data-row`.
    pub fn row(self) -> Option<String> {
        self.is_windowed.then(|| self.row.to_string())
    }

    /// The value of the style `margin-block-start`: the height of the omitted rows before this one.
    pub fn margin(self) -> Option<String> {
        if self.is_windowed { self.window.margin_before(self.row) } else { None }
    }

    /// The value of the attribute `aria-posinset`.
    pub fn position(self) -> Option<String> {
        self.is_windowed.then(|| (self.row + 1).to_string())
    }

    /// The value of the attribute `aria-setsize`.
    pub fn size(self) -> Option<String> {
        self.is_windowed.then(|| self.window.rows.get().to_string())
    }
}

/// The part of the rows that is in view, as distances from the top of the first row, in px. `None` if it is hidden.
fn view_of(container: &HtmlElement) -> Option<(f64, f64)> {
    let zoom = css_zoom(container);
    let first = container.query_selector("[data-row='0']").ok()??.get_bounding_client_rect().top();
    let rect = container.get_bounding_client_rect();
    let (from, to) = (rect.top().max(0.0), rect.bottom().min(viewport_size(container).1));
    (from < to).then(|| ((from - first) / zoom, (to - first) / zoom))
}

/// Returns the index of a row of a windowed list, from its element.
pub(super) fn row_of(row: &Element) -> Option<usize> {
    row.get_attribute("data-row")?.parse().ok()
}

fn set_if_changed<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.try_with_untracked(|before| *before != value) == Some(true) {
        signal.set(value);
    }
}
