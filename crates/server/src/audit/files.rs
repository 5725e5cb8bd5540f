//! The files of the key and the head, next to the database.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Error;
use super::chain::Head;
use super::hash::{Hash, Key};
use crate::private_files::{replace_file, sync_folder, with_suffix};

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
    read_key_file(&key_file(folder))
}

/// Reads a key from any file. Returns `None` if there is no file.
pub(super) fn read_key_file(file: &Path) -> Result<Option<Key>, Error> {
    match std::fs::read(file) {
        Ok(bytes) => Key::from_bytes(&bytes).map(Some).ok_or_else(|| Error::InvalidKey(file.into())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::File { file: file.into(), error }),
    }
}

/// Writes the key. Returns once it is on the disk.
pub(super) fn write_key(folder: &Path, key: &Key) -> Result<(), Error> {
    let file = key_file(folder);
    write_atomically(&file, key.as_bytes())?;
    sync_folder(folder).map_err(|error| Error::File { file, error })
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

/// Removes the head file, if it exists. A key without a head counts as tampering.
pub(super) fn remove_head(folder: &Path) -> Result<(), Error> {
    let file = head_file(folder);
    match std::fs::remove_file(&file) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::File { file, error }),
        _ => Ok(()),
    }
}

/// Whether there is a head file that records entries. Does not check the seal, so this works without a key.
pub(super) fn head_has_entries(folder: &Path) -> Result<bool, Error> {
    let file = head_file(folder);
    match std::fs::read(&file) {
        Ok(bytes) => Ok(serde_json::from_slice::<HeadFile>(&bytes).map_or(true, |head| head.entries != 0)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(false),
        Err(error) => Err(Error::File { file, error }),
    }
}

/// Replaces a file atomically. Only the owner can read it.
fn write_atomically(file: &Path, content: &[u8]) -> Result<(), Error> {
    let temporary = with_suffix(file, &format!(".{}", std::process::id()));
    replace_file(file, &temporary, content).map_err(|error| Error::File { file: file.into(), error })
}
