//! Verifies the integrity of the audit log, and finds the first manipulation.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::SqliteConnectOptions;

use super::archive::{read_file, verify_entries};
use super::chain::{Head, Record};
use super::files::{StoredHead, head_file, key_file, read_head, read_key};
use super::hash::{Hash, Key};
use super::integrity::IntegrityError;
use super::segment::{self, SealedParts};
use super::shared_head::read_shared_head;
use super::{convert, evidence, log};
use crate::failure::Failure;
use crate::sql::{Pool, Tx};

/// The result for an intact log.
pub(super) struct VerifiedLog {
    pub(super) end: Head,
    /// The time of the first entry. `None` if the log is empty.
    since: Option<i64>,
    /// The number of erased names and the number of other erased texts.
    erased: [u64; 2],
    /// The end of the log before it was converted.
    old_end: Option<Head>,
    /// The parts whose entries were deleted.
    sealed: SealedParts,
}

/// Verifies the whole log of a data folder, and files with entries of it. Returns a summary in a line for each, or an error
/// that describes the first manipulation. Only reads, and can run next to a server.
pub(crate) async fn verify(database: &Path, files: &[PathBuf]) -> Result<String, Failure> {
    let folder = database.parent().unwrap_or(Path::new("."));
    let (key, head) = key_and_head(folder)?;
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    verify_in(Pool::single(options).await?, &key, head, files).await
}

/// Verifies the whole log of a database of PostgreSQL, with the key and the head of a data folder, and files with entries.
pub(crate) async fn verify_postgres(
    options: PgConnectOptions,
    folder: &Path,
    files: &[PathBuf],
) -> Result<String, Failure> {
    let (key, head) = key_and_head(folder)?;
    let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
    verify_in(pool.into(), &key, head, files).await
}

/// Reads the head before the log: while a server runs, the log can be ahead of the head, but never behind.
fn key_and_head(folder: &Path) -> Result<(Key, StoredHead), Failure> {
    let key = read_key(folder)?
        .ok_or_else(|| IntegrityError::KeyMissing(key_file(folder).display().to_string()))?;
    let head = read_head(&head_file(folder), &key)?;
    Ok((key, head))
}

async fn verify_in(pool: Pool, key: &Key, head: StoredHead, files: &[PathBuf]) -> Result<String, Failure> {
    let files: Vec<_> =
        files.iter().map(|file| Ok((file, read_file(key, file)?))).collect::<Result<_, Failure>>()?;
    let mut tx = pool.begin_read().await?;
    let verified = check(&mut tx, key, head).await?;
    let mut lines = vec![verified?.summary()];
    for (file, entries) in &files {
        lines.push(verify_entries(&mut tx, key, file, entries).await?);
    }
    drop(tx);
    pool.close().await;
    Ok(lines.join("\n"))
}

impl VerifiedLog {
    /// Describes the log in one line.
    pub(super) fn summary(&self) -> String {
        let Some(since) = self.since.and_then(DateTime::<Utc>::from_timestamp_millis) else {
            return "audit log verified: it is empty".into();
        };
        let erased = |kind: &str, count: u64| {
            if count == 0 { String::new() } else { format!(", {count} {kind} erased") }
        };
        let [names, texts] = self.erased;
        let erased = erased("names", names) + &erased("other texts", texts);
        let converted = self.old_end.map_or_else(String::new, |old| {
            format!(", converted from {} entries with the last hash {}", old.entries, old.hash)
        });
        let sealed = match self.sealed {
            SealedParts { segments: 0, .. } => String::new(),
            SealedParts { end, segments, .. } => {
                format!(", entries 1 to {} deleted and sealed in {segments} segments", end.entries)
            }
        };
        let Head { entries, hash } = self.end;
        let since = since.format("%F %T UTC");
        format!(
            "audit log verified: {entries} entries since {since}, last hash {hash}{sealed}{erased}{converted}"
        )
    }
}

pub(super) async fn check(
    tx: &mut Tx,
    key: &Key,
    head: StoredHead,
) -> Result<Result<VerifiedLog, IntegrityError>, sqlx::Error> {
    let start = convert::start(tx, key).await?;
    let sealed = match segment::verify_all(tx, key, start).await? {
        Ok(sealed) => sealed,
        Err(error) => return Ok(Err(error)),
    };
    let (mut since, mut erased) = (sealed.since, [0; 2]);
    let visit = |record: &Record| {
        since.get_or_insert(record.at);
        let [names, texts] = record.erased();
        erased = [erased[0] + names, erased[1] + texts];
    };
    let end = match walk(tx, key, sealed.end, visit).await? {
        Ok(end) => end,
        Err(IntegrityError::Mismatch(seq)) => return Ok(Err(diagnose(tx, key, seq).await?)),
        Err(error) => return Ok(Err(error)),
    };
    if sealed.segments > 0 && end == sealed.end {
        return Ok(Err(IntegrityError::NothingAfterSealed(end.entries)));
    }
    let shared = read_shared_head(tx, key).await?;
    // The folder of a new server has no copy yet.
    let head = if head == StoredHead::Missing { shared } else { head };
    let head = match head {
        StoredHead::Valid(head) => convert::current_head(tx, head).await?,
        StoredHead::Invalid => return Ok(Err(IntegrityError::HeadInvalid)),
        StoredHead::Missing => return Ok(Err(IntegrityError::HeadMissing)),
    };
    if let Err(error) = contains(tx, head, end, sealed.end).await? {
        return Ok(Err(error));
    }
    match shared {
        StoredHead::Invalid => return Ok(Err(IntegrityError::SharedHeadInvalid)),
        StoredHead::Valid(shared) if shared != end => return Ok(Err(IntegrityError::SharedHeadDiffers)),
        _ => {}
    }
    if end == Head::EMPTY && evidence::exists(tx).await? {
        return Ok(Err(IntegrityError::LogMissing));
    }
    let old_end = convert::old_end(tx).await?;
    Ok(Ok(VerifiedLog { end, since, erased, old_end, sealed }))
}

