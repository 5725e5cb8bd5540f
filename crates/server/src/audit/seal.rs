//! Seals and deletes the oldest entries, in pieces.

use super::chain::{Head, Record};
use super::hash::{Hash, Key};
use super::integrity::IntegrityError;
use super::node_label::NodeLabels;
use super::segment::{self, RETENTION, Segment};
use super::{convert, log};
use crate::sql::{self, Tx};

/// The oldest entries of a log that can be deleted, verified.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OldEntries {
    pub(super) start: Head,
    pub(super) entries: Vec<(i64, Record, Hash)>,
}

/// Selects the entries to delete.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SealLimits {
    /// Only entries before this time, in milliseconds since 1970.
    pub(crate) before: i64,
    /// Only entries up to this one.
    pub(crate) up_to: i64,
    /// The maximum number of entries.
    pub(crate) count: usize,
}

impl OldEntries {
    /// Returns the oldest entries within the limits. Returns `None` if there are none, or if the log does not match its
    /// chain: a seal would hide the manipulation.
    ///
    /// The last entry stays. So the end of the log is always an entry. An entry that is younger than the limit also ends
    /// the piece if older ones follow, because the clock was set back.
    pub(crate) async fn select(
        tx: &mut Tx,
        key: &Key,
        limits: SealLimits,
    ) -> Result<Option<Self>, sqlx::Error> {
        let found = Self::verified(tx, key, limits).await?;
        let report = |error: &IntegrityError| error.report("Old entries are not deleted");
        Ok(found.inspect_err(report).ok().filter(|found| !found.entries.is_empty()))
    }

    async fn verified(
        tx: &mut Tx,
        key: &Key,
        limits: SealLimits,
    ) -> Result<Result<Self, IntegrityError>, sqlx::Error> {
        let start = convert::start(tx, key).await?;
        let start = match segment::last_end(tx, key, start).await? {
            Ok(start) => start,
            Err(error) => return Ok(Err(error)),
        };
        let up_to = limits.up_to.min(log::end(tx).await?.entries - 1);
        let mut found = Self { start, entries: Vec::new() };
        for row in log::rows_up_to(tx, start.entries, limits.count).await? {
            let end = found.end();
            let Some((record, hash)) = row.entry else { return Ok(Err(IntegrityError::Mismatch(row.seq))) };
            if row.seq > up_to || record.at >= limits.before {
                break;
            }
            if row.seq != end.entries + 1
                || record.hash(key, &end.hash) != hash
                || !record.has_valid_texts(key)
            {
                return Ok(Err(IntegrityError::Mismatch(row.seq)));
            }
            found.entries.push((row.seq, record, hash));
        }
        Ok(Ok(found))
    }

    /// Replaces the entries by a segment. Call this in a transaction that has just selected the same entries.
    pub(crate) async fn seal(&self, tx: &mut Tx, key: &Key, now: i64) -> Result<(), sqlx::Error> {
        let (Some((_, first, _)), Some((_, last, _))) = (self.entries.first(), self.entries.last()) else {
            return Ok(());
        };
        let segment = Segment {
            start: self.start,
            end: self.end(),
            first_at: first.at,
            last_at: last.at,
            sealed_at: now,
            reason: RETENTION.into(),
        };
        segment.insert(tx, key).await?;
        sql::query("DELETE FROM audit WHERE seq > ? AND seq <= ?")
            .bind(segment.start.entries)
            .bind(segment.end.entries)
            .execute(tx)
            .await?;
        Ok(())
    }

    /// Returns the nodes of the entries.
    pub(crate) async fn nodes(&self, tx: &mut Tx) -> Result<NodeLabels, sqlx::Error> {
        NodeLabels::of_entries(tx, self.start.entries, self.end().entries).await
    }

    /// Returns the numbers of the first and of the last entry.
    pub(crate) fn range(&self) -> (i64, i64) {
        (self.start.entries + 1, self.end().entries)
    }

    fn end(&self) -> Head {
        self.entries.last().map_or(self.start, |&(entries, _, hash)| Head { entries, hash })
    }
}
