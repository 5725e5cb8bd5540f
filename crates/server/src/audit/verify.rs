//! Whether the log is whole, and if not, what is the first thing wrong with it.

use std::collections::HashSet;
use std::path::Path;

use chrono::{DateTime, Utc};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, SqliteConnection};
use thiserror::Error;

use super::chain::{Hash, Head, Key, Record};
use super::files::{FoundHead, head_file, key_file, read_head, read_key};
use super::log;
use crate::cli::Failure;

/// What shows that somebody tampered with the log, or lost a part of what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub(super) enum Fault {
    #[error("the key is missing: without {0} nobody can tell whether the audit log is whole")]
    KeyMissing(String),
    #[error("entries {first} to {last} are missing from the audit log: entry {} follows entry {}", .last + 1, .first - 1)]
    Missing { first: i64, last: i64 },
    #[error("entry {0} of the audit log was edited: it does not fit its hash")]
    Edited(i64),
    #[error("the order of the audit log was changed: entry {seq} belongs after entry {belongs_after}")]
    Moved { seq: i64, belongs_after: i64 },
    #[error("entry {0} of the audit log does not fit the chain: verify-audit says why")]
    Unfit(i64),
    #[error("from entry {0} on, no entry of the audit log fits the key: it was rebuilt without the key")]
    Rebuilt(i64),
    #[error("the tail of the audit log was cut: the head says {head} entries, the log ends at {end}")]
    Cut { head: i64, end: i64 },
    #[error(
        "the tail of the audit log was cut and written anew: entry {0} is not the one that the head was kept for"
    )]
    Replaced(i64),
    #[error("the head file is missing: without it nobody can tell whether the tail of the audit log was cut")]
    HeadMissing,
    #[error("the head file is forged: it was not written with the key")]
    HeadForged,
}

/// A log that is whole.
struct Whole {
    end: Head,
    since: Option<i64>,
}

/// Reads the log of a data folder from its beginning, and says in a line that it is whole; fails with a sentence
/// on the first thing that is wrong. Changes nothing, and can run beside a server.
pub(crate) async fn verify(database: &Path) -> Result<String, Failure> {
    let folder = database.parent().unwrap_or(Path::new("."));
    let key = read_key(folder)?.ok_or_else(|| Fault::KeyMissing(key_file(folder).display().to_string()))?;
    // The head is read before the log: while a server runs, the log can be ahead of it and never behind.
    let head = read_head(&head_file(folder), &key)?;
    let options = SqliteConnectOptions::new().filename(database).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await?;
    let mut moment = connection.begin().await?;
    let whole = whole(&mut moment, &key, head).await??;
    moment.rollback().await?;
    connection.close().await?;
    let since = whole.since.and_then(DateTime::<Utc>::from_timestamp_millis);
    Ok(match since {
        None => "0 entries: the audit log is empty".into(),
        Some(since) => format!(
            "{} entries are whole, since {}; the last has the hash {}",
            whole.end.entries,
            since.format("%F %T UTC"),
            whole.end.hash
        ),
    })
}

async fn whole(
    connection: &mut SqliteConnection,
    key: &Key,
    head: FoundHead,
) -> Result<Result<Whole, Fault>, sqlx::Error> {
    let mut since = None;
    let end = match follow(connection, key, Head::ORIGIN, |record| _ = since.get_or_insert(record.at)).await?
    {
        Ok(end) => end,
        Err(Fault::Unfit(seq)) => return Ok(Err(name(connection, key, seq).await?)),
        Err(fault) => return Ok(Err(fault)),
    };
    let head = match head {
        FoundHead::Sealed(head) => head,
        FoundHead::Forged => return Ok(Err(Fault::HeadForged)),
        FoundHead::Missing => return Ok(Err(Fault::HeadMissing)),
    };
    Ok(reaches(connection, head, end).await?.map(|()| Whole { end, since }))
}

/// Whether the chain passes through a head that was kept.
async fn reaches(
    connection: &mut SqliteConnection,
    head: Head,
    end: Head,
) -> Result<Result<(), Fault>, sqlx::Error> {
    if head.entries > end.entries {
        return Ok(Err(Fault::Cut { head: head.entries, end: end.entries }));
    }
    let is_there = head == Head::ORIGIN || log::hash_at(connection, head.entries).await? == Some(head.hash);
    Ok(if is_there { Ok(()) } else { Err(Fault::Replaced(head.entries)) })
}

/// Follows the chain from a head that was kept to the end of the log.
pub(super) async fn catch_up(
    connection: &mut SqliteConnection,
    key: &Key,
    head: Head,
) -> Result<Result<Head, Fault>, sqlx::Error> {
    let end = log::end(connection).await?;
    match reaches(connection, head, end).await? {
        Ok(()) => follow(connection, key, head, |_| ()).await,
        Err(fault) => Ok(Err(fault)),
    }
}

/// Follows the chain from one place to the end of the log, or to the first entry that does not fit.
async fn follow(
    connection: &mut SqliteConnection,
    key: &Key,
    from: Head,
    mut visit: impl FnMut(&Record),
) -> Result<Result<Head, Fault>, sqlx::Error> {
    let mut end = from;
    loop {
        let lines = log::after(connection, end.entries).await?;
        if lines.is_empty() {
            return Ok(Ok(end));
        }
        for line in lines {
            if line.seq != end.entries + 1 {
                return Ok(Err(Fault::Missing { first: end.entries + 1, last: line.seq - 1 }));
            }
            match line.content {
                Some((record, hash)) if record.hash(key, &end.hash) == hash => {
                    visit(&record);
                    end = Head { entries: line.seq, hash };
                }
                _ => return Ok(Err(Fault::Unfit(line.seq))),
            }
        }
    }
}

/// What is wrong with the first entry that does not fit, which takes reading everything. It fits another place if the order was changed; what
/// comes after it fits if it alone was edited; nothing does if the chain was rebuilt.
async fn name(connection: &mut SqliteConnection, key: &Key, seq: i64) -> Result<Fault, sqlx::Error> {
    let line = log::after(connection, seq - 1).await?.into_iter().next();
    let Some((record, hash)) = line.and_then(|line| line.content) else { return Ok(Fault::Edited(seq)) };
    let (mut before, mut last, mut fits_later) = (None::<Hash>, 0, false);
    let mut seen: HashSet<Hash> = HashSet::new();
    loop {
        let lines = log::after(connection, last).await?;
        if lines.is_empty() {
            break;
        }
        for line in lines {
            last = line.seq;
            let Some((other, other_hash)) = line.content else {
                before = None;
                continue;
            };
            if line.seq != seq && seen.insert(other_hash) && record.hash(key, &other_hash) == hash {
                return Ok(Fault::Moved { seq, belongs_after: line.seq });
            }
            let follows = before.is_some_and(|before| other.hash(key, &before) == other_hash);
            fits_later |= line.seq > seq && follows;
            before = Some(other_hash);
        }
    }
    Ok(if fits_later || last == seq { Fault::Edited(seq) } else { Fault::Rebuilt(seq) })
}
