//! The search for words in names and addresses. A word can be any part of a text.

use std::cmp::Reverse;
use std::ops::Range;
use std::panic::resume_unwind;
use std::sync::{Arc, LazyLock};
use std::thread::{self, ScopedJoinHandle, available_parallelism};

use memchr::memmem::Finder;

use super::Snapshot;
use super::bitmap::Bitmap;
use super::cache::Cached;
use super::columns::{PAGE_SIZE, SlicePage};
use super::found::Found;
use super::matches::Matches;
use super::signature::{self, GROUP_SIZE, GROUPS, TRIGRAM, WordRows};
use super::texts::Texts;

/// The number of 64-bit words for the users of a page.
const PAGE_WORDS: usize = (PAGE_SIZE / 64) as usize;
/// Below this share of all users, the search looks at each of them, and the result is not cached. A word that is too short
/// for a signature is searched in all texts otherwise.
const SHARE_WITHOUT_CACHE: usize = if cfg!(test) { 8 } else { 256 };
const SHARE_WITHOUT_CACHE_IF_SHORT: usize = if cfg!(test) { 4 } else { 32 };
/// Above this share of all groups, the search of their texts uses several threads.
const SHARE_FOR_THREADS: usize = 16;
/// Below this share of all users, looking at each of them is faster than searching all texts.
const SHARE_OF_CANDIDATES: usize = if cfg!(test) { 2 } else { 32 };
/// The number of pages from which a search uses another thread.
const MIN_PAGES: usize = if cfg!(test) { 2 } else { 256 };
/// The maximum number of threads of a search. More would take the processors from other requests.
static THREADS: LazyLock<usize> =
    LazyLock::new(|| available_parallelism().map_or(1, |cores| cores.get().min(4)));

/// The users whose texts contain a word.
#[derive(Debug, Clone)]
pub(super) struct WordMatches {
    /// The users whose address contains the word.
    in_email: Found,
    /// The users whose address or name contains the word.
    in_any: Found,
}

impl Matches {
    /// Keeps the users whose texts contain all words. The names of users who have not joined do not count.
    ///
    /// Cached words come first, because they need no search. Then the longest, because few users match it, so the others
    /// need no search of all texts.
    pub(super) fn containing(&self, snapshot: &Snapshot, words: &[String]) -> Self {
        let mut found = self.clone();
        let mut others = Vec::new();
        for word in words {
            match snapshot.caches.words.get_cached(snapshot, word) {
                Some(matches) => found.by_status = found.and(&matches),
                None => others.push(word),
            }
        }
        others.sort_unstable_by_key(|word| Reverse(word.len()));
        for word in others {
            let count = found.len();
            if count == 0 {
                break;
            }
            let share = if word.len() < TRIGRAM { SHARE_WITHOUT_CACHE_IF_SHORT } else { SHARE_WITHOUT_CACHE };
            found.by_status = if count * share < snapshot.user_estimate() {
                found.filter(snapshot, word)
            } else {
                found.and(&snapshot.caches.words.get(snapshot, word))
            };
        }
        found
    }

    /// Looks at each user.
    fn filter(&self, snapshot: &Snapshot, word: &str) -> [Bitmap; 3] {
        let finder = Finder::new(word);
        let contains = |user, with_name| snapshot.contains_word(&finder, user, with_name);
        let [active, invited, expired] = &self.by_status;
        [
            active.filter(|user| contains(user, true)),
            invited.filter(|user| contains(user, false)),
            expired.filter(|user| contains(user, false)),
        ]
    }

