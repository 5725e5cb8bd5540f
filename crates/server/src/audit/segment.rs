//! Sealed parts of the log. Their entries were deleted, and the seal proves which entries these were.

use super::chain::Head;
use super::hash::{Hash, Key};
use super::integrity::IntegrityError;
use crate::sql::{self, Row, Tx};

/// Selects all segments, without `*`: see `store/columns.rs`.
macro_rules! segments {
    () => {
        "SELECT first_entry, last_entry, hash_before, hash_after, first_at, last_at, sealed_at, reason, seal \
         FROM audit_segments"
    };
}

/// The reason of a segment whose entries were older than the retention.
pub(super) const RETENTION: &str = "retention";

/// A sealed part of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// The head before the first entry.
    pub(super) start: Head,
    /// The head at the last entry.
    pub(super) end: Head,
    /// The times of the first and of the last entry, in milliseconds since 1970.
    pub(super) first_at: i64,
    pub(super) last_at: i64,
    /// The time of the seal.
    pub(super) sealed_at: i64,
    /// Why the entries were deleted.
    pub(super) reason: String,
}

/// All sealed parts of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SealedParts {
    /// The head at the last sealed entry. The start of the log if there is none.
    pub(super) end: Head,
    /// The number of segments.
    pub(super) segments: u64,
    /// The time of the first sealed entry.
    pub(super) since: Option<i64>,
}

impl Segment {
    /// The number of the first entry.
    pub(super) fn first(&self) -> i64 {
        self.start.entries + 1
    }

    /// Writes the segment with its seal.
    pub(super) async fn insert(&self, tx: &mut Tx, key: &Key) -> Result<(), sqlx::Error> {
        sql::query(
            "INSERT INTO audit_segments (first_entry, last_entry, hash_before, hash_after, first_at, last_at, sealed_at, \
             reason, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(self.first())
        .bind(self.end.entries)
        .bind(self.start.hash.as_bytes())
        .bind(self.end.hash.as_bytes())
        .bind(self.first_at)
        .bind(self.last_at)
        .bind(self.sealed_at)
        .bind(self.reason.clone())
        .bind(Hash::of(key, "audit segment", &self.encode()).as_bytes())
        .execute(tx)
        .await?;
        Ok(())
    }

    /// Encodes all fields. Only the last one has no fixed length.
    fn encode(&self) -> Vec<u8> {
        let times = [self.first_at, self.last_at, self.sealed_at].map(i64::to_be_bytes).concat();
        [self.start.encode(), self.end.encode(), times, self.reason.clone().into_bytes()].concat()
    }

    /// Parses a row. Expects any value in any column, because a manipulated database can contain anything.
    fn parse(row: &Row, key: &Key) -> Result<Self, IntegrityError> {
        let first: i64 = row.try_get("first_entry").unwrap_or_default();
        Self::sealed(row, first, key).ok_or(IntegrityError::SegmentInvalid(first))
    }

    fn sealed(row: &Row, first: i64, key: &Key) -> Option<Self> {
        let hash = |column: &str| Hash::from_bytes(row.try_get(column).ok()?);
        let segment = Self {
            start: Head { entries: first.checked_sub(1)?, hash: hash("hash_before")? },
            end: Head { entries: row.try_get("last_entry").ok()?, hash: hash("hash_after")? },
            first_at: row.try_get("first_at").ok()?,
            last_at: row.try_get("last_at").ok()?,
            sealed_at: row.try_get("sealed_at").ok()?,
            reason: row.try_get("reason").ok()?,
        };
        hash("seal")?.is_of(key, "audit segment", &segment.encode()).then_some(segment)
    }
}

/// Reads all segments in order, with valid seals. Expects any version of the database.
pub(super) async fn read_all(
    tx: &mut Tx,
    key: &Key,
) -> Result<Result<Vec<Segment>, IntegrityError>, sqlx::Error> {
    if !sql::has_table(tx, "audit_segments").await? {
        return Ok(Ok(Vec::new()));
    }
    let rows = sql::query(concat!(segments!(), " ORDER BY first_entry")).fetch_all(tx).await?;
    Ok(rows.iter().map(|row| Segment::parse(row, key)).collect())
}

/// Verifies all segments from the start of the log, and that none of their entries is in the log.
pub(super) async fn verify_all(
    tx: &mut Tx,
    key: &Key,
    start: Head,
) -> Result<Result<SealedParts, IntegrityError>, sqlx::Error> {
    let mut sealed = SealedParts { end: start, segments: 0, since: None };
    let segments = match read_all(tx, key).await? {
        Ok(segments) => segments,
        Err(error) => return Ok(Err(error)),
    };
    for segment in segments {
        if segment.start.entries > sealed.end.entries {
            let (first, last) = (sealed.end.entries + 1, segment.start.entries);
            return Ok(Err(IntegrityError::Missing { first, last }));
        }
        if segment.start != sealed.end || segment.end.entries <= sealed.end.entries {
            return Ok(Err(IntegrityError::SegmentMismatch(segment.first())));
        }
        sealed.end = segment.end;
        sealed.segments += 1;
        sealed.since.get_or_insert(segment.first_at);
    }
    Ok(require_deleted(tx, sealed.end).await?.map(|()| sealed))
}

/// Returns the head at the last sealed entry, or the start of the log. Checks only the seal of the last segment. Expects
/// any version of the database.
pub(super) async fn last_end(
    tx: &mut Tx,
    key: &Key,
    start: Head,
) -> Result<Result<Head, IntegrityError>, sqlx::Error> {
    if !sql::has_table(tx, "audit_segments").await? {
        return Ok(Ok(start));
    }
    let row =
        sql::query(concat!(segments!(), " ORDER BY first_entry DESC LIMIT 1")).fetch_optional(tx).await?;
    let Some(row) = row else { return Ok(Ok(start)) };
    match Segment::parse(&row, key) {
        Ok(segment) => Ok(require_deleted(tx, segment.end).await?.map(|()| segment.end)),
        Err(error) => Ok(Err(error)),
    }
}

/// Returns the hash after a sealed entry, if it is the last one of its segment.
pub(super) async fn hash_after(tx: &mut Tx, last: i64) -> Result<Option<Hash>, sqlx::Error> {
    let row = sql::query("SELECT hash_after FROM audit_segments WHERE last_entry = ?")
        .bind(last)
        .fetch_optional(tx)
        .await?;
    Ok(row.and_then(|row| Hash::from_bytes(row.try_get(0).ok()?)))
}

/// An entry with the number of a sealed one would be shown, although it is no part of the chain.
async fn require_deleted(tx: &mut Tx, sealed: Head) -> Result<Result<(), IntegrityError>, sqlx::Error> {
    let first: Option<i64> = sql::query_scalar("SELECT min(seq) FROM audit").fetch_one(tx).await?;
    Ok(match first.filter(|&first| first <= sealed.entries && sealed.entries > 0) {
        Some(seq) => Err(IntegrityError::SealedEntry { seq, sealed: sealed.entries }),
        None => Ok(()),
    })
}
