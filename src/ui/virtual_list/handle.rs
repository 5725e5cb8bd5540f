use leptos::html;
use leptos::prelude::*;

use super::geometry::{Geometry, Position};
use super::slots::Slots;
use super::text_selection::TextSelection;
use crate::ui::query::query_all;

/// Scrolls a virtual list and reports its scroll position.
#[derive(Clone, Copy)]
pub struct ListHandle {
    pub(super) body: NodeRef<html::Tbody>,
    pub(super) geometry: RwSignal<Geometry>,
    pub(super) position: RwSignal<Position>,
    pub(super) pinned: RwSignal<Option<usize>>,
    /// The rows that contain selected text.
    pub(super) selected: RwSignal<Vec<usize>>,
    pub(super) slots: StoredValue<Slots>,
}

impl Default for ListHandle {
    fn default() -> Self {
        Self {
            body: NodeRef::new(),
            geometry: RwSignal::new(Geometry { rows: 0, row_height: 0.0, viewport: 0.0 }),
            position: RwSignal::new(Position::default()),
            pinned: RwSignal::new(None),
            selected: RwSignal::new(Vec::new()),
            slots: StoredValue::new(Slots::default()),
        }
    }
}

impl ListHandle {
    /// The row that has or contains the focus.
    pub fn focused_row(self) -> Option<usize> {
        self.pinned.get_untracked()
    }

    /// The focused row, and the rows that contain selected text.
    pub fn kept_rows(self) -> (Option<usize>, Vec<usize>) {
        (self.focused_row(), self.selected.get_untracked())
    }

    /// Subscribes to [`Self::kept_rows`].
    pub fn track_kept_rows(self) {
        self.pinned.track();
        self.selected.track();
    }

    /// Clears the text selection, because its rows show other content now.
    pub fn clear_text_selection(self) {
        if let Some(body) = self.body.get_untracked() {
            TextSelection::clear(&body);
        }
        self.selected.set(Vec::new());
    }

    /// Moves the DOM row of the focused row to another row, because its content has moved there.
    pub fn move_focused_row(self, to: usize) {
        if let Some(from) = self.pinned.get_untracked() {
            self.slots.update_value(|slots| slots.move_row(from, to));
            self.pinned.set(Some(to));
        }
    }

    /// The scroll position, in rows.
    pub fn offset(self) -> f64 {
        let height = self.geometry.with_untracked(|geometry| geometry.row_height);
        if height > 0.0 { self.position.with_untracked(|position| position.offset) / height } else { 0.0 }
    }

    /// The number of rows that fit in the viewport.
    pub fn rows_per_page(self) -> usize {
        self.geometry.with_untracked(|geometry| geometry.in_view(Position::default(), 0).len())
    }

    /// Whether all rows fit in the viewport, so that nothing scrolls.
    pub fn fits(self) -> bool {
        self.geometry.with(Geometry::fits)
    }

    /// Scrolls to a position, in rows from the top.
    pub fn scroll_to(self, rows: f64) {
        let geometry = self.geometry.get_untracked();
        self.set_position(geometry.realigned(geometry.position_at(rows * geometry.row_height)));
    }

    /// Scrolls the shortest distance that brings the row into view.
    pub fn scroll_into_view(self, row: usize) {
        let geometry = self.geometry.get_untracked();
        let offset = self.position.with_untracked(|position| position.offset);
        let (top, bottom) = (geometry.row_top(row), geometry.row_top(row + 1));
        if top < offset {
            self.set_position(geometry.realigned(geometry.position_at(top)));
        } else if bottom > offset + geometry.viewport {
            self.set_position(geometry.realigned(geometry.position_at(bottom - geometry.viewport)));
        }
    }

    /// Shifts all row indexes by `by` after rows were inserted or removed above. The rows in view keep their position on
    /// the screen.
    pub fn shift_rows(self, by: isize) {
        let geometry = self.geometry.get_untracked();
        #[allow(clippy::cast_precision_loss, reason = "numbers of rows are far below 2^52")]
        let moved = by as f64 * geometry.row_height;
        let offset = self.position.with_untracked(|position| position.offset);
        self.slots.update_value(|slots| slots.shift(by));
        // Also notifies the list if no row is pinned.
        self.pinned.update(|pinned| *pinned = pinned.and_then(|row| row.checked_add_signed(by)));
        self.selected.update(|rows| {
            *rows = rows.iter().filter_map(|row| row.checked_add_signed(by)).collect();
        });
        self.set_position(geometry.realigned(geometry.position_at(offset + moved)));
    }

    /// Focuses the first visible match of the selector in the row. Returns whether there is one.
    pub fn focus(self, row: usize, selector: &str) -> bool {
        let Some(body) = self.body.get_untracked() else { return false };
        let selector = format!("[aria-rowindex='{}'] {selector}", row + 2);
        let found = query_all(&body, &selector);
        let Some(found) = found.into_iter().find(|found| found.offset_parent().is_some()) else {
            return false;
        };
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        found.focus_with_options(&options).is_ok()
    }

    /// Focuses the scrollable region itself.
    pub fn focus_region(self) {
        if let Some(body) = self.body.get_untracked() {
            let _ = body.focus();
        }
    }

    fn set_position(self, to: Position) {
        let before = self.position.get_untracked();
        self.position.set(to);
        if (before.top - to.top).abs() < 0.5 {
            // Setting the same `scrollTop` again would force a layout of everything that just changed.
            return;
        }
        let body = self.body;
        // Waits until the new height of the list is applied.
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

    /// Puts the scrollbar thumb back in proportion when scrolling ends, where the height is bounded.
    pub(super) fn on_scrollend(self) {
        let realigned = self.geometry.get_untracked().realigned(self.position.get_untracked());
        if realigned != self.position.get_untracked() {
            self.set_position(realigned);
        }
    }
}