    fn and(&self, word: &WordMatches) -> [Bitmap; 3] {
        let [active, invited, expired] = &self.by_status;
        [word.in_any.within(active), word.in_email.within(invited), word.in_email.within(expired)]
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

    /// Returns the groups of each page in which an address, and a name, may contain a word.
    fn groups(&self, word: &str) -> Vec<[u64; 2]> {
        let rows = WordRows::of(word);
        let texts = [&self.emails, &self.names].map(Texts::slices);
        let groups_of =
            |number| texts.map(|texts| texts.page(number).map_or(0, |page| signature::groups(page, &rows)));
        (0..texts[0].page_count()).map(groups_of).collect()
    }

    /// Returns the bits of the users in these pages whose address contains a word, and of those whose address or name
    /// does. `groups` are those of the pages from `first`.
    fn find_in_pages(&self, word: &Finder<'_>, first: usize, groups: &[[u64; 2]]) -> (Vec<u64>, Vec<u64>) {
        let [emails, names] = [&self.emails, &self.names].map(Texts::slices);
        let mut by_email = Vec::with_capacity(groups.len() * PAGE_WORDS);
        let mut by_any = Vec::with_capacity(groups.len() * PAGE_WORDS);
        for (number, &[in_emails, in_names]) in (first..).zip(groups) {
            let mut found = [0; PAGE_WORDS];
            if let Some(page) = emails.page(number) {
                find_in_page(page, word, in_emails, &mut found);
            }
            by_email.extend(found);
            if let Some(page) = names.page(number) {
                find_in_page(page, word, in_names, &mut found);
            }
            by_any.extend(found);
        }
        (by_email, by_any)
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
        let groups = snapshot.groups(word);
        let selected: u32 = groups.iter().flatten().map(|groups| groups.count_ones()).sum();
        let is_long = selected as usize * SHARE_FOR_THREADS > groups.len() * 2 * GROUPS;
        let threads = if is_long { THREADS.min(groups.len() / MIN_PAGES).max(1) } else { 1 };
        let size = groups.len().div_ceil(threads).max(1);
        let found = thread::scope(|scope| {
            let finder = &finder;
            let search = |(part, groups)| move || snapshot.find_in_pages(finder, part * size, groups);
            let mut parts = groups.chunks(size).enumerate();
            let first = parts.next().map(search);
            let searches: Vec<_> = parts.map(|part| scope.spawn(search(part))).collect();
            let first = first.map(|search| search());
            let results = searches.into_iter().map(ScopedJoinHandle::join);
            let results = results.map(|found| found.unwrap_or_else(|panic| resume_unwind(panic)));
            first.into_iter().chain(results).collect::<Vec<_>>()
        });
        let (by_email, by_any): (Vec<_>, Vec<_>) = found.into_iter().unzip();
        let bitmap = |words: Vec<Vec<u64>>| Bitmap::from_words(words.concat());
        Self { in_email: bitmap(by_email).into(), in_any: bitmap(by_any).into() }
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

/// Adds the users of a page whose text contains a word, and who are in these groups. If few users are missing, looks at
/// their texts only.
fn find_in_page(page: &SlicePage<u8>, word: &Finder<'_>, groups: u64, found: &mut [u64; PAGE_WORDS]) {
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
    let mut rest = groups;
    while rest != 0 {
        // The next groups in a row.
        let first = rest.trailing_zeros();
        let count = (rest >> first).trailing_ones();
        let last = first + count;
        rest = if last < u64::BITS { rest & (u64::MAX << last) } else { 0 };
        find_in_slots(page, word, first as usize * GROUP_SIZE..last as usize * GROUP_SIZE, found);
    }
}

/// Adds the users in a range of slots whose text contains a word.
fn find_in_slots(
    page: &SlicePage<u8>,
    word: &Finder<'_>,
    slots: Range<usize>,
    found: &mut [u64; PAGE_WORDS],
) {
    let range = page.range(slots.clone());
    let texts = &page.values()[..range.end];
    let (mut slot, mut start) = (slots.start, range.start);
    while let Some(at) = word.find(&texts[start..]) {
        let at = start + at;
        while page.end(slot) <= at {
            slot += 1;
        }
        found[slot / 64] |= 1 << (slot % 64);
        start = page.end(slot);
    }
}
