/// Rows of the page that are used again for other rows of the list: each slot by its number, with the row that it
/// shows, in the order of the rows.
#[derive(Debug, Default)]
pub(super) struct Slots {
    taken: Vec<(u32, usize)>,
    made: u32,
}

impl Slots {
    /// Shows these rows, which are in order. A row that is shown already keeps its slot, so that what is in it keeps
    /// the focus; the others get the slots that are free now.
    pub(super) fn show(&mut self, rows: &[usize]) -> &[(u32, usize)] {
        let is_needed = |row: usize| rows.binary_search(&row).is_ok();
        let (kept, mut free): (Vec<_>, Vec<_>) = self.taken.iter().partition(|(_, row)| is_needed(*row));
        // The slots nearest to where they are needed go there: those freed last.
        let mut kept = kept.into_iter().peekable();
        let taken = rows.iter().map(|&row| {
            let slot = kept.next_if(|(_, shown)| *shown == row).or_else(|| free.pop());
            let mut make = || {
                self.made += 1;
                self.made
            };
            (slot.map_or_else(&mut make, |(slot, _)| slot), row)
        });
        self.taken = taken.collect();
        &self.taken
    }

    /// The rows in all slots are others by now, by as many places; what is no row any more goes.
    pub(super) fn shift(&mut self, by: isize) -> &[(u32, usize)] {
        self.taken.retain_mut(|(_, row)| row.checked_add_signed(by).inspect(|moved| *row = *moved).is_some());
        &self.taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_stays_keeps_its_slot_and_the_others_are_used_again() {
        let mut slots = Slots::default();
        assert_eq!(slots.show(&[0, 1, 2, 3]), [(1, 0), (2, 1), (3, 2), (4, 3)]);
        assert_eq!(slots.show(&[2, 3, 4, 5]), [(3, 2), (4, 3), (2, 4), (1, 5)]);
        assert_eq!(slots.show(&[100, 101]), [(1, 100), (2, 101)]);
        assert_eq!(slots.made, 4);
    }

    #[test]
    fn a_row_far_away_that_has_the_focus_keeps_its_slot() {
        let mut slots = Slots::default();
        slots.show(&[0, 1, 2]);
        assert_eq!(slots.show(&[1, 50, 51, 52])[0], (2, 1));
    }

    #[test]
    fn rows_that_moved_stay_in_their_slots() {
        let mut slots = Slots::default();
        slots.show(&[0, 1, 2]);
        assert_eq!(slots.shift(2), [(1, 2), (2, 3), (3, 4)]);
        assert_eq!(slots.show(&[2, 3, 4]), [(1, 2), (2, 3), (3, 4)]);
        assert_eq!(slots.shift(-3), [(2, 0), (3, 1)]);
    }
}
