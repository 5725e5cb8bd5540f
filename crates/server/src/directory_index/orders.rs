//! The sorted lists of users, from which windows are read.

use std::cmp::Ordering;

use super::Snapshot;
use super::chunks::Chunks;
use super::texts::{Key, Texts};

/// An element of a sorted list.
pub(super) trait OrderEntry: Copy {
    fn user(self) -> u32;

    /// The position in the sets of [`Walk`](super::walk::Walk).
    fn kind(self) -> usize;

    /// Returns the time if it is one of several creation times of the user.
    fn ambiguous_time(self) -> Option<i64>;

    /// Compares the values by which a list is sorted, without the user.
    fn compare(self, other: Self, snapshot: &Snapshot) -> Ordering;
}

/// The name or the address of a user. Managers see the address where the user has not joined, so a list by name orders
/// names among addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TextEntry(u32);

/// A time of a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TimeEntry {
    /// The bits of the time, in two numbers, which makes the entry 4 bytes smaller.
    time: [u32; 2],
    user: u32,
}

/// Marks one of several creation times of a user.
const SEVERAL: u32 = 1 << 31;
/// The maximum number of a user. The bit above it is free.
pub(super) const MAX_USER: u32 = SEVERAL - 1;

impl OrderEntry for TextEntry {
    #[inline]
    fn user(self) -> u32 {
        self.0 >> 1
    }

    /// 0 for the address, 1 for the name.
    #[inline]
    fn kind(self) -> usize {
        (self.0 & 1) as usize
    }

    #[inline]
    fn ambiguous_time(self) -> Option<i64> {
        None
    }

    fn compare(self, other: Self, snapshot: &Snapshot) -> Ordering {
        let texts = snapshot.sort_texts();
        texts.key(self).cmp(&texts.key(other))
    }
}

impl TextEntry {
    pub(super) const fn name(user: u32) -> Self {
        Self(user << 1 | 1)
    }

    pub(super) const fn email(user: u32) -> Self {
        Self(user << 1)
    }
}

impl OrderEntry for TimeEntry {
    #[inline]
    fn user(self) -> u32 {
        self.user & !SEVERAL
    }

    #[inline]
    fn kind(self) -> usize {
        0
    }

    #[inline]
    fn ambiguous_time(self) -> Option<i64> {
        (self.user & SEVERAL != 0).then(|| self.time())
    }

    fn compare(self, other: Self, _: &Snapshot) -> Ordering {
        self.time().cmp(&other.time())
    }
}

impl TimeEntry {
    pub(super) fn new(time: i64, user: u32) -> Self {
        let bits = time.cast_unsigned();
        let [high, low] =
            [bits >> 32, bits & u64::from(u32::MAX)].map(|half| u32::try_from(half).unwrap_or(0));
        Self { time: [high, low], user }
    }

    pub(super) fn one_of_several(self) -> Self {
        Self { user: self.user | SEVERAL, ..self }
    }

    #[inline]
    pub(super) fn time(self) -> i64 {
        (u64::from(self.time[0]) << 32 | u64::from(self.time[1])).cast_signed()
    }

    fn order(self) -> (i64, u32) {
        (self.time(), self.user())
    }
}

impl Chunks<TimeEntry> {
    pub(super) fn add(&mut self, entry: TimeEntry) {
        let at = self.partition_point(|other| other.order() < entry.order());
        self.insert(at, entry);
    }

    pub(super) fn take(&mut self, time: i64, user: u32) {
        let at = self.partition_point(|other| other.order() < (time, user));
        debug_assert_eq!(self.get(at).map(|entry| entry.order()), Some((time, user)));
        self.remove(at);
    }
}

/// Sorts entries by time, then by user.
pub(super) fn sort_times(entries: &mut [TimeEntry]) {
    entries.sort_unstable_by_key(|entry| entry.order());
}

/// The texts that decide an order.
#[derive(Debug, Clone, Copy)]
pub(super) struct SortTexts<'a> {
    pub(super) names: &'a Texts,
    pub(super) emails: &'a Texts,
}

impl<'a> SortTexts<'a> {
    pub(super) fn key(self, entry: TextEntry) -> Key<'a> {
        if entry.kind() == 1 { self.names.key(entry.user()) } else { self.emails.key(entry.user()) }
    }

    fn order(self, entry: TextEntry) -> (Key<'a>, TextEntry) {
        (self.key(entry), entry)
    }

    pub(super) fn add(self, list: &mut Chunks<TextEntry>, entry: TextEntry) {
        let order = self.order(entry);
        let at = list.partition_point(|other| self.order(*other) < order);
        list.insert(at, entry);
    }

    pub(super) fn take(self, list: &mut Chunks<TextEntry>, entry: TextEntry) {
        let order = self.order(entry);
        let at = list.partition_point(|other| self.order(*other) < order);
        debug_assert_eq!(list.get(at), Some(&entry));
        list.remove(at);
    }

    /// Sorts entries by key, then by user.
    pub(super) fn sort(self, entries: impl Iterator<Item = TextEntry>) -> Vec<TextEntry> {
        let mut keyed: Vec<_> = entries.map(|entry| (self.key(entry).prefix(0), entry)).collect();
        self.sort_from(&mut keyed, 0);
        keyed.into_iter().map(|(_, entry)| entry).collect()
    }

    /// Sorts by 8 bytes at a time: comparing numbers side by side in memory is faster than following each entry to its
    /// text. The entries have the same key before `start`, and the 8 bytes from there.
    fn sort_from(self, entries: &mut [(u64, TextEntry)], start: usize) {
        entries.sort_unstable();
        for run in entries.chunk_by_mut(|left, right| left.0 == right.0) {
            if run.len() < 16 || start >= 64 {
                run.sort_unstable_by_key(|&(_, entry)| self.order(entry));
            } else {
                for (prefix, entry) in run.iter_mut() {
                    *prefix = self.key(*entry).prefix(start + 8);
                }
                self.sort_from(run, start + 8);
            }
        }
    }
}
