//! Which users of a page may have a text that contains a word: a bit-sliced signature file, as in
//! [BitFunnel](https://dl.acm.org/doi/10.1145/3077136.3080789).
//!
//! The users of a page are in 64 groups. A row of the signature has a bit for each group: whether a trigram (three bytes in
//! a row) that belongs to the row occurs in a text of the group. A word can be only in groups that have the bits of all its
//! trigrams. So a search reads some rows of each page, and looks at the texts of the groups that are left.

use super::columns::{PAGE_SIZE, SlicePage, Slices};

/// The number of rows. A group has about a hundred trigrams, so a fifth of its bits are set.
const ROWS: usize = if cfg!(test) { 32 } else { 512 };
/// The length of a trigram, in bytes. Shorter words can be in all groups.
pub(super) const TRIGRAM: usize = 3;
/// The groups of a page, one for each bit of a row.
pub(super) const GROUPS: usize = 64;
/// The numbers of users in a group.
pub(super) const GROUP_SIZE: usize = PAGE_SIZE as usize / GROUPS;

/// The rows of the trigrams of a word, each once.
#[derive(Debug)]
pub(super) struct WordRows(Vec<usize>);

/// Computes the signatures of all pages that have none yet.
pub(super) fn prepare(texts: &Slices<u8>) {
    for page in (0..texts.page_count()).filter_map(|number| texts.page(number)) {
        page.derived(signature);
    }
}

/// Returns the groups of a page that may contain the word, as bits.
pub(super) fn groups(page: &SlicePage<u8>, word: &WordRows) -> u64 {
    if word.0.is_empty() {
        return u64::MAX;
    }
    let rows = page.derived(signature);
    word.0.iter().fold(u64::MAX, |groups, &row| groups & rows[row])
}

/// Computes the signature of the texts of a page. The last byte of a text is no part of it.
fn signature(page: &SlicePage<u8>) -> Box<[u64]> {
    let mut rows = vec![0; ROWS].into_boxed_slice();
    for slot in 0..page.len() {
        let Some((_, text)) = page.slice(slot).split_last() else { continue };
        let group = 1 << (slot / GROUP_SIZE);
        for row in rows_of(text) {
            rows[row] |= group;
        }
    }
    rows
}

impl WordRows {
    pub(super) fn of(word: &str) -> Self {
        let mut rows: Vec<usize> = rows_of(word.as_bytes()).collect();
        rows.sort_unstable();
        rows.dedup();
        Self(rows)
    }
}

/// Returns the row of each trigram.
fn rows_of(text: &[u8]) -> impl Iterator<Item = usize> {
    text.windows(TRIGRAM).map(|trigram| {
        let number = trigram.iter().fold(0_u32, |number, &byte| number << 8 | u32::from(byte));
        // Multiplicative hashing (https://en.wikipedia.org/wiki/Hash_function#Fibonacci_hashing).
        number.wrapping_mul(0x9e37_79b9) as usize >> (u32::BITS - ROWS.ilog2()) as usize
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn contains_each_group_with_the_word(
            texts in proptest::collection::vec("[abc]{0,9}", 1..64), word in "[abc]{1,5}",
        ) {
            let mut slices = Slices::default();
            for (user, text) in (0..).zip(&texts) {
                slices.set(user, format!("{text}!").as_bytes());
            }
            let groups = groups(slices.page(0).unwrap(), &WordRows::of(&word));
            for (slot, text) in texts.iter().enumerate() {
                let group = slot / GROUP_SIZE;
                prop_assert!(!text.contains(&word) || groups & 1 << group != 0, "{text} {word}");
            }
            if word.len() < TRIGRAM {
                prop_assert_eq!(groups, u64::MAX);
            }
        }
    }

    #[test]
    fn follows_changes_of_the_page() {
        let mut slices = Slices::default();
        slices.set(0, b"jansen!");
        let earlier = slices.clone();
        let (found, other) = (WordRows::of("jansen"), WordRows::of("bakker"));
        let groups = |slices: &Slices<u8>, word| groups(slices.page(0).unwrap(), word);
        assert_eq!((groups(&slices, &found), groups(&slices, &other)), (1, 0));
        slices.set(0, b"bakker!");
        slices.set(63, b"jansen!");
        assert_eq!((groups(&slices, &found), groups(&slices, &other)), (1 << 63, 1));
        assert_eq!((groups(&earlier, &found), groups(&earlier, &other)), (1, 0));
    }
}
