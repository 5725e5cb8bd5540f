//! The latest changes of an event log, and their positions.

use std::collections::VecDeque;
use std::sync::Arc;

use uuid::Uuid;

use super::change::Change;

/// The maximum number of changes in the log.
pub(super) const MAX_CHANGES: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct Log {
    changes: VecDeque<(Uuid, Arc<Change>)>,
    /// The position of the oldest change in the log.
    oldest: u64,
    /// The id of the position before the oldest change: that of a change that was dropped.
    before_oldest: Uuid,
    tree_version: Option<i64>,
    pub(super) is_closed: bool,
}

impl Log {
    /// Replaces all changes. The first one only names the position before the others. Existing subscriptions lag.
    pub(super) fn replace(&mut self, changes: impl IntoIterator<Item = (Uuid, Change)>) {
        // Nobody has received any of them live.
        let mut changes = changes.into_iter().filter(|(_, change)| change.only_live_for().is_none());
        let Some((id, first)) = changes.next() else { return };
        self.oldest = self.end() + 1;
        self.changes.clear();
        self.before_oldest = id;
        self.tree_version = if let Change::Tree { version, .. } = first { Some(version) } else { None };
        self.append(changes);
    }

    /// Appends the changes that are not in the log yet. Returns whether there were any.
    pub(super) fn append(&mut self, changes: impl IntoIterator<Item = (Uuid, Change)>) -> bool {
        let end = self.end();
        for (id, mut change) in changes {
            if self.contains(id) {
                continue;
            }
            if let Change::Tree { version, .. } = change {
                if self.has_tree_version(version) {
                    // Another process has published the same version. A client may know the position by this id.
                    change = Change::Start;
                } else {
                    self.tree_version = Some(version);
                }
            }
            self.push(id, change);
        }
        self.end() > end
    }

    /// Whether this version of the organisation, or a newer one, was published.
    pub(super) fn has_tree_version(&self, version: i64) -> bool {
        self.tree_version.is_some_and(|published| published >= version)
    }

    /// Returns the position after the last change.
    pub(super) fn end(&self) -> u64 {
        self.oldest + self.changes.len() as u64
    }

    /// Returns the change at a position, which is not before the oldest one.
    pub(super) fn at(&self, position: u64) -> Result<Option<&(Uuid, Arc<Change>)>, Dropped> {
        let index = position.checked_sub(self.oldest).ok_or(Dropped)?;
        Ok(usize::try_from(index).ok().and_then(|index| self.changes.get(index)))
    }

    /// Returns the position that an id names.
    pub(super) fn position_of(&self, id: Uuid) -> Option<u64> {
        let index = self.changes.iter().position(|(known, _)| *known == id);
        let after = index.map(|index| self.oldest + index as u64 + 1);
        after.or_else(|| (id == self.before_oldest).then_some(self.oldest))
    }

    /// Returns an id that names a position. It is the same in every process that knows the same changes, because it is
    /// that of the last change that every process keeps.
    pub(super) fn id_of(&self, position: u64) -> Uuid {
        let count = usize::try_from(position.saturating_sub(self.oldest)).unwrap_or(usize::MAX);
        let before = self.changes.iter().take(count).rev();
        let named = before.filter(|(_, change)| change.only_live_for().is_none()).map(|(id, _)| *id).next();
        named.unwrap_or(self.before_oldest)
    }

    fn contains(&self, id: Uuid) -> bool {
        id == self.before_oldest || self.changes.iter().any(|(known, _)| *known == id)
    }

    fn push(&mut self, id: Uuid, change: Change) {
        if self.changes.len() >= MAX_CHANGES
            && let Some((id, dropped)) = self.changes.pop_front()
        {
            self.oldest += 1;
            if dropped.only_live_for().is_none() {
                self.before_oldest = id;
            }
        }
        self.changes.push_back((id, Arc::new(change)));
    }
}

/// The log no longer has the change at a position.
pub(super) struct Dropped;
