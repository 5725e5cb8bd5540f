/// A set of user numbers: one bit per number.
#[derive(Debug, Clone, Default)]
pub(super) struct Bitmap(Vec<u64>);

impl Bitmap {
    #[inline]
    pub(super) fn contains(&self, user: u32) -> bool {
        let (word, bit) = locate(user);
        self.0.get(word).is_some_and(|bits| bits & bit != 0)
    }

    #[inline]
    pub(super) fn insert(&mut self, user: u32) {
        let (word, bit) = locate(user);
        if word >= self.0.len() {
            self.0.resize(word + 1, 0);
        }
        self.0[word] |= bit;
    }

    pub(super) fn set(&mut self, user: u32, is_member: bool) {
        if is_member {
            self.insert(user);
        } else if let (word, bit) = locate(user)
            && let Some(bits) = self.0.get_mut(word)
        {
            *bits &= !bit;
        }
    }

    /// Creates a set from the bits of all numbers, 64 in each word.
    pub(super) fn from_words(words: Vec<u64>) -> Self {
        Self(words)
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// The memory that the set uses, in bytes.
    pub(super) fn size(&self) -> usize {
        self.0.capacity() * 8
    }

    /// Returns the members in ascending order.
    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0_u32..).zip(&self.0).flat_map(|(word, &bits)| members(word, bits))
    }

    /// Returns the members in ascending order, without the first `skip` ones. Skips whole words by their counts.
    pub(super) fn iter_from(&self, mut skip: usize) -> impl Iterator<Item = u32> + '_ {
        let mut start = 0;
        while let Some(bits) = self.0.get(start)
            && bits.count_ones() as usize <= skip
        {
            skip -= bits.count_ones() as usize;
            start += 1;
        }
        let first = u32::try_from(start).unwrap_or(u32::MAX);
        (first..).zip(&self.0[start..]).flat_map(|(word, &bits)| members(word, bits)).skip(skip)
    }

    /// Returns the number of members below `user`.
    pub(super) fn rank(&self, user: u32) -> usize {
        let (word, bit) = locate(user);
        let whole: usize = self.0.iter().take(word).map(|bits| bits.count_ones() as usize).sum();
        whole + self.0.get(word).map_or(0, |bits| (bits & (bit - 1)).count_ones() as usize)
    }

    /// Keeps the members that meet a condition.
    pub(super) fn filter(&self, mut meets: impl FnMut(u32) -> bool) -> Self {
        let mut kept = Self::default();
        self.iter().filter(|&user| meets(user)).for_each(|user| kept.insert(user));
        kept
    }

    pub(super) fn and(&self, other: &Self) -> Self {
        Self(self.0.iter().zip(&other.0).map(|(left, right)| left & right).collect())
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        let others = other.0.iter().copied().chain(std::iter::repeat(0));
        Self(self.0.iter().zip(others).map(|(left, right)| left & !right).collect())
    }

    pub(super) fn or(&self, other: &Self) -> Self {
        let (long, short) = if self.0.len() < other.0.len() { (other, self) } else { (self, other) };
        let mut all = long.clone();
        for (bits, more) in all.0.iter_mut().zip(&short.0) {
            *bits |= more;
        }
        all
    }
}

#[inline]
fn locate(user: u32) -> (usize, u64) {
    ((user >> 6) as usize, 1 << (user & 63))
}

fn members(word: u32, mut bits: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let lowest = (bits != 0).then(|| word * 64 + bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
        lowest
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combines_sets_of_different_lengths() {
        let set = |users: &[u32]| {
            let mut set = Bitmap::default();
            for &user in users {
                set.insert(user);
            }
            set
        };
        let (short, long) = (set(&[1, 63, 64]), set(&[1, 64, 1_000]));
        let list = |set: Bitmap| set.iter().collect::<Vec<_>>();
        assert_eq!(list(short.and(&long)), [1, 64]);
        assert_eq!(list(short.or(&long)), [1, 63, 64, 1_000]);
        assert_eq!(list(long.or(&short)), [1, 63, 64, 1_000]);
        assert_eq!(list(short.minus(&long)), [63]);
        assert_eq!(list(long.minus(&short)), [1_000]);
        assert_eq!((0..4).map(|skip| long.iter_from(skip).count()).collect::<Vec<_>>(), [3, 2, 1, 0]);
        assert_eq!([0, 1, 2, 65, 5_000].map(|user| long.rank(user)), [0, 0, 1, 2, 3]);
        assert!(!short.contains(5_000));
    }
}
