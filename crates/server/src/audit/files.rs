//! The key and the head, beside the database.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;
use super::chain::{Hash, Head, Key};

/// Where the key is kept within a data folder.
pub(super) fn key_file(folder: &Path) -> PathBuf {
    folder.join("audit.key")
}

/// Where the head is kept.
pub(super) fn head_file(folder: &Path) -> PathBuf {
    folder.join("audit.head")
}

/// Where the head of a database is kept that is being built.
pub(super) fn built_head_file(folder: &Path) -> PathBuf {
    folder.join("audit.head.building")
}

/// Puts the head of a database that was built in the place of the one that is used, just before the database
/// itself follows.
pub(crate) fn adopt_built_head(folder: &Path) -> std::io::Result<()> {
    std::fs::rename(built_head_file(folder), head_file(folder))
}

/// The key; none where there is no file.
pub(super) fn read_key(folder: &Path) -> Result<Option<Key>, Error> {
    let file = key_file(folder);
    match std::fs::read(&file) {
        Ok(bytes) => Key::of(&bytes).map(Some).ok_or(Error::NoKey(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::File { file, error }),
    }
}

/// Writes a key.
pub(super) fn write_key(folder: &Path, key: &Key) -> Result<(), Error> {
    replace(&key_file(folder), key.as_bytes())
}

/// What is found where the head should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FoundHead {
    /// A head that the key sealed.
    Sealed(Head),
    /// Something else.
    Forged,
    /// No file.
    Missing,
}

/// A head as it stands in its file.
#[derive(Serialize, Deserialize)]
struct Written {
    entries: i64,
    hash: String,
    seal: String,
}

/// Reads the head.
pub(super) fn read_head(file: &Path, key: &Key) -> Result<FoundHead, Error> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(FoundHead::Missing),
        Err(error) => return Err(Error::File { file: file.into(), error }),
    };
    let sealed = serde_json::from_slice::<Written>(&bytes).ok().and_then(|written| {
        let head = Head { entries: written.entries, hash: Hash::parse(&written.hash)? };
        Hash::parse(&written.seal).filter(|seal| head.is_sealed(key, seal)).map(|_| head)
    });
    Ok(sealed.map_or(FoundHead::Forged, FoundHead::Sealed))
}

/// Writes the head, and comes back when it is on the disk.
pub(super) fn write_head(file: &Path, key: &Key, head: Head) -> Result<(), Error> {
    let (hash, seal) = (head.hash.to_string(), head.seal(key).to_string());
    let text = serde_json::json!({ "entries": head.entries, "hash": hash, "seal": seal }).to_string();
    replace(file, format!("{text}\n").as_bytes())
}

/// Writes a file whole or not at all, for its owner only.
fn replace(file: &Path, content: &[u8]) -> Result<(), Error> {
    let written = || -> std::io::Result<()> {
        let mut unfinished = file.as_os_str().to_owned();
        unfinished.push(format!(".{}", std::process::id()));
        let mut out: File =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&unfinished)?;
        out.write_all(content)?;
        out.sync_all()?;
        std::fs::rename(&unfinished, file)
    };
    written().map_err(|error| Error::File { file: file.into(), error })
}
