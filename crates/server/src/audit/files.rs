//! The files of the key and the head, next to the database.

use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;
use super::chain::{Hash, Head, Key};

/// Returns the path of the key file in a data folder.
pub(super) fn key_file(folder: &Path) -> PathBuf {
    folder.join("audit.key")
}

/// Returns the path of the head file in a data folder.
pub(super) fn head_file(folder: &Path) -> PathBuf {
    folder.join("audit.head")
}

/// Returns the path of the head file of a database that is being built.
pub(super) fn built_head_file(folder: &Path) -> PathBuf {
    folder.join("audit.head.building")
}

/// Replaces the head file with the one of a newly built database. Call this just before the database itself
/// is replaced.
pub(crate) fn install_built_head(folder: &Path) -> std::io::Result<()> {
    std::fs::rename(built_head_file(folder), head_file(folder))
}

/// Reads the key. Returns `None` if there is no file.
pub(super) fn read_key(folder: &Path) -> Result<Option<Key>, Error> {
    let file = key_file(folder);
    match std::fs::read(&file) {
        Ok(bytes) => Key::from_bytes(&bytes).map(Some).ok_or(Error::InvalidKey(file)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::File { file, error }),
    }
}

/// Writes the key.
pub(super) fn write_key(folder: &Path, key: &Key) -> Result<(), Error> {
    write_atomically(&key_file(folder), key.as_bytes())
}

/// The state of the head file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StoredHead {
    /// A head with a valid seal.
    Valid(Head),
    /// A head without a valid seal, or another content.
    Invalid,
    /// There is no file.
    Missing,
}

/// The JSON of the head file.
#[derive(Serialize, Deserialize)]
struct HeadFile {
    entries: i64,
    hash: String,
    seal: String,
}

/// Reads the head.
pub(super) fn read_head(file: &Path, key: &Key) -> Result<StoredHead, Error> {
    let bytes = match std::fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(StoredHead::Missing),
        Err(error) => return Err(Error::File { file: file.into(), error }),
    };
    let valid = serde_json::from_slice::<HeadFile>(&bytes).ok().and_then(|stored| {
        let head = Head { entries: stored.entries, hash: Hash::parse(&stored.hash)? };
        Hash::parse(&stored.seal).filter(|seal| head.has_valid_seal(key, seal)).map(|_| head)
    });
    Ok(valid.map_or(StoredHead::Invalid, StoredHead::Valid))
}

/// Writes the head. Returns once it is on the disk.
pub(super) fn write_head(file: &Path, key: &Key, head: Head) -> Result<(), Error> {
    let (hash, seal) = (head.hash.to_string(), head.seal(key).to_string());
    let text = serde_json::json!({ "entries": head.entries, "hash": hash, "seal": seal }).to_string();
    write_atomically(file, format!("{text}\n").as_bytes())
}

/// Replaces a file atomically: writes a temporary file, syncs it and renames it. Only the owner can read the
/// file.
fn write_atomically(file: &Path, content: &[u8]) -> Result<(), Error> {
    let write = || -> std::io::Result<()> {
        let mut temporary = file.as_os_str().to_owned();
        temporary.push(format!(".{}", std::process::id()));
        let mut out: File =
            OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&temporary)?;
        out.write_all(content)?;
        out.sync_all()?;
        std::fs::rename(&temporary, file)
    };
    write().map_err(|error| Error::File { file: file.into(), error })
}
