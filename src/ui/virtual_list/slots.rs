/// The row of a slot that shows none.
pub(super) const NOWHERE: usize = usize::MAX;

/// Rows of the page that are used again for other rows of the list: each slot by its number, with the row that it
/// shows, in the order of the rows; and those that are spare.
#[derive(Debug, Default)]
pub(super) struct Slots {
    taken: Vec<(u32, usize)>,
    spare: Vec<u32>,
    made: u32,
}

impl Slots {
    /// Shows these rows, which are in order. A row that is shown already keeps its slot, so that what is in it keeps
    /// the focus; the others get the slots that are free now. What is left over is kept [`NOWHERE`]: to make a row costs far
    /// more than to keep it.
    pub(super) fn show(&mut self, rows: &[usize]) -> Vec<(u32, usize)> {
        let is_needed = |row: usize| rows.binary_search(&row).is_ok();
        let (kept, free): (Vec<_>, Vec<_>) = self.taken.iter().partition(|(_, row)| is_needed(*row));
        // In their order: where all go elsewhere, none has to change places with another.
        let free = free.into_iter().map(|(slot, _)| slot).chain(std::mem::take(&mut self.spare));
        let (mut kept, mut free) = (kept.into_iter().peekable(), free);
        let taken = rows.iter().map(|&row| {
            let slot = kept.next_if(|(_, shown)| *shown == row).map(|(slot, _)| slot).or_else(|| free.next());
            let mut make = || {
                self.made += 1;
                self.made
            };
            (slot.unwrap_or_else(&mut make), row)
        });
        self.taken = taken.collect();
        self.spare = free.collect();
        self.all()
    }

    /// The rows in all slots are others by now, by as many places; what is no row any more is spare.
    pub(super) fn shift(&mut self, by: isize) -> Vec<(u32, usize)> {
        let spare = &mut self.spare;
        self.taken.retain_mut(|(slot, row)| {
            let moved = row.checked_add_signed(by).inspect(|moved| *row = *moved);
            if moved.is_none() {
                spare.push(*slot);
            }
            moved.is_some()
        });
        self.all()
    }

    fn all(&self) -> Vec<(u32, usize)> {
        let spare = self.spare.iter().map(|&slot| (slot, NOWHERE));
        self.taken.iter().copied().chain(spare).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_that_stays_keeps_its_slot_and_the_others_are_used_again() {
        let mut slots = Slots::default();
        assert_eq!(slots.show(&[0, 1, 2, 3]), [(1, 0), (2, 1), (3, 2), (4, 3)]);
        assert_eq!(slots.show(&[2, 3, 4, 5]), [(3, 2), (4, 3), (1, 4), (2, 5)]);
        assert_eq!(slots.show(&[100, 101]), [(3, 100), (4, 101), (1, NOWHERE), (2, NOWHERE)]);
        assert_eq!(slots.show(&[100, 101, 102, 103]), [(3, 100), (4, 101), (1, 102), (2, 103)]);
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
        assert_eq!(slots.shift(-3), [(2, 0), (3, 1), (1, NOWHERE)]);
    }
}
