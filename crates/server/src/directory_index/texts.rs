//! The folded names or addresses of all users, and their sort keys.

use std::cmp::Ordering;

use super::columns::Slices;
use super::signature;

// The last byte of a text tells where its sort key is. No UTF-8 text contains these bytes
// (<https://datatracker.ietf.org/doc/html/rfc3629#section-1>), so no search term matches across two texts.
/// The sort key is the folded text.
const SAME_KEY: u8 = 0xff;
/// The sort key is the folded text, followed by the tail.
const LONGER_KEY: u8 = 0xfe;
/// The sort key is the tail alone.
const OTHER_KEY: u8 = 0xfd;

/// A name or an address: folded for the search, and its sort key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IndexText<'a> {
    pub(crate) folded: &'a str,
    pub(crate) key: &'a str,
}

/// One text per user. A text may be absent.
///
/// Most keys are equal to the folded text or continue it, so only the difference is stored.
#[derive(Debug, Clone, Default)]
pub(super) struct Texts {
    folded: Slices<u8>,
    tails: Slices<u8>,
}

/// A sort key in two pieces.
#[derive(Debug, Clone, Copy)]
pub(super) struct Key<'a> {
    head: &'a [u8],
    tail: &'a [u8],
}

impl Texts {
    /// Returns whether the user has a text.
    pub(super) fn contains(&self, user: u32) -> bool {
        !self.folded.get(user).is_empty()
    }

    /// Returns the folded text. It is empty if the text is absent.
    pub(super) fn folded(&self, user: u32) -> &[u8] {
        self.folded.get(user).split_last().map_or(&[], |(_, text)| text)
    }

    pub(super) fn key(&self, user: u32) -> Key<'_> {
        match self.folded.get(user).split_last() {
            Some((&LONGER_KEY, head)) => Key { head, tail: self.tails.get(user) },
            Some((&OTHER_KEY, _)) => Key { head: &[], tail: self.tails.get(user) },
            Some((_, head)) => Key { head, tail: &[] },
            None => Key { head: &[], tail: &[] },
        }
    }

    pub(super) fn is(&self, user: u32, text: Option<IndexText<'_>>) -> bool {
        match text {
            Some(text) => {
                self.contains(user)
                    && self.folded(user) == text.folded.as_bytes()
                    && self.key(user).cmp(&Key { head: text.key.as_bytes(), tail: &[] }).is_eq()
            }
            None => !self.contains(user),
        }
    }

    pub(super) fn set(&mut self, user: u32, text: Option<IndexText<'_>>) {
        let Some(IndexText { folded, key }) = text else {
            self.folded.set(user, &[]);
            self.tails.set(user, &[]);
            return;
        };
        let (end, tail) = match key.strip_prefix(folded) {
            Some("") => (SAME_KEY, ""),
            Some(tail) => (LONGER_KEY, tail),
            None => (OTHER_KEY, key),
        };
        let mut bytes = Vec::with_capacity(folded.len() + 1);
        bytes.extend_from_slice(folded.as_bytes());
        bytes.push(end);
        self.folded.set(user, &bytes);
        self.tails.set(user, tail.as_bytes());
    }

    /// Returns the folded texts, each followed by a byte that is in no text.
    pub(super) fn slices(&self) -> &Slices<u8> {
        &self.folded
    }

    /// Releases spare memory after a load, and prepares searches.
    pub(super) fn finish(&mut self) {
        self.folded.shrink();
        self.tails.shrink();
        signature::prepare(&self.folded);
    }
}

impl<'a> Key<'a> {
    fn bytes(&self) -> impl Iterator<Item = &'a u8> {
        self.head.iter().chain(self.tail)
    }

    /// Returns the 8 bytes from `start` as a number of the same order. It is 0 past the end.
    pub(super) fn prefix(&self, start: usize) -> u64 {
        let mut prefix = [0; 8];
        if let Some(Some(bytes)) = self.head.get(start..).map(<[u8]>::first_chunk::<8>) {
            return u64::from_be_bytes(*bytes);
        }
        for (to, from) in prefix.iter_mut().zip(self.bytes().skip(start)) {
            *to = *from;
        }
        u64::from_be_bytes(prefix)
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> Ordering {
        let common = self.head.len().min(other.head.len());
        self.head[..common].cmp(&other.head[..common]).then_with(|| {
            let (left, right) = (&self.head[common..], &other.head[common..]);
            left.iter().chain(self.tail).cmp(right.iter().chain(other.tail))
        })
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Key<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Key<'_> {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_keys_that_differ_from_the_folded_text() {
        let keys = [
            ("jo", "jo"),
            ("jo", "jo\u{1}jö"),
            ("jo smit", "jo smit"),
            ("", ""),
            ("", "\u{1}´"),
            ("x", "jo\u{1}jö"),
            ("jo\u{1}jö", "jo\u{1}jö"),
        ];
        let mut texts = Texts::default();
        for (user, (folded, key)) in (0..).zip(keys) {
            texts.set(user, Some(IndexText { folded, key }));
        }
        for (user, (folded, key)) in (0..).zip(keys) {
            assert_eq!(texts.folded(user), folded.as_bytes());
            assert!(texts.contains(user) && texts.is(user, Some(IndexText { folded, key })));
            assert!(!texts.is(user, None) && !texts.is(user, Some(IndexText { folded, key: "jo\u{1}" })));
            for (other, (_, other_key)) in (0..).zip(keys) {
                assert_eq!(
                    texts.key(user).cmp(&texts.key(other)),
                    key.cmp(other_key),
                    "{key:?} {other_key:?}"
                );
                let prefix = |key: &str| {
                    let mut bytes = key.as_bytes().to_vec();
                    bytes.resize(16, 0);
                    bytes[1..9].to_vec()
                };
                let expected = prefix(key).cmp(&prefix(other_key));
                assert_eq!(texts.key(user).prefix(1).cmp(&texts.key(other).prefix(1)), expected);
            }
        }
        texts.set(2, None);
        assert!(!texts.contains(2) && !texts.contains(500));
    }
}
