//! Results of the last queries, which the next ones reuse. After a change, only the changed users are looked up again.
//!
//! No cached result depends on the last activity of users, which is no change in this sense.

use std::sync::{Arc, Mutex, PoisonError};

use super::Snapshot;

/// The maximum memory of each cache, in bytes.
const MAX_SIZE: usize = if cfg!(test) { 512 } else { 32 << 20 };

/// A result of a query that can be cached.
pub(super) trait Cached: Clone {
    type Key: Clone + Eq;

    /// Computes the result.
    fn compute(snapshot: &Snapshot, key: &Self::Key) -> Self;

    /// Whether the result for a user has changed.
    fn differs(&self, snapshot: &Snapshot, key: &Self::Key, user: u32) -> bool;

    /// Updates the result for a user.
    fn refresh(&mut self, snapshot: &Snapshot, key: &Self::Key, user: u32);

    /// The memory, in bytes.
    fn size(&self) -> usize;
}

/// The least recently used entry is first.
#[derive(Debug)]
pub(super) struct Cache<K, V>(Mutex<Vec<Entry<K, V>>>);

#[derive(Debug, Clone)]
struct Entry<K, V> {
    key: K,
    /// The sequence number of the version for which the value is valid.
    sequence: u64,
    value: Arc<V>,
}

impl<K, V> Default for Cache<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V: Cached> Cache<V::Key, V> {
    /// Returns the result for a version, from the cache if possible.
    pub(super) fn get(&self, snapshot: &Snapshot, key: &V::Key) -> Arc<V> {
        self.get_cached(snapshot, key)
            .unwrap_or_else(|| self.keep(snapshot, key, Arc::new(V::compute(snapshot, key))))
    }

    /// Returns the cached result, updated to the version, and marks it as used.
    pub(super) fn get_cached(&self, snapshot: &Snapshot, key: &V::Key) -> Option<Arc<V>> {
        self.peek(snapshot, key).map(|value| self.keep(snapshot, key, value))
    }

    fn keep(&self, snapshot: &Snapshot, key: &V::Key, value: Arc<V>) -> Arc<V> {
        self.insert(Entry { key: key.clone(), sequence: snapshot.changes.sequence(), value: value.clone() });
        value
    }

    /// Returns the cached result, updated to the version.
    pub(super) fn peek(&self, snapshot: &Snapshot, key: &V::Key) -> Option<Arc<V>> {
        let Entry { sequence, mut value, .. } = self.find(key)?;
        let changed = snapshot.changes.since(sequence)?;
        for user in changed {
            if value.differs(snapshot, key, user) {
                Arc::make_mut(&mut value).refresh(snapshot, key, user);
            }
        }
        Some(value)
    }

    /// Returns the cached keys that meet a condition.
    pub(super) fn keys(&self, meets: impl Fn(&V::Key) -> bool) -> Vec<V::Key> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().map(|entry| &entry.key).filter(|key| meets(key)).cloned().collect()
    }

    fn find(&self, key: &V::Key) -> Option<Entry<V::Key, V>> {
        let entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.iter().find(|entry| entry.key == *key).cloned()
    }

    /// Adds an entry, unless the cache has a later one. Drops those that were not used for the longest time.
    fn insert(&self, entry: Entry<V::Key, V>) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let existing = entries.iter().position(|other| other.key == entry.key);
        let newest = match existing.map(|position| entries.remove(position)) {
            Some(existing) if existing.sequence > entry.sequence => existing,
            _ => entry,
        };
        entries.push(newest);
        let mut size: usize = entries.iter().map(|entry| entry.value.size()).sum();
        let mut dropped = 0;
        while size > MAX_SIZE {
            size -= entries[dropped].value.size();
            dropped += 1;
        }
        entries.drain(..dropped);
    }
}
