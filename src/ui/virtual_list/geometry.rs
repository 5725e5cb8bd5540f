use std::ops::Range;

/// The maximum height of the scrolled element, in px. Browsers draw nothing beyond about 17 million px.
const MAX_HEIGHT: f64 = 6_000_000.0;

/// The distance from either end, in px, within which `scrollTop` and the row offset advance one to one. It lets the
/// wheel and the keys reach the first and last rows one by one.
const EDGE_ZONE: f64 = 20_000.0;

/// The sizes that determine which rows are in view. All lengths are in px.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Geometry {
    pub(super) rows: usize,
    pub(super) row_height: f64,
    pub(super) viewport: f64,
}

/// The scroll position of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Position {
    /// The `scrollTop` of the element, in px.
    pub(super) top: f64,
    /// The offset into the full list, in px. It equals `top` unless [`MAX_HEIGHT`] bounds the height.
    pub(super) offset: f64,
}

impl Position {
    /// The distance, in px, that moves the rows at `offset` to the scroll position `top`.
    pub(super) fn translation(&self) -> f64 {
        self.top - self.offset
    }
}

#[allow(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "numbers of rows are far below 2^52, and what becomes one is not negative"
)]
impl Geometry {
    /// The height of the scrolled element, at most [`MAX_HEIGHT`].
    pub(super) fn height(&self) -> f64 {
        self.full_height().min(MAX_HEIGHT)
    }

    /// The offset of a row in the full list.
    pub(super) fn row_top(&self, row: usize) -> f64 {
        row as f64 * self.row_height
    }

    /// Returns the position after the browser scrolled the element to `top`.
    ///
    /// Small steps (wheel, keys, touch) move the rows by the same distance. Large steps (dragging the scrollbar thumb)
    /// move them in proportion: in a bounded list, one px of the thumb is thousands of px of rows.
    pub(super) fn scrolled(&self, from: Position, top: f64) -> Position {
        let (max_top, max_offset) = (self.max_scroll(self.height()), self.max_scroll(self.full_height()));
        let step = top - from.top;
        let offset = if self.full_height() <= MAX_HEIGHT {
            top
        } else if top <= 0.0 {
            0.0
        } else if top >= max_top - 1.0 {
            max_offset
        } else if step.abs() <= (self.height() / self.viewport.max(1.0) / 2.0).max(self.viewport * 1.5) {
            from.offset + step
        } else {
            top / max_top * max_offset
        };
        Position { top, offset: offset.clamp(0.0, max_offset) }
    }

    /// The position at an offset in the full list, clamped to the ends.
    pub(super) fn position_at(&self, offset: f64) -> Position {
        let offset = offset.clamp(0.0, self.max_scroll(self.full_height()));
        Position { top: offset.min(self.max_scroll(self.height())), offset }
    }

    /// Returns a position with the same rows in view and `top` back in proportion to `offset`.
    pub(super) fn realigned(&self, position: Position) -> Position {
        if self.full_height() <= MAX_HEIGHT {
            return position;
        }
        let (max_top, max_offset) = (self.max_scroll(self.height()), self.max_scroll(self.full_height()));
        // Near an end, the remaining scroll distance equals the remaining rows, so that small steps reach the end.
        let to_start = position.offset.min(EDGE_ZONE);
        let to_end = (max_offset - position.offset).min(EDGE_ZONE);
        let top = (position.offset / max_offset * max_top).clamp(to_start, max_top - to_end);
        if (top - position.top).abs() < 1.0 { position } else { Position { top: top.round(), ..position } }
    }

    /// The rows in view, plus `overscan` rows on each side.
    pub(super) fn in_view(&self, position: Position, overscan: usize) -> Range<usize> {
        if self.viewport <= 0.0 || self.row_height <= 0.0 {
            return 0..0;
        }
        let offset = position.offset.min(self.max_scroll(self.full_height()));
        let first = (offset / self.row_height) as usize;
        let end = ((offset + self.viewport) / self.row_height).ceil() as usize;
        first.saturating_sub(overscan).min(self.rows)..(end + overscan).min(self.rows)
    }

    /// Whether all rows fit in the viewport.
    pub(super) fn fits(&self) -> bool {
        self.viewport > 0.0 && self.full_height() <= self.viewport
    }

    fn full_height(&self) -> f64 {
        self.row_top(self.rows)
    }

