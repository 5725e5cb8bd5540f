use std::collections::VecDeque;
use std::sync::Arc;

/// The maximum number of changed users that are remembered.
const MAX_CHANGES: usize = if cfg!(test) { 4 } else { 2048 };

/// The users whose texts or rows changed last, so that cached results can be updated.
#[derive(Debug, Clone, Default)]
pub(super) struct ChangeLog {
    sequence: u64,
    /// The users, each with the sequence number of the change.
    users: Arc<VecDeque<(u64, u32)>>,
    /// The sequence number up to which changes may be missing.
    complete_after: u64,
}

impl ChangeLog {
    /// Returns the number of changes so far.
    pub(super) fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Adds a change of these users.
    pub(super) fn push(&mut self, changed: &[u32]) {
        self.sequence += 1;
        let users = Arc::make_mut(&mut self.users);
        if changed.len() > MAX_CHANGES {
            users.clear();
            self.complete_after = self.sequence;
            return;
        }
        users.extend(changed.iter().map(|&user| (self.sequence, user)));
        while users.len() > MAX_CHANGES {
            self.complete_after = users.pop_front().map_or(self.sequence, |(sequence, _)| sequence);
        }
    }

    /// Returns the users that changed after this sequence number. `None` if they are not known any more.
    pub(super) fn since(&self, sequence: u64) -> Option<impl Iterator<Item = u32> + '_> {
        let start = self.users.partition_point(|&(at, _)| at <= sequence);
        let is_known = (self.complete_after..=self.sequence).contains(&sequence);
        is_known.then(|| self.users.range(start..).map(|&(_, user)| user))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forgets_old_changes() {
        let mut log = ChangeLog::default();
        let since = |log: &ChangeLog, sequence| log.since(sequence).map(Iterator::collect::<Vec<_>>);
        log.push(&[1, 2]);
        log.push(&[3]);
        assert_eq!(since(&log, 0), Some(vec![1, 2, 3]));
        assert_eq!(since(&log, 1), Some(vec![3]));
        assert_eq!(since(&log, 2), Some(vec![]));
        assert_eq!(since(&log, 3), None, "a later version");
        log.push(&[4, 5]);
        assert_eq!(since(&log, 0), None);
        assert_eq!(since(&log, 1), Some(vec![3, 4, 5]));
        log.push(&[1, 2, 3, 4, 5]);
        assert_eq!(since(&log, 3), None);
        assert_eq!(since(&log, 4), Some(vec![]));
    }
}
