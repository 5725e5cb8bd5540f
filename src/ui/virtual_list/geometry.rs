use std::ops::Range;

/// The tallest element that is scrolled, in px. Browsers draw nothing beyond some 17 million.
const MAX_HEIGHT: f64 = 6_000_000.0;

/// How near an end wheel and keys reach it row by row, in px.
const NEAR_AN_END: f64 = 20_000.0;

/// The sizes that decide which rows are in view.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Geometry {
    pub(super) rows: usize,
    /// In px, as are all lengths here.
    pub(super) row_height: f64,
    pub(super) viewport: f64,
}

/// How far a list is scrolled.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Position {
    /// How far the element is.
    pub(super) top: f64,
    /// How far the rows are. The same, unless the height is bounded.
    pub(super) offset: f64,
}

impl Position {
    /// What rows are moved by, so that those at `offset` are seen at `top`.
    pub(super) fn shift(&self) -> f64 {
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
    /// The height of the scrolled element.
    pub(super) fn height(&self) -> f64 {
        self.whole().min(MAX_HEIGHT)
    }

    /// Where a row stands in the list.
    pub(super) fn place(&self, row: usize) -> f64 {
        row as f64 * self.row_height
    }

    /// Follows the element to a new scroll position. Small steps, those of the wheel, the keys and a finger, move
    /// the rows by just as much; large ones, those of the thumb, move them in proportion. Where the height is
    /// bounded, a thumb that moves by one px moves the element by thousands.
    pub(super) fn scrolled(&self, from: Position, top: f64) -> Position {
        let (furthest_top, furthest) = (self.furthest(self.height()), self.furthest(self.whole()));
        let step = top - from.top;
        let offset = if self.whole() <= MAX_HEIGHT {
            top
        } else if top <= 0.0 {
            0.0
        } else if top >= furthest_top - 1.0 {
            furthest
        } else if step.abs() <= (self.height() / self.viewport.max(1.0) / 2.0).max(self.viewport * 1.5) {
            from.offset + step
        } else {
            top / furthest_top * furthest
        };
        Position { top, offset: offset.clamp(0.0, furthest) }
    }

    /// Where the list is when so many px of rows are scrolled past.
    pub(super) fn at(&self, offset: f64) -> Position {
        let offset = offset.clamp(0.0, self.furthest(self.whole()));
        Position { top: offset.min(self.furthest(self.height())), offset }
    }

    /// The same rows in view, with the element scrolled in proportion again.
    pub(super) fn rested(&self, position: Position) -> Position {
        if self.whole() <= MAX_HEIGHT {
            return position;
        }
        let (furthest_top, furthest) = (self.furthest(self.height()), self.furthest(self.whole()));
        // Near the ends there is as much left to scroll as there are rows left, so that small steps reach them.
        let before = position.offset.min(NEAR_AN_END);
        let after = (furthest - position.offset).min(NEAR_AN_END);
        let top = (position.offset / furthest * furthest_top).clamp(before, furthest_top - after);
        if (top - position.top).abs() < 1.0 { position } else { Position { top: top.round(), ..position } }
    }

    /// The rows in view, and some around them.
    pub(super) fn in_view(&self, position: Position, overscan: usize) -> Range<usize> {
        if self.viewport <= 0.0 || self.row_height <= 0.0 {
            return 0..0;
        }
        let offset = position.offset.min(self.furthest(self.whole()));
        let first = (offset / self.row_height) as usize;
        let after = ((offset + self.viewport) / self.row_height).ceil() as usize;
        first.saturating_sub(overscan).min(self.rows)..(after + overscan).min(self.rows)
    }

    fn whole(&self) -> f64 {
        self.place(self.rows)
    }

    fn furthest(&self, height: f64) -> f64 {
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
    fn a_list_that_fits_scrolls_as_any_element() {
        let position = FEW.scrolled(Position::default(), 4_800.0);
        assert_eq!(position.shift(), 0.0);
        assert_eq!(FEW.in_view(position, 2), 98..112);
        assert_eq!(FEW.rested(position), position);
    }

    #[test]
    fn the_element_never_outgrows_the_browser() {
        assert_eq!(MILLION.height(), MAX_HEIGHT);
        assert_eq!(FEW.height(), 115_200.0);
    }

    #[test]
    fn wheel_and_keys_move_a_million_rows_one_by_one() {
        let mut position = MILLION.scrolled(Position::default(), 3_000_000.0);
        let first = MILLION.in_view(position, 0).start;
        for step in 1..=50 {
            position = MILLION.scrolled(position, position.top + 48.0);
            assert_eq!(MILLION.in_view(position, 0).start, first + step);
        }
    }

    #[test]
    fn the_thumb_moves_in_proportion_and_reaches_both_ends() {
        let furthest = MILLION.height() - MILLION.viewport;
        let middle = MILLION.scrolled(Position::default(), furthest / 2.0);
        assert_eq!(MILLION.in_view(middle, 0).start, 499_995);
        let end = MILLION.scrolled(middle, furthest);
        assert_eq!(MILLION.in_view(end, 0), 999_990..1_000_000);
        assert_eq!(MILLION.in_view(MILLION.scrolled(end, 0.0), 0).start, 0);
    }

    #[test]
    fn resting_keeps_the_rows_in_view_and_puts_the_thumb_back() {
        let mut position = MILLION.scrolled(Position::default(), 3_000_000.0);
        for _ in 0..1_000 {
            position = MILLION.scrolled(position, position.top + 100.0);
        }
        let rested = MILLION.rested(position);
        assert_eq!(MILLION.in_view(rested, 0), MILLION.in_view(position, 0));
        assert!(rested.top < position.top);
        assert_eq!(MILLION.rested(rested), rested);
    }

    #[test]
    fn wheel_and_keys_reach_both_ends_row_by_row() {
        let furthest = MILLION.height() - MILLION.viewport;
        for (start, step, last) in [(0.0, -100.0, 0), (furthest, 100.0, 999_990)] {
            let mut position = MILLION.scrolled(Position::default(), start);
            // Away from the end with a rest after each step, and back again.
            for _ in 0..30 {
                position = MILLION.rested(MILLION.scrolled(position, position.top - step));
            }
            for _ in 0..30 {
                let before = position.offset;
                position = MILLION.rested(MILLION.scrolled(position, position.top + step));
                assert!((position.offset - before).abs() <= 100.0, "a step of {}", position.offset - before);
            }
            assert_eq!(MILLION.in_view(position, 0).start, last);
        }
    }

    #[test]
    fn any_row_can_be_gone_to() {
        for row in [0, 7, 500_000, 999_990] {
            let there = MILLION.rested(MILLION.at(MILLION.place(row)));
            assert_eq!(MILLION.in_view(there, 0).start, row);
            assert_eq!(MILLION.scrolled(there, there.top), there);
        }
        assert_eq!(FEW.at(4_800.0), Position { top: 4_800.0, offset: 4_800.0 });
        assert_eq!(FEW.at(1e9), FEW.at(FEW.place(2_390)));
    }

    #[test]
    fn a_list_that_shrank_still_shows_its_last_rows() {
        let far = Position { top: 100_000.0, offset: 100_000.0 };
        let shrunk = Geometry { rows: 12, ..FEW };
        assert_eq!(shrunk.in_view(far, 0), 2..12);
    }

    #[test]
    fn nothing_is_in_view_before_the_list_has_a_size() {
        assert_eq!(Geometry { viewport: 0.0, ..FEW }.in_view(Position::default(), 6), 0..0);
    }
}
