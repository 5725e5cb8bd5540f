use std::ops::Range;

/// The number of rows rendered before and after those in view.
const OVERSCAN: usize = 10;
/// The smallest difference between two heights, in px.
const TOLERANCE: f64 = 0.5;

/// The heights of the rows of a list, in px.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Heights {
    /// The height of the rows that were not measured.
    usual: f64,
    /// Whether `usual` is a measured height, and not a guess.
    is_measured: bool,
    /// The rows with another height, ascending, each with the difference.
    others: Vec<(usize, f64)>,
}

impl Heights {
    /// Creates the heights from a guess.
    pub(super) fn new(usual: f64) -> Self {
        Self { usual, is_measured: false, others: Vec::new() }
    }

    /// Forgets the measured rows.
    pub(super) fn clear(&mut self) {
        self.others.clear();
    }

    /// Stores the measured heights of rows. The first call replaces the guess.
    pub(super) fn measure(&mut self, rows: &[(usize, f64)]) {
        if let Some(&(_, middle)) = rows.get(rows.len() / 2).filter(|_| !self.is_measured) {
            (self.usual, self.is_measured) = (middle, true);
        }
        for &(row, height) in rows {
            self.set(row, height);
        }
    }

    fn set(&mut self, row: usize, height: f64) {
        let difference = height - self.usual;
        match self.others.binary_search_by_key(&row, |(row, _)| *row) {
            Ok(index) => self.others[index].1 = difference,
            Err(_) if difference.abs() <= TOLERANCE => {}
            Err(index) => self.others.insert(index, (row, difference)),
        }
    }

    /// The height of these rows together.
    pub(super) fn of(&self, rows: Range<usize>) -> f64 {
        let differences = self.others.iter().filter(|(row, _)| rows.contains(row)).map(|(_, by)| by);
        count(rows.len()) * self.usual + differences.sum::<f64>()
    }

    /// The row at a distance from the top of the list. It can be beyond the last row.
    fn row_at(&self, distance: f64) -> usize {
        let (mut row, mut top) = (0, 0.0);
        for &(other, difference) in &self.others {
            let bottom = top + count(other + 1 - row) * self.usual + difference;
            if distance < bottom {
                let usual_end = bottom - self.usual - difference;
                return if distance < usual_end { row + self.rows_within(distance - top) } else { other };
            }
            (row, top) = (other + 1, bottom);
        }
        row + self.rows_within(distance - top)
    }

    /// The rows between two distances from the top of the list, with some rows before and after.
    pub(super) fn in_view(&self, from: f64, to: f64, rows: usize) -> Range<usize> {
        let (first, last) = (self.row_at(from), self.row_at(to));
        first.saturating_sub(OVERSCAN).min(rows)..(last + 1 + OVERSCAN).min(rows)
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "the cast saturates")]
    fn rows_within(&self, height: f64) -> usize {
        (height / self.usual) as usize
    }
}

#[allow(clippy::cast_precision_loss, reason = "numbers of rows are far below 2^52")]
fn count(rows: usize) -> f64 {
    rows as f64
}

/// Returns the rows to render, ascending: those in view, the first and the last row, and the kept rows with those beside
/// them. So Home, End, Tab and the arrow keys find a row to move to.
pub(super) fn rendered(rows: usize, in_view: &Range<usize>, kept: impl Iterator<Item = usize>) -> Vec<usize> {
    let Some(last) = rows.checked_sub(1) else { return Vec::new() };
    let mut rendered: Vec<usize> = (in_view.start.min(rows)..in_view.end.min(rows)).collect();
    let beside = kept.flat_map(|row| [row.saturating_sub(1), row, row + 1]);
    for row in beside.filter(|row| *row < last).chain([0, last]) {
        if let Err(index) = rendered.binary_search(&row) {
            rendered.insert(index, row);
        }
    }
    rendered
}

// These tests run natively, because the page's tests in the browser have no proptest.
#[cfg(all(test, not(target_family = "wasm")))]
#[allow(clippy::float_cmp, reason = "whole numbers of px")]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn renders_the_rows_that_the_keys_reach() {
        assert_eq!(rendered(10_000, &(500..504), [7].into_iter()), [0, 6, 7, 8, 500, 501, 502, 503, 9_999]);
        assert_eq!(rendered(3, &(0..3), [2].into_iter()), [0, 1, 2]);
        assert_eq!(rendered(2, &(5..9), [8].into_iter()), [0, 1]);
        assert_eq!(rendered(0, &(0..40), [3].into_iter()), [0; 0]);
    }

    #[test]
    fn the_first_measurement_replaces_the_guess() {
        let mut heights = Heights::new(32.0);
        heights.measure(&[(0, 60.0), (1, 44.0), (2, 44.0)]);
        assert_eq!(heights.of(0..10), 456.0);
        heights.measure(&[(5, 32.0)]);
        assert_eq!(heights.of(0..10), 444.0);
        heights.clear();
        assert_eq!(heights.of(0..10), 440.0);
    }

    proptest! {
        #[test]
        fn heights_match_the_naive_implementation(
            measured in proptest::collection::vec((0_usize..60, 1_u8..200), 0..40),
            from in 0_usize..60,
            length in 0_usize..60,
            distance in 0_u32..4_000,
        ) {
            let mut heights = Heights::new(32.0);
            heights.measure(&[(0, 32.0)]);
            let mut naive = [32.0; 200];
            for (row, height) in measured {
                heights.set(row, height.into());
                naive[row] = f64::from(height);
            }
            prop_assert_eq!(heights.of(from..from + length), naive[from..from + length].iter().sum::<f64>());
            let distance = f64::from(distance);
            let mut bottom = 0.0;
            let row = naive.iter().position(|height| { bottom += height; distance < bottom });
            prop_assert_eq!(Some(heights.row_at(distance)), row);
        }
    }
}
