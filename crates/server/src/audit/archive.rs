//! Files with entries: the archives of deleted entries, and what an export has written. Writes the first, verifies both.

use std::fs::{File, remove_file};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use super::chain::Head;
use super::hash::{Hash, Key};
use super::line::{ParsedLine, parse_line, to_line};
use super::node_label::NodeLabels;
use super::seal::OldEntries;
use super::segment::{self, Segment};
use super::{Error, log};
use crate::failure::Failure;
use crate::private_files::{create_folder, replace_file, sync_folder, with_suffix};
use crate::sql::Tx;

/// Writes entries to a file of a folder, which is created if it is missing. Returns the file once it is on the disk. Only the
/// owner can read it.
pub(crate) fn write_archive(folder: &Path, old: &OldEntries, nodes: &NodeLabels) -> Result<PathBuf, Error> {
    let (first, last) = old.range();
    let file = folder.join(format!("audit-{first:012}-{last:012}.jsonl"));
    let mut previous = old.start.hash;
    let mut text = String::new();
    for (seq, record, hash) in &old.entries {
        let line = to_line(*seq, &previous, (record, hash), nodes.of(record.node));
        text += &line.ok_or(Error::Unreadable(*seq))?;
        text.push('\n');
        previous = *hash;
    }
    let write = || {
        if !folder.exists() {
            create_folder(folder)?;
            folder.parent().map_or(Ok(()), sync_folder)?;
        }
        replace_file(&file, &with_suffix(&file, ".incomplete"), text.as_bytes())?;
        sync_folder(folder)
    };
    match write() {
        Ok(()) => Ok(file),
        Err(error) => Err(Error::File { file, error }),
    }
}

/// Removes a file whose entries were not deleted.
pub(crate) fn remove_archive(file: PathBuf) -> Result<(), Error> {
    remove_file(&file).map_err(|error| Error::File { file, error })
}

/// The entries of a file, which follow each other.
pub(super) struct FileEntries {
    /// The head before the first entry.
    start: Head,
    hashes: Vec<Hash>,
    repeated: u64,
    /// The number of lines that are no entries.
    skipped: u64,
}

/// Verifies that the entries of a file are those of the log, or of its sealed parts. Returns a summary in one line.
///
/// # Errors
/// Describes the first entry that was changed, is missing, or is not of this log.
pub(super) async fn verify_entries(
    tx: &mut Tx,
    key: &Key,
    file: &Path,
    entries: &FileEntries,
) -> Result<String, Failure> {
    let of_file = |error: String| Failure::from(format!("{}: {error}", file.display()));
    let end = entries.end();
    let segments = segment::read_all(tx, key).await??;
    let log_end = log::end(tx).await?.entries;
    if end.entries > log_end {
        return Err(of_file(format!(
            "entry {} is not in the audit log, which ends at {log_end}",
            end.entries
        )));
    }
    let mut verified = 0;
    for head in segments.iter().flat_map(heads) {
        if entries.hash_at(head.entries).is_some_and(|hash| hash != head.hash) {
            return Err(of_file(format!("entry {} does not match the sealed entries", head.entries)));
        }
        if entries.contains(head.entries) {
            verified = verified.max(head.entries);
        }
    }
    let sealed = segments.last().map_or(0, |segment| segment.end.entries);
    if end.entries > sealed {
        if log::hash_at(tx, end.entries).await? != Some(end.hash) {
            return Err(of_file(format!("entry {} does not match the audit log", end.entries)));
        }
        verified = end.entries;
    }
    Ok(format!("{}: {}", file.display(), entries.summary(verified)))
}

/// Returns the heads whose hashes a segment states.
fn heads(segment: &Segment) -> [Head; 2] {
    [segment.start, segment.end]
}

/// Reads the entries of a file, and verifies that they follow each other. Call this before the snapshot of the log: a server
/// that is running exports entries meanwhile.
pub(super) fn read_file(key: &Key, file: &Path) -> Result<FileEntries, Failure> {
    read(key, file).map_err(|error| format!("{}: {error}", file.display()).into())
}

/// Reads the entries of a file. Verifies each with the key, and that they follow each other.
///
/// An export repeats entries after a failure, and leaves an incomplete line after a crash. So entries may repeat, and
/// other lines are skipped. A line that someone has changed so is noticed, because its entry is missing then.
fn read(key: &Key, file: &Path) -> Result<FileEntries, String> {
    let lines = BufReader::new(File::open(file).map_err(|error| error.to_string())?).split(b'\n');
    let mut found: Option<FileEntries> = None;
    let mut skipped = 0;
    for line in lines {
        let line = line.map_err(|error| error.to_string())?;
        let Some(ParsedLine { seq, hash, previous, record }) = parse_line(&String::from_utf8_lossy(&line))
        else {
            skipped += 1;
            continue;
        };
        if seq < 1 || record.hash(key, &previous) != hash || !record.has_valid_texts(key) {
            return Err(format!("entry {seq} was changed"));
        }
        let start = Head { entries: seq - 1, hash: previous };
        let entries = found.get_or_insert(FileEntries { start, hashes: Vec::new(), repeated: 0, skipped: 0 });
        let end = entries.end();
        match seq - end.entries {
            ..=0 if entries.hash_at(seq) == Some(hash) => entries.repeated += 1,
            1 if end.hash == previous => entries.hashes.push(hash),
            2.. => return Err(format!("entries {} to {} are missing", end.entries + 1, seq - 1)),
            _ => return Err(format!("entry {seq} does not follow the entry before")),
        }
    }
    let found = found.ok_or("it contains no entries")?;
    Ok(FileEntries { skipped, ..found })
}

impl FileEntries {
    /// Returns the hash at an entry of the file, or at the entry before the first one.
    fn hash_at(&self, seq: i64) -> Option<Hash> {
        let index = usize::try_from(seq.checked_sub(self.start.entries)?).ok()?;
        if index == 0 { Some(self.start.hash) } else { self.hashes.get(index - 1).copied() }
    }

    fn contains(&self, seq: i64) -> bool {
        seq > self.start.entries && seq <= self.end().entries
    }

    fn end(&self) -> Head {
        let count = i64::try_from(self.hashes.len()).unwrap_or(i64::MAX);
        let hash = self.hashes.last().copied().unwrap_or(self.start.hash);
        Head { entries: self.start.entries.saturating_add(count), hash }
    }

    /// `verified` is the last entry whose hash the log or a seal states. The chain covers those before it.
    fn summary(&self, verified: i64) -> String {
        let (first, last) = (self.start.entries + 1, self.end().entries);
        let unsealed = match last - verified.max(self.start.entries) {
            0 => String::new(),
            count => format!(
                ", the last {count} by their own hashes only, because the file ends within a sealed part"
            ),
        };
        let counted = |count: u64, what: &str| {
            if count == 0 { String::new() } else { format!(", {count} {what}") }
        };
        let repeated = counted(self.repeated, "repeated");
        let skipped = counted(self.skipped, "incomplete or other lines skipped");
        format!("entries {first} to {last} verified{unsealed}{repeated}{skipped}")
    }
}