    fn max_scroll(&self, height: f64) -> f64 {
        (height - self.viewport).max(0.0)
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "whole numbers of px")]
mod tests {
    use super::*;

    const FEW: Geometry = Geometry { rows: 2_400, row_height: 48.0, viewport: 480.0 };
    const MILLION: Geometry = Geometry { rows: 1_000_000, row_height: 48.0, viewport: 480.0 };

    #[test]
    fn scrolls_like_any_element_below_the_height_limit() {
        let position = FEW.scrolled(Position::default(), 4_800.0);
        assert_eq!(position.translation(), 0.0);
        assert_eq!(FEW.in_view(position, 2), 98..112);
        assert_eq!(FEW.realigned(position), position);
    }

    #[test]
    fn limits_the_height_of_the_element() {
        assert_eq!(MILLION.height(), MAX_HEIGHT);
        assert_eq!(FEW.height(), 115_200.0);
    }

    #[test]
    fn scrolls_a_million_rows_one_by_one_with_wheel_and_keys() {
        let mut position = MILLION.scrolled(Position::default(), 3_000_000.0);
        let first = MILLION.in_view(position, 0).start;
        for step in 1..=50 {
            position = MILLION.scrolled(position, position.top + 48.0);
            assert_eq!(MILLION.in_view(position, 0).start, first + step);
        }
    }

    #[test]
    fn scrolls_in_proportion_and_reaches_both_ends_with_the_thumb() {
        let max_top = MILLION.height() - MILLION.viewport;
        let middle = MILLION.scrolled(Position::default(), max_top / 2.0);
        assert_eq!(MILLION.in_view(middle, 0).start, 499_995);
        let end = MILLION.scrolled(middle, max_top);
        assert_eq!(MILLION.in_view(end, 0), 999_990..1_000_000);
        assert_eq!(MILLION.in_view(MILLION.scrolled(end, 0.0), 0).start, 0);
    }

    #[test]
    fn realigning_keeps_the_rows_in_view_and_corrects_the_thumb() {
        let mut position = MILLION.scrolled(Position::default(), 3_000_000.0);
        for _ in 0..1_000 {
            position = MILLION.scrolled(position, position.top + 100.0);
        }
        let realigned = MILLION.realigned(position);
        assert_eq!(MILLION.in_view(realigned, 0), MILLION.in_view(position, 0));
        assert!(realigned.top < position.top);
        assert_eq!(MILLION.realigned(realigned), realigned);
    }

    #[test]
    fn reaches_both_ends_row_by_row_with_wheel_and_keys() {
        let max_top = MILLION.height() - MILLION.viewport;
        for (start, step, last) in [(0.0, -100.0, 0), (max_top, 100.0, 999_990)] {
            let mut position = MILLION.scrolled(Position::default(), start);
            // Scrolls away from the end and back, and realigns after each step.
            for _ in 0..30 {
                position = MILLION.realigned(MILLION.scrolled(position, position.top - step));
            }
            for _ in 0..30 {
                let before = position.offset;
                position = MILLION.realigned(MILLION.scrolled(position, position.top + step));
                assert!(
                    (position.offset - before).abs() <= 100.0,
                    "scrolled {} px in one step",
                    position.offset - before
                );
            }
            assert_eq!(MILLION.in_view(position, 0).start, last);
        }
    }

    #[test]
    fn scrolls_to_any_row() {
        for row in [0, 7, 500_000, 999_990] {
            let position = MILLION.realigned(MILLION.position_at(MILLION.row_top(row)));
            assert_eq!(MILLION.in_view(position, 0).start, row);
            assert_eq!(MILLION.scrolled(position, position.top), position);
        }
        assert_eq!(FEW.position_at(4_800.0), Position { top: 4_800.0, offset: 4_800.0 });
        assert_eq!(FEW.position_at(1e9), FEW.position_at(FEW.row_top(2_390)));
    }

    #[test]
    fn shows_the_last_rows_after_the_list_shrinks() {
        let far = Position { top: 100_000.0, offset: 100_000.0 };
        let shrunk = Geometry { rows: 12, ..FEW };
        assert_eq!(shrunk.in_view(far, 0), 2..12);
    }

    #[test]
    fn has_no_rows_in_view_before_the_first_measurement() {
        assert_eq!(Geometry { viewport: 0.0, ..FEW }.in_view(Position::default(), 6), 0..0);
    }
}
