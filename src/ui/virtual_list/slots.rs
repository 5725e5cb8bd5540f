/// The row index of a spare slot.
pub(super) const UNASSIGNED: usize = usize::MAX;

/// The slots of a virtual list. A slot is one DOM row, which is recycled for different rows of the list.
#[derive(Debug, Default)]
pub(super) struct Slots {
    /// Pairs of slot number and row, sorted by row.
    assigned: Vec<(u32, usize)>,
    /// Slots without a row.
    spare: Vec<u32>,
    created: u32,
}

impl Slots {
    /// Assigns a slot to each of these rows, which are sorted. Returns all slots with their rows.
    ///
    /// A row that already has a slot keeps it, so that an element inside it keeps the focus. The other rows get free
    /// slots. Remaining slots stay [`UNASSIGNED`], because creating a DOM row costs far more than keeping it.
    pub(super) fn assign(&mut self, rows: &[usize]) -> Vec<(u32, usize)> {
        let is_needed = |row: usize| rows.binary_search(&row).is_ok();
        let (kept, free): (Vec<_>, Vec<_>) = self.assigned.iter().partition(|(_, row)| is_needed(*row));
        // Reuses free slots in row order: when all rows scroll away, no slots have to swap places.
        let free = free.into_iter().map(|(slot, _)| slot).chain(std::mem::take(&mut self.spare));
        let (mut kept, mut free) = (kept.into_iter().peekable(), free);
        let assigned = rows.iter().map(|&row| {
            let slot = kept.next_if(|(_, shown)| *shown == row).map(|(slot, _)| slot).or_else(|| free.next());
            let mut make = || {
                self.created += 1;
                self.created
            };
            (slot.unwrap_or_else(&mut make), row)
        });
        self.assigned = assigned.collect();
        self.spare = free.collect();
        self.rows_by_slot()
    }

    /// Shifts the row of every slot by `by`. A slot whose row would be below 0 becomes spare.
    pub(super) fn shift(&mut self, by: isize) {
        let spare = &mut self.spare;
        self.assigned.retain_mut(|(slot, row)| {
            let moved = row.checked_add_signed(by).inspect(|moved| *row = *moved);
            if moved.is_none() {
                spare.push(*slot);
            }
            moved.is_some()
        });
    }

    /// Assigns the slot of row `from` to row `to`. If `to` has a slot, the two swap.
    pub(super) fn move_row(&mut self, from: usize, to: usize) {
        let find = |assigned: &[(u32, usize)], row| assigned.binary_search_by_key(&row, |(_, row)| *row);
        let Ok(from) = find(&self.assigned, from) else { return };
        if let Ok(to) = find(&self.assigned, to) {
            let slot = self.assigned[to].0;
            self.assigned[to].0 = std::mem::replace(&mut self.assigned[from].0, slot);
        } else {
            let (slot, _) = self.assigned.remove(from);
            let index = self.assigned.partition_point(|(_, row)| *row < to);
            self.assigned.insert(index, (slot, to));
        }
    }

    /// Returns all slots with their rows.
    pub(super) fn rows_by_slot(&self) -> Vec<(u32, usize)> {
        let spare = self.spare.iter().map(|&slot| (slot, UNASSIGNED));
        self.assigned.iter().copied().chain(spare).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_slots_of_remaining_rows_and_recycles_the_others() {
        let mut slots = Slots::default();
        assert_eq!(slots.assign(&[0, 1, 2, 3]), [(1, 0), (2, 1), (3, 2), (4, 3)]);
        assert_eq!(slots.assign(&[2, 3, 4, 5]), [(3, 2), (4, 3), (1, 4), (2, 5)]);
        assert_eq!(slots.assign(&[100, 101]), [(3, 100), (4, 101), (1, UNASSIGNED), (2, UNASSIGNED)]);
        assert_eq!(slots.assign(&[100, 101, 102, 103]), [(3, 100), (4, 101), (1, 102), (2, 103)]);
        assert_eq!(slots.created, 4);
    }

    #[test]
    fn keeps_the_slot_of_a_focused_row_out_of_view() {
        let mut slots = Slots::default();
        slots.assign(&[0, 1, 2]);
        assert_eq!(slots.assign(&[1, 50, 51, 52])[0], (2, 1));
    }

    #[test]
    fn keeps_the_slots_when_rows_shift() {
        let mut slots = Slots::default();
        slots.assign(&[0, 1, 2]);
        slots.shift(2);
        assert_eq!(slots.rows_by_slot(), [(1, 2), (2, 3), (3, 4)]);
        assert_eq!(slots.assign(&[2, 3, 4]), [(1, 2), (2, 3), (3, 4)]);
        slots.shift(-3);
        assert_eq!(slots.rows_by_slot(), [(2, 0), (3, 1), (1, UNASSIGNED)]);
    }

    #[test]
    fn moves_the_slot_of_a_row_that_changes_its_position() {
        let mut slots = Slots::default();
        slots.assign(&[0, 1, 2]);
        slots.move_row(0, 2);
        assert_eq!(slots.rows_by_slot(), [(3, 0), (2, 1), (1, 2)]);
        slots.move_row(2, 9);
        assert_eq!(slots.rows_by_slot(), [(3, 0), (2, 1), (1, 9)]);
    }
}
