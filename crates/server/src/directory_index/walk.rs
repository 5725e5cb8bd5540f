//! Walks through a sorted list of all users, and counts those that match.

use super::Snapshot;
use super::bitmap::Bitmap;
use super::chunks::Chunks;
use super::matches::ScopeKey;
use super::orders::OrderEntry;

/// The number of entries that a walk passes in the time in which a sort reads and compares one user.
const ENTRIES_PER_SORTED_USER: usize = if cfg!(test) { 20 } else { 200 };

/// A sorted list, and the users in it that match.
pub(super) struct Walk<'a, E> {
    pub(super) snapshot: &'a Snapshot,
    pub(super) scope: &'a ScopeKey,
    pub(super) list: &'a Chunks<E>,
    /// The users that match, by the kind of their entry.
    pub(super) users: [Bitmap; 2],
    /// Returns the entry that sorts a user in the scope.
    pub(super) entry: fn(&Self, u32) -> E,
    pub(super) descending: bool,
}

impl<E: OrderEntry> Walk<'_, E> {
    pub(super) fn len(&self) -> usize {
        self.users.iter().map(Bitmap::len).sum()
    }

    pub(super) fn contains(&self, user: u32) -> bool {
        self.users.iter().any(|users| users.contains(user))
    }

    #[inline]
    fn accepts(&self, entry: E) -> bool {
        self.users[entry.kind()].contains(entry.user())
            && entry
                .ambiguous_time()
                .is_none_or(|time| self.snapshot.created_in(self.scope, entry.user()) == Some(time))
    }

    /// Returns `take` users after `skip` ones. Starts from the nearer end of the list.
    pub(super) fn window(&self, skip: usize, take: usize) -> Vec<u32> {
        let total = self.len();
        let take = take.min(total.saturating_sub(skip));
        if take == 0 {
            return Vec::new();
        }
        let after = total - skip - take;
        let from_end = after < skip;
        let expected_entries = self.list.len() * (skip.min(after) + take) / total;
        if total * ENTRIES_PER_SORTED_USER <= expected_entries {
            return self.sorted().into_iter().skip(skip).take(take).collect();
        }
        let backwards = self.descending != from_end;
        let mut users = self.traverse(backwards, skip.min(after), take);
        if from_end {
            users.reverse();
        }
        users
    }

    fn sorted(&self) -> Vec<u32> {
        let users = self.users.iter().flat_map(Bitmap::iter);
        let mut entries: Vec<E> = users.map(|user| (self.entry)(self, user)).collect();
        entries.sort_unstable_by(|&left, &right| {
            let order = left.compare(right, self.snapshot);
            let order = if self.descending { order.reverse() } else { order };
            order.then(left.user().cmp(&right.user()))
        });
        entries.into_iter().map(OrderEntry::user).collect()
    }

    /// Returns `take` users after `skip` ones, in this direction.
    ///
    /// A descending list has users with the same value in ascending order, so each group of them is reversed.
    fn traverse(&self, backwards: bool, mut skip: usize, take: usize) -> Vec<u32> {
        let mut slices: Vec<&[E]> = self.list.slices().collect();
        if backwards {
            slices.reverse();
        }
        let count = |slice: &[E]| slice.iter().filter(|&&entry| self.accepts(entry)).count();
        let mut first = 0;
        while let Some(slice) = slices.get(first) {
            let found = count(slice);
            if found > skip {
                break;
            }
            skip -= found;
            first += 1;
        }
        // Goes back to the start of a group.
        while self.descending
            && let Some(before) = first.checked_sub(1)
            && let Some(here) = slices.get(first)
            && self.is_same(ends(slices[before], backwards).1, ends(here, backwards).0)
        {
            first = before;
            skip += count(slices[before]);
        }
        let mut users = Vec::with_capacity(take);
        let mut group: Vec<E> = Vec::new();
        let entries = slices[first.min(slices.len())..].iter().flat_map(|slice| directed(slice, backwards));
        for entry in entries.filter(|&entry| self.accepts(entry)) {
            if group.first().is_some_and(|&other| !self.descending || !self.is_same(other, entry)) {
                add_reversed(&mut users, &mut group, &mut skip, take);
                if users.len() == take {
                    return users;
                }
            }
            group.push(entry);
        }
        add_reversed(&mut users, &mut group, &mut skip, take);
        users
    }

    /// Returns the number of matching users before a user who matches.
    pub(super) fn rank(&self, user: u32) -> usize {
        let target = (self.entry)(self, user);
        let compare = |entry: &E| entry.compare(target, self.snapshot);
        let accepts = |entry: &E| self.accepts(*entry);
        let start = self.list.partition_point(|entry| compare(entry).is_lt());
        let end = self.list.partition_point(|entry| compare(entry).is_le());
        let first = Chunks::<E>::start();
        let same = self.list.count_between(start, end, |entry| accepts(entry) && entry.user() < user);
        if self.descending {
            self.len() - self.list.count_between(first, end, accepts) + same
        } else {
            self.list.count_between(first, start, accepts) + same
        }
    }

    fn is_same(&self, left: E, right: E) -> bool {
        left.compare(right, self.snapshot).is_eq()
    }
}

/// Adds the users of a group in reverse order, without those to skip.
fn add_reversed<E: OrderEntry>(users: &mut Vec<u32>, group: &mut Vec<E>, skip: &mut usize, take: usize) {
    let skipped = (*skip).min(group.len());
    *skip -= skipped;
    let remaining = take - users.len();
    users.extend(group.drain(..).rev().skip(skipped).take(remaining).map(OrderEntry::user));
}

/// Returns the first and the last entry in a direction.
fn ends<E: Copy>(slice: &[E], backwards: bool) -> (E, E) {
    let (first, last) = (slice[0], slice[slice.len() - 1]);
    if backwards { (last, first) } else { (first, last) }
}

fn directed<E: Copy>(slice: &[E], backwards: bool) -> impl Iterator<Item = E> {
    let last = slice.len() - 1;
    (0..slice.len()).map(move |index| slice[if backwards { last - index } else { index }])
}
