use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::HtmlElement;

use super::geometry::{Geometry, Position};

/// Scrolls a list of rows, and knows where it is.
#[derive(Clone, Copy)]
pub struct ListHandle {
    pub(super) body: NodeRef<html::Tbody>,
    pub(super) geometry: RwSignal<Geometry>,
    pub(super) position: RwSignal<Position>,
    pub(super) pinned: RwSignal<Option<usize>>,
    /// How often the rows moved to other places in the list, and by how many places the last time.
    pub(super) shifted: RwSignal<(u32, isize)>,
}

impl Default for ListHandle {
    fn default() -> Self {
        Self {
            body: NodeRef::new(),
            geometry: RwSignal::new(Geometry { rows: 0, row_height: 0.0, viewport: 0.0 }),
            position: RwSignal::new(Position::default()),
            pinned: RwSignal::new(None),
            shifted: RwSignal::new((0, 0)),
        }
    }
}

impl ListHandle {
    /// The row with the focus, or with something in it that has it.
    pub fn focused(self) -> Option<usize> {
        self.pinned.get_untracked()
    }

    /// How many rows are scrolled past, in rows.
    pub fn offset(self) -> f64 {
        let height = self.geometry.with_untracked(|geometry| geometry.row_height);
        if height > 0.0 { self.position.with_untracked(|position| position.offset) / height } else { 0.0 }
    }

    /// How many rows are in view at once.
    pub fn page(self) -> usize {
        self.geometry.with_untracked(|geometry| geometry.in_view(Position::default(), 0).len())
    }

    /// Scrolls to so many rows from the top.
    pub fn scroll_to(self, rows: f64) {
        let geometry = self.geometry.get_untracked();
        self.go(geometry.rested(geometry.at(rows * geometry.row_height)));
    }

    /// Scrolls as little as needed for the row to be in view.
    pub fn reveal(self, row: usize) {
        let geometry = self.geometry.get_untracked();
        let offset = self.position.with_untracked(|position| position.offset);
        let (top, bottom) = (geometry.place(row), geometry.place(row + 1));
        if top < offset {
            self.go(geometry.rested(geometry.at(top)));
        } else if bottom > offset + geometry.viewport {
            self.go(geometry.rested(geometry.at(bottom - geometry.viewport)));
        }
    }

    /// The rows moved to places so many further on, as others came before them, or went: what is in view stays where
    /// it is.
    pub fn shift(self, by: isize) {
        let geometry = self.geometry.get_untracked();
        #[allow(clippy::cast_precision_loss, reason = "numbers of rows are far below 2^52")]
        let moved = by as f64 * geometry.row_height;
        let offset = self.position.with_untracked(|position| position.offset);
        self.pinned.update(|pinned| *pinned = pinned.and_then(|row| row.checked_add_signed(by)));
        self.shifted.update(|(times, last)| (*times, *last) = (*times + 1, by));
        self.go(geometry.rested(geometry.at(offset + moved)));
    }

    /// Gives the focus to the first that the selector finds in the row and that is shown. Says whether there is one.
    pub fn focus(self, row: usize, selector: &str) -> bool {
        let Some(body) = self.body.get_untracked() else { return false };
        let selector = format!("[aria-rowindex='{}'] {selector}", row + 2);
        let Ok(found) = body.query_selector_all(&selector) else { return false };
        let mut found = (0..found.length()).filter_map(|at| found.item(at)?.dyn_into::<HtmlElement>().ok());
        let Some(found) = found.find(|found| found.offset_parent().is_some()) else { return false };
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        found.focus_with_options(&options).is_ok()
    }

    /// Gives the focus to the scrolled region itself.
    pub fn focus_region(self) {
        if let Some(body) = self.body.get_untracked() {
            let _ = body.focus();
        }
    }

    fn go(self, to: Position) {
        let before = self.position.get_untracked();
        self.position.set(to);
        if (before.top - to.top).abs() < 0.5 {
            // To be told so again, the browser would lay out all that has just changed.
            return;
        }
        let body = self.body;
        // Once the list is as high as it is going to be.
        queue_microtask(move || {
            if let Some(body) = body.try_get_untracked().flatten() {
                #[allow(clippy::cast_possible_truncation, reason = "bounded by the height of the list")]
                body.set_scroll_top(to.top.round() as i32);
            }
        });
    }

    pub(super) fn on_scroll(self) {
        if let Some(body) = self.body.get_untracked() {
            let geometry = self.geometry.get_untracked();
            self.position
                .update(|position| *position = geometry.scrolled(*position, f64::from(body.scroll_top())));
        }
    }

    /// Where the height is bounded, the thumb is put back in proportion once scrolling rests.
    pub(super) fn on_scrollend(self) {
        let rested = self.geometry.get_untracked().rested(self.position.get_untracked());
        if rested != self.position.get_untracked() {
            self.go(rested);
        }
    }
}
