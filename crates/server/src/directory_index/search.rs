//! The search for words in names and addresses. A word can be any part of a text.

use std::sync::Arc;

use memchr::memmem::Finder;

use super::Snapshot;
use super::bitmap::Bitmap;
use super::cache::Cached;
use super::columns::{PAGE_SIZE, SlicePage};
use super::matches::Matches;
use super::texts::Texts;

/// The number of 64-bit words for the users of a page.
const PAGE_WORDS: usize = (PAGE_SIZE / 64) as usize;
/// Below this share of all users, the search looks at each of them, and the result is not cached.
const SHARE_WITHOUT_CACHE: usize = if cfg!(test) { 8 } else { 128 };
/// Below this share of all users, looking at each of them is faster than searching all texts.
const SHARE_OF_CANDIDATES: usize = if cfg!(test) { 2 } else { 8 };

/// The users whose texts contain a word.
#[derive(Debug, Clone, Default)]
pub(super) struct WordMatches {
    /// The users whose address contains the word.
    in_email: Bitmap,
    /// The users whose address or name contains the word.
    in_any: Bitmap,
}

impl Matches {
    /// Keeps the users whose texts contain all words. The names of users who have not joined do not count.
    pub(super) fn containing(&self, snapshot: &Snapshot, words: &[String]) -> Self {
        let mut found = self.clone();
        for word in words {
            let count = found.len();
            if count == 0 {
                break;
            }
            let words = &snapshot.caches.words;
            found.by_status = if let Some(matches) = words.peek(snapshot, word) {
                found.and(&matches)
            } else if count * SHARE_WITHOUT_CACHE < snapshot.user_estimate() {
                let finder = Finder::new(word);
                let contains = |user, with_name| snapshot.contains_word(&finder, user, with_name);
                let [active, invited, expired] = &found.by_status;
                [
                    active.filter(|user| contains(user, true)),
                    invited.filter(|user| contains(user, false)),
                    expired.filter(|user| contains(user, false)),
                ]
            } else {
                found.and(&words.get(snapshot, word))
            };
        }
        found
    }

    fn and(&self, word: &WordMatches) -> [Bitmap; 3] {
        let [active, invited, expired] = &self.by_status;
        [active.and(&word.in_any), invited.and(&word.in_email), expired.and(&word.in_email)]
    }
}

impl Snapshot {
    /// The approximate number of users, for the choice between two methods.
    fn user_estimate(&self) -> usize {
        self.by_creation.len()
    }

    fn contains_word(&self, word: &Finder<'_>, user: u32, with_name: bool) -> bool {
        let contains = |texts: &Texts| word.find(texts.folded(user)).is_some();
        contains(&self.emails) || with_name && contains(&self.names)
    }

    /// Returns the users with a text that contains a piece of the word, if the cache has few of them. A user who types a
    /// word has searched for its start before.
    fn candidates(&self, word: &str) -> Option<Arc<WordMatches>> {
        let pieces = self.caches.words.keys(|piece| word.contains(piece.as_str()));
        let known = pieces.iter().filter_map(|piece| self.caches.words.peek(self, piece));
        let (fewest, matches) =
            known.map(|matches| (matches.in_any.len(), matches)).min_by_key(|&(count, _)| count)?;
        (fewest * SHARE_OF_CANDIDATES < self.user_estimate()).then_some(matches)
    }
}

impl Cached for WordMatches {
    type Key = String;

    fn compute(snapshot: &Snapshot, word: &String) -> Self {
        let finder = Finder::new(word);
        if let Some(candidates) = snapshot.candidates(word) {
            return Self {
                in_email: candidates.in_email.filter(|user| snapshot.contains_word(&finder, user, false)),
                in_any: candidates.in_any.filter(|user| snapshot.contains_word(&finder, user, true)),
            };
        }
        let mut found = Self::default();
        let [emails, names] = [&snapshot.emails, &snapshot.names].map(Texts::slices);
        for number in 0..emails.page_count() {
            let mut in_email = [0; PAGE_WORDS];
            if let Some(page) = emails.page(number) {
                find_in_page(page, &finder, &mut in_email);
            }
            let mut in_any = in_email;
            if let Some(page) = names.page(number) {
                find_in_page(page, &finder, &mut in_any);
            }
            for (index, (in_email, in_any)) in in_email.into_iter().zip(in_any).enumerate() {
                let index = number * PAGE_WORDS + index;
                found.in_email.push_word(index, in_email);
                found.in_any.push_word(index, in_any);
            }
        }
        found
    }

    fn differs(&self, snapshot: &Snapshot, word: &String, user: u32) -> bool {
        let finder = Finder::new(word);
        self.in_email.contains(user) != snapshot.contains_word(&finder, user, false)
            || self.in_any.contains(user) != snapshot.contains_word(&finder, user, true)
    }

    fn refresh(&mut self, snapshot: &Snapshot, word: &String, user: u32) {
        let finder = Finder::new(word);
        self.in_email.set(user, snapshot.contains_word(&finder, user, false));
        self.in_any.set(user, snapshot.contains_word(&finder, user, true));
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.in_email.size() + self.in_any.size()
    }
}

/// Adds the users of a page whose text contains a word. If few users are missing, looks at their texts only.
fn find_in_page(page: &SlicePage<u8>, word: &Finder<'_>, found: &mut [u64; PAGE_WORDS]) {
    let found_count: u32 = found.iter().map(|bits| bits.count_ones()).sum();
    if found_count > PAGE_SIZE / 8 * 7 {
        for slot in 0..page.len() {
            let is_missing = found[slot / 64] & 1 << (slot % 64) == 0;
            if is_missing && word.find(page.slice(slot)).is_some() {
                found[slot / 64] |= 1 << (slot % 64);
            }
        }
        return;
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
}
