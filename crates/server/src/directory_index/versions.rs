use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, Instant};

use super::update::UserEntry;
use super::{IndexError, Snapshot};

/// The maximum number of earlier versions in memory.
const MAX_EARLIER: usize = 4;
/// The longest time that an earlier version stays in memory. A transaction that reads it has ended by then.
const MAX_AGE: Duration = Duration::from_secs(2);
/// The maximum number of changed users with which the earlier versions stay in memory. They share most pieces.
const MAX_SHARED_CHANGES: usize = 100;

/// The versions of the directory, for readers and one writer at a time.
#[derive(Debug, Default)]
pub(crate) struct DirectoryIndex {
    versions: RwLock<Versions>,
    writer: Mutex<()>,
}

#[derive(Debug, Default)]
struct Versions {
    current: Arc<Snapshot>,
    /// The versions before, the oldest first, each with the time of the change after it.
    earlier: VecDeque<(Instant, Arc<Snapshot>)>,
}

impl DirectoryIndex {
    #[cfg(test)]
    pub(crate) fn new(snapshot: Snapshot) -> Self {
        let index = Self::default();
        index.replace(snapshot);
        index
    }

    /// Returns the current version.
    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.versions.read().unwrap_or_else(PoisonError::into_inner).current.clone()
    }

    /// Returns the snapshot with a version, so that a list agrees with the transaction that read the version. `None` if it
    /// is not in memory: it is older, or its changes have not been handed over yet, or the index is not loaded.
    pub(crate) fn at(&self, version: i64) -> Option<Arc<Snapshot>> {
        let current = self.snapshot();
        if current.version() == Some(version) {
            return Some(current);
        }
        let mut versions = self.lock();
        let dropped = versions.drop_old(Instant::now());
        let earlier = versions.earlier.iter().map(|(_, snapshot)| snapshot);
        let found =
            earlier.chain([&versions.current]).find(|snapshot| snapshot.version() == Some(version)).cloned();
        drop(versions);
        drop(dropped);
        found
    }

    /// Releases earlier versions that are older than 2 seconds. Call this regularly, so that they do not stay in memory
    /// while nobody uses the index: they have the texts of users that were removed since.
    pub(crate) fn drop_old_versions(&self) {
        let dropped = self.lock().drop_old(Instant::now());
        drop(dropped);
    }

    /// Replaces all rows and texts of these users, and sets the version. `None` removes a user. Activity alone keeps the
    /// version.
    ///
    /// Readers see all changes at once. Nothing changes if the index cannot hold a user.
    pub(crate) fn update(
        &self,
        version: i64,
        changes: &[(i64, Option<UserEntry>)],
    ) -> Result<(), IndexError> {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Snapshot::clone(&self.snapshot());
        next.apply(version, changes)?;
        let mut versions = self.lock();
        let mut dropped = versions.push(Arc::new(next), Instant::now());
        if changes.len() > MAX_SHARED_CHANGES {
            dropped.extend(versions.earlier.drain(..));
        }
        // Releasing the memory of a version takes time, so readers do not wait for it.
        drop(versions);
        drop(dropped);
        Ok(())
    }

    /// Replaces everything, after the directory was rebuilt.
    pub(crate) fn replace(&self, snapshot: Snapshot) {
        let _writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let next = Versions { current: Arc::new(snapshot), earlier: VecDeque::new() };
        let before = mem::replace(&mut *self.lock(), next);
        drop(before);
    }

    fn lock(&self) -> RwLockWriteGuard<'_, Versions> {
        self.versions.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Versions that are not needed any more.
type Dropped = Vec<(Instant, Arc<Snapshot>)>;

impl Versions {
    fn push(&mut self, next: Arc<Snapshot>, now: Instant) -> Dropped {
        let before = (now, mem::replace(&mut self.current, next));
        if before.1.version() == self.current.version() {
            return vec![before];
        }
        self.earlier.push_back(before);
        let excess = self.earlier.len().saturating_sub(MAX_EARLIER);
        let mut dropped: Dropped = self.earlier.drain(..excess).collect();
        dropped.extend(self.drop_old(now));
        dropped
    }

    fn drop_old(&mut self, now: Instant) -> Dropped {
        let old = self.earlier.partition_point(|&(changed_at, _)| now.duration_since(changed_at) >= MAX_AGE);
        self.earlier.drain(..old).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_a_few_earlier_versions() {
        let index = DirectoryIndex::default();
        for version in 1..=10 {
            index.update(version, &[(1, None)]).unwrap();
            index.update(version, &[]).unwrap();
        }
        let held = |index: &DirectoryIndex| {
            let versions = (0..20).filter(|&version| index.at(version).is_some());
            versions.collect::<Vec<_>>()
        };
        assert_eq!(held(&index), [6, 7, 8, 9, 10]);
        assert!(held(&index).iter().all(|&version| index.at(version).unwrap().version() == Some(version)));
        index.update(11, &vec![(1, None); MAX_SHARED_CHANGES + 1]).unwrap();
        assert_eq!(held(&index), [11]);
        index.update(12, &[]).unwrap();
        assert_eq!(held(&index), [11, 12]);
        index.replace(Snapshot::default());
        assert!(held(&index).is_empty(), "an index that is not loaded has no version");
    }

    #[test]
    fn drops_old_versions() {
        let start = Instant::now();
        let snapshot = |version| {
            let mut snapshot = Snapshot::default();
            snapshot.apply(version, &[]).unwrap();
            Arc::new(snapshot)
        };
        let mut versions = Versions::default();
        versions.push(snapshot(1), start);
        versions.push(snapshot(2), start + MAX_AGE / 2);
        assert_eq!(versions.earlier.len(), 2);
        versions.drop_old(start + MAX_AGE);
        assert_eq!(
            versions.earlier.iter().map(|(_, snapshot)| snapshot.version()).collect::<Vec<_>>(),
            [Some(1)]
        );
        versions.push(snapshot(3), start + MAX_AGE * 5);
        assert_eq!(
            versions.earlier.iter().map(|(_, snapshot)| snapshot.version()).collect::<Vec<_>>(),
            [Some(2)]
        );
    }
}
