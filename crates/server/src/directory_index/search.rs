//! The search for words in names and addresses. A word can be any part of a text.

use memchr::memmem::Finder;

use super::Snapshot;
use super::bitmap::Bitmap;
use super::cache::Cached;
use super::columns::{PAGE_SIZE, SlicePage};

/// The number of 64-bit words for the users of a page.
const PAGE_WORDS: usize = (PAGE_SIZE / 64) as usize;

/// The users whose texts contain all words of a term.
#[derive(Debug, Clone, Default)]
pub(super) struct TermMatches {
    /// The users whose address contains each word.
    pub(super) in_email: Bitmap,
    /// The users whose address or name contains each word.
    pub(super) in_any: Bitmap,
}

/// The words of a term, ready for the search.
pub(super) struct Words<'a>(Vec<Finder<'a>>);

impl<'a> Words<'a> {
    pub(super) fn new(words: &'a [String]) -> Self {
        Self(words.iter().map(|word| Finder::new(word)).collect())
    }

    /// Whether the address, or also the name, of a user contains each word.
    pub(super) fn matches(&self, snapshot: &Snapshot, user: u32, with_name: bool) -> bool {
        let (email, name) = (snapshot.emails.folded(user), snapshot.names.folded(user));
        snapshot.emails.contains(user)
            && self.0.iter().all(|word| word.find(email).is_some() || with_name && word.find(name).is_some())
    }
}

impl Cached for TermMatches {
    type Key = Vec<String>;

    fn compute(snapshot: &Snapshot, key: &Vec<String>) -> Self {
        let words = Words::new(key);
        let mut found = Self::default();
        let [emails, names] = [&snapshot.emails, &snapshot.names].map(super::texts::Texts::slices);
        for number in 0..emails.page_count() {
            let Some(emails) = emails.page(number) else { continue };
            let [mut in_email, mut in_any] = [[u64::MAX; PAGE_WORDS]; 2];
            for word in &words.0 {
                let email = find_in_page(emails, word, &in_any);
                let name =
                    names.page(number).map_or([0; PAGE_WORDS], |names| find_in_page(names, word, &in_any));
                for index in 0..PAGE_WORDS {
                    in_email[index] &= email[index];
                    in_any[index] &= email[index] | name[index];
                }
            }
            for (index, (in_email, in_any)) in in_email.into_iter().zip(in_any).enumerate() {
                let index = number * PAGE_WORDS + index;
                found.in_email.push_word(index, in_email);
                found.in_any.push_word(index, in_any);
            }
        }
        found
    }

    fn differs(&self, snapshot: &Snapshot, key: &Vec<String>, user: u32) -> bool {
        let words = Words::new(key);
        self.in_email.contains(user) != words.matches(snapshot, user, false)
            || self.in_any.contains(user) != words.matches(snapshot, user, true)
    }

    fn refresh(&mut self, snapshot: &Snapshot, key: &Vec<String>, user: u32) {
        let words = Words::new(key);
        self.in_email.set(user, words.matches(snapshot, user, false));
        self.in_any.set(user, words.matches(snapshot, user, true));
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.in_email.size() + self.in_any.size()
    }
}

/// Finds a word in the texts of the users of a page. Looks at single texts if there are few candidates.
fn find_in_page(
    page: &SlicePage<u8>,
    word: &Finder<'_>,
    candidates: &[u64; PAGE_WORDS],
) -> [u64; PAGE_WORDS] {
    let mut found = [0; PAGE_WORDS];
    let candidate_count: u32 = candidates.iter().map(|bits| bits.count_ones()).sum();
    if candidate_count < PAGE_SIZE / 8 {
        for (index, bits) in candidates.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let slot = index * 64 + bits.trailing_zeros() as usize;
                if word.find(page.slice(slot)).is_some() {
                    found[index] |= bits & bits.wrapping_neg();
                }
                bits &= bits - 1;
            }
        }
        return found;
    }
    let texts = page.values();
    let (mut slot, mut start) = (0, 0);
    while let Some(at) = word.find(&texts[start..]) {
        let at = start + at;
        while page.end(slot) <= at {
            slot += 1;
        }
        found[slot / 64] |= 1 << (slot % 64);
        start = page.end(slot);
    }
    found
}
