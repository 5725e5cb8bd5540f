//! The numbers of users in the index.
//!
//! Row ids are random, so sets of bits and pages by row id would be nearly empty. Numbers are small, and have the order of
//! the row ids, which breaks ties in all lists.

use super::IndexError;
use super::orders::MAX_USER;

/// Marks a number that no user has. It is above all row ids.
const FREE: u32 = u32::MAX;
/// The maximum row id: they have 31 bits.
const MAX_ROW_ID: u32 = (1 << 31) - 1;

/// The free numbers before each user of a load. A new user takes the middle one, which leaves one on either side. So two new
/// users between the same neighbours always find a number.
const GAP: usize = 3;

/// The row ids by number, in ascending order. Some numbers between them are free, for new users.
///
/// A number belongs to one row id until the next load, also after the user was removed. So all versions since a load
/// share the numbers.
#[derive(Debug, Default)]
pub(super) struct Numbers(Vec<u32>);

impl Numbers {
    /// Adds the next user of a load: one with a row id above all others. Leaves [`GAP`] numbers before it free.
    pub(super) fn push(&mut self, user: i64) -> Result<u32, IndexError> {
        let row_id = checked(user)?;
        if self.0.last().is_some_and(|&last| last != FREE && last >= row_id) {
            return Err(IndexError::OutOfRange(user));
        }
        let number = self.0.len() + GAP;
        let number = u32::try_from(number).ok().filter(|&number| number <= MAX_USER);
        let number = number.ok_or(IndexError::OutOfRange(user))?;
        self.0.resize(self.0.len() + GAP, FREE);
        self.0.push(row_id);
        Ok(number)
    }

    /// Returns the number of a user.
    pub(super) fn get(&self, user: i64) -> Option<u32> {
        let row_id = checked(user).ok()?;
        let at = self.lower_bound(row_id);
        self.0.get(at).filter(|&&other| other == row_id).and_then(|_| u32::try_from(at).ok())
    }

    /// Returns the number of a user. A new user gets a free number between those of their neighbours.
    ///
    /// # Errors
    /// [`IndexError::NoFreeNumber`] if the neighbours have adjacent numbers.
    pub(super) fn get_or_insert(&mut self, user: i64) -> Result<u32, IndexError> {
        let row_id = checked(user)?;
        let at = self.lower_bound(row_id);
        if at == self.0.len() {
            return self.push(user);
        }
        if self.0[at] == row_id {
            return u32::try_from(at).map_err(|_| IndexError::OutOfRange(user));
        }
        let start = self.0[..at].iter().rposition(|&other| other != FREE).map_or(0, |before| before + 1);
        if start == at {
            return Err(IndexError::NoFreeNumber);
        }
        let middle = usize::midpoint(start, at - 1);
        self.0[middle] = row_id;
        u32::try_from(middle).map_err(|_| IndexError::OutOfRange(user))
    }

    /// Returns the row id of a user.
    pub(super) fn row_id(&self, number: u32) -> Option<i64> {
        self.0.get(number as usize).filter(|&&row_id| row_id != FREE).map(|&row_id| row_id.into())
    }

    pub(super) fn shrink(&mut self) {
        self.0.shrink_to_fit();
    }

    /// Returns the position of the first row id that is not below this one. The end of the list if there is none.
    fn lower_bound(&self, row_id: u32) -> usize {
        let (mut low, mut high) = (0, self.0.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            // Skips free numbers.
            match self.0[middle..high].iter().position(|&other| other != FREE) {
                Some(skipped) if self.0[middle + skipped] < row_id => low = middle + skipped + 1,
                _ => high = middle,
            }
        }
        // The found position may be a free number before the row id.
        let skipped = self.0[low..].iter().position(|&other| other != FREE);
        skipped.map_or(self.0.len(), |skipped| low + skipped)
    }
}

fn checked(user: i64) -> Result<u32, IndexError> {
    u32::try_from(user).ok().filter(|&row_id| row_id <= MAX_ROW_ID).ok_or(IndexError::OutOfRange(user))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use proptest::prelude::*;

    fn loaded(users: impl IntoIterator<Item = i64>) -> Numbers {
        let mut numbers = Numbers::default();
        for user in users {
            numbers.push(user).unwrap();
        }
        numbers
    }

    #[test]
    fn leaves_three_numbers_free_before_each_user() {
        let mut numbers = loaded([10, 20, 30]);
        assert_eq!([10, 20, 30].map(|user| numbers.get(user)), [Some(3), Some(7), Some(11)]);
        assert_eq!([0, 15, 31, -1, 1 << 31].map(|user| numbers.get(user)), [None; 5]);
        assert_eq!(numbers.get_or_insert(15), Ok(5));
        assert_eq!(numbers.get_or_insert(15), Ok(5));
        assert_eq!([17, 12].map(|user| numbers.get_or_insert(user)), [Ok(6), Ok(4)]);
        for user in [11, 13, 16, 18] {
            assert_eq!(numbers.get_or_insert(user), Err(IndexError::NoFreeNumber));
        }
        assert_eq!(numbers.get_or_insert(31), Ok(15), "there is always a number at the end");
        let expected = [(3, 10), (4, 12), (5, 15), (6, 17), (7, 20), (11, 30), (15, 31)];
        let found = (0..17).filter_map(|number| Some((number, numbers.row_id(number)?)));
        assert_eq!(found.collect::<Vec<_>>(), expected);
    }

    #[test]
    fn refuses_ids_out_of_range_and_out_of_order() {
        let mut numbers = loaded([10]);
        for user in [10, 9, -1, 1 << 31, i64::MAX] {
            assert_eq!(numbers.push(user), Err(IndexError::OutOfRange(user)));
        }
        assert_eq!(numbers.get_or_insert(1 << 31), Err(IndexError::OutOfRange(1 << 31)));
        assert_eq!(numbers.push((1 << 31) - 1), Ok(7));
    }

    proptest! {
        #[test]
        fn have_the_order_of_the_row_ids(
            first in prop::collection::btree_set(0_i64..300, 0..40),
            new in prop::collection::vec(0_i64..300, 0..60),
        ) {
            let mut numbers = loaded(first.iter().copied());
            let mut known: BTreeMap<i64, u32> = (3..).step_by(4).zip(&first).map(|(number, &user)| (user, number)).collect();
            for user in new {
                let before = known.range(..user).next_back().map_or(0, |(_, &number)| number + 1);
                let after = known.range(user..).next().map(|(_, &number)| number);
                match numbers.get_or_insert(user) {
                    Ok(number) if known.contains_key(&user) => prop_assert_eq!(known.get(&user), Some(&number)),
                    Ok(number) => {
                        prop_assert!(number >= before && after.is_none_or(|after| number < after));
                        known.insert(user, number);
                    }
                    Err(error) => {
                        prop_assert_eq!(error, IndexError::NoFreeNumber);
                        prop_assert_eq!(after, Some(before), "adjacent neighbours");
                    }
                }
                for user in -1..301 {
                    prop_assert_eq!(numbers.get(user), known.get(&user).copied());
                }
                let by_number: BTreeSet<(u32, i64)> = (0..400).filter_map(|number| Some((number, numbers.row_id(number)?))).collect();
                prop_assert!(by_number.iter().map(|&(number, user)| (user, number)).eq(known.clone()));
            }
        }
    }
}