/// Checks that the chain contains a stored head. Of a sealed entry within its segment the hash is not known: the seal
/// proves that a server with the key has verified it.
async fn contains(
    tx: &mut Tx,
    head: Head,
    end: Head,
    sealed: Head,
) -> Result<Result<(), IntegrityError>, sqlx::Error> {
    if head.entries > end.entries {
        return Ok(Err(IntegrityError::Truncated { head: head.entries, end: end.entries }));
    }
    let is_contained = if head == Head::EMPTY {
        true
    } else if head.entries <= sealed.entries {
        segment::hash_after(tx, head.entries).await?.is_none_or(|hash| hash == head.hash)
    } else {
        log::hash_at(tx, head.entries).await? == Some(head.hash)
    };
    Ok(if is_contained { Ok(()) } else { Err(IntegrityError::Replaced(head.entries)) })
}

/// Verifies the chain from a stored head to the end of the log. Returns the head at the end.
pub(super) async fn catch_up(
    tx: &mut Tx,
    key: &Key,
    head: Head,
) -> Result<Result<Head, IntegrityError>, sqlx::Error> {
    let head = convert::current_head(tx, head).await?;
    let end = log::end(tx).await?;
    let start = convert::start(tx, key).await?;
    let sealed = match segment::last_end(tx, key, start).await? {
        Ok(sealed) => sealed,
        Err(error) => return Ok(Err(error)),
    };
    match contains(tx, head, end, sealed).await? {
        Ok(()) if head.entries <= sealed.entries => walk(tx, key, sealed, |_| ()).await,
        Ok(()) => walk(tx, key, head, |_| ()).await,
        Err(error) => Ok(Err(error)),
    }
}

/// Walks the chain from a head to the end of the log, or to the first entry that does not match.
async fn walk(
    tx: &mut Tx,
    key: &Key,
    from: Head,
    mut visit: impl FnMut(&Record),
) -> Result<Result<Head, IntegrityError>, sqlx::Error> {
    let mut end = from;
    loop {
        let rows = log::rows_after(tx, end.entries).await?;
        if rows.is_empty() {
            return Ok(Ok(if end.entries == 0 { Head::EMPTY } else { end }));
        }
        for row in rows {
            if row.seq != end.entries + 1 {
                return Ok(Err(IntegrityError::Missing { first: end.entries + 1, last: row.seq - 1 }));
            }
            match row.entry {
                Some((record, hash))
                    if record.hash(key, &end.hash) == hash && record.has_valid_texts(key) =>
                {
                    visit(&record);
                    end = Head { entries: row.seq, hash };
                }
                _ => return Ok(Err(IntegrityError::Mismatch(row.seq))),
            }
        }
    }
}

/// Finds the cause of the first mismatch. Reads the whole log.
///
/// If the order was changed, the entry matches another position. If only this entry was changed, later
/// entries match the ones before them. If the chain was rewritten without the key, none match.
async fn diagnose(tx: &mut Tx, key: &Key, seq: i64) -> Result<IntegrityError, sqlx::Error> {
    let row = log::rows_after(tx, seq - 1).await?.into_iter().next();
    let Some((record, hash)) = row.and_then(|row| row.entry) else { return Ok(IntegrityError::Changed(seq)) };
    let (mut previous, mut last, mut has_later_match) = (None::<Hash>, 0, false);
    let mut seen: HashSet<Hash> = HashSet::new();
    loop {
        let rows = log::rows_after(tx, last).await?;
        if rows.is_empty() {
            break;
        }
        for row in rows {
            last = row.seq;
            let Some((other, other_hash)) = row.entry else {
                previous = None;
                continue;
            };
            // If the entry follows the one before, one of its texts was changed.
            let is_elsewhere = row.seq != seq && row.seq != seq - 1;
            if is_elsewhere && seen.insert(other_hash) && record.hash(key, &other_hash) == hash {
                return Ok(IntegrityError::Moved { seq, belongs_after: row.seq });
            }
            let is_match = previous.is_some_and(|previous| other.hash(key, &previous) == other_hash);
            has_later_match |= row.seq > seq && is_match;
            previous = Some(other_hash);
        }
    }
    Ok(if has_later_match || last == seq {
        IntegrityError::Changed(seq)
    } else {
        IntegrityError::Rewritten(seq)
    })
}
